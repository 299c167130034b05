"""Fail a cluster of three nodes over: `python -m tests.doses.cluster --seed N [--failovers N]`.

etcd and three PostgreSQL nodes under Patroni run on this machine, and the library, the API and
workers write. The seed decides which node fails when and how, and whether it comes back.
"""

import logging
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from random import Random

from tests.debian_packages import ProgramMissing
from tests.doses.cluster.failovers import fail_over


def main() -> int:
    """Fail over and return the exit code: 1 where there was a problem."""
    parser = ArgumentParser(
        prog="python -m tests.doses.cluster",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failovers", type=int, default=100)
    options = parser.parse_args()

    logging.getLogger("indelible").setLevel(logging.CRITICAL)  # faults are expected here
    try:
        report = fail_over(options.failovers, Random(options.seed))  # noqa: S311 - no secret
    except ProgramMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"seed {options.seed}: {report}\n")
    return int(bool(report.problems))


if __name__ == "__main__":
    sys.exit(main())
