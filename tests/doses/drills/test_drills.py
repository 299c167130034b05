"""Do money work up to a moment, break the database, restore it by commands, and go on.

The seed decides the work and the moment. Nothing may be twice, and all work must end.
"""

from collections.abc import Callable, Generator, Mapping
from typing import Final

import pytest
from tests.doses.drills.bed import Bed, drill_bed
from tests.doses.drills.flipped_byte import play_flipped_byte
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.restores import play_last_night, play_other_server, play_point_in_time
from tests.doses.drills.rotation import play_rotation

DRILLS: Final[Mapping[str, Callable[[Bed, int], list[DrillReport]]]] = {
    "last-night": play_last_night,
    "point-in-time": play_point_in_time,
    "other-server": play_other_server,
    "flipped-byte": play_flipped_byte,
    "rotation": play_rotation,
}


@pytest.fixture(scope="module")
def bed() -> Generator[Bed]:
    """Yield places for the databases of all drills."""
    with drill_bed() as places:
        yield places


@pytest.mark.parametrize("name", DRILLS)
def test_after_a_drill_nothing_is_twice_and_all_work_ends(
    bed: Bed, name: str, seed: int, add_summary_line: Callable[[str], None]
) -> None:
    for report in DRILLS[name](bed, seed):
        add_summary_line(f"{name}: {report}")
        assert report.problems == []
        assert report.transfers > 0
