"""Values of contests and the limits of their fields. This module imports no lifecycle."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, cast

from attrs import Attribute, field, frozen
from attrs.validators import optional

from indelible.kernel.json import digest
from indelible.kernel.json_objects import JSON_OBJECT, JsonObject, freeze_object
from indelible.kernel.kinds import Kind
from indelible.kernel.money import CURRENCY_CHARACTERS
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    UNSTORABLE,
    ListTooLong,
    bounded_int,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
    is_text,
    wrong_type,
)

NATURAL: Final = {"minimum": 0, "maximum": 2**63 - 1}
CURRENCY: Final = {"max_length": CURRENCY_CHARACTERS}
SCORE: Final = {"minimum": -(10**6), "maximum": 10**6}  # strokes over or under par
PREDICTION: Final = {"minimum": -1_000, "maximum": 10_000}
ROUNDS: Final = {"minimum": 1, "maximum": 6}
HTTP_STATUS: Final = {"minimum": 100, "maximum": 599}
PLAYERS: Final = {"max_length": 200, "max_items": 100}
FIELD_PLAYERS: Final = {"max_length": 200, "max_items": 1_000}
SETTLING_ACTIONS: Final = ("complete", "resolve_complete")
MAX_MESSAGE_LENGTH: Final = 1_000
MESSAGE: Final = {"max_length": MAX_MESSAGE_LENGTH}
FAULT_VALUE: Final = {"max_length": 200}
FAULT_PATH: Final = {"max_length": 1_000}
TRUNCATED: Final = " [truncated]"
UNREADABLE: Final = "\ufffd"  # in place of a character that no database can store
UNSTARTED_CHAIN: Final = ""  # the hash of the event before the first one


class ReasonCode(StrEnum):
    """The reasons of a contest's changes."""

    CONTEST_PUBLISHED = "CONTEST_PUBLISHED"
    CONFIGURATION_CHANGED = "CONFIGURATION_CHANGED"
    LOCK_TIME_REACHED = "LOCK_TIME_REACHED"
    ADMIN_FORCE_LOCK = "ADMIN_FORCE_LOCK"
    TOURNAMENT_START_TIME_REACHED = "TOURNAMENT_START_TIME_REACHED"
    PROVIDER_TERMINAL_STATUS = "PROVIDER_TERMINAL_STATUS"
    FINAL_ROUND_VERIFIED = "FINAL_ROUND_VERIFIED"
    PROVIDER_TOURNAMENT_CANCELLED = "PROVIDER_TOURNAMENT_CANCELLED"
    ADMIN_CANCEL = "ADMIN_CANCEL"
    ORGANIZER_CANCEL = "ORGANIZER_CANCEL"
    MIN_ENTRIES_NOT_MET = "MIN_ENTRIES_NOT_MET"
    INSUFFICIENT_ROUNDS = "INSUFFICIENT_ROUNDS"
    TRANSITION_FAILED = "TRANSITION_FAILED"
    SETTLEMENT_FAILED = "SETTLEMENT_FAILED"
    ERROR_RESOLVED_COMPLETE = "ERROR_RESOLVED_COMPLETE"
    ERROR_RESOLVED_CANCELLED = "ERROR_RESOLVED_CANCELLED"
    ERROR_RESOLVED_RESUMED = "ERROR_RESOLVED_RESUMED"

    @property
    def meaning(self) -> str:
        """Return a sentence about the reason."""
        return REASON_MEANINGS[self]


