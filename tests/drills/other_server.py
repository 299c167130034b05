"""Another server: the dump of one server is restored into an empty database of another one."""

from tests.drills.bed import Bed
from tests.drills.last_night import on_postgresql
from tests.drills.recovery import NO_DEFECTS, Defects
from tests.drills.reports import DrillReport


def play_other_server(bed: Bed, seed: int, defects: Defects = NO_DEFECTS) -> list[DrillReport]:
    """Run the drill."""
    with bed.server() as lost, bed.server() as target:
        return [on_postgresql(bed, lost, target, seed, "other-server", defects)]
