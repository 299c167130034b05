"""Captures and their signals, and the artifacts and centroids that follow from signals."""

from datetime import datetime
from typing import Annotated, Self

from attrs import evolve, frozen

from indelible.captures.entities.values import (
    CaptureKey,
    ContentSource,
    Decision,
    Depth,
    Distance,
    ExactNatural,
    Fraction,
    Level,
    Number,
)
from indelible.captures.entities.vectors import Embedding, Vector
from indelible.kernel import Actor
from indelible.kernel.kinds import (
    Count,
    Digest,
    Identifier,
    Instant,
    Kind,
    Natural,
    NonBlankText,
    ShortText,
    Text,
    Texts,
    unvalidated_kinds,
)
from indelible.kernel.values import LINE, TEXT, is_text

# Both databases compare these by code point.
Stamp = Annotated[str, Kind(is_text, LINE, column="collated_text")]
PageUrl = Annotated[str, Kind(is_text, TEXT, column="collated_text")]


@frozen(kw_only=True, field_transformer=unvalidated_kinds)
class ReadingFields:
    """The reading of a user, in one capture or in all captures of a page together."""

    user_id: Identifier
    space_id: Identifier
    title: ShortText | None
    content: Text | None
    content_source: ContentSource
    engagement_level: Level
    reading_depth: Depth
    scroll_depth: Fraction
    dwell_time_ms: ExactNatural
    word_count: ExactNatural
    vector: Embedding


@frozen(kw_only=True, field_transformer=unvalidated_kinds)
class CaptureRequest(ReadingFields):
    """One capture as the client sent it, with the ids, time and audit context of its transaction.

    `artifact_id` is the id that the artifact gets where this is the first capture of its page.
    """

    id: Identifier
    capture_key: CaptureKey
    fingerprint: Digest
    artifact_id: Identifier
    url: Text
    normalized_url: Text
    session_id: Identifier | None
    named_subspace_id: Identifier | None
    embedding_model: Identifier
    captured_at: Instant | None
    recorded_at: Instant
    actor: Actor
    reason: NonBlankText
    request_id: Identifier | None


@frozen(kw_only=True, field_transformer=unvalidated_kinds)
class Signal(CaptureRequest):
    """The record of one capture and its outcome. It never changes.

    `applied_seq` is the position of this signal among those that moved the subspace's centroid; it,
    `drift` and `centroid_digest` are None where the capture moved no centroid. `logged_drift` is
    the distance from the centroid that was last logged, where this update is logged.
    """

    artifact_seq: Count
    algorithm_id: Identifier
    threshold: Distance
    magnitude: Number
    subspace_id: Identifier | None
    decision: Decision
    nearest_distance: Distance | None
    second_distance: Distance | None
    margin: Number | None
    applied_seq: Count | None
    drift: Distance | None
    logged_drift: Distance | None
    centroid_digest: Digest | None
    reached_level: Level
    warnings: Texts
    hash: Digest


@frozen(kw_only=True, field_transformer=unvalidated_kinds)
class Artifact(ReadingFields):
    """A page of a space as all of its captures together describe it, whatever their order.

    Each `*stamp` is the time and the key of the capture that a text or the vector comes from.
    """

    id: Identifier
    seq: Count
    hash: Digest
    normalized_url: PageUrl
    title_stamp: Stamp
    content_stamp: Stamp
    stamp: Stamp
    created_at: Instant
    updated_at: Instant


@frozen(kw_only=True, field_transformer=unvalidated_kinds)
class Centroid:
    """The middle of a subspace's captures.

    `seq` counts the captures that moved it. `logged_vector` is its position at `logged_seq`, from
    which the next logged drift is measured.
    """

    id: Identifier
    seq: Count
    hash: Digest
    space_id: Identifier
    vector: Embedding
    logged_vector: Embedding
    logged_seq: Natural
    confidence: Fraction
    created_at: Instant
    updated_at: Instant

    @classmethod
    def unborn(cls, subspace_id: str, space_id: str, position: Vector, now: datetime) -> Self:
        """Return the centroid before its first update, at seq 0. It is never saved."""
        return cls(
            id=subspace_id,
            seq=0,
            hash="",
            space_id=space_id,
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
