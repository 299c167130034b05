"""The handlers of event logs.

A handler reads the contest's state after it has locked the log, and does not lock the contest: so
events never wait for entries. A settlement locks the contest and then the log. It therefore either
sees an event, or has ended the contest before the event is decided.
"""

from collections.abc import Mapping
from typing import Any

from indelible.contests import errors
from indelible.contests.commands.logs import (
    AppendEvents,
    CorrectLog,
    ImportField,
    PauseIngestion,
    ResumeIngestion,
)
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import EventFault
from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.handlers.saving import save
from indelible.contests.repositories.reads import configuration_of, folded_state
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.assess import Assessment, NewEvent
from indelible.contests.rules.corrections import CorrectionInput, correct
from indelible.contests.rules.faults import Fault
from indelible.contests.rules.marks import marks_after, refuse_late
from indelible.contests.rules.tasks import INGEST_CONTEST_STAGE
from indelible.contests.rules.values import Field
from indelible.kernel import Head, canonical_json
from indelible.kernel.bulk import Bulk
from indelible.kernel.errors import Stale
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.payloads import Payload

JSON_TYPE = "application/json"


def append_events(tx: ContestsWrite, command: AppendEvents) -> Head[ContestLog]:
    """Append the events of an assessed fetch; without events, only move the log's position.

    A fetch that the log has taken up changes nothing.

    Raises:
        Stale: The log or the contest has changed since the assessment.
    """
    if _has_cancellation(command.assessment):
        # The command that follows cancels the contest, which is locked before its log.
        tx.contests.contests.lock(command.contest_id)

    head = tx.contests.logs.load(command.contest_id, expected_seq=command.expected_seq)
    contest_seq = tx.contests.contests.get(command.contest_id).revision.seq
    if contest_seq != command.contest_seq:
        raise Stale(command.contest_id, command.contest_seq, contest_seq)
    if not command.assessment.is_skipped:
        return _append(tx, head, "append", command.assessment)
    if command.fetch_number <= head.entity.fetch_number:
        return head

    log = head.entity.skipped(command.fetch_number, command.assessment.marks, now=tx.clock.now())
    return save(tx, tx.contests.logs, head, log, "skip")


def import_field(tx: ContestsWrite, command: ImportField) -> Head[ContestLog]:
    """Add a FIELD event with the given players; an equal field changes nothing.

    Raises:
        InvalidTransition: The log is paused, or the contest has ended.
    """
    head = tx.contests.logs.lock(command.contest_id)
    tx.contests.contests.get(command.contest_id).entity.require_running()
    body = JsonObject.of(Field.of(command.primary, command.alternates).body())
    if _is_known_field(tx, head.entity, body):
        return head

    event = NewEvent(
        number=head.entity.event_number + 1,
        kind=EventKind.FIELD,
        validity=Validity.VALID,
        payload_digest=_store_request(tx, command.request()),
        fetch_number=None,
        fetched_at=tx.clock.now(),
        body=body,
        body_hash=body.digest,
    )
    marks = head.entity.marks_with_field(event.number)
    log = head.entity.with_event("append", event, marks, now=tx.clock.now())
    return _save_event(tx, head, log, "append", event)


def correct_log(tx: ContestsWrite, command: CorrectLog) -> Head[ContestLog]:
    """Add an operator's CORRECTION; it is INVALID if it has faults or the contest has ended.

    Raises:
        EventNotFound: The superseded or the accepted event does not exist.
        EventNotApplicable: There is no leaderboard to correct.
    """
    head = tx.contests.logs.lock(command.contest_id)
    contest = tx.contests.contests.get(command.contest_id).entity
    log = head.entity.require_event(command.supersedes)
    request = CorrectionInput(
        configuration=configuration_of(tx, contest),
        state=folded_state(tx, log),
        marks=log.marks,
        supersedes=command.supersedes,
        base=_base_of(tx, log, command.accept_event),
        payload_digest=_store_request(tx, command.request()),
        now=tx.clock.now(),
        rounds=command.rounds,
        statuses=command.statuses,
    )
    assessment = correct(request)
    if contest.is_terminal:
        assessment = refuse_late(assessment, log, contest.state_text)
    return _append(tx, head, "correct", assessment)


