"""Read the documentation: its pages, their tables, and what stands in backticks."""

import re
from collections.abc import Iterator

from tests.architecture.sources import ROOT

DOCS = ROOT / "docs"
CODE = re.compile(r"`([^`]+)`")
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
CELL = re.compile(r"(?<!\\)\|")


def page(name: str) -> str:
    """Return the text of a page below `docs`."""
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """Yield the cells of every row of the tables whose first column has this heading."""
    lines = iter(text.splitlines())
    for line in lines:
        if not line.startswith(f"| {heading} |"):
            continue
        next(lines)
        for row in lines:
            if not row.startswith("|"):
                break
            yield [cell.strip() for cell in CELL.split(row)[1:-1]]


def code(text: str) -> list[str]:
    """Return everything in backticks outside of fenced blocks."""
    return CODE.findall(FENCED.sub("", text))
