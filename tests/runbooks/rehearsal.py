"""Rehearse: a person recovers from faults with the runbooks, the console and nothing else.

`python -m tests.runbooks.rehearsal --seed N --faults 5` injects drawn faults, each into an
installation of its own. It prints the alerts that fire, and the variables of the operator's shell.
Time passes while the operator works, a hundred times as fast. The operator writes the number of the
fault into the file `done`; then the alerts are judged once more.
"""

import argparse
import logging
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.runbooks.alerts import firing
from tests.runbooks.scenarios import Bed, Scenario, all_scenarios

LOOK_SECONDS: Final = 0.2  # a simulated installation lets 20 virtual seconds pass at each look
DONE: Final = "done"


def main() -> int:
    """Rehearse the drawn faults, and return 1 if one was not recovered from."""
    parser = argparse.ArgumentParser(prog="python -m tests.runbooks.rehearsal", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=5)
    parser.add_argument("--folder", type=Path, required=True, help="of the file `done`")
    options = parser.parse_args()
    logging.getLogger("indelible").setLevel(logging.CRITICAL)  # it would tell the fault
    logging.getLogger("waitress").setLevel(logging.ERROR)
    options.folder.mkdir(parents=True, exist_ok=True)
    drawn = random.Random(options.seed).sample(all_scenarios(), options.faults)  # noqa: S311 - a draw
    failed = 0
    for number, scenario in enumerate(drawn, 1):
        with TemporaryDirectory() as folder:
            failed += not rehearse(scenario, number, Path(folder), options.folder / DONE)
    return 1 if failed else 0


def rehearse(scenario: Scenario, number: int, folder: Path, done: Path) -> bool:
    """Let a person recover from a fault; return whether its alerts and its damage are gone."""
    with scenario.open(folder) as running:
        variables = running.variables()
        run = scenario.run(running)
        next(run)
        running.look()
        say(f"fault {number}; alerts: {', '.join(sorted(scenario.alerts)) or 'none'}")
        for name, value in variables.items():
            say(f"export {name}={value}")
        began = time.monotonic()
        while not done.exists() or done.read_text(encoding="utf-8").strip() != str(number):
            time.sleep(LOOK_SECONDS)
            running.let_time_pass()
        minutes = (time.monotonic() - began) / 60
        problem = problem_of(scenario, running, run)
        say(
            f"fault {number} of {scenario.runbook}: {minutes:.1f} minutes; {problem or 'recovered'}"
        )
        return not problem


def problem_of(scenario: Scenario, running: Bed, run: Iterator[None]) -> str:
    """Return what is left of a fault, '' if nothing is."""
    running.look()
    running.stay_calm(scenario.calm_seconds)
    running.look()
    left = firing(running.scrapes).intersection(scenario.alerts)
    if left:
        return f"still firing: {', '.join(sorted(left))}"
    try:
        scenario.check(run)
    except AssertionError as error:
        return f"not recovered: {error}"
    return ""


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
