"""The values of captures: levels, sources, decisions, warnings and ranges."""

from enum import StrEnum
from typing import Annotated, Any, Final

from attrs import Attribute, field, frozen

from indelible.captures import errors
from indelible.kernel.kinds import Kind
from indelible.kernel.values import (
    IDEMPOTENCY_KEY,
    bounded_int,
    instance_of,
    is_identifier,
    wrong_type,
)

MAX_EXACT_INTEGER: Final = 2**53  # Greater integers are not exact as 64-bit floats.
NON_NEGATIVE: Final = {"minimum": 0, "maximum": MAX_EXACT_INTEGER}
MAX_READING_DEPTH: Final = 1.5
FRACTION: Final = {"minimum": 0, "maximum": 1}
READING_DEPTH: Final = {"minimum": 0, "maximum": MAX_READING_DEPTH}


class EngagementLevel(StrEnum):
    """The depth of a user's engagement with a text; the levels are in order of declaration."""

    LATENT = "latent"
    DISCOVERED = "discovered"
    ENGAGED = "engaged"
    SATURATED = "saturated"

    @property
    def rank(self) -> int:
        """The position in the order, from 0."""
        return list(EngagementLevel).index(self)

    # Without these, each comparison would use the alphabetical order of str.
    def __lt__(self, other: str) -> bool:
        return self.rank < EngagementLevel(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= EngagementLevel(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > EngagementLevel(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= EngagementLevel(other).rank


class ContentSource(StrEnum):
    """The kind of content that was read."""

    WEB = "web"
    PDF = "pdf"
    VIDEO = "video"
    CHAT = "chat"
    NOTE = "note"
    OTHER = "other"


class Decision(StrEnum):
    """The outcome of assigning a capture to a subspace.

    UPDATED moved the nearest centroid. AMBIGUOUS had too small a margin, so no centroid moved.
    SINGLE had only one centroid to compare with. NO_CENTROID had none. OVERRIDDEN named a
    subspace that is not the nearest, so no centroid moved.
    """

    UPDATED = "UPDATED"
    AMBIGUOUS = "AMBIGUOUS"
    SINGLE = "SINGLE"
    NO_CENTROID = "NO_CENTROID"
    OVERRIDDEN = "OVERRIDDEN"


class CaptureWarning(StrEnum):
    """A remark on a capture, which never blocks it."""

    DEPTH_MISMATCH = "DEPTH_MISMATCH"
    SUBSPACE_GONE = "SUBSPACE_GONE"


def as_number(value: float) -> float:
    """Convert an integer to a float, as a database does; return anything else as it is."""
    if type(value) is int and abs(value) < MAX_EXACT_INTEGER:
        return float(value)
    return value


def is_fraction(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Check that the value is a number from 0 to 1."""
    number = _require_number(attribute, value)
    if not 0 <= number <= 1:
        raise errors.FractionOutOfRange(attribute.name, repr(value))


def is_reading_depth(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Check that the value is a number from 0.0 to 1.5; NaN is not."""
    number = _require_number(attribute, value)
    if not 0.0 <= number <= MAX_READING_DEPTH:
        raise errors.ReadingDepthOutOfRange(repr(value))


def _require_number(attribute: "Attribute[Any]", value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(attribute.name, "number", value)
    return value


CaptureKey = Annotated[str, Kind(is_identifier, IDEMPOTENCY_KEY, column="nonblank_text")]
ExactNatural = Annotated[int, Kind(bounded_int, NON_NEGATIVE, column="natural_number")]
Fraction = Annotated[float, Kind(is_fraction, FRACTION, as_number, column="fraction")]
Depth = Annotated[float, Kind(is_reading_depth, READING_DEPTH, as_number, column="reading_depth")]
Number = Annotated[float, Kind(instance_of(float), column="number")]
Distance = Annotated[float, Kind(instance_of(float), column="distance")]
# The database compares levels by their ranks.
Level = Annotated[EngagementLevel, Kind(instance_of(EngagementLevel), column="engagement_level")]


@frozen
class ReadingDepth:
    """The depth of reading a text, from 0.0 to 1.5; about 1 is once, to the end."""

    value: float = field(validator=is_reading_depth)
