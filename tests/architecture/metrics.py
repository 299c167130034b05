"""Measure how dense the code is: docs/style.md lists the numbers and their limits."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import cast

from tests.architecture.sources import SOURCES

LONG_FUNCTION_LINES = 8
MAX_LINE_LENGTH = 100
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, kw_only=True, slots=True)
class Metrics:
    """The measured values of one part: per 1,000 lines, in total, or in percent."""

    conditional_expressions: float
    comprehensions: float
    nested_comprehensions: float
    long_lines: float
    functions_with_steps: float  # percent of the functions longer than eight lines


LIMITS = Metrics(
    conditional_expressions=8,
    comprehensions=15,
    nested_comprehensions=0.5,
    long_lines=0,
    functions_with_steps=25,
)
NAMES = tuple(field.name for field in fields(Metrics))
AT_LEAST = {"functions_with_steps"}  # every other metric is limited from above


def parts() -> dict[str, list[Path]]:
    """Return the Python files of every part: core by context, the others by distribution."""
    files: dict[str, list[Path]] = {}
    for distribution, folder in SOURCES.items():
        for path in sorted(folder.rglob("*.py")):
            if "versions" in path.parts:
                continue  # migrations are frozen
            files.setdefault(_part(distribution, path.relative_to(folder)), []).append(path)

    return files


def _part(distribution: str, path: Path) -> str:
    if distribution == "indelible" and len(path.parts) > 1:
        return f"{distribution}.{path.parts[0]}"

    return distribution


def measure(sources: Iterable[str]) -> Metrics:
    """Measure some source texts together."""
    counts = dict.fromkeys((*NAMES, "lines", "long_functions"), 0)
    for source in sources:
        lines = source.splitlines()
        counts["lines"] += len(lines)
        counts["long_lines"] += sum(len(line) > MAX_LINE_LENGTH for line in lines)
        _count_nodes(ast.parse(source), lines, counts)

    thousands = counts["lines"] / 1000 or 1
    with_steps = 100.0
    if counts["long_functions"]:
        with_steps = 100 * counts["functions_with_steps"] / counts["long_functions"]

    return Metrics(
        conditional_expressions=round(counts["conditional_expressions"] / thousands, 1),
        comprehensions=round(counts["comprehensions"] / thousands, 1),
        nested_comprehensions=round(counts["nested_comprehensions"] / thousands, 2),
        long_lines=counts["long_lines"],
        functions_with_steps=round(with_steps),
    )


def _count_nodes(tree: ast.Module, lines: list[str], counts: dict[str, int]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp):
            counts["conditional_expressions"] += 1
        elif isinstance(node, COMPREHENSIONS):
            counts["comprehensions"] += 1
            counts["nested_comprehensions"] += is_nested(node)
        elif is_long_function(node):
            counts["long_functions"] += 1
            counts["functions_with_steps"] += has_steps(node, lines)


def is_nested(comprehension: ast.AST) -> bool:
    """Return whether a comprehension has several loops or holds another comprehension."""
    loops = 0
    for node in ast.walk(comprehension):
        loops += isinstance(node, ast.comprehension)

    return loops > 1


def is_long_function(node: ast.AST) -> bool:
    """Return whether a node is a function of more than eight lines."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False

    return function_length(node) > LONG_FUNCTION_LINES


def function_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function from its `def`, without decorators."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def has_steps(function: ast.AST, lines: list[str]) -> bool:
    """Return whether a blank line stands between two statements of a function."""
    for before, after in _neighbours(function):
        if is_docstring(before):
            continue
        assert before.end_lineno is not None
        between = lines[before.end_lineno : after.lineno - 1]
        if not all(line.strip() for line in between):
            return True

    return False


def is_docstring(statement: ast.stmt) -> bool:
    """Return whether a statement is a text on its own."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _neighbours(function: ast.AST) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    for node in ast.walk(function):
        for _, value in ast.iter_fields(node):
            if not isinstance(value, list):
                continue
            items = cast("list[object]", value)
            statements = [item for item in items if isinstance(item, ast.stmt)]
            yield from pairwise(statements)


def excesses(values: Metrics, limits: Metrics) -> list[str]:
    """Return the metrics of `values` that are worse than `limits`, with both numbers."""
    found: list[str] = []
    for name in NAMES:
        value, limit = getattr(values, name), getattr(limits, name)
        if name in AT_LEAST:
            if value < limit:
                found.append(f"{name} {value}, expected at least {limit}")
        elif value > limit:
            found.append(f"{name} {value}, expected at most {limit}")

    return found


def table(values: Mapping[str, Metrics]) -> str:
    """Return the metrics of every part as a table, the limits last; `!` marks a value over."""
    rows = [("part", *NAMES)]
    for part, metrics in values.items():
        over = {text.partition(" ")[0] for text in excesses(metrics, LIMITS)}
        cells = [f"{getattr(metrics, name)}{'!' * (name in over)}" for name in NAMES]
        rows.append((part, *cells))
    rows.append(("limit", *(str(getattr(LIMITS, name)) for name in NAMES)))

    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join((row[0].ljust(widths[0]), *cells[1:])))

    return "\n".join(lines)
