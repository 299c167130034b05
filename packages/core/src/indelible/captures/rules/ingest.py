"""All that one capture does, over whatever store: a database that computes by itself does the same in its own words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any, Protocol

from attrs import evolve, frozen

from indelible.captures.entities import (
    AlgorithmVersion,
    Artifact,
    CaptureWarning,
    Centroid,
    Signal,
    Space,
    Subspace,
    Vector,
)
from indelible.captures.errors import AlgorithmFailed, NoActiveAlgorithm
from indelible.captures.rules.formulas import GIVES_VECTOR
from indelible.captures.rules.placing import Near, Placing, nearest_two, placed
from indelible.captures.rules.records import centroid_digest, check_same, fingerprint_of, hash_of, joined
from indelible.captures.rules.tuning import Tuning
from indelible.kernel import Cause, Head, instant_after

Compute = Callable[..., Any]


@frozen(kw_only=True)
class Asked:
    """A capture that is to be kept: what the caller said, and the ids and the instant that it may take."""

    given: Mapping[str, Any]
    capture_key: str
    normalized_url: str
    signal_id: str
    artifact_id: str
    now: datetime
    cause: Cause


class Computes(Protocol):
    """A store that computes a formula in its own way."""

    def computed(self, algorithm: AlgorithmVersion, name: str, given: Mapping[str, Any]) -> object: ...


class Shelf(Computes, Protocol):
    """What an ingest asks of a store, and what it leaves there."""

    def kept(self, user_id: str, capture_key: str) -> Signal | None: ...
    def hold(self, space_id: str) -> Head[Space]: ...
    def active(self) -> Head[AlgorithmVersion] | None: ...
    def page_at(self, space_id: str, normalized_url: str) -> Artifact | None: ...
    def part(self, subspace_id: str | None) -> tuple[Subspace | None, Centroid | None]: ...
    def near(self, space_id: str, vector: Vector, named: str | None) -> Sequence[Near]: ...
    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None: ...


def activated(found: Head[AlgorithmVersion] | None) -> AlgorithmVersion:
    """The active version, or NoActiveAlgorithm."""
    if found is None:
        raise NoActiveAlgorithm
    return found.entity


def ingested(shelf: Shelf, asked: Asked, tuning: Tuning) -> Signal:
    """The signal that keeps the capture, or the one that kept it before."""
    given = asked.given
    kept = shelf.kept(given["user_id"], asked.capture_key)
    if kept is not None:
        check_same(kept, fingerprint_of(given))
        return kept
    space = shelf.hold(given["space_id"]).entity.of_user(given["user_id"]).opened()
    space.fits(given["embedding_model"], len(given["vector"]))
    compute = computing(shelf)
    part, _ = shelf.part(given["named_subspace_id"])
    named = part.id if part is not None and part.takes(space.id) else None
    place = place_in(shelf, space.id, given["vector"], tuning, named)
    artifact = shelf.page_at(space.id, asked.normalized_url)
    subspace, centroid = shelf.part(place.subspace_id if place.updates_centroid else None)
    before = [each.updated_at for each in (artifact, centroid) if each is not None]
    at = max((instant_after(each, asked.now) for each in before), default=asked.now)
    vector = given["vector"]
    moved = drawn(subspace, centroid, vector, at, compute) if subspace else None
    old = (subspace.middle(centroid) if subspace else None) or vector
    made = (
        _made(asked, artifact, place, at)
        | _drawing(old, moved, tuning, compute)
        | _weighing(given, tuning, compute, is_gone=named != given["named_subspace_id"])
    )
    made |= {
        "fingerprint": fingerprint_of(given),
        "algorithm_id": activated(shelf.active()).id,
        "threshold": tuning.threshold,
    }
    signal = Signal(**given, **made, hash=hash_of(made))
    if moved is not None:
        moved = evolve(moved if signal.logged_drift is None else moved.logged(), hash=signal.hash)
    shelf.write(signal, joined(artifact, signal), moved)
    return signal


def computing(shelf: Shelf) -> Compute:
    """The active algorithm's formulas as the store computes them; AlgorithmFailed where that gives no number."""
    return computing_by(shelf, activated(shelf.active()))


