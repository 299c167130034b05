"""Another server: the dump of one server is restored into an empty database of another one."""

from tests.doses.drills.bed import Bed
from tests.doses.drills.last_night import on_postgresql
from tests.doses.drills.recovery import NO_DEFECTS, Defects
from tests.doses.drills.reports import DrillReport


def play_other_server(bed: Bed, seed: int, defects: Defects = NO_DEFECTS) -> list[DrillReport]:
    """Run the drill."""
    with bed.server() as lost, bed.server() as target:
        return [on_postgresql(bed, lost, target, seed, "other-server", defects)]
