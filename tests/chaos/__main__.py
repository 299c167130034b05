"""`python -m tests.chaos --minutes M --seed N`: every dose, again and again until the time is over; or one by its name.

A round is seeded with N, the next with N + 1. What is broken, and in which order, follows from the seed; the moment at
which a kill or a termination comes upon a program does not.
"""

import logging
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter

from tests.chaos.doses import DOSES, show
from tests.chaos.testbed import testbed


def main() -> int:
    """Run the doses; 1 where anything was wrong."""
    parser = ArgumentParser(
        prog="python -m tests.chaos",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "dose", nargs="*", metavar="dose", help=f"of {', '.join(DOSES)}; all of them by default"
    )
    parser.add_argument(
        "--minutes", type=float, default=0, help="after which no further round begins"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--kills", type=int, default=30, help="of writers on each database, in a round"
    )
    parser.add_argument("--n", type=int, default=60, help="lost COMMITs of each colour, in a round")
    parser.add_argument("--rounds", type=int, default=5, help="of each fault, in a round")
    parser.add_argument(
        "--edits", type=int, default=50, help="of each process of a race, and under a jumping clock"
    )
    parser.add_argument("--programs", type=int, default=20, help="on every store, in a round")
    parser.add_argument(
        "--captures", type=int, default=10_000, help="in each of five orders, on each database"
    )
    parser.add_argument(
        "--units", type=int, default=2_000, help="of work, while its workers are killed"
    )
    parser.add_argument(
        "--deaths", type=int, default=15, help="of workers and servers, while there is work"
    )
    parser.add_argument(
        "--claims", type=int, default=100_000, help="of work on PostgreSQL; a fiftieth on SQLite"
    )
    parser.add_argument("--workers", type=int, default=8, help="that claim at once")
    wanted = parser.parse_args()
    if unknown := set(wanted.dose) - DOSES.keys():
        parser.error(f"there is no dose {', '.join(sorted(unknown))}")
    logging.getLogger("indelible").setLevel(
        logging.CRITICAL
    )  # each fault would be reported a hundred times
    end, is_well = time.monotonic() + wanted.minutes * 60, True
    while True:
        show(f"seed {wanted.seed}")
        for name in wanted.dose or DOSES:
            begun = time.monotonic()
            with testbed() as bed:
                is_well = DOSES[name](bed, wanted) and is_well
            show(f"{name} took {time.monotonic() - begun:.0f} s")
        wanted.seed += 1
        if time.monotonic() >= end:
            return int(not is_well)


if __name__ == "__main__":
    sys.exit(main())
