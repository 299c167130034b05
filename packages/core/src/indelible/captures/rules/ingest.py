"""All that one capture does, over whatever store: a database that computes by itself does the same in its own words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any, Protocol

from attrs import evolve

from indelible.captures.entities import (
    AlgorithmVersion,
    Artifact,
    Centroid,
    Signal,
    Space,
    Subspace,
    Vector,
)
from indelible.captures.errors import AlgorithmFailed, NoActiveAlgorithm
from indelible.captures.rules.formulas import GIVES_VECTOR
from indelible.captures.rules.placing import (
    Candidate,
    Compute,
    MarginResult,
    choose_subspace,
    score_capture,
)
from indelible.captures.rules.records import centroid_digest, check_same, hash_of, merge_signal
from indelible.captures.rules.tuning import IngestSettings
from indelible.kernel import Head, instant_after


class Computes(Protocol):
    """A store that computes a formula in its own way."""

    def active(self) -> Head[AlgorithmVersion] | None: ...
    def computed(
        self, algorithm: AlgorithmVersion, name: str, given: Mapping[str, Any]
    ) -> object: ...


class CaptureStore(Computes, Protocol):
    """What an ingest asks of a store, and what it leaves there."""

    def find_signal(self, user_id: str, capture_key: str) -> Signal | None: ...
    def lock(self, space_id: str) -> Head[Space]: ...
    def artifact_by_url(self, space_id: str, normalized_url: str) -> Artifact | None: ...
    def subspace(self, subspace_id: str | None) -> tuple[Subspace | None, Centroid | None]: ...
    def near(self, space_id: str, vector: Vector, named: str | None) -> Sequence[Candidate]: ...
    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None: ...


def require_active_algorithm(found: Head[AlgorithmVersion] | None) -> AlgorithmVersion:
    """The active version, or NoActiveAlgorithm."""
    if found is None:
        raise NoActiveAlgorithm
    return found.entity


def computing(shelf: Computes) -> Compute:
    """The active version's formulas as the store computes them."""
    return formula_evaluator(shelf, require_active_algorithm(shelf.active()))


def formula_evaluator(shelf: Computes, algorithm: AlgorithmVersion) -> Compute:
    """One version's formulas as the store computes them; AlgorithmFailed where that gives no number."""

    def compute(name: str, **given: object) -> Any:  # noqa: ANN401 - a number or a vector
        found: Any = shelf.computed(algorithm, name, given)
        is_vector = name == GIVES_VECTOR and found is not None
        parts: Any = found if is_vector else (found,)
        is_number = all(isinstance(each, float) and isfinite(each) for each in parts)
        if not is_number or (is_vector and not any(parts)):
            raise AlgorithmFailed(algorithm.id)
        return found

    return compute


def ingest(shelf: CaptureStore, said: Mapping[str, Any], tuning: IngestSettings) -> Signal:
    """The signal that keeps the capture, or the one that kept it before.

    `said` is all that the signal says already, by column, as if its page were new and nothing had been kept later.
    """
    vector = said["vector"]
    kept = shelf.find_signal(said["user_id"], said["capture_key"])
    if kept is not None:
        check_same(kept, said["fingerprint"])
        return kept
    space = shelf.lock(said["space_id"]).entity.require_owner(said["user_id"]).require_active()
    space.require_model(said["embedding_model"], len(vector))
    algorithm = require_active_algorithm(shelf.active())
    compute = formula_evaluator(shelf, algorithm)
    part, _ = shelf.subspace(said["named_subspace_id"])
    named = part.id if part is not None and part.accepts(space.id) else None
    place = choose_subspace(shelf.near(space.id, vector, named), named, tuning, compute)
    artifact = shelf.artifact_by_url(space.id, said["normalized_url"])
    subspace, centroid = shelf.subspace(
        place.nearest_subspace_id if place.updates_centroid else None
    )
    before = [each.updated_at for each in (artifact, centroid) if each is not None]
    at = max(
        (instant_after(each, said["recorded_at"]) for each in before), default=said["recorded_at"]
    )
    moved = update_centroid(subspace, centroid, vector, at, compute) if subspace else None
    old = (subspace.reference_vector(centroid) if subspace else None) or vector
    made: dict[str, Any] = {
        **said,
        "recorded_at": at,
        "algorithm_id": algorithm.id,
        "threshold": tuning.threshold,
        **_placing(said, artifact, place),
        **score_capture(said, tuning, compute, is_gone=named != said["named_subspace_id"]),
        **_drawing(old, moved, tuning, compute),
    }
    signal = Signal(**made, hash=hash_of(made))
    shelf.write(
        signal, merge_signal(artifact, signal), moved.after_signal(signal) if moved else None
    )
    return signal


def update_centroid(
    subspace: Subspace, centroid: Centroid | None, vector: Vector, at: datetime, compute: Compute
) -> Centroid:
    """The centroid after a vector drew it on, before that is written down."""
    old = subspace.reference_vector(centroid) or vector
    shown = centroid or Centroid.unborn(subspace, old, at)
    moved = compute(
        "centroid", centroid=old, vector=vector, rate=compute("rate", applied=float(shown.seq))
    )
    settled = compute("confidence", applied=float(shown.seq + 1))
    return evolve(shown, seq=shown.seq + 1, vector=moved, confidence=settled, updated_at=at)


def replayed(
    subspace: Subspace, signals: Iterable[Signal], compute_by: Callable[[str], Compute]
) -> Centroid | None:
    """The centroid that the subspace's signals give again, each computed by the version that it names."""
    centroid = None
    for signal in signals:
        compute = compute_by(signal.algorithm_id)
        centroid = update_centroid(
            subspace, centroid, signal.vector, signal.recorded_at, compute
        ).after_signal(signal)
    return centroid


def _placing(
    said: Mapping[str, Any], artifact: Artifact | None, place: MarginResult
) -> dict[str, Any]:
    level = said["engagement_level"]
    return {
        "artifact_id": artifact.id if artifact else said["artifact_id"],
        "artifact_seq": artifact.seq + 1 if artifact else 1,
        "reached_level": max(level, artifact.engagement_level) if artifact else level,
        "subspace_id": place.nearest_subspace_id,
        "decision": place.decision,
        "nearest_distance": place.nearest_distance,
        "second_distance": place.second_distance,
        "margin": place.margin,
    }


def _drawing(
    old: Vector, moved: Centroid | None, tuning: IngestSettings, compute: Compute
) -> dict[str, Any]:
    if moved is None:
        return dict.fromkeys(("applied_seq", "drift", "logged_drift", "centroid_digest"))
    far = compute("drift", moved=moved.vector, centroid=moved.logged_vector)
    is_due = (
        far >= tuning.history_distance or moved.seq - moved.logged_seq >= tuning.history_updates
    )
    return {
        "applied_seq": moved.seq,
        "drift": compute("drift", moved=moved.vector, centroid=old),
        "logged_drift": far if is_due else None,
        "centroid_digest": centroid_digest(moved.logged() if is_due else moved),
    }
