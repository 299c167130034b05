"""Every lifecycle has the edges that `edges.txt` lists, in this order, and no others.

A lifecycle can be a table, or follow from the actions of its aggregate. `python -m
tests.core.edges` writes the list.
"""

from tests.core.edges import LIST, all_lines


def test_every_lifecycle_has_the_listed_edges() -> None:
    listed = LIST.read_text(encoding="utf-8").splitlines()
    lines = all_lines()
    gone = [line for line in listed if line not in lines]

    assert gone == [], "stored changes may need these edges: decide what becomes of the changes"
    assert lines == listed, "run `python -m tests.core.edges`"
