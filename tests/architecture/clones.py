"""Finds runs of equal lines in two files: `python -m tests.architecture.clones` exits 1 if there is one.

Lines are compared as tokens, names and literals as they are. Comments, docstrings and signatures do not count, for two
faces of one thing have the same; a run goes on behind them. Imports and Protocols end a run.
"""

import ast
import io
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, takewhile
from typing import NamedTuple

from tests.architecture.sources import ROOT, modules

LONGEST = 8
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


class Line(NamedTuple):
    """A line's number and its tokens; a line that ends every run has none."""

    number: int
    text: str


class Clone(NamedTuple):
    """Where a run of equal lines begins in two files, and how many they are."""

    one: str
    other: str
    lines: int

    def __str__(self) -> str:
        return f"{self.one} and {self.other}: {self.lines} equal lines"


def lines_of(source: str) -> list[Line]:
    """The lines that count, and an empty one for each that ends a run."""
    texts: dict[int, list[str]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in LAYOUT:
            texts[token.start[0]].append(token.string)
    nodes = list(ast.walk(ast.parse(source)))
    dropped, ends = (
        {row for node in nodes for row in _dropped(node)},
        {row for node in nodes for row in _ends(node)},
    )
    return [
        Line(row, "" if row in ends else " ".join(texts[row]))
        for row in sorted(texts)
        if row not in dropped
    ]


def clones(sources: Mapping[str, str]) -> Iterator[Clone]:
    """Every run of more than eight equal lines that two of the sources share, at its full length."""
    lines = {name: lines_of(source) for name, source in sources.items()}
    places: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, found in lines.items():
        texts = [line.text for line in found]
        for start in range(len(texts) - LONGEST):
            window = tuple(texts[start : start + LONGEST + 1])
            if all(window):
                places[window].append((name, start))
    for equal in places.values():
        for (one, start), (other, begin) in combinations(equal, 2):
            before = lines[one][start - 1 : start], lines[other][begin - 1 : begin]
            if one != other and not _equal(zip(*before, strict=False)):
                length = _equal(zip(lines[one][start:], lines[other][begin:], strict=False))
                first, second = lines[one][start].number, lines[other][begin].number
                yield Clone(f"{one}:{first}", f"{other}:{second}", length)


def shipped() -> dict[str, str]:
    """The sources of all packages, by their path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in modules()
    }


def _equal(pairs: Iterable[tuple[Line, Line]]) -> int:
    return sum(
        1 for _ in takewhile(lambda pair: pair[0].text and pair[0].text == pair[1].text, pairs)
    )


def _dropped(node: ast.AST) -> range:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return range(node.lineno, node.body[0].lineno)
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)


def _ends(node: ast.AST) -> range:
    is_protocol = isinstance(node, ast.ClassDef) and any(
        "Protocol" in ast.unparse(base) for base in node.bases
    )
    if isinstance(node, ast.stmt) and (
        is_protocol or isinstance(node, ast.Import | ast.ImportFrom)
    ):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)


if __name__ == "__main__":
    found = [str(clone) for clone in clones(shipped())]
    sys.exit("\n".join(found) or None)
