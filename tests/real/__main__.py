"""Run checks on real data, which the gate leaves out: `python -m tests.real CHECK`."""

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Final

from tests.real.projects import push_onto_real_history

Check = Callable[[], list[str]]
CHECKS: Final[Mapping[str, Check]] = {"projects": push_onto_real_history}


def main() -> int:
    """Run a check, print its findings, and return 1 if it has any problem."""
    parser = ArgumentParser(prog="python -m tests.real", description=__doc__)
    parser.add_argument("check", choices=sorted(CHECKS))
    options = parser.parse_args()
    logging.getLogger("indelible").setLevel(logging.CRITICAL)

    problems = CHECKS[options.check]()
    for problem in problems:
        sys.stdout.write(f"FAIL {problem}\n")

    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
