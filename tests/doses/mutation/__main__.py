"""Mutate lifecycle, history and rules, and report the mutants that no test kills.

`python -m tests.doses.mutation` copies core and the tests to `build/mutation`, because mutmut
expects its sources in `src`. Only functions are mutated: declarations at the top of a module, such
as the edges of a lifecycle, are compared with the schema and the drawings by other tests.
`equivalent.toml` lists the mutants that behave like the original, each with the reason.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
EQUIVALENT: Final = Path(__file__).with_name("equivalent.toml")
WORK_DIRECTORY: Final = ROOT / "build" / "mutation"
MIN_KILLED_PERCENT: Final = 90
SURVIVED, NO_TESTS = 0, 33
NOT_RUN: Final = {None, 34}  # exit codes of mutants that were skipped or never reached
COPIES: Final = (
    ("packages/core/src", "src"),
    ("tests", "tests"),
    ("tests/doses/mutation/settings.toml", "pyproject.toml"),
    ("tests/doses/mutation/profile.py", "conftest.py"),
)
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", "doses")


def copy_sources() -> None:
    """Copy the sources and their tests; the results of an earlier run stay."""
    WORK_DIRECTORY.mkdir(parents=True, exist_ok=True)
    for source, target in COPIES:
        original, copy = ROOT / source, WORK_DIRECTORY / target
        copy.parent.mkdir(parents=True, exist_ok=True)
        if original.is_dir():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(original, copy, ignore=NOT_COPIED)
        else:
            shutil.copy(original, copy)


def run_mutmut(mutants: Sequence[str], children: int) -> None:
    """Run the tests against the named mutants, or against all of them."""
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    command = (mutmut, "run", "--max-children", str(children), *mutants)
    environment = {**os.environ, "PYTHONPATH": ""}
    subprocess.run(command, cwd=WORK_DIRECTORY, check=True, env=environment)


def read_results() -> dict[str, int | None]:
    """Return the exit code of the tests for each mutant."""
    exit_codes: dict[str, int | None] = {}
    for path in sorted((WORK_DIRECTORY / "mutants").rglob("*.meta")):
        exit_codes.update(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"])

    return exit_codes


def report(exit_codes: dict[str, int | None], equivalent: dict[str, str]) -> float:
    """Print the survivors, and return the percentage of killed mutants.

    Mutants that were not run, and equivalent ones, do not count.
    """
    counted: dict[str, int | None] = {}
    for name, code in exit_codes.items():
        if code not in NOT_RUN and name not in equivalent:
            counted[name] = code

    survivors = sorted(name for name, code in counted.items() if code in (SURVIVED, NO_TESTS))
    for name in survivors:
        print(f"survived {name}")
    for module, number in Counter(map(_module_of, survivors)).most_common():
        print(f"{number} survivors in {module}")

    killed = len(counted) - len(survivors)
    percent = 100 * killed / len(counted)
    listed = len(exit_codes.keys() & equivalent.keys())
    not_run = len(exit_codes) - len(counted) - listed
    print(f"{killed} of {len(counted)} mutants killed, {percent:.1f} %")
    print(f"{listed} equivalent mutants, {not_run} not run")

    return percent


def _module_of(mutant: str) -> str:
    """Return the module of a mutant; mutmut separates the class with this letter."""
    return mutant.partition("ǁ")[0].rpartition(".")[0] or mutant


def main() -> int:
    """Run mutmut and report; return 1 if fewer mutants were killed than required."""
    parser = ArgumentParser(prog="python -m tests.doses.mutation", description=__doc__)
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only-report", action="store_true", help="of the last run")
    parser.add_argument("--fresh", action="store_true", help="forget the results of earlier runs")
    help_of_mutants = "such as `indelible.kernel.history.*`; all of them by default"
    parser.add_argument("mutants", nargs="*", help=help_of_mutants)
    options = parser.parse_args()

    if options.fresh:
        shutil.rmtree(WORK_DIRECTORY, ignore_errors=True)
    if not options.only_report:
        copy_sources()
        run_mutmut(options.mutants, options.children)

    equivalent = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    percent = report(read_results(), equivalent)
    return int(percent < MIN_KILLED_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
