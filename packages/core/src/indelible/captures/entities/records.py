"""Captures and their signals, and the artifacts and centroids that follow from signals."""

from datetime import datetime
from typing import Self

from attrs import evolve, frozen

from indelible.captures.entities.values import ContentSource, Decision, EngagementLevel
from indelible.captures.entities.vectors import Vector
from indelible.kernel import Actor


@frozen(kw_only=True)
class ReadingFields:
    """The reading of a user, in one capture or in all captures of a page together."""

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
