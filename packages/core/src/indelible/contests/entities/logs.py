"""The event logs of contests.

A log is an aggregate of its own, so that events never contend with entries.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import evolve, fields, frozen

from indelible.contests import errors
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.records import ContestEvent, EventFault, event_hash
from indelible.contests.entities.values import (
    UNSTARTED_CHAIN,
    ChainHash,
    EventKind,
    LogMarks,
    Validity,
)
from indelible.contests.lifecycle import CONTEST_LOG, LogStatus
from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkTypes
from indelible.kernel.claims import Compared, Together
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.history import Record
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.kinds import Count, Digest, Identifier, Instant, Natural, kinds
from indelible.kernel.state_fields import check_field, check_unchanged
from indelible.kernel.values import field_values

MARK_FIELDS: Final = tuple(attribute.name for attribute in fields(LogMarks))
# Fields with the number of an event, which a change points to the newest one.
POINTERS: Final = (
    "field_number",
    "leaderboard_number",
    "terminal_number",
    "cancelled_number",
    "pending_rewrite_number",
    "conflict_number",
)
# Fields that are set together or not at all.
MARKS_COMPLETE: Final = tuple(
    Together(first, second, expected=f"set together with {first}")
    for first, second in (
        ("leaderboard_number", "leaderboard_at"),
        ("leaderboard_number", "leaderboard_hash"),
        ("leaderboard_number", "observed_at"),
        ("terminal_number", "terminal_at"),
        ("pending_rewrite", "pending_rewrite_at"),
        ("pending_rewrite", "pending_rewrite_number"),
    )
)


@frozen(kw_only=True)
class EventDraft:
    """An event before the log gives it its instant and its hash.

    `body` is None if the payload could not be read, and for an event that points to its snapshot.
    """

    number: int
    kind: EventKind
    validity: Validity
    payload_digest: str
    fetch_number: int | None
    fetched_at: datetime
    body: JsonObject | None
    body_hash: str
    supersedes: int | None = None
    snapshot_number: int | None = None
    fault_count: int = 0


@frozen(kw_only=True, field_transformer=kinds)
class ContestLog(Aggregate):
    """The log of a contest's events; its id is the contest's.

    `fetch_number` is the last fetch that the log has taken up. `head_hash` is the body hash of the
    newest event, with which the next one is compared. `event_hash` chains the events. The fields
    from `field_number` on are those of `LogMarks`.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = CONTEST_LOG
    missing_error = errors.LogNotFound
    fixed: ClassVar[tuple[str, ...]] = ("contest_id", "provider_event_id")
    version_field: ClassVar[str] = "event_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (ContestEvent,)
    bulk_records: ClassVar[BulkTypes] = {"append": (EventFault,), "correct": (EventFault,)}

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("same_id", Compared("contest_id", "=", "id", expected="the log's own id")),
        Condition("marks_complete", *MARKS_COMPLETE),
    )

    contest_id: Identifier
    provider_event_id: Identifier
    status: LogStatus
    event_number: Natural
    fetch_number: Natural = 0
    head_hash: Digest | None = None
    event_hash: ChainHash = UNSTARTED_CHAIN
    field_number: Count | None = None
    leaderboard_number: Count | None = None
    leaderboard_at: Instant | None = None
    leaderboard_hash: Digest | None = None
    observations: Natural = 0
    observed_at: Instant | None = None
    terminal_number: Count | None = None
    terminal_at: Instant | None = None
    cancelled_number: Count | None = None
    pending_rewrite: Digest | None = None
    pending_rewrite_at: Instant | None = None
    pending_rewrite_number: Count | None = None
    conflict_number: Count | None = None

    def __attrs_post_init__(self) -> None:
        """Check the claims, and that the chain of events has begun with the first one."""
        super().__attrs_post_init__()
        has_hash = self.event_hash != UNSTARTED_CHAIN
        is_met = has_hash == (self.event_number > 0)
        check_field(self, "event_hash", expected="set from the first event on", is_met=is_met)

    def check_change(self, previous: Self) -> None:
        """Check that the log moves forward, and points to the events before or to the newest."""
        is_met = self.fetch_number >= previous.fetch_number
        check_field(
            self, "fetch_number", expected=f"at least {previous.fetch_number}", is_met=is_met
        )
        if self.event_number == previous.event_number:
            check_unchanged(self, previous, ("event_hash", "head_hash"))
        most = previous.observations + 1
        is_met = self.observations <= most
        check_field(self, "observations", expected=f"at most {most}", is_met=is_met)
        for name in POINTERS:
            is_met = getattr(self, name) in (None, getattr(previous, name), self.event_number)
            expected = f"the newest event {self.event_number}, or as before"
            check_field(self, name, expected=expected, is_met=is_met)

    @classmethod
    def opened(cls, contest: Contest) -> Self:
        """Return the empty log of a new contest."""
        return cls.create(
            "open",
            now=contest.created_at,
            id=contest.id,
            contest_id=contest.id,
            provider_event_id=contest.provider_event_id,
        )

    @property
    def is_open(self) -> bool:
        """Return True if the log takes the provider's events."""
        return self.status is LogStatus.OPEN

    @property
    def marks(self) -> LogMarks:
        """Return what the log knows about its applied events."""
        values = {name: getattr(self, name) for name in MARK_FIELDS}
        return LogMarks(**values)

    @property
    def known_event(self) -> int | None:
        """Return the number of a valid event about the tournament, None if there is none."""
        if self.leaderboard_number is not None:
            return self.leaderboard_number
        return self.field_number

    def marks_with_field(self, number: int) -> LogMarks:
        """Return the marks after a FIELD event."""
        return evolve(self.marks, field_number=number)

    def require_event(self, number: int) -> Self:
        """Return the log, or raise EventNotFound if it has no event of this number."""
        if not 1 <= number <= self.event_number:
            raise errors.EventNotFound(self.id, number)
        return self

    def with_event(self, action: str, draft: EventDraft, marks: LogMarks, *, now: datetime) -> Self:
        """Return the log with one more event; the action is `append` or `correct`."""
        fetch_number = self.fetch_number
        if draft.fetch_number is not None:
            fetch_number = max(fetch_number, draft.fetch_number)

        return self.transition(
            action,
            now=now,
            fetch_number=fetch_number,
            head_hash=draft.body_hash,
            event_hash=self._next_hash(draft),
            **field_values(marks),
        )

    def new_event(self, previous: Self, draft: EventDraft) -> ContestEvent:
        """Return the event that the log's number, time and hash point to."""
        return ContestEvent(
            contest_id=self.id,
            number=draft.number,
            kind=draft.kind,
            validity=draft.validity,
            payload_digest=draft.payload_digest,
            fetch_number=draft.fetch_number,
            fetched_at=draft.fetched_at,
            stored_at=self.updated_at,
            body=draft.body,
            body_hash=draft.body_hash,
            supersedes=draft.supersedes,
            snapshot_number=draft.snapshot_number,
            fault_count=draft.fault_count,
            prev_hash=previous.event_hash,
            event_hash=self.event_hash,
        )

    def skipped(self, fetch_number: int, marks: LogMarks, *, now: datetime) -> Self:
        """Return the log after a fetch that adds no event."""
        return self.transition("skip", now=now, fetch_number=fetch_number, **field_values(marks))

    def paused(self, *, now: datetime) -> Self:
        """Return the log that takes only an operator's corrections."""
        return self.transition("pause", now=now)

    def resumed(self, *, now: datetime) -> Self:
        """Return the log that takes the provider's events again."""
        return self.transition("resume", now=now)

    def _next_hash(self, draft: EventDraft) -> str:
        return event_hash(
            number=draft.number,
            kind=draft.kind,
            validity=draft.validity,
            payload_digest=draft.payload_digest,
            fetch_number=draft.fetch_number,
            fetched_at=draft.fetched_at,
            body_hash=draft.body_hash,
            supersedes=draft.supersedes,
            snapshot_number=draft.snapshot_number,
            prev_hash=self.event_hash,
        )
