"""The dose `deploys`: workers of two releases replace each other."""

from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.doses.chaos.deploys import replace_workers
from tests.doses.chaos.doses import seeded_random, show
from tests.doses.chaos.releases import build_releases
from tests.doses.chaos.testbed import Testbed

SECONDS_OF_REPLACEMENT: Final = 2.5
UNITS_OF_REPLACEMENT: Final = 20


def deploys(bed: Testbed, options: Namespace) -> bool:
    """Replace workers by those of the other release, on PostgreSQL."""
    number = options.replacements
    with TemporaryDirectory(prefix="indelible-") as folder:
        releases = build_releases(Path(folder), bed.postgresql().owner_url)
        report = replace_workers(
            releases,
            number,
            number * UNITS_OF_REPLACEMENT,
            number * SECONDS_OF_REPLACEMENT,
            seeded_random(options),
        )
    return show(f"deploys: {report}", is_success=not report.problems)
