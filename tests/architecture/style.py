"""Check the rules of docs/style.md: `python -m tests.architecture.style` prints the metrics.

While the code is being rewritten, `style_ceilings.json` holds the values of every part that do not
meet the limits yet. They may only fall. `--record` lowers them to the values of today; `--strict`
ignores the file and applies the limits themselves.
"""

import ast
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from tests.architecture.metrics import (
    AT_LEAST,
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

CEILINGS = Path(__file__).with_name("style_ceilings.json")
MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 400


def faults(path: Path, source: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of everything in a file that breaks a rule."""
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    tree = ast.parse(source)
    for word in {path.stem, path.parent.name}:
        if is_empty_name(word):
            yield "names", f"{name}: the module name {word} says nothing"
    for text in empty_names(tree):
        yield "names", f"{name}:{text}"
    for text in bad_docstrings(tree):
        yield "docstrings", f"{name}:{text}"
    for text in long_functions(tree):
        yield "functions", f"{name}:{text}"
    lines = len(source.splitlines())
    if lines > MAX_FILE_LINES:
        yield "files", f"{name}: {lines} lines, expected at most {MAX_FILE_LINES}"


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


def counted(faults_of_part: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the texts of the faults by their kind."""
    texts: dict[str, list[str]] = {"names": [], "docstrings": [], "functions": [], "files": []}
    for kind, text in faults_of_part:
        texts[kind].append(text)

    return texts


def check_part(
    metrics: Metrics, texts: Mapping[str, list[str]], ceiling: Mapping[str, float]
) -> list[str]:
    """Return the problems of one part, given the ceilings that replace its limits."""
    limits = asdict(LIMITS) | {name: ceiling[name] for name in asdict(LIMITS) if name in ceiling}
    problems = excesses(metrics, Metrics(**limits))
    for kind, found in texts.items():
        allowed = int(ceiling.get(kind, 0))
        if len(found) <= allowed:
            continue
        if allowed:
            problems.append(f"{len(found)} faults of {kind}, expected at most {allowed}")
        problems += found

    return problems


def ceilings_of_today(metrics: Metrics, texts: Mapping[str, list[str]]) -> dict[str, float]:
    """Return the values of a part that do not meet the limits."""
    ceilings: dict[str, float] = {}
    for text in excesses(metrics, LIMITS):
        name = text.partition(" ")[0]
        ceilings[name] = getattr(metrics, name)
    for kind, found in texts.items():
        if found:
            ceilings[kind] = len(found)

    return ceilings


def lower(old: Mapping[str, float], new: Mapping[str, float]) -> dict[str, float]:
    """Return the stricter of two ceilings for every name that both have."""
    lowered: dict[str, float] = {}
    for name in old.keys() & new.keys():
        stricter = max if name in AT_LEAST else min
        lowered[name] = stricter(old[name], new[name])

    return dict(sorted(lowered.items()))


def read_ceilings() -> dict[str, dict[str, float]]:
    """Read the recorded ceilings; there are none when the file is gone."""
    if not CEILINGS.exists():
        return {}

    recorded: dict[str, dict[str, float]] = json.loads(CEILINGS.read_text(encoding="utf-8"))
    return recorded


def problems_by_part(ceilings: Mapping[str, Mapping[str, float]]) -> dict[str, list[str]]:
    """Check every part, and return the problems of those that have any."""
    problems: dict[str, list[str]] = {}
    for part, (metrics, texts) in measured().items():
        found = check_part(metrics, texts, ceilings.get(part, {}))
        if found:
            problems[part] = found

    return problems


def measured() -> dict[str, tuple[Metrics, dict[str, list[str]]]]:
    """Measure every part, and collect its faults by kind."""
    results: dict[str, tuple[Metrics, dict[str, list[str]]]] = {}
    for part, paths in parts().items():
        sources = {path: path.read_text(encoding="utf-8") for path in paths}
        texts = counted(fault for path, source in sources.items() for fault in faults(path, source))
        results[part] = (measure(sources.values()), texts)

    return results


def record() -> None:
    """Lower the recorded ceilings to the values of today."""
    today: dict[str, dict[str, float]] = {}
    for part, (metrics, texts) in measured().items():
        today[part] = ceilings_of_today(metrics, texts)

    old = read_ceilings() if CEILINGS.exists() else today
    new: dict[str, dict[str, float]] = {}
    for part, values in today.items():
        lowered = lower(old.get(part, {}), values)
        if lowered:
            new[part] = lowered

    CEILINGS.write_text(json.dumps(new, indent=2) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Print the metrics and the problems; return 1 if there is a problem."""
    if "--record" in arguments:
        record()

    print(table({part: metrics for part, (metrics, _) in measured().items()}))
    ceilings = {} if "--strict" in arguments else read_ceilings()
    problems = problems_by_part(ceilings)
    for part, texts in problems.items():
        print(f"\n{part}:")
        print("\n".join(f"  {text}" for text in texts))

    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
