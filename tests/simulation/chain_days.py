"""Days of a simulated chain without contests, in which everything happens that may happen."""

from typing import Final

from attrs import evolve

from indelible_service.simulation.plan import HOUR, MINUTE, FaultKind, Plan, PlannedFault, Profile
from indelible_service.simulation.planning import make_plan

Faults = tuple[PlannedFault, ...]


def disturb(kind: FaultKind, first_hour: int, last_hour: int, rate: float) -> PlannedFault:
    """Return a fault of the node from one hour to another."""
    seconds = (last_hour - first_hour) * HOUR
    return PlannedFault(kind=kind, at=first_hour * HOUR, seconds=seconds, rate=rate)


def crash(process: str, hour: int, *, is_inside: bool) -> PlannedFault:
    """Return a death of a process at one of its next failpoints, for half an hour."""
    return PlannedFault(
        kind=FaultKind.CRASH,
        at=hour * HOUR,
        seconds=30 * MINUTE,
        process=process,
        failpoints=2,
        is_inside=is_inside,
    )


LOGS: Final = disturb(FaultKind.CHAIN_LOGS, 1, 17, 1.0)
ALL_FAULTS: Final = (
    LOGS,
    disturb(FaultKind.CHAIN_OUTAGE, 3, 6, 0.5),
    disturb(FaultKind.CHAIN_LAG, 6, 10, 0.5),
    disturb(FaultKind.CHAIN_FORK, 9, 13, 0.4),
    crash("worker-1", 5, is_inside=False),
    crash("worker-2", 6, is_inside=True),
    crash("worker-1", 12, is_inside=True),
)


def day_of_blocks(*faults: PlannedFault, seed: int = 1) -> Plan:
    """Return a plan of one day with a chain and no contests."""
    plan = make_plan(seed, 1, Profile.CHAIN)
    return evolve(plan, contests=(), tournaments=(), entries=(), faults=faults)
