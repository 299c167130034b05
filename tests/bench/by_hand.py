"""What follows from one capture, computed in the client by numpy; digests made by hand: `verify` finds no fault."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import pack
from typing import Any, Final, cast

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from tests.bench.statements import ENCODER

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
SENT: Final = np.dtype(
    [("size", ">i4"), ("value", ">f4")]
)  # how PostgreSQL sends each number of an array
HEADER: Final = 20  # bytes before the first
THRESHOLD, DRIFTED, UPDATES, TOLERANCE = (
    0.05,
    0.05,
    5,
    0.2,
)  # what the settings are, until somebody changes them
WEIGHT, RATE, SETTLED = 0.75, 0.1, 20
LEVEL: Final = EngagementLevel.ENGAGED
CONTENT: Final = (
    "Fractions that name the same amount, though their numerators and denominators differ. " * 5
)
READ: Final[Row] = {
    "content": CONTENT,
    "engagement_level": LEVEL,
    "word_count": 1_200,
    "dwell_time_ms": 42_000,
    "scroll_depth": 0.8,
    "reading_depth": 0.39,
}


@frozen
class Asked:
    """A capture that somebody asks for."""

    number: int
    vector: Sequence[float]

    def said(self, place: CaptureScenario) -> dict[str, Any]:
        """What a command takes of it, beside the vector; every page is met twice."""
        page = self.number // 2
        url, key = f"https://example.org/{page}?utm_source=x", f"{place.space_id}-{self.number:09}"
        return {**READ, "url": url, "title": f"Page {page}", "capture_key": key}


def sent(vector: Reals) -> bytes:
    """A vector as PostgreSQL sends it."""
    found = np.empty(len(vector), SENT)
    found["size"], found["value"] = 4, vector
    return pack(">iiIii", 1, 0, 700, len(vector), 1) + found.tobytes()


def given(asked: Asked, place: CaptureScenario) -> dict[str, Any]:
    """What the caller said, by the columns that keep it."""
    said, vector = asked.said(place), np.asarray(asked.vector, np.float32)
    assert np.isfinite(vector).all()
    assert vector.any()
    return {
        **dict.fromkeys((*CLIENT_FIELDS, "request_id")),
        **said,
        "user_id": MAYA.id,
        "space_id": place.space_id,
        "normalized_url": normalized_url(said["url"]),
        "content_source": "web",
        "embedding_model": MODEL,
        "dimension": len(vector),
        "vector": vector,
        "id": f"signal-{said['capture_key']}",
        "actor": str(MAYA),
        "reason": REASON,
        "threshold": THRESHOLD,
    }


def placed(said: Row, parts: Mapping[str, Reals]) -> dict[str, Any]:
    """The nearest centroid and the next, and what is decided by them."""
    ids, middles, vector = list(parts), np.asarray(list(parts.values()), np.float32), said["vector"]
    norms = np.sqrt(np.einsum("ij,ij->i", middles, middles) * (vector @ vector))
    distances = 1 - np.clip(middles @ vector / norms, -1, 1)
    first: list[int] = np.argpartition(distances, 1)[:2].tolist()
    (nearest, part, place), (second, _, _) = sorted(
        (float(distances[each]), ids[each], each) for each in first
    )
    margin = second - nearest
    assert margin >= THRESHOLD  # of these captures each draws its centroid on
    return {
        "decision": "UPDATED",
        "subspace_id": part,
        "nearest_distance": nearest,
        "second_distance": second,
        "margin": margin,
        "middle": middles[place],
    }


def drawn(said: Row, known: Row) -> dict[str, Any]:
    """The centroid after the capture drew it on; `known` is what the heads showed before."""
    old, seq = said["middle"], (known.get("old_seq") or 0) + 1
    moved = _unit((1 - RATE) * _unit(old) + RATE * _unit(said["vector"]))
    logged, logged_seq = (known["old_logged"], known["old_logged_seq"]) if seq > 1 else (old, 0)
    far = _distance(moved, np.asarray(logged, np.float32))
    is_due = far >= DRIFTED or seq - logged_seq >= UPDATES
    if is_due:
        logged, logged_seq = moved, seq
    confidence = min(1.0, seq / SETTLED)
    shown = sent(moved) + sent(np.asarray(logged, np.float32)) + pack(">qd", logged_seq, confidence)
    return {
        "applied_seq": seq,
        "drift": _distance(moved, old),
        "logged_drift": far if is_due else None,
        "centroid_digest": sha256(shown).hexdigest(),
        "moved": moved,
        "logged": logged,
        "logged_seq": logged_seq,
        "confidence": confidence,
    }


def kept(said: Row, known: Row) -> dict[str, Any]:
    """All that is written: the artifact, its signal, and the centroid."""
    before = [known[name] for name in ("page_updated_at", "old_updated_at") if known.get(name)]
    at = (
        max(datetime.now(UTC), *(each + MICROSECOND for each in before))
        if before
        else datetime.now(UTC)
    )
    ratio = min(1.5, said["dwell_time_ms"] / (said["word_count"] * 300))
    is_odd = abs(0.6 * ratio + 0.4 * said["scroll_depth"] - said["reading_depth"]) > TOLERANCE
    level = max(LEVEL.rank, known.get("page_level") or 0)
    row = {
        **said,
        **drawn(said, known),
        "algorithm_id": known["algorithm_id"],
        "fingerprint": _fingerprint(said),
        "artifact_id": known.get("page_id") or f"artifact-{said['capture_key']}",
        "artifact_seq": (known.get("page_seq") or 0) + 1,
        "reached_level": level,
        "engagement_level": LEVEL.rank,
        "magnitude": WEIGHT * (0.5 + 0.5 * min(1, said["reading_depth"])),
        "warnings": ("DEPTH_MISMATCH",) * is_odd,
        "recorded_at": at,
        "stamp": f"{instant_text(at)} {said['capture_key']}",
    }
    return {
        **row,
        "hash": sha256(
            "\x1f".join(_text(row[name]) for name in HASHED_FIELDS).encode()
        ).hexdigest(),
    }


def _fingerprint(said: Row) -> str:
    told = {**said, "vector": said["vector"].tobytes().hex()}
    told |= {name: said[name].hex() for name in ("reading_depth", "scroll_depth")}
    return sha256(ENCODER.encode([told[name] for name in CLIENT_FIELDS]).encode()).hexdigest()


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a column keeps
    if value is None:
        return ""
    if isinstance(value, float):
        return pack(">d", value).hex()
    if isinstance(value, tuple):
        return ",".join(cast("tuple[str, ...]", value))
    return str((value - EARLIEST) // MICROSECOND) if isinstance(value, datetime) else str(value)


def _unit(vector: Reals) -> Reals:
    unit: Reals = (vector / np.sqrt(vector @ vector)).astype(np.float32)
    return unit


def _distance(one: Reals, other: Reals) -> float:
    cosine = (one @ other) / np.sqrt((one @ one) * (other @ other))
    return 1 - max(-1.0, min(1.0, float(cosine)))
