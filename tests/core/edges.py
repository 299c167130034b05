"""Write the edges of all lifecycles to `edges.txt`: `python -m tests.core.edges`.

Stored history needs each of its edges: before a line goes, decide what becomes of the changes that
took it.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

from indelible.kernel import Lifecycle
from indelible_sql.contexts import CATALOG

LIST: Final = Path(__file__).with_name("edges.txt")


def main() -> None:
    """Write the list."""
    lines = [f"{line}\n" for line in all_lines()]
    LIST.write_text("".join(lines), encoding="utf-8")


def all_lines() -> list[str]:
    """Return the lines of all lifecycles, in the order of the registration."""
    lines: list[str] = []
    for lifecycle in CATALOG.heads.values():
        lines += _lines_of(lifecycle)
    return lines


def _lines_of(lifecycle: Lifecycle[StrEnum]) -> Iterator[str]:
    """Yield each edge of a lifecycle as a line of the list, and what each action changes."""
    for edge in lifecycle.edges:
        version = ", adds a version" if edge.adds_version else ""
        steps = f"{edge.from_state or 'nothing'} -> {edge.action} -> {edge.to_state}"
        yield f"{lifecycle.name}: {steps}{version}"
    for action, fields in sorted((lifecycle.changes or {}).items()):
        if fields:
            yield f"{lifecycle.name}: {action} changes {', '.join(sorted(fields))}"


if __name__ == "__main__":
    main()
