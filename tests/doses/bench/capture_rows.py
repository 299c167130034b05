"""Compute everything that a capture writes in the client, with numpy, digests included.

`verify` finds no fault in the rows, so a bare driver that writes them does the same work.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import pack
from typing import Any, Final, cast

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from tests.doses.bench.statements import ENCODER

from indelible.captures import EngagementLevel
from indelible.captures.rules.records import CLIENT_FIELDS, HASHED_FIELDS
from indelible.captures.rules.urls import normalized_url
from indelible.kernel import instant_text
from indelible.kernel.values import EARLIEST
from indelible.testing.captures.scenarios import MODEL, CaptureScenario
from indelible.testing.stores import MAYA

Reals = NDArray[np.floating[Any]]
Row = Mapping[str, Any]
MICROSECOND: Final = timedelta(microseconds=1)
REASON: Final = "one of many captures"

# An array of float4 in PostgreSQL's binary format: a header, then the size and value of each.
ARRAY_ITEM: Final = np.dtype([("size", ">i4"), ("value", ">f4")])
ARRAY_HEADER_BYTES: Final = 20
FLOAT4_OID: Final = 700

# The defaults of the settings, and the constants of the shipped formulas.
THRESHOLD, LOGGED_DRIFT, LOGGED_UPDATES, TOLERANCE = 0.05, 0.05, 5, 0.2
WEIGHT, RATE, SETTLED_UPDATES = 0.75, 0.1, 20

LEVEL: Final = EngagementLevel.ENGAGED
CONTENT: Final = (
    "Fractions that name the same amount, though their numerators and denominators differ. " * 5
)
READING: Final[Row] = {
    "content": CONTENT,
    "engagement_level": LEVEL,
    "word_count": 1_200,
    "dwell_time_ms": 42_000,
    "scroll_depth": 0.8,
    "reading_depth": 0.39,
}


@frozen
class CaptureInput:
    """A capture of a number; every page is captured twice."""

    number: int
    vector: Sequence[float]

    def fields(self, scenario: CaptureScenario) -> dict[str, Any]:
        """Return the fields of its command, without the vector."""
        page = self.number // 2
        return {
            **READING,
            "url": f"https://example.org/{page}?utm_source=x",
            "title": f"Page {page}",
            "capture_key": f"{scenario.space_id}-{self.number:09}",
        }


def array_bytes(vector: Reals) -> bytes:
    """Return a vector in PostgreSQL's binary format."""
    items = np.empty(len(vector), ARRAY_ITEM)
    items["size"] = 4
    items["value"] = vector
    return pack(">iiIii", 1, 0, FLOAT4_OID, len(vector), 1) + items.tobytes()


def input_row(capture: CaptureInput, scenario: CaptureScenario) -> dict[str, Any]:
    """Return the columns that the caller determines."""
    fields = capture.fields(scenario)
    vector = np.asarray(capture.vector, np.float32)
    assert np.isfinite(vector).all()
    assert vector.any()

    row: dict[str, Any] = dict.fromkeys((*CLIENT_FIELDS, "request_id"))
    row.update(fields)
    row.update(
        user_id=MAYA.id,
        space_id=scenario.space_id,
        normalized_url=normalized_url(fields["url"]),
        content_source="web",
        embedding_model=MODEL,
        dimension=len(vector),
        vector=vector,
        id=f"signal-{fields['capture_key']}",
        actor=str(MAYA),
        reason=REASON,
        threshold=THRESHOLD,
    )
    return row


def assignment(row: Row, centroids: Mapping[str, Reals]) -> dict[str, Any]:
    """Return the columns that follow from the two nearest centroids."""
    ids = list(centroids)
    positions = np.asarray(list(centroids.values()), np.float32)
    vector = row["vector"]
    lengths = np.sqrt(np.einsum("ij,ij->i", positions, positions) * (vector @ vector))
    distances = 1 - np.clip(positions @ vector / lengths, -1, 1)

    two: list[int] = np.argpartition(distances, 1)[:2].tolist()
    ranked = sorted((float(distances[index]), ids[index], index) for index in two)
    (nearest, subspace_id, index), (second, _, _) = ranked
    margin = second - nearest
    assert margin >= THRESHOLD  # each of these captures moves its centroid

    return {
        "decision": "UPDATED",
        "subspace_id": subspace_id,
        "nearest_distance": nearest,
        "second_distance": second,
        "margin": margin,
        "position": positions[index],
    }