def pause_ingestion(tx: ContestsWrite, command: PauseIngestion) -> Head[ContestLog]:
    """Let a log take only an operator's corrections; a paused one stays as it is.

    A contest is not settled while its log is paused.
    """
    head = tx.contests.logs.lock(command.contest_id)
    if not head.entity.is_open:
        return head

    log = head.entity.paused(now=tx.clock.now())
    return save(tx, tx.contests.logs, head, log, "pause")


def resume_ingestion(tx: ContestsWrite, command: ResumeIngestion) -> Head[ContestLog]:
    """Let a log take the provider's events again, at once; an open one stays as it is."""
    if not tx.contests.logs.get(command.contest_id).entity.is_open:
        tx.tasks.enqueue(INGEST_CONTEST_STAGE, {command.contest_id: tx.clock.now()})

    head = tx.contests.logs.lock(command.contest_id)
    if head.entity.is_open:
        return head

    log = head.entity.resumed(now=tx.clock.now())
    return save(tx, tx.contests.logs, head, log, "resume")


def _append(
    tx: ContestsWrite, head: Head[ContestLog], action: str, assessment: Assessment
) -> Head[ContestLog]:
    """Append the events of an assessment, each with the marks after it."""
    last = assessment.events[-1]
    for event in assessment.events:
        marks = marks_after(head.entity, event)
        if event is last:
            marks = assessment.marks
        log = head.entity.with_event(action, event, marks, now=tx.clock.now())
        head = _save_event(tx, head, log, action, event)

    return head


def _save_event(
    tx: ContestsWrite, head: Head[ContestLog], log: ContestLog, action: str, added: NewEvent
) -> Head[ContestLog]:
    """Save a log with its newest event and the faults of the event."""
    event = log.new_event(head.entity, added)
    rows = Bulk.of(EventFault, _fault_rows(added.number, added.faults))
    return save(tx, tx.contests.logs, head, log, action, records=(event,), bulk=(rows,))


def _fault_rows(event_number: int, faults: tuple[Fault, ...]) -> list[EventFault]:
    """Return the faults of an event as rows, numbered from 1."""
    rows: list[EventFault] = []
    for number, fault in enumerate(faults, start=1):
        row = EventFault(
            number=number,
            event_number=event_number,
            code=fault.code.value,
            path=fault.path,
            value=fault.value,
            required_action=fault.required_action,
        )
        rows.append(row)

    return rows


def _has_cancellation(assessment: Assessment) -> bool:
    """Return True if the provider reports the tournament as canceled."""
    return any(event.kind is EventKind.CANCELLED for event in assessment.events)


def _is_known_field(tx: ContestsWrite, log: ContestLog, body: JsonObject) -> bool:
    """Return True if the newest field of a log has the same players."""
    if log.field_number is None:
        return False
    return tx.contests.logs.event(log.id, log.field_number).body_hash == body.digest


def _base_of(tx: ContestsWrite, log: ContestLog, accept_event: int | None) -> Mapping[str, Any]:
    """Return the leaderboard that a correction starts from, as an event has stored it."""
    number = accept_event
    if number is None:
        number = log.leaderboard_number
    if number is None:
        raise errors.EventNotFound(log.id, 0)

    event = tx.contests.logs.event(log.id, number)
    if event.body is None or "players" not in event.body:
        expected = "an event with a leaderboard"
        raise errors.EventNotApplicable(log.id, number, expected, event.kind)
    return event.body


def _store_request(tx: ContestsWrite, request: Mapping[str, Any]) -> str:
    """Store an operator's request as canonical JSON, and return the digest of the bytes."""
    content = canonical_json(request).encode()
    payload = Payload.of(content, content_type=JSON_TYPE, received_at=tx.clock.now())
    return tx.payloads.add(payload).digest
