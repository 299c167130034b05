"""The workers distribution knows no context by name."""

import re

from tests.architecture.sources import SOURCES, modules

CONTEXTS = {path.name for path in SOURCES["indelible"].iterdir() if path.is_dir()} - {
    "kernel",
    "memory",
    "testing",
}


def test_workers_name_no_context() -> None:
    named = re.compile(rf"\b({'|'.join(CONTEXTS)})\b", re.IGNORECASE)

    assert {"captures", "concepts", "projects", "tokens"} <= CONTEXTS
    assert not [path for path in modules("indelible_workers") if named.search(path.read_text())]
