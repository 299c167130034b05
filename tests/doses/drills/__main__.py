"""Run drills: `python -m tests.doses.drills [DRILL ...] --seed N --instants K`.

Each drill does money work up to a moment, breaks the database, restores it by the commands that an
operator types, and goes on. The seed decides the work and the moment; K moments follow each other.
"""

import logging
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping
from typing import Final

from tests.doses.drills.bed import Bed, drill_bed
from tests.doses.drills.flipped_byte import play_flipped_byte
from tests.doses.drills.last_night import play_last_night
from tests.doses.drills.other_server import play_other_server
from tests.doses.drills.point_in_time import play_point_in_time
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.rotation import play_rotation
from tests.doses.drills.standby import play_standby

DRILLS: Final[Mapping[str, Callable[[Bed, int], list[DrillReport]]]] = {
    "last-night": play_last_night,
    "point-in-time": play_point_in_time,
    "other-server": play_other_server,
    "flipped-byte": play_flipped_byte,
    "standby": play_standby,
    "rotation": play_rotation,
}


def main() -> int:
    """Run the drills and return the exit code: 1 where a drill had problems."""
    parser = ArgumentParser(
        prog="python -m tests.doses.drills",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    names = ", ".join(DRILLS)
    parser.add_argument("drill", nargs="*", metavar="drill", help=f"of {names}; default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--instants", type=int, default=10, help="moments of each drill")
    options = parser.parse_args()
    unknown = sorted(set(options.drill) - DRILLS.keys())
    if unknown:
        parser.error(f"unknown drill {', '.join(unknown)}")

    logging.getLogger("indelible").setLevel(logging.CRITICAL)  # faults are expected here
    is_success = True
    for name in options.drill or DRILLS:
        started_at = time.monotonic()
        with drill_bed() as bed:
            for seed in range(options.seed, options.seed + options.instants):
                for report in DRILLS[name](bed, seed):
                    sys.stdout.write(f"seed {seed}: {report}\n")
                    sys.stdout.flush()
                    is_success = is_success and not report.problems
        sys.stdout.write(f"{name} took {time.monotonic() - started_at:.0f} s\n")
    return int(not is_success)


if __name__ == "__main__":
    sys.exit(main())