REASON_MEANINGS: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.CONTEST_PUBLISHED: "The organizer published the contest with its configuration.",
    ReasonCode.CONFIGURATION_CHANGED: "The organizer changed the configuration before the lock.",
    ReasonCode.LOCK_TIME_REACHED: "The clock reached the lock time.",
    ReasonCode.ADMIN_FORCE_LOCK: "An operator locked the contest before its lock time.",
    ReasonCode.TOURNAMENT_START_TIME_REACHED: (
        "The clock reached the start time, and the contest has valid tournament data."
    ),
    ReasonCode.PROVIDER_TERMINAL_STATUS: (
        "The provider reported the final status, every round was complete, and the hold ended."
    ),
    ReasonCode.FINAL_ROUND_VERIFIED: (
        "Every round was complete for the whole verification time, without a final status."
    ),
    ReasonCode.PROVIDER_TOURNAMENT_CANCELLED: "The provider reported the tournament as canceled.",
    ReasonCode.ADMIN_CANCEL: "An operator canceled the contest.",
    ReasonCode.ORGANIZER_CANCEL: "The organizer canceled the contest before the lock.",
    ReasonCode.MIN_ENTRIES_NOT_MET: "The contest had too few entries at its lock time.",
    ReasonCode.INSUFFICIENT_ROUNDS: (
        "The tournament ended with fewer official rounds than the configuration requires."
    ),
    ReasonCode.TRANSITION_FAILED: "A lock or a start failed permanently.",
    ReasonCode.SETTLEMENT_FAILED: "The settlement failed permanently.",
    ReasonCode.ERROR_RESOLVED_COMPLETE: "An operator retried the settlement, and it succeeded.",
    ReasonCode.ERROR_RESOLVED_CANCELLED: "An operator canceled the contest after an error.",
    ReasonCode.ERROR_RESOLVED_RESUMED: (
        "An operator resumed the contest after an error; the failed check passes now."
    ),
}


class EventKind(StrEnum):
    """The kinds of a contest's events."""

    FIELD = "FIELD"
    SNAPSHOT = "SNAPSHOT"
    CORRECTION = "CORRECTION"
    TERMINAL = "TERMINAL"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Validity(StrEnum):
    """The verdict on an event: only a valid one is applied."""

    VALID = "VALID"
    INVALID = "INVALID"


class FetchOutcome(StrEnum):
    """The outcomes of a fetch of a tournament's data."""

    OK = "OK"
    HTTP_ERROR = "HTTP_ERROR"
    TIMEOUT = "TIMEOUT"
    NETWORK_ERROR = "NETWORK_ERROR"
    TOO_LARGE = "TOO_LARGE"
    REDIRECTED = "REDIRECTED"
    TRUNCATED = "TRUNCATED"


class ResolveAction(StrEnum):
    """The ways to resolve the error of a contest."""

    RETRY = "retry"
    RESUME = "resume"
    CANCEL = "cancel"