def computing_by(shelf: Computes, algorithm: AlgorithmVersion) -> Compute:
    """One version's formulas as the store computes them."""

    def compute(name: str, **given: object) -> Any:  # noqa: ANN401 - a number or a vector
        found: Any = shelf.computed(algorithm, name, given)
        is_vector = name in GIVES_VECTOR and found is not None
        parts: Any = found if is_vector else (found,)
        is_number = all(isinstance(each, float) and isfinite(each) for each in parts)
        if not is_number or (is_vector and not any(parts)):
            raise AlgorithmFailed(algorithm.id)
        return found

    return compute


def place_in(shelf: Shelf, space_id: str, vector: Vector, tuning: Tuning, named: str | None = None) -> Placing:
    """Where a vector belongs among the centroids of a space as they are now."""
    compute = computing(shelf)
    first, second = nearest_two(shelf.near(space_id, vector, named), named)
    margin = compute("margin", nearest=first.distance, second=second.distance) if first and second else None
    return placed(first, second, margin, named, tuning)


def drawn(subspace: Subspace, centroid: Centroid | None, vector: Vector, at: datetime, compute: Compute) -> Centroid:
    """The centroid after a vector drew it on, before that is written down."""
    old, seq = subspace.middle(centroid) or vector, centroid.seq + 1 if centroid else 1
    shown = centroid or Centroid(
        id=subspace.id,
        seq=0,
        hash="",
        space_id=subspace.space_id,
        vector=old,
        logged_vector=old,
        logged_seq=0,
        confidence=0.0,
        created_at=at,
        updated_at=at,
    )
    moved = compute("centroid", centroid=old, vector=vector, rate=compute("rate", applied=float(seq - 1)))
    settled = compute("confidence", applied=float(seq))
    return evolve(shown, seq=seq, vector=moved, confidence=settled, updated_at=at)


def replayed(subspace: Subspace, signals: Iterable[Signal], compute_by: Callable[[str], Compute]) -> Centroid | None:
    """The centroid that the subspace's signals give again, each computed by the version that it names."""
    centroid = None
    for signal in signals:
        made = drawn(subspace, centroid, signal.vector, signal.recorded_at, compute_by(signal.algorithm_id))
        centroid = evolve(made if signal.logged_drift is None else made.logged(), hash=signal.hash)
    return centroid


def _drawing(old: Vector, moved: Centroid | None, tuning: Tuning, compute: Compute) -> dict[str, Any]:
    if moved is None:
        return dict.fromkeys(("applied_seq", "drift", "logged_drift", "centroid_digest"))
    far = compute("drift", moved=moved.vector, centroid=moved.logged_vector)
    is_due = far >= tuning.history_distance or moved.seq - moved.logged_seq >= tuning.history_updates
    return {
        "applied_seq": moved.seq,
        "drift": compute("drift", moved=moved.vector, centroid=old),
        "logged_drift": far if is_due else None,
        "centroid_digest": centroid_digest(moved.logged() if is_due else moved),
    }


def _made(asked: Asked, artifact: Artifact | None, place: Placing, at: datetime) -> dict[str, Any]:
    level = asked.given["engagement_level"]
    return {
        "id": asked.signal_id,
        "capture_key": asked.capture_key,
        "fingerprint": fingerprint_of(asked.given),
        "artifact_id": artifact.id if artifact else asked.artifact_id,
        "artifact_seq": artifact.seq + 1 if artifact else 1,
        "normalized_url": asked.normalized_url,
        "recorded_at": at,
        "actor": asked.cause.actor,
        "reason": asked.cause.reason,
        "request_id": asked.cause.request_id,
        "subspace_id": place.subspace_id,
        "decision": place.decision,
        "nearest_distance": place.nearest_distance,
        "second_distance": place.second_distance,
        "margin": place.margin,
        "reached_level": max(level, artifact.engagement_level) if artifact else level,
    }


def _weighing(given: Mapping[str, Any], tuning: Tuning, compute: Compute, *, is_gone: bool) -> dict[str, Any]:
    warnings = [CaptureWarning.SUBSPACE_GONE] if is_gone else []
    if given["word_count"]:
        sizes = {"words": float(given["word_count"]), "dwell": float(given["dwell_time_ms"])}
        depth = compute("depth", scroll=given["scroll_depth"], **sizes)
        if abs(depth - given["reading_depth"]) > tuning.depth_tolerance:
            warnings.append(CaptureWarning.DEPTH_MISMATCH)
    weight = tuning.weight(given["engagement_level"])
    magnitude = compute("magnitude", weight=weight, depth=given["reading_depth"])
    return {"magnitude": magnitude, "warnings": tuple(map(str, warnings))}
