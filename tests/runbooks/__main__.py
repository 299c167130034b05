"""Execute runbooks against their faults: all of them, or those whose names begin with WORDS."""

import argparse
import logging
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.runbooks.scenarios import Scenario, all_scenarios
from tests.runbooks.trying import neglect, recover

MEMORY = Path("/dev/shm")  # noqa: S108 - new directories in it


def main() -> int:
    """Print a line for each scenario, and return 1 if one has failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.runbooks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="WORD", help="such as 28 or 28-payouts-stuck")
    parser.add_argument(
        "--neglect",
        action="store_true",
        help="do nothing: something stays wrong, unless the fault is declared to end by itself",
    )
    options = parser.parse_args()
    names: list[str] = options.names
    work = neglect if options.neglect else recover
    if names and not any(one.runbook.startswith(tuple(names)) for one in all_scenarios()):
        parser.error(f"no runbook begins with one of {', '.join(names)}")
    failed = 0
    logging.getLogger("indelible").setLevel(logging.CRITICAL)  # faults log what is expected
    for scenario in all_scenarios():
        if names and not scenario.runbook.startswith(tuple(names)):
            continue
        began = time.monotonic()
        problem = ""
        with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            try:
                work(scenario, Path(folder))
            except (Exception, pytest.fail.Exception):  # noqa: BLE001 - the others run too
                problem = traceback.format_exc()
                failed += 1
        outcome = "FAILED" if problem else outcome_of(scenario, is_neglected=options.neglect)
        seconds = time.monotonic() - began
        sys.stdout.write(f"{outcome} in {seconds:.0f} s: {scenario.name}\n{problem}")
        sys.stdout.flush()
    sys.stdout.write(f"failed: {failed}\n")
    return 1 if failed else 0


def outcome_of(scenario: Scenario, *, is_neglected: bool) -> str:
    """Return what has come of a fault as expected."""
    if not is_neglected:
        return "recovered"
    return "ended by itself" if scenario.ends_by_itself else "is left"


if __name__ == "__main__":
    sys.exit(main())
