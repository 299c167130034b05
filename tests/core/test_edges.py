"""Every lifecycle has the edges that `edges.txt` lists, in this order, and no others.

A lifecycle can be a table, or follow from the actions of its aggregate. Stored history needs each
of its edges, so whoever removes a line of the list must know what becomes of the changes that took
it.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from indelible.kernel import Lifecycle
from indelible_sql.contexts import CATALOG

LIST = Path(__file__).parent / "edges.txt"


def lines_of(lifecycle: Lifecycle[StrEnum]) -> Iterator[str]:
    """Yield each edge of a lifecycle as a line of the list, and what each action changes."""
    for edge in lifecycle.edges:
        version = ", adds a version" if edge.adds_version else ""
        steps = f"{edge.from_state or 'nothing'} -> {edge.action} -> {edge.to_state}"
        yield f"{lifecycle.name}: {steps}{version}"
    for action, fields in sorted((lifecycle.changes or {}).items()):
        if fields:
            yield f"{lifecycle.name}: {action} changes {', '.join(sorted(fields))}"


def test_every_lifecycle_has_the_listed_edges() -> None:
    lines: list[str] = []
    for lifecycle in CATALOG.heads.values():
        lines += lines_of(lifecycle)

    assert lines == LIST.read_text(encoding="utf-8").splitlines()
