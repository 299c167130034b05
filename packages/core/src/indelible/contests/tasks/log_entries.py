"""Turn the decision on a fetch into the command that appends its events."""

from indelible.contests.commands import AppendEvents, LogEntry
from indelible.contests.entities import EventDraft, LogMarks
from indelible.contests.rules.assess import Assessment, AssessInput, NewEvent, marks_of
from indelible.contests.rules.fold import fold


def append_command(
    contest_id: str, log_seq: int, given: AssessInput, assessment: Assessment
) -> AppendEvents:
    """Return the command; without events it only moves the log past the fetch."""
    return AppendEvents(
        contest_id=contest_id,
        expected_seq=log_seq,
        fetch_number=given.fetch.number,
        entries=log_entries(given, assessment),
        marks=assessment.marks,
    )


def log_entries(given: AssessInput, assessment: Assessment) -> tuple[LogEntry, ...]:
    """Return each event with what the log knows after it."""
    entries: list[LogEntry] = []
    state = given.state
    for event in assessment.events:
        state = fold(state, event)
        is_last = event is assessment.events[-1]
        marks = assessment.marks if is_last else marks_of(state, given.marks)
        entries.append(_entry(event, marks))

    return tuple(entries)


def _entry(event: NewEvent, marks: LogMarks) -> LogEntry:
    draft = EventDraft(
        kind=event.kind,
        validity=event.validity,
        payload_digest=event.payload_digest,
        fetch_number=event.fetch_number,
        fetched_at=event.fetched_at,
        body=event.body,
        body_hash=event.body_hash,
        supersedes=event.supersedes,
        snapshot_number=event.snapshot_number,
        fault_count=len(event.faults),
    )
    return LogEntry(draft=draft, marks=marks, faults=event.faults)
