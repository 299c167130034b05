"""Check the rules of docs/style.md: `python -m tests.architecture.style` prints the metrics."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.metrics import (
    LIMITS,
    Metrics,
    excesses,
    function_length,
    measure,
    parts,
    table,
)
from tests.architecture.sources import ROOT
from tests.architecture.words import bad_docstrings, empty_names, is_empty_name

MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 400


def faults(path: Path, source: str) -> Iterator[str]:
    """Yield the text of everything in a file that breaks a rule."""
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    tree = ast.parse(source)
    for word in {path.stem, path.parent.name}:
        if is_empty_name(word):
            yield f"{name}: the module name {word} says nothing"
    for text in empty_names(tree):
        yield f"{name}:{text}"
    for text in bad_docstrings(tree):
        yield f"{name}:{text}"
    for text in long_functions(tree):
        yield f"{name}:{text}"
    for text in placeholders(tree):
        yield f"{name}:{text}"
    lines = len(source.splitlines())
    if lines > MAX_FILE_LINES:
        yield f"{name}: {lines} lines, expected at most {MAX_FILE_LINES}"


def long_functions(tree: ast.AST) -> Iterator[str]:
    """Yield every function of more than 40 lines, with its line."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = function_length(node)
        if lines > MAX_FUNCTION_LINES:
            yield (
                f"{node.lineno}: {node.name} has {lines} lines,"
                f" expected at most {MAX_FUNCTION_LINES}"
            )


def placeholders(tree: ast.AST) -> Iterator[str]:
    """Yield every use of NotImplementedError, which leaves a missing method to be found by a call.

    With `abstractmethod`, the type checkers and the creation of the object refuse it.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == NotImplementedError.__name__:
            yield f"{node.lineno}: NotImplementedError, expected an abstract method"


def measured() -> dict[str, tuple[Metrics, list[str]]]:
    """Measure every part, and collect the faults of its files."""
    results: dict[str, tuple[Metrics, list[str]]] = {}
    for part, paths in parts().items():
        sources: list[str] = []
        texts: list[str] = []
        for path in paths:
            source = path.read_text(encoding="utf-8")
            sources.append(source)
            texts += faults(path, source)
        results[part] = (measure(sources), texts)

    return results


def problems_by_part() -> dict[str, list[str]]:
    """Return the exceeded limits and the faults of every part that has any."""
    problems: dict[str, list[str]] = {}
    for part, (metrics, texts) in measured().items():
        problems_of_part = [*excesses(metrics, LIMITS), *texts]
        if problems_of_part:
            problems[part] = problems_of_part

    return problems


def main() -> int:
    """Print the metrics and the problems; return 1 if there is a problem."""
    print(table({part: metrics for part, (metrics, _) in measured().items()}))
    problems = problems_by_part()
    for part, texts in problems.items():
        print(f"\n{part}:")
        print("\n".join(f"  {text}" for text in texts))

    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
