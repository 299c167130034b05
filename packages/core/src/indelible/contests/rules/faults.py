"""Rejection codes of provider data, and the faults that are stored with a rejected event."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self, cast

from attrs import define, field, frozen

from indelible.kernel.json import encode_canonical
from indelible.kernel.values import UNSTORABLE

MAX_FAULTS: Final = 1_000
MAX_FAULT_VALUE_LENGTH: Final = 200
MAX_FAULT_PATH_LENGTH: Final = 200
UNREADABLE: Final = "\ufffd"  # in place of a character that no database can store


class FaultCode(StrEnum):
    """The reasons for which an event is INVALID (facts/contests.md, 3.4)."""

    MALFORMED_JSON = "MALFORMED_JSON"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    SCHEMA_VERSION_UNSUPPORTED = "SCHEMA_VERSION_UNSUPPORTED"
    EVENT_ID_MISMATCH = "EVENT_ID_MISMATCH"
    MISSING_FIELD = "MISSING_FIELD"
    WRONG_TYPE = "WRONG_TYPE"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    NON_INTEGER_STROKES = "NON_INTEGER_STROKES"
    NEGATIVE_STROKES = "NEGATIVE_STROKES"
    STROKES_OUT_OF_RANGE = "STROKES_OUT_OF_RANGE"
    ROUND_OUT_OF_RANGE = "ROUND_OUT_OF_RANGE"
    HOLE_SET_INVALID = "HOLE_SET_INVALID"
    ROUND_TOTAL_MISMATCH = "ROUND_TOTAL_MISMATCH"
    UNKNOWN_PLAYER = "UNKNOWN_PLAYER"
    DUPLICATE_PLAYER = "DUPLICATE_PLAYER"
    DUPLICATE_ROUND = "DUPLICATE_ROUND"
    LEADERBOARD_ORDER_MISMATCH = "LEADERBOARD_ORDER_MISMATCH"
    STATUS_CONTRADICTION = "STATUS_CONTRADICTION"
    FIELD_TOO_SMALL = "FIELD_TOO_SMALL"
    FIELD_SHRUNK = "FIELD_SHRUNK"
    TIMESTAMP_CONFLICT = "TIMESTAMP_CONFLICT"
    TIMESTAMP_REGRESSION = "TIMESTAMP_REGRESSION"
    SCORE_REWRITE_WITHOUT_CORRECTION = "SCORE_REWRITE_WITHOUT_CORRECTION"
    CONTEST_NOT_INGESTING = "CONTEST_NOT_INGESTING"
    AFTER_TERMINAL_LOCK = "AFTER_TERMINAL_LOCK"
    FAULTS_TRUNCATED = "FAULTS_TRUNCATED"
    ASSESSMENT_FAILED = "ASSESSMENT_FAILED"


@frozen
class FaultCodeMeaning:
    """The meaning of a rejection code, and the action that it requires."""

    meaning: str
    required_action: str


_WAIT: Final = "Nothing: the next valid fetch is applied. If it repeats, compare the raw bytes."
_REPORT: Final = (
    "Compare the raw bytes with the parser; if the provider has changed its format, pause ingestion"
    " and report it."
)
_CORRECT: Final = "Nothing if the next fetch is valid; otherwise submit a correction."

MEANINGS: Final[Mapping[FaultCode, FaultCodeMeaning]] = {
    FaultCode.MALFORMED_JSON: FaultCodeMeaning(
        "The body is not strict JSON: HTML, empty, cut off, not UTF-8, repeated keys, NaN, numbers"
        " of too many digits, or nested too deeply.",
        _WAIT,
    ),
    FaultCode.PAYLOAD_TOO_LARGE: FaultCodeMeaning(
        "The body has more than 2 MiB; it is not stored.",
        "Check the ingestion URL.",
    ),
    FaultCode.SCHEMA_VERSION_UNSUPPORTED: FaultCodeMeaning(
        "The document has none of the known shapes, or the configuration asks for another schema"
        " version.",
        _REPORT,
    ),
    FaultCode.EVENT_ID_MISMATCH: FaultCodeMeaning(
        "The document is about another tournament.",
        "Check the ingestion URL and the contest's provider_event_id.",
    ),
    FaultCode.MISSING_FIELD: FaultCodeMeaning("A required value is absent.", _REPORT),
    FaultCode.WRONG_TYPE: FaultCodeMeaning(
        "A value has another type or form than required; texts and booleans are no numbers.",
        _REPORT,
    ),
    FaultCode.UNKNOWN_STATUS: FaultCodeMeaning(
        "The provider uses a term that the parser does not know.", _REPORT
    ),
    FaultCode.NON_INTEGER_STROKES: FaultCodeMeaning(
        "Strokes have a fraction; no number of the provider is rounded.", _CORRECT
    ),
    FaultCode.NEGATIVE_STROKES: FaultCodeMeaning("Strokes are negative.", _CORRECT),
    FaultCode.STROKES_OUT_OF_RANGE: FaultCodeMeaning(
        "A round has more than 120 strokes, or a hole has not 1 to 20.", _CORRECT
    ),
    FaultCode.ROUND_OUT_OF_RANGE: FaultCodeMeaning(
        "A round that is no playoff is not between 1 and the configured number of rounds.",
        "Compare round_count of the configuration with the tournament.",
    ),
    FaultCode.HOLE_SET_INVALID: FaultCodeMeaning(
        "Hole numbers repeat or are not 1 to 18, or a complete round has not all of them.",
        _CORRECT,
    ),
    FaultCode.ROUND_TOTAL_MISMATCH: FaultCodeMeaning(
        "The strokes of a complete round are not the sum of its holes, or of its two halves.",
        _CORRECT,
    ),
    FaultCode.UNKNOWN_PLAYER: FaultCodeMeaning(
        "A player is not in the field of the contest.",
        "Import the field again with this player; the next fetch is then applied.",
    ),
    FaultCode.DUPLICATE_PLAYER: FaultCodeMeaning("A player is listed more than once.", _CORRECT),
    FaultCode.DUPLICATE_ROUND: FaultCodeMeaning(
        "A round of a player is listed more than once.", _CORRECT
    ),
    FaultCode.LEADERBOARD_ORDER_MISMATCH: FaultCodeMeaning(
        "A player is listed before another one who has a better position.", _WAIT
    ),
    FaultCode.STATUS_CONTRADICTION: FaultCodeMeaning(
        "A player's status and rounds exclude each other, such as a round after the missed cut.",
        _CORRECT,
    ),
    FaultCode.FIELD_TOO_SMALL: FaultCodeMeaning("The document lists fewer than 10 players.", _WAIT),
    FaultCode.FIELD_SHRUNK: FaultCodeMeaning(
        "A player with strokes is no longer listed.",
        "Nothing if the next fetch lists the player; otherwise import the field again without the"
        " player.",
    ),
    FaultCode.TIMESTAMP_CONFLICT: FaultCodeMeaning(
        "Two different leaderboards have the same time; settlement waits.",
        "Submit a correction that names the canonical event.",
    ),
    FaultCode.TIMESTAMP_REGRESSION: FaultCodeMeaning(
        "The fetch is older than one that has been applied.", "Nothing."
    ),
    FaultCode.SCORE_REWRITE_WITHOUT_CORRECTION: FaultCodeMeaning(
        "A finished round, or a status that an operator has corrected, has changed, or a player who"
        " was cut plays on.",
        "Nothing: a second fetch with the same change, at least 60 seconds later, is applied as a"
        " correction.",
    ),
    FaultCode.CONTEST_NOT_INGESTING: FaultCodeMeaning(
        "The contest is cancelled.", "Nothing: the contest takes no more data."
    ),
    FaultCode.AFTER_TERMINAL_LOCK: FaultCodeMeaning(
        "The leaderboard changed after the contest was settled; the result stays final.",
        "Review the difference on the contest's page.",
    ),
    FaultCode.FAULTS_TRUNCATED: FaultCodeMeaning(
        "The document has more faults than are stored.", "Read the raw bytes for the others."
    ),
    FaultCode.ASSESSMENT_FAILED: FaultCodeMeaning(
        "The fetch could not be taken up because of an unexpected error.",
        "Report the error with the raw bytes; the next fetch is taken up as usual.",
    ),
}


@frozen
class Fault:
    """A fault of a document: its code, where it is, the value as text, and what to do."""

    code: FaultCode
    path: str
    value: str
    required_action: str

    @classmethod
    def of(cls, code: FaultCode, path: str, value: object = None) -> Self:
        """Return a fault with the required action of its code; long values are cut."""
        action = MEANINGS[code].required_action
        clean_path = UNSTORABLE.sub(UNREADABLE, path)[:MAX_FAULT_PATH_LENGTH]
        return cls(code, clean_path, value_text(value), action)


def value_text(value: object) -> str:
    """Return a value as text of at most 200 characters; of lists and objects only the size."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict):
        text = f"an object with {len(cast('dict[str, object]', value))} members"
    elif isinstance(value, list):
        text = f"a list of {len(cast('list[object]', value))} items"
    elif isinstance(value, Decimal):
        text = str(value)
    else:
        text = encode_canonical(value)

    return UNSTORABLE.sub(UNREADABLE, text[:MAX_FAULT_VALUE_LENGTH])


@define
class FaultList:
    """Collects the faults of one document, at most MAX_FAULTS; then counts the others."""

    _faults: list[Fault] = field(factory=list[Fault])
    _omitted: int = 0

    def add(self, code: FaultCode, path: str, value: object = None) -> None:
        """Add a fault."""
        if len(self._faults) < MAX_FAULTS - 1:
            self._faults.append(Fault.of(code, path, value))
        else:
            self._omitted += 1

    def __len__(self) -> int:
        return len(self._faults) + self._omitted

    def done(self) -> tuple[Fault, ...]:
        """Return the faults; the last one is FAULTS_TRUNCATED with the number of those left out."""
        if not self._omitted:
            return tuple(self._faults)

        truncated = Fault.of(FaultCode.FAULTS_TRUNCATED, "$", self._omitted)
        return (*self._faults, truncated)
