"""Plan what operators do, each part by its own draws."""

from collections.abc import Iterator
from typing import Final

from indelible_service.simulation.draws import Seed
from indelible_service.simulation.plan import DAY, HOUR, MINUTE, PlannedRestore, PlannedUpgrade

ACTOR: Final = "operations"
SWARM: Final = 0.5  # the share of short simulations that have an operation
MIN_DAYS: Final = 17  # from which a simulation always has a restore
RESTORE_AT: Final = 17 / 30  # of all days
BACKUP_AGE: Final = (HOUR, DAY)
DOWN: Final = (10 * MINUTE, 2 * HOUR)
FIRST_BACKUP: Final = 20 * MINUTE
UPGRADED: Final = (HOUR, 12 * HOUR)
FIRST_UPGRADE: Final = 2 * HOUR


def planned_restores(seed: Seed, days: int) -> Iterator[PlannedRestore]:
    """Yield the restore of a backup, on day 17 of 30."""
    draws = seed.draws(ACTOR, "restore")
    if not draws.happens(SWARM) and days < MIN_DAYS:
        return
    at = round(days * DAY * RESTORE_AT) + draws.whole(-2 * HOUR, 2 * HOUR)
    age = round(draws.log_uniform(*BACKUP_AGE))
    yield PlannedRestore(
        backup_at=max(FIRST_BACKUP, at - age),
        at=at,
        seconds=round(draws.log_uniform(*DOWN)),
    )


def planned_upgrades(seed: Seed, days: int) -> Iterator[PlannedUpgrade]:
    """Yield an upgrade that is taken back before the last hours."""
    draws = seed.draws(ACTOR, "upgrade")
    if not draws.happens(SWARM) and days < MIN_DAYS:
        return
    seconds = round(draws.log_uniform(*UPGRADED))
    at = draws.whole(FIRST_UPGRADE, days * DAY - UPGRADED[1])
    yield PlannedUpgrade(at=at, seconds=seconds)
