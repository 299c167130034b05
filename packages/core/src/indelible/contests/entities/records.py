"""The records of contests: insert-only rows that the changes of their aggregates add."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from attrs import fields, frozen

from indelible.contests.entities.values import (
    UNSTARTED_CHAIN,
    Body,
    ChainHash,
    Configuration,
    ContentType,
    EventKind,
    FaultPath,
    FaultValue,
    FetchOutcome,
    HttpStatus,
    Message,
    Players,
    Prediction,
    Score,
    Validity,
)
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.claims import Absent, AnyOf, Compared, Implies, OneOf, Present, WithinKind
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.history import Record
from indelible.kernel.json import digest, encode_canonical, sha256_hex
from indelible.kernel.kinds import Amount, Count, Digest, Identifier, Instant, Label, Natural, kinds


@frozen(kw_only=True, field_transformer=kinds)
class ContestConfiguration(Record):
    """A version of a contest's configuration, as canonical JSON with its digest."""

    record_name: ClassVar[str] = "configuration"
    head_fields: ClassVar[Mapping[str, str]] = {
        "contest_id": "id",
        "version": "configuration_version",
        "created_at": "updated_at",
        "configuration_digest": "configuration_digest",
    }

    contest_id: Identifier
    version: Count
    created_at: Instant
    configuration_digest: Digest
    configuration: Configuration


@frozen(kw_only=True, field_transformer=kinds)
class Roster(Record):
    """A roster of an entry: player ids in order, and a prediction for ties."""

    record_name: ClassVar[str] = "roster"
    head_fields: ClassVar[Mapping[str, str]] = {
        "entry_id": "id",
        "number": "roster_number",
        "submitted_at": "updated_at",
        "roster_digest": "roster_digest",
    }

    entry_id: Identifier
    number: Count
    submitted_at: Instant
    player_ids: Players
    prediction: Prediction | None = None
    roster_digest: Digest


@frozen(kw_only=True, field_transformer=kinds)
class ContestEvent(Record):
    """An event of a contest's log. Only a valid event is applied.

    `body` is the normalized content; it is None where the payload could not be read, and for an
    event that points to its snapshot by `snapshot_number`. `fetch_number` is None for an event
    that an operator submitted. `event_hash` chains the events of a log.
    """

    record_name: ClassVar[str] = "event"
    head_fields: ClassVar[Mapping[str, str]] = {
        "contest_id": "id",
        "number": "event_number",
        "stored_at": "updated_at",
        "event_hash": "event_hash",
    }
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("kind_known", WithinKind(("kind", "validity"))),
        Condition(
            "points_back",
            Compared("supersedes", "<", "number"),
            Compared("snapshot_number", "<", "number"),
        ),
    )

    contest_id: Identifier
    number: Count
    kind: EventKind
    validity: Validity
    payload_digest: Digest
    fetch_number: Count | None = None
    fetched_at: Instant
    stored_at: Instant
    body: Body | None = None
    body_hash: Digest
    supersedes: Count | None = None
    snapshot_number: Count | None = None
    fault_count: Natural = 0
    prev_hash: ChainHash
    event_hash: Digest

    def __attrs_post_init__(self) -> None:
        """Check the claims, and that only the first event has no event before it."""
        super().__attrs_post_init__()
        is_first = self.number == 1
        if is_first != (self.prev_hash == UNSTARTED_CHAIN):
            expected = "empty" if is_first else "set"
            raise self._claim_error("prev_hash", expected)

    @property
    def body_digest(self) -> str | None:
        """Return the digest of the body, which `body_hash` must equal, None without a body."""
        return None if self.body is None else self.body.digest

    def chain_hash(self) -> str:
        """Return the hash that `event_hash` must equal."""
        return _chain_hash(self)


