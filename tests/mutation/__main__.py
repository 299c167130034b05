"""`python -m tests.mutation`: which changes of the code no test notices, in lifecycle, history and rules.

mutmut wants its sources in `src`, so this copies core and its tests to `build/mutation` and runs it there. Only code in
functions is changed: what is declared at the top of a module, a lifecycle's edges say, is compared with the schema, the
documentation and the drawings by other tests. A mutant that is listed in `equivalent.toml` does the same as the
original, for the reason given there.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
PLACE: Final = ROOT / "build" / "mutation"
GOAL_PERCENT: Final = 90
SURVIVED, NO_TESTS = 0, 33
NOT_RUN: Final = {None, 34}  # skipped, or never come to
COPIED: Final = (
    ("packages/core/src", "src"),
    ("tests/core", "tests/core"),
    ("tests/conformance", "tests/conformance"),
    ("tests/conftest.py", "tests/conftest.py"),
    ("tests/feeds.py", "tests/feeds.py"),
    ("tests/mutation/settings.toml", "pyproject.toml"),
    ("tests/mutation/profile.py", "conftest.py"),
)


def prepared() -> None:
    """The sources and their tests, where mutmut wants them; results of an earlier run are kept."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for source, target in COPIED:
        original, copy = ROOT / source, PLACE / target
        copy.parent.mkdir(parents=True, exist_ok=True)
        if original.is_dir():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(original, copy)
        else:
            shutil.copy(original, copy)


def results() -> dict[str, int | None]:
    """How the tests ended, for each mutant."""
    found: dict[str, int | None] = {}
    for path in sorted((PLACE / "mutants").rglob("*.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def reported(found: dict[str, int | None], equivalent: dict[str, str]) -> float:
    """Print what survived, and say how many in a hundred were killed of those that differ."""
    ran = {
        name: code for name, code in found.items() if code not in NOT_RUN and name not in equivalent
    }
    alive = sorted(name for name, code in ran.items() if code in (SURVIVED, NO_TESTS))
    by_module = Counter(name.partition("ǁ")[0].rpartition(".")[0] or name for name in alive)
    for name in alive:
        sys.stdout.write(f"survived {name}\n")
    for module, number in by_module.most_common():
        sys.stdout.write(f"{number} survivors in {module}\n")
    percent = 100 * (len(ran) - len(alive)) / len(ran)
    named = sorted(found.keys() & equivalent.keys())
    said = f"{len(ran) - len(alive)} of {len(ran)} mutants killed, {percent:.1f} %"
    sys.stdout.write(
        f"{said}; {len(named)} equivalent ones named, {len(found) - len(ran) - len(named)} not run\n"
    )
    return percent


def main() -> int:
    """Run mutmut, and report; 1 where less than the goal was killed."""
    parser = ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only-report", action="store_true", help="of the last run")
    parser.add_argument("--fresh", action="store_true", help="forget the results of earlier runs")
    parser.add_argument(
        "mutants", nargs="*", help="as `indelible.kernel.history.*`; all of them by default"
    )
    wanted = parser.parse_args()
    if wanted.fresh:
        shutil.rmtree(PLACE, ignore_errors=True)
    if not wanted.only_report:
        prepared()
        mutmut = (
            str(Path(sys.executable).with_name("mutmut")),
            "run",
            "--max-children",
            str(wanted.children),
        )
        subprocess.run(
            (*mutmut, *wanted.mutants), cwd=PLACE, check=True, env={**os.environ, "PYTHONPATH": ""}
        )
    equivalent = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8"))
    return int(reported(results(), equivalent) < GOAL_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
