"""Find duplicated code: `python -m tests.architecture.clones` exits 1 if there is any.

Two files may share at most eight equal lines in a row. Lines are compared as tokens; comments,
docstrings and signatures are skipped, because two implementations of one port share them. Imports
and Protocols end a run.
"""

import ast
import io
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from tests.architecture.sources import ROOT, modules

MAX_EQUAL_LINES = 8
WINDOW = MAX_EQUAL_LINES + 1
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


class Line(NamedTuple):
    """The number of a line and its tokens; a line without tokens ends every run."""

    number: int
    text: str


class Clone(NamedTuple):
    """The first line of a run in two files, and its length."""

    one: str
    other: str
    lines: int

    def __str__(self) -> str:
        return f"{self.one} and {self.other}: {self.lines} equal lines"


def lines_of(source: str) -> list[Line]:
    """Return the lines that are compared, and an empty one for each that ends a run."""
    texts: dict[int, list[str]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in LAYOUT:
            texts[token.start[0]].append(token.string)

    skipped: set[int] = set()
    ends: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        skipped.update(_skipped_lines(node))
        ends.update(_ending_lines(node))

    lines: list[Line] = []
    for number in sorted(texts.keys() - skipped):
        text = "" if number in ends else " ".join(texts[number])
        lines.append(Line(number, text))

    return lines


def clones(sources: Mapping[str, str]) -> Iterator[Clone]:
    """Yield every run of more than eight equal lines in two sources, at its full length."""
    lines = {name: lines_of(source) for name, source in sources.items()}
    for equal_windows in _windows(lines).values():
        for (one, start), (other, other_start) in combinations(equal_windows, 2):
            if one == other or _continues(lines[one], start, lines[other], other_start):
                continue
            first, second = lines[one][start:], lines[other][other_start:]
            yield Clone(
                f"{one}:{first[0].number}",
                f"{other}:{second[0].number}",
                _count_equal(first, second),
            )


def _windows(lines: Mapping[str, Sequence[Line]]) -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """Map every run of nine lines to the sources and positions where it occurs."""
    positions: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, own in lines.items():
        texts = [line.text for line in own]
        for start in range(len(texts) - WINDOW + 1):
            window = tuple(texts[start : start + WINDOW])
            if all(window):
                positions[window].append((name, start))

    return positions


def _continues(one: Sequence[Line], start: int, other: Sequence[Line], other_start: int) -> bool:
    """Return whether the lines before two positions are equal too: the run began earlier."""
    if not start or not other_start:
        return False

    before, other_before = one[start - 1].text, other[other_start - 1].text
    return bool(before) and before == other_before


def _count_equal(first: Sequence[Line], second: Sequence[Line]) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if not one.text or one.text != other.text:
            break
        count += 1

    return count


def shipped() -> dict[str, str]:
    """Return the sources of all packages by their path from the root."""
    sources: dict[str, str] = {}
    for path in modules():
        sources[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")

    return sources


def _skipped_lines(node: ast.AST) -> range:
    """Return the lines of a signature or of a docstring."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return range(node.lineno, node.body[0].lineno)

    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(node, ast.Expr) and isinstance(value, ast.Constant):
        return _lines(node)

    return range(0)


def _ending_lines(node: ast.AST) -> range:
    """Return the lines of an import or of a Protocol."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _lines(node)

    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(base) for base in node.bases]
        if any("Protocol" in base for base in bases):
            return _lines(node)

    return range(0)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


if __name__ == "__main__":
    problems = [str(clone) for clone in clones(shipped())]
    sys.exit("\n".join(problems) or None)