@frozen(kw_only=True)
class ReplayedEvent:
    """An event as a replay of its log reads it: everything that its hashes and the fold need.

    A replay of thousands of events trusts the form of their bodies: these are neither checked
    against limits nor frozen. Nobody may change them.
    """

    contest_id: str
    number: int
    kind: EventKind
    validity: Validity
    payload_digest: str
    fetch_number: int | None
    fetched_at: datetime
    body: Mapping[str, Any] | None
    body_hash: str
    supersedes: int | None
    snapshot_number: int | None
    prev_hash: str
    event_hash: str

    @classmethod
    def of(cls, event: ContestEvent) -> Self:
        """Return an event as a replay reads it."""
        values = {name: getattr(event, name) for name in REPLAYED_FIELDS}
        return cls(**values)

    @property
    def body_digest(self) -> str | None:
        """Return the digest of the body, which `body_hash` must equal, None without a body."""
        return None if self.body is None else sha256_hex(encode_canonical(self.body))

    def chain_hash(self) -> str:
        """Return the hash that `event_hash` must equal."""
        return _chain_hash(self)


REPLAYED_FIELDS: Final[tuple[str, ...]] = tuple(
    attribute.name for attribute in fields(ReplayedEvent)
)


def _chain_hash(event: ContestEvent | ReplayedEvent) -> str:
    """Return the hash of an event that its content leads to."""
    return event_hash(
        number=event.number,
        kind=event.kind,
        validity=event.validity,
        payload_digest=event.payload_digest,
        fetch_number=event.fetch_number,
        fetched_at=event.fetched_at,
        body_hash=event.body_hash,
        supersedes=event.supersedes,
        snapshot_number=event.snapshot_number,
        prev_hash=event.prev_hash,
    )


def event_hash(
    *,
    number: int,
    kind: EventKind,
    validity: Validity,
    payload_digest: str,
    fetch_number: int | None,
    fetched_at: datetime,
    body_hash: str,
    supersedes: int | None,
    snapshot_number: int | None,
    prev_hash: str,
) -> str:
    """Return the hash that chains an event to the one before it."""
    return digest(
        {
            "number": number,
            "kind": kind.value,
            "validity": validity.value,
            "payload_digest": payload_digest,
            "fetch_number": fetch_number,
            "fetched_at": fetched_at,
            "body_hash": body_hash,
            "supersedes": supersedes,
            "snapshot_number": snapshot_number,
            "prev_hash": prev_hash,
        }
    )


@frozen(kw_only=True, field_transformer=kinds)
class EventFault(BulkRecord):
    """A fault of an event: what failed and where, the value, and what somebody has to do."""

    record_name: ClassVar[str] = "faults"
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("texts_short", WithinKind(("value", "path"))),
    )

    event_number: Count
    code: Identifier
    path: FaultPath
    value: FaultValue
    required_action: Label


@frozen(kw_only=True, field_transformer=kinds)
class Fetch(Record):
    """One fetch of a tournament's data, successful or not; its body is a stored payload."""

    record_name: ClassVar[str] = "fetch"
    head_fields: ClassVar[Mapping[str, str]] = {
        "provider_event_id": "id",
        "number": "fetch_number",
    }
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("outcome_known", WithinKind(("outcome",))),
        Condition("times", Compared("requested_at", "<=", "finished_at")),
        Condition("http_status_known", WithinKind(("http_status",))),
        Condition(
            "success_has_payload",
            Implies(
                OneOf("outcome", (FetchOutcome.OK,)), (Present("payload_digest"), Absent("error"))
            ),
        ),
        Condition("texts_short", WithinKind(("error", "content_type"))),
    )

    provider_event_id: Identifier
    number: Count
    requested_at: Instant
    finished_at: Instant
    outcome: FetchOutcome
    http_status: HttpStatus | None = None
    attempts: Count
    payload_digest: Digest | None = None
    content_type: ContentType | None = None
    error: Message | None = None

    @property
    def is_ok(self) -> bool:
        """Return True if the provider answered with data."""
        return self.outcome is FetchOutcome.OK


@frozen(kw_only=True, field_transformer=kinds)
class SettlementLine(BulkRecord):
    """The result of an entry: a line with a payout is owed to the user.

    An entry that is not countable shares the last rank, has no score and a payout of 0.
    """

    record_name: ClassVar[str] = "lines"
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("amounts", WithinKind(("paid_minor", "payout_minor"))),
        Condition("ineligible_unpaid", AnyOf((Present("score"), Compared("payout_minor", "=", 0)))),
    )

    entry_id: Identifier
    user_id: Identifier
    payment_ref: Identifier | None = None
    paid_minor: Amount
    roster_digest: Digest
    rank: Count
    score: Score | None = None
    payout_minor: Amount