def message_text(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    """Return a message that can be stored, cut with a mark; any other value as it is."""
    if not isinstance(value, str):
        return value

    storable = UNSTORABLE.sub(UNREADABLE, value)
    if len(storable) <= MAX_MESSAGE_LENGTH:
        return storable
    return storable[: MAX_MESSAGE_LENGTH - len(TRUNCATED)] + TRUNCATED


def freeze_body(value: object) -> JsonObject:
    """Return the body of an event as a frozen JSON object; a converter of fields."""
    return freeze_object(value, field="body")


def freeze_configuration(value: object) -> JsonObject:
    """Return a configuration as a frozen JSON object; WRONG_TYPE or JSON_LIMIT_EXCEEDED."""
    return freeze_object(value, field="configuration")


def freeze_evidence(value: object) -> JsonObject:
    """Return evidence as a frozen JSON object; WRONG_TYPE or JSON_LIMIT_EXCEEDED."""
    return freeze_object(value, field="evidence")


def player_tuple(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    """Return a list of player ids as a tuple, and any other value as it is."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def are_players(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a tuple of player ids; duplicates are left to the rules of rosters."""
    if not isinstance(value, tuple):
        raise wrong_type(attribute.name, "tuple of player ids", value)
    items = cast("tuple[object, ...]", value)
    max_items = attribute.metadata["max_items"]
    if len(items) > max_items:
        raise ListTooLong(attribute.name, max_items)
    for item in items:
        is_identifier(None, attribute, item)


def is_chain_hash(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate the hash of an event, or the empty text before the first one."""
    if value != UNSTARTED_CHAIN:
        is_digest(_, attribute, value)


def is_settling(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate an action that completes a contest."""
    if value not in SETTLING_ACTIONS:
        raise wrong_type(attribute.name, " or ".join(SETTLING_ACTIONS), value)


def roster_digest(player_ids: tuple[str, ...], prediction: int | None) -> str:
    """Return the digest of a roster: its players in order, and its prediction."""
    return digest({"player_ids": sorted(player_ids), "prediction": prediction})


@frozen(kw_only=True)
class EntriesRevision:
    """The state of all entries of a contest: any change of one changes the sum of their seqs."""

    count: int
    seq_sum: int


@frozen(kw_only=True)
class FetchResult:
    """The outcome of one fetch of a tournament's data, as the provider's client returned it.

    `body` holds the bytes of every answer within the limit, also of an error's answer.
    """

    requested_at: datetime = field(validator=is_instant)
    finished_at: datetime = field(validator=is_instant)
    outcome: FetchOutcome = field(validator=instance_of(FetchOutcome))
    attempts: int = field(validator=bounded_int, metadata=COUNT)
    http_status: int | None = field(
        default=None, validator=optional(bounded_int), metadata=HTTP_STATUS
    )
    content_type: str | None = field(default=None, validator=optional(is_text), metadata=LINE)
    body: bytes | None = field(default=None, validator=optional(instance_of(bytes)))
    error: str | None = field(
        default=None, converter=message_text, validator=optional(is_text), metadata=MESSAGE
    )


@frozen(kw_only=True)
class Evidence:
    """The reason of a contest's change and the facts that it rests on."""

    reason_code: ReasonCode = field(validator=instance_of(ReasonCode))
    facts: JsonObject = field(converter=freeze_evidence, metadata=JSON_OBJECT)

    def change_data(self) -> dict[str, object]:
        """Return what the change's data hold."""
        return {"reason_code": self.reason_code.value, "evidence": self.facts}


@frozen(kw_only=True)
class LogMarks:
    """The facts about a log's applied events that it has in columns of its own.

    The fields up to `cancelled_number` are those of the folded state, without the bodies.
    `pending_rewrite` is the digest of a rewrite that was seen once and not applied.
    `conflict_number` is the event of an open TIMESTAMP_CONFLICT.
    """

    field_number: int | None = None
    leaderboard_number: int | None = None
    leaderboard_at: datetime | None = None
    leaderboard_hash: str | None = None
    observations: int = 0
    observed_at: datetime | None = None
    terminal_number: int | None = None
    terminal_at: datetime | None = None
    cancelled_number: int | None = None
    pending_rewrite: str | None = None
    pending_rewrite_at: datetime | None = None
    pending_rewrite_number: int | None = None
    conflict_number: int | None = None


NO_MARKS: Final = LogMarks()


# The kinds of fields that contests have of their own.
Message = Annotated[str, Kind(is_text, MESSAGE, message_text, column="content")]
ContentType = Annotated[str, Kind(is_text, MESSAGE, column="content")]
FaultPath = Annotated[str, Kind(is_text, FAULT_PATH, column="content")]
FaultValue = Annotated[str, Kind(is_text, FAULT_VALUE, column="content")]
HttpStatus = Annotated[int, Kind(bounded_int, HTTP_STATUS, column="ordinal")]
Rounds = Annotated[int, Kind(bounded_int, ROUNDS, column="ordinal")]
Score = Annotated[int, Kind(bounded_int, SCORE, column="big_integer")]
Prediction = Annotated[int, Kind(bounded_int, PREDICTION, column="big_integer")]
# The hash of an event, or UNSTARTED_CHAIN.
ChainHash = Annotated[str, Kind(is_chain_hash, IDENTIFIER, column="digest_or_empty")]
FieldPlayers = Annotated[tuple[str, ...], Kind(are_players, FIELD_PLAYERS, player_tuple)]
Players = Annotated[tuple[str, ...], Kind(are_players, PLAYERS, player_tuple, column="json_array")]
Configuration = Annotated[
    JsonObject,
    Kind(instance_of(JsonObject), JSON_OBJECT, freeze_configuration, column="json_object"),
]
Body = Annotated[
    JsonObject, Kind(instance_of(JsonObject), JSON_OBJECT, freeze_body, column="json_object")
]
