"""Plan faults in swarms: each seed leaves kinds out, and has a rate of its own for the others."""

from collections.abc import Iterator, Mapping
from typing import Final

from indelible_service.simulation.draws import Draws, Seed
from indelible_service.simulation.plan import DAY, HOUR, MINUTE, FaultKind, PlannedFault, Profile

ACTOR: Final = "faults"
SWARM: Final = 0.7  # the share of seeds that have a kind of fault
PROCESSES: Final = ("web", "worker-1", "worker-2", "scheduler")
RATES: Final = (0.02, 0.6)
SPANS: Final = (10 * MINUTE, 8 * HOUR)
# A chain is scanned once an hour, and all requests of one second meet the same node.
NODE_RATES: Final = (0.2, 0.9)
NODE_SPANS: Final = (HOUR, 8 * HOUR)
DOWN: Final = (5, 2 * HOUR)
MAX_FAILPOINTS: Final = 30
MAX_SKEW_SECONDS: Final = 120
CRASHES_PER_DAY: Final = 6
FIRST_FAULT: Final = 30 * MINUTE
# The faults end before the last day, in which everything has to come to rest.
CALM: Final = DAY
LAST_OF_ONE_DAY: Final = 16 * HOUR
# Prizes are paid in the evening of a tournament's last day: half of Stripe's faults begin then.
EVENING: Final = (18 * HOUR, 20 * HOUR)
OF_STRIPE: Final = (
    FaultKind.STRIPE_OUTAGE,
    FaultKind.STRIPE_ERRORS,
    FaultKind.STRIPE_SILENCE,
)
OF_GIT: Final = (
    FaultKind.GIT_OUTAGE,
    FaultKind.GIT_SILENCE,
    FaultKind.GIT_REFUSAL,
    FaultKind.GIT_RIVALS,
    FaultKind.CRASH,
)
OF_NODE: Final = (
    FaultKind.CHAIN_OUTAGE,
    FaultKind.CHAIN_LAG,
    FaultKind.CHAIN_FORK,
    FaultKind.CHAIN_LOGS,
)
# Faults that come at moments of a contest: `planned_absence` plans them.
OF_ABSENCE: Final = (
    FaultKind.TRANSFER_TIMEOUT,
    FaultKind.WEBHOOK_TWICE,
    FaultKind.WEBHOOK_DELAY,
    FaultKind.WEBHOOK_OUTAGE,
    FaultKind.PROVIDER_SCHEMA,
    FaultKind.STAGE_FAILS,
)
KINDS: Final[Mapping[Profile, tuple[FaultKind, ...]]] = {
    Profile.CALM: (),
    Profile.MONEY: (),
    Profile.GIT: OF_GIT,
    Profile.CHAIN: (*OF_NODE, FaultKind.CRASH),
    Profile.STORM: tuple(kind for kind in FaultKind if kind not in OF_ABSENCE),
}


def planned_faults(seed: Seed, days: int, profile: Profile) -> Iterator[PlannedFault]:
    """Yield the faults of a seed, of the kinds that a profile has."""
    last = max(LAST_OF_ONE_DAY, days * DAY - CALM - SPANS[1])
    for kind in KINDS[profile]:
        draws = seed.draws(ACTOR, kind.name)
        if not draws.happens(SWARM):
            continue
        rates = NODE_RATES if kind in OF_NODE else RATES
        rate = draws.log_uniform(*rates)
        for _ in range(_number(kind, days)):
            at = draws.whole(FIRST_FAULT, last)
            if kind in OF_STRIPE and days > 1 and draws.happens(0.5):
                at = at // DAY * DAY + draws.whole(*EVENING)
            if kind is FaultKind.CRASH:
                yield _crash(draws, at)
            elif kind is FaultKind.CLOCK:
                yield _wrong_clock(draws, at)
            else:
                yield _fault(draws, kind, at, rate, last)


def _number(kind: FaultKind, days: int) -> int:
    """Return how many faults of a kind a plan has."""
    if kind is FaultKind.CRASH:
        return days * CRASHES_PER_DAY
    return 1 + days if kind in OF_NODE else 1 + days // 2


def _fault(draws: Draws, kind: FaultKind, at: int, rate: float, last: int) -> PlannedFault:
    spans = SPANS
    end = last + SPANS[1]
    if kind in OF_NODE:
        spans = NODE_SPANS
        end = last + MINUTE  # blocks come afterwards, with which missed logs are read again
    seconds = min(round(draws.log_uniform(*spans)), end - at)
    return PlannedFault(kind=kind, at=at, seconds=seconds, rate=round(rate, 3))


def _crash(draws: Draws, at: int) -> PlannedFault:
    return PlannedFault(
        kind=FaultKind.CRASH,
        at=at,
        seconds=round(draws.log_uniform(*DOWN)),
        process=draws.choice(PROCESSES),
        failpoints=draws.whole(1, MAX_FAILPOINTS),
        is_inside=draws.happens(0.5),
    )


def _wrong_clock(draws: Draws, at: int) -> PlannedFault:
    return PlannedFault(
        kind=FaultKind.CLOCK,
        at=at,
        seconds=round(draws.log_uniform(*SPANS)),
        process=draws.choice(PROCESSES),
        skew_seconds=draws.whole(-MAX_SKEW_SECONDS, MAX_SKEW_SECONDS),
    )
