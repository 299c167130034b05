"""The worker kit names no context."""

import re

from tests.architecture.sources import SOURCES, modules

CONTEXTS = {path.name for path in SOURCES["indelible"].iterdir() if path.is_dir()} - {
    "kernel",
    "memory",
    "testing",
}


def test_no_context_is_named_in_it() -> None:
    named = re.compile(rf"\b({'|'.join(CONTEXTS)})\b", re.IGNORECASE)

    assert {"captures", "concepts", "tokens"} <= CONTEXTS
    assert not [path for path in modules("indelible_workers") if named.search(path.read_text())]
