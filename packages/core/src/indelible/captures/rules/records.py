"""The digests of signals and centroids, and how an artifact is folded from its signals."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from struct import pack
from typing import Any, Final, cast

from attrs import evolve

from indelible.captures.entities.records import Artifact, Centroid, Signal
from indelible.captures.entities.values import EngagementLevel
from indelible.captures.entities.vectors import Vector
from indelible.captures.errors import CaptureKeyReused
from indelible.kernel import digest, instant_text
from indelible.kernel.values import EARLIEST

MICROSECOND: Final = timedelta(microseconds=1)
FIELD_SEPARATOR: Final = "\x1f"
FLOAT4_OID: Final = 700  # of PostgreSQL, in the binary form of an array

# The fields that the client sent. The fingerprint covers them in this order.
CLIENT_FIELDS: Final = (
    "user_id",
    "space_id",
    "url",
    "title",
    "content",
    "session_id",
    "named_subspace_id",
    "content_source",
    "engagement_level",
    "reading_depth",
    "scroll_depth",
    "dwell_time_ms",
    "word_count",
    "embedding_model",
    "vector",
    "captured_at",
)
# The other fields of a signal. The hash covers them, the fingerprint included, in this order.
HASHED_FIELDS: Final = (
    "id",
    "capture_key",
    "fingerprint",
    "artifact_id",
    "artifact_seq",
    "normalized_url",
    "recorded_at",
    "actor",
    "reason",
    "request_id",
    "algorithm_id",
    "threshold",
    "magnitude",
    "subspace_id",
    "decision",
    "nearest_distance",
    "second_distance",
    "margin",
    "applied_seq",
    "drift",
    "logged_drift",
    "centroid_digest",
    "reached_level",
    "warnings",
)


def fingerprint_of(fields: Mapping[str, Any]) -> str:
    """Return the digest of everything that the client sent."""
    values: list[object] = []
    for name in CLIENT_FIELDS:
        value = fields[name]
        values.append(value.hex() if isinstance(value, float) else value)
    return digest(values)


def check_same_capture(signal: Signal, fingerprint: str) -> None:
    """Raise CaptureKeyReused where the key's stored capture is another one."""
    if signal.fingerprint != fingerprint:
        raise CaptureKeyReused(signal.capture_key)


def hash_of(fields: Mapping[str, Any]) -> str:
    """Return the digest of a whole signal.

    PostgreSQL computes the same in SQL: one text for each field, in order, with a separator that no
    text contains.
    """
    texts = [_hashed_text(fields[name]) for name in HASHED_FIELDS]
    return sha256(FIELD_SEPARATOR.join(texts).encode()).hexdigest()


def centroid_digest(centroid: Centroid) -> str:
    """Return the digest of a centroid's values, over PostgreSQL's binary form of them."""
    sent = _sent_array(centroid.vector) + _sent_array(centroid.logged_vector)
    sent += pack(">qd", centroid.logged_seq, centroid.confidence)
    return sha256(sent).hexdigest()


def merge_signal(artifact: Artifact | None, signal: Signal) -> Artifact:
    """Return the artifact after one more signal, the same for every order of its signals.

    Engagement and reading only rise. Title, content and vector are those of the latest capture that
    has them.
    """
    stamp = _stamp_of(signal)
    if artifact is None:
        return _first_artifact(signal, stamp)

    merged = evolve(
        artifact,
        seq=signal.artifact_seq,
        hash=signal.hash,
        updated_at=signal.recorded_at,
        engagement_level=max(artifact.engagement_level, signal.engagement_level),
        reading_depth=max(artifact.reading_depth, signal.reading_depth),
        scroll_depth=max(artifact.scroll_depth, signal.scroll_depth),
        dwell_time_ms=max(artifact.dwell_time_ms, signal.dwell_time_ms),
        word_count=max(artifact.word_count, signal.word_count),
    )
    if signal.title is not None and stamp > artifact.title_stamp:
        merged = evolve(merged, title=signal.title, title_stamp=stamp)
    if signal.content is not None and stamp > artifact.content_stamp:
        merged = evolve(merged, content=signal.content, content_stamp=stamp)
    if stamp > artifact.stamp:
        merged = evolve(
            merged, vector=signal.vector, content_source=signal.content_source, stamp=stamp
        )
    return merged


def _first_artifact(signal: Signal, stamp: str) -> Artifact:
    return Artifact(
        id=signal.artifact_id,
        seq=signal.artifact_seq,
        hash=signal.hash,
        user_id=signal.user_id,
        space_id=signal.space_id,
        normalized_url=signal.normalized_url,
        title=signal.title,
        title_stamp="" if signal.title is None else stamp,
        content=signal.content,
        content_stamp="" if signal.content is None else stamp,
        content_source=signal.content_source,
        engagement_level=signal.engagement_level,
        reading_depth=signal.reading_depth,
        scroll_depth=signal.scroll_depth,
        dwell_time_ms=signal.dwell_time_ms,
        word_count=signal.word_count,
        vector=signal.vector,
        stamp=stamp,
        created_at=signal.recorded_at,
        updated_at=signal.recorded_at,
    )


def _stamp_of(signal: Signal) -> str:
    """Return a text that orders the captures of an artifact by time, then by key."""
    captured_at = signal.captured_at or signal.recorded_at
    return f"{instant_text(captured_at)} {signal.capture_key}"


def _sent_array(vector: Vector) -> bytes:
    """Return PostgreSQL's binary form of a `real[]`."""
    # One dimension, no NULL, the element type, the length, the first subscript.
    header = pack(">iiIii", 1, 0, FLOAT4_OID, len(vector), 1)
    elements = [pack(">if", 4, number) for number in vector]
    return header + b"".join(elements)


def _hashed_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return pack(">d", value).hex()
    if isinstance(value, EngagementLevel):
        return str(value.rank)
    if isinstance(value, datetime):
        return str((value - EARLIEST) // MICROSECOND)
    if isinstance(value, tuple):
        return ",".join(cast("tuple[str, ...]", value))
    return str(value)
