"""The records of contests: insert-only rows that the changes of their aggregates add."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from attrs import field, fields, frozen
from attrs.validators import optional

from indelible.contests.entities.values import (
    AMOUNT,
    FAULT_PATH,
    FAULT_VALUE,
    HTTP_STATUS,
    MESSAGE,
    NATURAL,
    PLAYERS,
    PREDICTION,
    SCORE,
    EventKind,
    FetchOutcome,
    Validity,
    are_players,
    digest_field,
    freeze_configuration,
    message_field,
    number_field,
    optional_document,
    player_tuple,
)
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.history import Record
from indelible.kernel.json import digest, encode_canonical, sha256_hex
from indelible.kernel.json_objects import JSON_OBJECT, JsonObject
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
    is_text,
    non_blank_line,
)


@frozen(kw_only=True)
class ContestConfiguration(Record):
    """A version of a contest's configuration, as canonical JSON with its digest."""

    record_name: ClassVar[str] = "configuration"
    head_fields: ClassVar[Mapping[str, str]] = {
        "contest_id": "id",
        "version": "configuration_version",
        "created_at": "updated_at",
        "configuration_digest": "configuration_digest",
    }

    contest_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    version: int = field(validator=bounded_int, metadata=COUNT)
    created_at: datetime = field(validator=is_instant)
    configuration_digest: str = field(validator=is_digest)
    configuration: JsonObject = field(converter=freeze_configuration, metadata=JSON_OBJECT)


@frozen(kw_only=True)
class Roster(Record):
    """A roster of an entry: player ids in order, and a prediction for ties."""

    record_name: ClassVar[str] = "roster"
    head_fields: ClassVar[Mapping[str, str]] = {
        "entry_id": "id",
        "number": "roster_number",
        "submitted_at": "updated_at",
        "roster_digest": "roster_digest",
    }

    entry_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    submitted_at: datetime = field(validator=is_instant)
    player_ids: tuple[str, ...] = field(
        converter=player_tuple, validator=are_players, metadata=PLAYERS
    )
    prediction: int | None = field(
        default=None, validator=optional(bounded_int), metadata=PREDICTION
    )
    roster_digest: str = field(validator=is_digest)


@frozen(kw_only=True)
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

    contest_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    kind: EventKind = field(validator=instance_of(EventKind))
    validity: Validity = field(validator=instance_of(Validity))
    payload_digest: str = field(validator=is_digest)
    fetch_number: int | None = number_field()
    fetched_at: datetime = field(validator=is_instant)
    stored_at: datetime = field(validator=is_instant)
    body: JsonObject | None = field(default=None, converter=optional_document, metadata=JSON_OBJECT)
    body_hash: str = field(validator=is_digest)
    supersedes: int | None = number_field()
    snapshot_number: int | None = number_field()
    fault_count: int = field(default=0, validator=bounded_int, metadata=NATURAL)
    prev_hash: str = field(validator=is_text, metadata=IDENTIFIER)
    event_hash: str = field(validator=is_digest)

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


@frozen(kw_only=True)
class EventFault(BulkRecord):
    """A fault of an event: what failed and where, the value, and what somebody has to do."""

    record_name: ClassVar[str] = "faults"

    event_number: int = field(validator=bounded_int, metadata=COUNT)
    code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    path: str = field(validator=is_text, metadata=FAULT_PATH)
    value: str = field(validator=is_text, metadata=FAULT_VALUE)
    required_action: str = field(validator=non_blank_line, metadata=LINE)


@frozen(kw_only=True)
class Fetch(Record):
    """One fetch of a tournament's data, successful or not; its body is a stored payload."""

    record_name: ClassVar[str] = "fetch"
    head_fields: ClassVar[Mapping[str, str]] = {
        "provider_event_id": "id",
        "number": "fetch_number",
    }

    provider_event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    requested_at: datetime = field(validator=is_instant)
    finished_at: datetime = field(validator=is_instant)
    outcome: FetchOutcome = field(validator=instance_of(FetchOutcome))
    http_status: int | None = field(
        default=None, validator=optional(bounded_int), metadata=HTTP_STATUS
    )
    attempts: int = field(validator=bounded_int, metadata=COUNT)
    payload_digest: str | None = digest_field()
    content_type: str | None = field(default=None, validator=optional(is_text), metadata=MESSAGE)
    error: str | None = message_field()

    @property
    def is_ok(self) -> bool:
        """Return True if the provider answered with data."""
        return self.outcome is FetchOutcome.OK


@frozen(kw_only=True)
class SettlementLine(BulkRecord):
    """The result of an entry: a line with a payout is owed to the user.

    An entry that is not countable shares the last rank, has no score and a payout of 0.
    """

    record_name: ClassVar[str] = "lines"

    entry_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    payment_ref: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    paid_minor: int = field(validator=bounded_int, metadata=AMOUNT)
    roster_digest: str = field(validator=is_digest)
    rank: int = field(validator=bounded_int, metadata=COUNT)
    score: int | None = field(default=None, validator=optional(bounded_int), metadata=SCORE)
    payout_minor: int = field(validator=bounded_int, metadata=AMOUNT)
