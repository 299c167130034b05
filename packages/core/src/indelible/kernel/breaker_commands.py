"""The rules of circuit breakers: outages pause a stage, probes and answers resume it.

A breaker's pause is recognized by its change: the last one of the stage's control has the actor
`system:breaker`. An operator's pause and resumption have another actor, so that a breaker never
undoes them. Transactions lock the state of the breaker before the stage's control.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.breakers import BREAKER, CircuitBreaker
from indelible.kernel.errors import UsageError
from indelible.kernel.history import Change
from indelible.kernel.rates import RateLimit
from indelible.kernel.stages import (
    PauseStage,
    ResumeStage,
    StageNotFound,
    StageStatus,
    TasksRead,
    TasksWrite,
    breaker_pause,
    pause_stage,
    resume_stage,
)
from indelible.kernel.tasks import Lease
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier, is_instant

OPEN: Final = 1.0
CLOSED: Final = 0.0


@frozen(kw_only=True)
class RecordOutage:
    """Count an outage of a stage, and pause the stage at the breaker's limit."""

    command_name: ClassVar[str] = "record_outage"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    breaker: CircuitBreaker = field(validator=instance_of(CircuitBreaker))


@frozen(kw_only=True)
class RecordAnswer:
    """End a sequence of outages, because the outside system has answered.

    `claimed_at` is given for a task that succeeded: when it was claimed. One that was claimed after
    the breaker has paused the stage is a probe, and resumes the stage.
    """

    command_name: ClassVar[str] = "record_answer"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    claimed_at: datetime | None = field(default=None, validator=optional(is_instant))


def record_outage(tx: TasksWrite, command: RecordOutage) -> bool:
    """Count an outage; pause a running stage at the limit and return True if it was paused.

    Raises:
        UsageError: The transaction's actor is not the breaker.
    """
    _check_actor(tx)
    state = tx.breakers.lock(command.stage).counted()
    if state.outages < command.breaker.outages or _is_paused(tx, command.stage):
        tx.breakers.save(state)
        return False

    pause_stage(tx, PauseStage(stage=command.stage))
    tx.breakers.save(state.probing_after(tx.clock.now(), command.breaker))
    return True


def record_answer(tx: TasksWrite, command: RecordAnswer) -> bool:
    """End the sequence of outages; return True if the stage was resumed.

    While the breaker is open, only the success of a probe changes anything.

    Raises:
        UsageError: The transaction's actor is not the breaker.
    """
    _check_actor(tx)
    state = tx.breakers.lock(command.stage)
    pause = _pause_of(tx, command.stage)
    if pause is None:
        tx.breakers.save(state.cleared())
        return False
    if command.claimed_at is None or command.claimed_at < pause.at:
        return False

    resume_stage(tx, ResumeStage(stage=command.stage))
    return True


def claim_probe(
    tx: TasksWrite,
    stage: str,
    breaker: CircuitBreaker,
    *,
    until: datetime,
    rate: RateLimit | None = None,
) -> tuple[Lease, ...]:
    """Lease one task of a stage that its breaker has paused, if its probe is due."""
    now = tx.clock.now()
    if not is_probe_due(tx, stage, now):
        return ()

    # Another process may have taken the probe since.
    state = tx.breakers.lock(stage)
    if not state.is_probe_due(now) or not is_open(tx, stage):
        return ()

    leases = tx.tasks.claim(stage, limit=1, until=until, rate=rate, is_probe=True)
    if leases:
        tx.breakers.save(state.probing_after(now, breaker))
    return leases


def is_open(tx: TasksRead, stage: str) -> bool:
    """Return True if the stage is paused, and its breaker has paused it."""
    return _pause_of(tx, stage) is not None


def is_probe_due(tx: TasksRead, stage: str, now: datetime) -> bool:
    """Return True if the stage's breaker is open and may probe now."""
    return is_open(tx, stage) and tx.breakers.get(stage).is_probe_due(now)


def open_breakers(tx: TasksRead) -> Mapping[str, float]:
    """Map each stage that ever had an outage to 1 while its breaker is open, otherwise 0."""
    values: dict[str, float] = {}
    for state in tx.breakers.all():
        values[state.stage] = OPEN if is_open(tx, state.stage) else CLOSED

    return values


def _pause_of(tx: TasksRead, stage: str) -> Change | None:
    """Return the change by which the breaker has paused the stage; None unless it has."""
    try:
        head = tx.stages.get(stage)
    except StageNotFound:
        return None

    return breaker_pause(tx, head)


def _is_paused(tx: TasksRead, stage: str) -> bool:
    try:
        return tx.stages.get(stage).entity.status is StageStatus.PAUSED
    except StageNotFound:
        return False


def _check_actor(tx: TasksWrite) -> None:
    if tx.actor != BREAKER:
        raise UsageError(
            f"only the breaker pauses and resumes by outages: expected the actor {BREAKER},"
            f" got {tx.actor}"
        )
