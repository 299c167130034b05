"""Run checks on real data, which the gate leaves out: `python -m tests.doses.real CHECK [FILE]`."""

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.doses.real.contests import take_up_real_leaderboard
from tests.doses.real.money import pay_on_a_real_field
from tests.doses.real.operations import operate_a_real_week
from tests.doses.real.projects import push_onto_real_history
from tests.doses.real.stripe_clients import send_requests_of_clients
from tests.doses.real.stripe_emulate import pay_in_a_browser
from tests.doses.real.stripe_opinions import ask_other_doubles

CHECKS: Final[Mapping[str, Callable[[], list[str]]]] = {"projects": push_onto_real_history}
CHECKS_OF_FILES: Final[Mapping[str, Callable[[Path], list[str]]]] = {
    "contests": take_up_real_leaderboard,
    "money": pay_on_a_real_field,
    "operations": operate_a_real_week,
    "stripe-clients": send_requests_of_clients,
    "stripe-opinions": ask_other_doubles,
    "stripe-emulate": pay_in_a_browser,
}


def main() -> int:
    """Run a check, print its findings, and return 1 if it has any problem."""
    parser = ArgumentParser(prog="python -m tests.doses.real", description=__doc__)
    parser.add_argument("check", choices=sorted({*CHECKS, *CHECKS_OF_FILES}))
    parser.add_argument(
        "file", nargs="?", type=Path, help="the real data, or a folder of other programs"
    )
    options = parser.parse_args()
    needs_file = options.check in CHECKS_OF_FILES
    if needs_file is (options.file is None):
        parser.error(f"the check {options.check} takes {'a' if needs_file else 'no'} FILE")
    logging.getLogger("indelible").setLevel(logging.CRITICAL)

    if needs_file:
        problems = CHECKS_OF_FILES[options.check](options.file)
    else:
        problems = CHECKS[options.check]()
    for problem in problems:
        sys.stdout.write(f"FAIL {problem}\n")

    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
