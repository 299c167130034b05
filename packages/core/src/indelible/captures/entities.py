"""Spaces, their subspaces, what was captured into them, and by which algorithm and settings."""

import struct
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from itertools import islice
from math import isfinite
from typing import Any, ClassVar, Final, Self

from attrs import Attribute, evolve, field, frozen

from indelible.captures import errors
from indelible.captures.lifecycle import (
    ALGORITHM,
    SPACE,
    SUBSPACE,
    AlgorithmStatus,
    SpaceStatus,
)
from indelible.kernel import Actor, Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    TEXT,
    WrongType,
    bounded_int,
    instance_of,
    is_identifier,
    is_text,
    non_blank_line,
)

MAX_DIMENSION: Final = 4_096
DIMENSION: Final = {"minimum": 1, "maximum": MAX_DIMENSION}
NUMBERS: Final = {"max_items": MAX_DIMENSION}
WHOLE: Final = {"minimum": 0, "maximum": 2**53}  # what a 64-bit float holds exactly
DEEPEST: Final = 1.5


class EngagementLevel(StrEnum):
    """How a reader met a text; ordered by rank, in the order of declaration."""

    LATENT = "latent"
    DISCOVERED = "discovered"
    ENGAGED = "engaged"
    SATURATED = "saturated"

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return list(EngagementLevel).index(self)

    # A text's own order is the alphabet's, which each comparison would fall back to.
    def __lt__(self, other: str) -> bool:
        return self.rank < EngagementLevel(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= EngagementLevel(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > EngagementLevel(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= EngagementLevel(other).rank


class ContentSource(StrEnum):
    """What kind of thing was read."""

    WEB = "web"
    PDF = "pdf"
    VIDEO = "video"
    CHAT = "chat"
    NOTE = "note"
    OTHER = "other"


class Decision(StrEnum):
    """What a store decided of a capture's place."""

    UPDATED = "UPDATED"
    AMBIGUOUS = "AMBIGUOUS"
    SINGLE = "SINGLE"
    NO_CENTROID = "NO_CENTROID"
    OVERRIDDEN = "OVERRIDDEN"


class CaptureWarning(StrEnum):
    """A remark on a capture, which never blocks it."""

    DEPTH_MISMATCH = "DEPTH_MISMATCH"
    SUBSPACE_GONE = "SUBSPACE_GONE"


class Vector(tuple[float, ...]):
    """Numbers as 32-bit floats hold them."""

    __slots__ = ()

    def packed(self) -> bytes:
        """Their bytes, the lowest first."""
        return struct.pack(f"<{len(self)}f", *self)

    def canonical_text(self) -> str:
        """The one text of them, to the last bit."""
        return self.packed().hex()

    @classmethod
    def unpacked(cls, data: bytes) -> Self:
        """The numbers that have these bytes."""
        return cls(struct.unpack(f"<{len(data) // 4}f", data))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The numbers whose canonical text it is."""
        return cls.unpacked(bytes.fromhex(text))


def as_float32(values: Iterable[float]) -> Vector:
    """The numbers as 32-bit floats hold them; OverflowError where they do not."""
    return Vector.unpacked(Vector(values).packed())


def as_embedding(values: Iterable[float]) -> Vector:
    """Any sequence of numbers as a tuple of 32-bit floats, or EmbeddingUnusable."""
    try:
        found: list[object] = list(
            islice(values, MAX_DIMENSION + 1)
        )  # a million items are not looked at
    except TypeError as error:
        raise WrongType("embedding", "sequence of numbers") from error
    if not 1 <= len(found) <= MAX_DIMENSION:
        raise errors.EmbeddingUnusable(f"not 1 to {MAX_DIMENSION} numbers")
    numbers = [
        each for each in found if isinstance(each, int | float) and not isinstance(each, bool)
    ]
    if len(numbers) < len(found) or isinstance(values, str | bytes):
        raise WrongType("embedding", "sequence of numbers")
    try:
        rounded = as_float32(numbers)
    except (OverflowError, struct.error) as error:
        raise errors.EmbeddingUnusable("a number is too large") from error
    if not all(map(isfinite, rounded)):
        raise errors.EmbeddingUnusable("a number is not finite")
    if not any(rounded):
        raise errors.EmbeddingUnusable("every number is zero")
    return rounded


@frozen(kw_only=True)
class EmbeddingVector:
    """A direction in the space of one model: finite 32-bit floats, not all zero."""

    values: Vector = field(converter=as_embedding, metadata=NUMBERS)
    model: str = field(validator=is_identifier, metadata=IDENTIFIER)

    @property
    def dimension(self) -> int:
        """How many numbers it has."""
        return len(self.values)

    def truncated(self, dimension: int) -> Self:
        """Its first numbers, made a unit vector again, as models with nested embeddings need it."""
        first = self.values[:dimension]
        length = sum(each * each for each in first) ** 0.5
        return evolve(self, values=Vector(each / (length or 1) for each in first))


def as_number(value: float) -> float:
    """A whole number as a float, which is what a database makes of it; anything else as it is."""
    return float(value) if type(value) is int and abs(value) < WHOLE["maximum"] else value


def is_fraction(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """A number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongType(attribute.name, "number")
    if not 0 <= value <= 1:
        raise errors.FractionOutOfRange(attribute.name, repr(value))


def is_reading_depth(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """A number from 0.0 to 1.5; NaN is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongType(attribute.name, "number")
    if not 0.0 <= value <= DEEPEST:
        raise errors.ReadingDepthOutOfRange(repr(value))


@frozen
class ReadingDepth:
    """How deeply a text was read, from 0.0 to 1.5; about 1 is once, to the end."""

    value: float = field(validator=is_reading_depth)


@frozen(kw_only=True)
class Space(Aggregate):
    """One user's captures of one kind, all embedded by one model."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SPACE
    fixed: ClassVar[tuple[str, ...]] = ("user_id", "model", "dimension")
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    model: str = field(validator=is_identifier, metadata=IDENTIFIER)
    dimension: int = field(validator=bounded_int, metadata=DIMENSION)
    status: SpaceStatus = field(validator=instance_of(SpaceStatus))

    def require_owner(self, user_id: str) -> Self:
        """The space, or SpaceNotFound where it is another user's."""
        if self.user_id != user_id:
            raise errors.SpaceNotFound(self.id)
        return self

    def require_active(self) -> Self:
        """The space, or SpaceRetired."""
        if not SPACE.allowed(self.status):
            raise errors.SpaceRetired(self.id)
        return self

    def require_model(self, model: str, dimension: int) -> Self:
        """The space, or EmbeddingOfOtherModel."""
        if (self.model, self.dimension) != (model, dimension):
            raise errors.EmbeddingOfOtherModel(self.model, self.dimension)
        return self


@frozen(kw_only=True)
class Subspace(Aggregate):
    """A part of a space that captures gather in, round a centroid that may begin with a seed."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SUBSPACE
    fixed: ClassVar[tuple[str, ...]] = ("user_id", "space_id")
    space_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    description: str = field(validator=is_text, metadata=TEXT)
    seed: Vector | None
    status: SpaceStatus = field(validator=instance_of(SpaceStatus))

    def seeded(self, seed: Vector, centroid: "Centroid | None", *, now: datetime) -> Self:
        """The subspace with its first centroid, or CentroidExists."""
        if self.seed is not None or centroid is not None:
            raise errors.CentroidExists(self.id)
        return self.transition("seed", now=now, seed=seed)

    def reference_vector(self, centroid: "Centroid | None") -> Vector | None:
        """Return the centroid's vector, or the seed, or None where there is neither."""
        return self.seed if centroid is None else centroid.vector

    def accepts(self, space_id: str) -> bool:
        """Whether captures of the space may still belong here."""
        return self.space_id == space_id and bool(SUBSPACE.allowed(self.status))

    def require_owner(self, user_id: str) -> Self:
        """The subspace, or SubspaceNotFound where it is another user's."""
        if self.user_id != user_id:
            raise errors.SubspaceNotFound(self.id)
        return self


@frozen(kw_only=True)
class AlgorithmVersion(Aggregate):
    """The formulas that captures are computed by."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = ALGORITHM
    fixed: ClassVar[tuple[str, ...]] = ("formulas", "checksum")
    formulas: str = field(validator=is_text, metadata=TEXT)
    checksum: str
    status: AlgorithmStatus = field(validator=instance_of(AlgorithmStatus))


@frozen(kw_only=True)
class SubspaceState:
    """A subspace and its centroid, which is None before the first capture moves it."""

    subspace: Subspace
    centroid: "Centroid | None"


@frozen(kw_only=True)
class ReadingFields:
    """What a user read, and how: in one capture, or in all captures of a page together."""

    user_id: str
    space_id: str
    title: str | None
    content: str | None
    content_source: ContentSource
    engagement_level: EngagementLevel
    reading_depth: float
    scroll_depth: float
    dwell_time_ms: int
    word_count: int
    vector: Vector


@frozen(kw_only=True)
class CaptureRequest(ReadingFields):
    """One capture as the client sent it, with the ids, time and audit context of its transaction.

    `artifact_id` is the id that the artifact gets where this is the first capture of its page.
    """

    id: str
    capture_key: str
    fingerprint: str
    artifact_id: str
    url: str
    normalized_url: str
    session_id: str | None
    named_subspace_id: str | None
    embedding_model: str
    captured_at: datetime | None
    recorded_at: datetime
    actor: Actor
    reason: str
    request_id: str | None


@frozen(kw_only=True)
class Signal(CaptureRequest):
    """The record of one capture and its outcome. It never changes.

    `applied_seq` is the position of this signal among those that moved the subspace's centroid; it,
    `drift` and `centroid_digest` are None where the capture moved no centroid. `logged_drift` is
    the distance from the centroid that was last logged, where this update is logged.
    """

    artifact_seq: int
    algorithm_id: str
    threshold: float
    magnitude: float
    subspace_id: str | None
    decision: Decision
    nearest_distance: float | None
    second_distance: float | None
    margin: float | None
    applied_seq: int | None
    drift: float | None
    logged_drift: float | None
    centroid_digest: str | None
    reached_level: EngagementLevel
    warnings: tuple[str, ...]
    hash: str


@frozen(kw_only=True)
class Artifact(ReadingFields):
    """A page of a space as all of its captures together describe it, whatever their order.

    Each `*stamp` is the time and the key of the capture that a text or the vector comes from.
    """

    id: str
    seq: int
    hash: str
    normalized_url: str
    title_stamp: str
    content_stamp: str
    stamp: str
    created_at: datetime
    updated_at: datetime


@frozen(kw_only=True)
class Centroid:
    """The middle of a subspace's captures.

    `seq` counts the captures that moved it. `logged_vector` is its position at `logged_seq`, from
    which the next logged drift is measured.
    """

    id: str
    seq: int
    hash: str
    space_id: str
    vector: Vector
    logged_vector: Vector
    logged_seq: int
    confidence: float
    created_at: datetime
    updated_at: datetime

    @classmethod
    def unborn(cls, subspace: Subspace, position: Vector, now: datetime) -> Self:
        """Return the centroid before its first update, at seq 0. It is never saved."""
        return cls(
            id=subspace.id,
            seq=0,
            hash="",
            space_id=subspace.space_id,
            vector=position,
            logged_vector=position,
            logged_seq=0,
            confidence=0.0,
            created_at=now,
            updated_at=now,
        )

    def logged(self) -> Self:
        """Return the centroid with its position logged."""
        return evolve(self, logged_vector=self.vector, logged_seq=self.seq)
