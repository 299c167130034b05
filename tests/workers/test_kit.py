"""The kit is small, and knows no context by its name."""

import re

from tests.architecture.sources import SOURCES, modules

MOST_LINES = 300
OWED = 94  # docs/decisions/0047-the-worker-kit.md; it may not rise
CONTEXTS = {path.name for path in SOURCES["indelible"].iterdir() if path.is_dir()} - {"kernel", "memory", "testing"}


def test_the_kit_is_within_its_lines() -> None:
    kit = [path for path in modules("indelible_workers") if path.name != "redis.py"]  # without its adapter of Dramatiq
    lines = [line for path in kit for line in path.read_text().splitlines() if line.strip()]

    assert 0 < len(lines) <= MOST_LINES + OWED


def test_no_context_is_named_in_it() -> None:
    named = re.compile(rf"\b({'|'.join(CONTEXTS)})\b", re.IGNORECASE)

    assert {"captures", "concepts", "tokens"} <= CONTEXTS
    assert not [path for path in modules("indelible_workers") if named.search(path.read_text())]
