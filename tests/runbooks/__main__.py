"""Execute runbooks against their faults: all of them, or those whose names begin with WORDS."""

import argparse
import logging
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.runbooks.scenarios import all_scenarios
from tests.runbooks.trying import neglect, recover

MEMORY = Path("/dev/shm")  # noqa: S108 - new directories in it


def main() -> int:
    """Print a line for each scenario, and return 1 if one has failed."""
    parser = argparse.ArgumentParser(prog="nox -s runbooks --", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="WORD", help="such as 28 or 28-payouts-stuck")
    parser.add_argument(
        "--neglect", action="store_true", help="do nothing, and expect that something is wrong"
    )
    options = parser.parse_args()
    names: list[str] = options.names
    work, done = (neglect, "is left") if options.neglect else (recover, "recovered")
    failed = 0
    logging.getLogger("indelible").setLevel(logging.CRITICAL)  # faults log what is expected
    for scenario in all_scenarios():
        is_other = names and not scenario.runbook.startswith(tuple(names))
        if is_other or (options.neglect and scenario.ends_by_itself):
            continue
        began = time.monotonic()
        problem = ""
        with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            try:
                work(scenario, Path(folder))
            except (Exception, pytest.fail.Exception):  # noqa: BLE001 - the others run too
                problem = traceback.format_exc()
                failed += 1
        outcome = "FAILED" if problem else done
        seconds = time.monotonic() - began
        sys.stdout.write(f"{outcome} in {seconds:.0f} s: {scenario.name}\n{problem}")
        sys.stdout.flush()
    sys.stdout.write(f"failed: {failed}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