def centroid_update(row: Row, heads: Row) -> dict[str, Any]:
    """Return the centroid after the capture; `heads` holds the columns of the heads before it."""
    old = row["position"]
    seq = (heads.get("old_seq") or 0) + 1
    moved = _unit((1 - RATE) * _unit(old) + RATE * _unit(row["vector"]))

    logged, logged_seq = old, 0
    if seq > 1:
        logged, logged_seq = heads["old_logged"], heads["old_logged_seq"]
    logged_drift = _distance(moved, np.asarray(logged, np.float32))
    is_logged = logged_drift >= LOGGED_DRIFT or seq - logged_seq >= LOGGED_UPDATES
    if is_logged:
        logged, logged_seq = moved, seq

    confidence = min(1.0, seq / SETTLED_UPDATES)
    digested = array_bytes(moved) + array_bytes(np.asarray(logged, np.float32))
    digested += pack(">qd", logged_seq, confidence)
    return {
        "applied_seq": seq,
        "drift": _distance(moved, old),
        "logged_drift": logged_drift if is_logged else None,
        "centroid_digest": sha256(digested).hexdigest(),
        "moved": moved,
        "logged": logged,
        "logged_seq": logged_seq,
        "confidence": confidence,
    }


def written_row(row: Row, heads: Row) -> dict[str, Any]:
    """Return all columns of the artifact, its signal and the centroid."""
    recorded_at = _next_instant(heads)
    level = max(LEVEL.rank, heads.get("page_level") or 0)
    complete = dict(row)
    complete.update(centroid_update(row, heads))
    complete.update(
        algorithm_id=heads["algorithm_id"],
        fingerprint=_fingerprint(row),
        artifact_id=heads.get("page_id") or f"artifact-{row['capture_key']}",
        artifact_seq=(heads.get("page_seq") or 0) + 1,
        reached_level=level,
        engagement_level=LEVEL.rank,
        magnitude=WEIGHT * (0.5 + 0.5 * min(1, row["reading_depth"])),
        warnings=_warnings(row),
        recorded_at=recorded_at,
        stamp=f"{instant_text(recorded_at)} {row['capture_key']}",
    )
    hashed = "\x1f".join(_hashed_text(complete[name]) for name in HASHED_FIELDS)
    complete["hash"] = sha256(hashed.encode()).hexdigest()

    return complete


def _next_instant(heads: Row) -> datetime:
    """Return the current time, but later than both heads."""
    instants = [datetime.now(UTC)]
    for name in ("page_updated_at", "old_updated_at"):
        if heads.get(name):
            instants.append(heads[name] + MICROSECOND)

    return max(instants)


def _warnings(row: Row) -> tuple[str, ...]:
    ratio = min(1.5, row["dwell_time_ms"] / (row["word_count"] * 300))
    computed_depth = 0.6 * ratio + 0.4 * row["scroll_depth"]
    if abs(computed_depth - row["reading_depth"]) > TOLERANCE:
        return ("DEPTH_MISMATCH",)

    return ()


def _fingerprint(row: Row) -> str:
    values = dict(row)
    values["vector"] = row["vector"].tobytes().hex()
    for name in ("reading_depth", "scroll_depth"):
        values[name] = row[name].hex()

    text = ENCODER.encode([values[name] for name in CLIENT_FIELDS])
    return sha256(text.encode()).hexdigest()


def _hashed_text(value: Any) -> str:  # noqa: ANN401 - the value of any column
    if value is None:
        return ""
    if isinstance(value, float):
        return pack(">d", value).hex()
    if isinstance(value, tuple):
        return ",".join(cast("tuple[str, ...]", value))
    if isinstance(value, datetime):
        return str((value - EARLIEST) // MICROSECOND)

    return str(value)


def _unit(vector: Reals) -> Reals:
    unit: Reals = (vector / np.sqrt(vector @ vector)).astype(np.float32)
    return unit


def _distance(one: Reals, other: Reals) -> float:
    cosine = (one @ other) / np.sqrt((one @ one) * (other @ other))
    return 1 - max(-1.0, min(1.0, float(cosine)))
