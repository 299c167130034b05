"""The dose that tries generated aggregates: `nox -s chaos -- aggregates --count N --seed N`."""

from argparse import Namespace
from typing import Final

from tests.doses.chaos.doses import show
from tests.doses.chaos.testbed import Testbed
from tests.own.generated import module_of, plans_of
from tests.own.generated.places import file_place, server_place
from tests.own.generated.trials import TrialReport, try_group

GROUP: Final = 10  # aggregates of one store and one application


def aggregates(bed: Testbed, options: Namespace) -> bool:
    """Declare aggregates that are drawn, and try each in every way on both databases."""
    report = TrialReport()
    for first in range(0, options.count, GROUP):
        last = min(first + GROUP, options.count)
        module = module_of(plans_of(range(first, last), options.seed))
        places = (
            file_place(bed.file, bed.file.parent),
            server_place(bed.server, bed.template),
        )
        known = len(report.problems)
        try_group(module, options.seed, places, report)
        for problem in report.problems[known:]:
            show(f"aggregates {first} to {last - 1}: {problem}", is_success=False)
    return show(f"aggregates: {report}", is_success=not report.problems)
