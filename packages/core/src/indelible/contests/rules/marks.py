"""The state of a log without bodies, and corrections that come too late."""

from attrs import evolve

from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.values import LogMarks, Validity
from indelible.contests.rules.assess import Assessment, NewEvent, marks_of
from indelible.contests.rules.faults import Fault, FaultCode
from indelible.contests.rules.fold import LogState, fold


def state_without_bodies(log: ContestLog) -> LogState:
    """Return the folded state of a log as far as the log itself stores it."""
    return LogState(
        number=log.event_number,
        field_number=log.field_number,
        leaderboard_number=log.leaderboard_number,
        leaderboard_at=log.leaderboard_at,
        leaderboard_hash=log.leaderboard_hash,
        observations=log.observations,
        observed_at=log.observed_at,
        terminal_number=log.terminal_number,
        terminal_at=log.terminal_at,
        cancelled_number=log.cancelled_number,
    )


def marks_after(log: ContestLog, event: NewEvent) -> LogMarks:
    """Return the marks of a log after one more event."""
    return marks_of(fold(state_without_bodies(log), event), log.marks)


def refuse_late(assessment: Assessment, log: ContestLog, status: str) -> Assessment:
    """Return an assessment whose events are stored and never applied: the contest has ended."""
    fault = Fault.of(FaultCode.AFTER_TERMINAL_LOCK, "$", status)
    events: list[NewEvent] = []
    state = state_without_bodies(log)
    for event in assessment.events:
        faults = (fault, *event.faults)
        refused = evolve(event, validity=Validity.INVALID, faults=faults, fault_count=len(faults))
        events.append(refused)
        state = fold(state, refused)

    return Assessment(events=tuple(events), state=state, marks=log.marks)
