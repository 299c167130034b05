"""The invariants of histories: their chains, and who changes contests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from indelible_service.simulation.absence.absent import PERSON
from indelible_service.simulation.plan import Profile

if TYPE_CHECKING:
    from indelible_service.simulation.observed import Observed

CONTEST_ACTORS: Final = ("user:organizer", "system:worker", "system:ingestion")


def history_chains(observed: "Observed") -> Iterator[str]:
    """Yield each new change that takes no declared edge, or does not follow the one before it."""
    edges = {
        lifecycle.name: {tuple(edge) for edge in lifecycle.edges}
        for lifecycle in observed.store.catalog.heads.values()
    }
    for change in observed.new_changes:
        key = (change.lifecycle, change.entity_id)
        name = f"{change.action} of {change.lifecycle} {change.entity_id}, seq {change.seq}"
        if change.prev_hash != observed.last_hashes.get(key, ""):
            yield f"{name} does not follow the change before it"
        if change.edge not in edges[change.lifecycle]:
            yield f"{name} is no declared edge"
        observed.last_hashes[key] = change.hash


def contests_move_alone(observed: "Observed") -> Iterator[str]:
    """Yield each new change of a contest that no worker and no organizer has made.

    In an absence, an operator executes runbooks of contests.
    """
    actors = {*CONTEST_ACTORS}
    if observed.plan.profile is Profile.ABSENCE:
        actors.add(str(PERSON))
    for change in observed.new_changes:
        if change.lifecycle == "contest" and str(change.actor) not in actors:
            yield f"{change.action} of contest {change.entity_id} is by {change.actor}"


HOURLY: Final = {
    "history-chains": history_chains,
    "contests-move-alone": contests_move_alone,
}
