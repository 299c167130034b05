"""The steps of one capture, over any store.

PostgreSQL takes the same steps in a function of its own.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from attrs import evolve, frozen

from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace, SubspaceState
from indelible.captures.entities.records import Artifact, CaptureRequest, Centroid, Signal
from indelible.captures.entities.vectors import Vector
from indelible.captures.errors import NoActiveAlgorithm
from indelible.captures.rules.evaluation import (
    CentroidUpdate,
    FormulaEngine,
    Score,
    ScoreInputs,
    UpdateInputs,
    check_nearest,
    check_score,
    check_update,
)
from indelible.captures.rules.placing import MarginResult, choose_subspace, find_warnings
from indelible.captures.rules.records import (
    centroid_digest,
    check_same_capture,
    hash_of,
    merge_signal,
)
from indelible.captures.rules.tuning import IngestSettings
from indelible.kernel import Head, instant_after
from indelible.kernel.values import field_values


class IngestStore(Protocol):
    """The reads and writes of a capture's steps in a store."""

    @property
    def engine(self) -> FormulaEngine: ...

    def find_signal(self, user_id: str, capture_key: str) -> Signal | None: ...
    def lock_space(self, space_id: str) -> Space: ...
    def active_algorithm(self) -> Head[AlgorithmVersion] | None: ...
    def find_subspace(self, subspace_id: str) -> SubspaceState | None: ...
    def find_artifact(self, space_id: str, normalized_url: str) -> Artifact | None: ...
    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None: ...


@frozen(kw_only=True)
class Placement:
    """The margin decision of a capture, and the subspace whose centroid it moves, if any."""

    result: MarginResult
    target: SubspaceState | None
    is_named_gone: bool  # The capture names a subspace that takes no captures of its space.


@frozen(kw_only=True)
class CentroidMove:
    """A moved centroid, without the hash of its signal, and how far it moved."""

    centroid: Centroid
    drift: float
    logged_drift: float | None  # None where this update is not logged.


@frozen(kw_only=True)
class Outcome:
    """Everything that was computed for a capture."""

    algorithm_id: str
    threshold: float
    artifact: Artifact | None
    placement: Placement
    score: Score
    warnings: tuple[str, ...]
    move: CentroidMove | None

    def to_signal(self, request: CaptureRequest) -> Signal:
        """Return the signal that records the capture and its outcome."""
        fields = field_values(request)
        fields |= self._artifact_fields(request)
        fields |= self._placement_fields()
        fields |= self._move_fields()
        fields["algorithm_id"] = self.algorithm_id
        fields["threshold"] = self.threshold
        fields["magnitude"] = self.score.magnitude
        fields["warnings"] = self.warnings
        return Signal(**fields, hash=hash_of(fields))

    def _artifact_fields(self, request: CaptureRequest) -> dict[str, Any]:
        if self.artifact is None:
            return {"artifact_seq": 1, "reached_level": request.engagement_level}
        return {
            "artifact_id": self.artifact.id,
            "artifact_seq": self.artifact.seq + 1,
            "reached_level": max(request.engagement_level, self.artifact.engagement_level),
        }

    def _placement_fields(self) -> dict[str, Any]:
        result = self.placement.result
        return {
            "subspace_id": result.nearest_subspace_id,
            "decision": result.decision,
            "nearest_distance": result.nearest_distance,
            "second_distance": result.second_distance,
            "margin": result.margin,
        }

    def _move_fields(self) -> dict[str, Any]:
        if self.move is None:
            return dict.fromkeys(("applied_seq", "drift", "logged_drift", "centroid_digest"))
        return {
            "applied_seq": self.move.centroid.seq,
            "drift": self.move.drift,
            "logged_drift": self.move.logged_drift,
            "centroid_digest": centroid_digest(self.move.centroid),
        }


def ingest(store: IngestStore, request: CaptureRequest, settings: IngestSettings) -> Signal:
    """Save a capture with everything that follows from it.

    Return its signal, or the signal that was saved before under the same capture key.
    """
    existing = store.find_signal(request.user_id, request.capture_key)
    if existing is not None:
        check_same_capture(existing, request.fingerprint)
        return existing

    space = store.lock_space(request.space_id)
    space.require_owner(request.user_id).require_active()
    space.require_model(request.embedding_model, len(request.vector))
    algorithm = require_active_algorithm(store.active_algorithm())

    placement = _assign_subspace(store, algorithm, request, settings)
    artifact = store.find_artifact(space.id, request.normalized_url)
    recorded_at = _next_instant(request.recorded_at, artifact, placement.target)
    request = evolve(request, recorded_at=recorded_at)
    score = _compute_score(store.engine, algorithm, request, settings)
    outcome = Outcome(
        algorithm_id=algorithm.id,
        threshold=settings.threshold,
        artifact=artifact,
        placement=placement,
        score=score,
        warnings=find_warnings(request, score, settings, is_named_gone=placement.is_named_gone),
        move=_move_centroid(store.engine, algorithm, placement.target, request, settings),
    )

    signal = outcome.to_signal(request)
    centroid = outcome.move.centroid if outcome.move else None
    if centroid is not None:
        centroid = evolve(centroid, hash=signal.hash)
    store.write(signal, merge_signal(artifact, signal), centroid)
    return signal


def require_active_algorithm(head: Head[AlgorithmVersion] | None) -> AlgorithmVersion:
    """Return the active algorithm version, or raise NoActiveAlgorithm."""
    if head is None:
        raise NoActiveAlgorithm
    return head.entity


def replay(
    subspace: Subspace,
    signals: Iterable[Signal],
    engine: FormulaEngine,
    algorithm_of: Callable[[str], AlgorithmVersion],
) -> Centroid | None:
    """Compute a subspace's centroid again from its signals.

    `algorithm_of` returns the algorithm version to use for the id that a signal names.
    """
    centroid = None
    for signal in signals:
        algorithm = algorithm_of(signal.algorithm_id)
        state = SubspaceState(subspace=subspace, centroid=centroid)
        before = _centroid_before(state, signal.vector, signal.recorded_at)
        update = _compute_update(engine, algorithm, before, signal.vector)
        centroid = _updated(before, update, signal.recorded_at)
        if signal.logged_drift is not None:
            centroid = centroid.logged()
        centroid = evolve(centroid, hash=signal.hash)
    return centroid


def _assign_subspace(
    store: IngestStore,
    algorithm: AlgorithmVersion,
    request: CaptureRequest,
    settings: IngestSettings,
) -> Placement:
    """Decide where the capture belongs, and load the subspace whose centroid it moves."""
    named = None
    if request.named_subspace_id is not None:
        named = store.find_subspace(request.named_subspace_id)
    if named is not None and not named.subspace.accepts(request.space_id):
        named = None

    named_id = named.subspace.id if named else None
    nearest = store.engine.find_nearest(algorithm, request.space_id, request.vector, named_id)
    result = choose_subspace(check_nearest(algorithm, nearest), named_id, settings)

    target = None
    if result.updates_centroid and result.nearest_subspace_id is not None:
        target = named or store.find_subspace(result.nearest_subspace_id)
    return Placement(
        result=result, target=target, is_named_gone=named_id != request.named_subspace_id
    )


def _next_instant(
    now: datetime, artifact: Artifact | None, target: SubspaceState | None
) -> datetime:
    """Return now, or the first instant after the last change of the artifact and the centroid."""
    centroid = target.centroid if target else None
    recorded_at = now
    if artifact is not None:
        recorded_at = instant_after(artifact.updated_at, recorded_at)
    if centroid is not None:
        recorded_at = instant_after(centroid.updated_at, recorded_at)
    return recorded_at


def _compute_score(
    engine: FormulaEngine,
    algorithm: AlgorithmVersion,
    request: CaptureRequest,
    settings: IngestSettings,
) -> Score:
    inputs = ScoreInputs(
        words=float(request.word_count),
        dwell=float(request.dwell_time_ms),
        scroll=request.scroll_depth,
        depth=request.reading_depth,
        weight=settings.weight(request.engagement_level),
    )
    return check_score(algorithm, engine.compute_score(algorithm, inputs))


def _move_centroid(
    engine: FormulaEngine,
    algorithm: AlgorithmVersion,
    target: SubspaceState | None,
    request: CaptureRequest,
    settings: IngestSettings,
) -> CentroidMove | None:
    """Move the target's centroid, and log it where it is due; None where no centroid moves."""
    if target is None:
        return None
    before = _centroid_before(target, request.vector, request.recorded_at)
    update = _compute_update(engine, algorithm, before, request.vector)
    centroid = _updated(before, update, request.recorded_at)

    is_far = update.logged_drift >= settings.history_distance
    is_late = centroid.seq - centroid.logged_seq >= settings.history_updates
    if not (is_far or is_late):
        return CentroidMove(centroid=centroid, drift=update.drift, logged_drift=None)
    return CentroidMove(
        centroid=centroid.logged(), drift=update.drift, logged_drift=update.logged_drift
    )


def _centroid_before(state: SubspaceState, vector: Vector, now: datetime) -> Centroid:
    """Return the subspace's centroid, or one at seq 0 at its seed or at its first vector."""
    if state.centroid is not None:
        return state.centroid
    subspace = state.subspace
    return Centroid.unborn(subspace.id, subspace.space_id, subspace.seed or vector, now)


def _compute_update(
    engine: FormulaEngine, algorithm: AlgorithmVersion, before: Centroid, vector: Vector
) -> CentroidUpdate:
    inputs = UpdateInputs(
        centroid=before.vector,
        logged_centroid=before.logged_vector,
        vector=vector,
        applied=before.seq,
    )
    return check_update(algorithm, inputs, engine.compute_update(algorithm, inputs))


def _updated(before: Centroid, update: CentroidUpdate, recorded_at: datetime) -> Centroid:
    return evolve(
        before,
        seq=before.seq + 1,
        vector=update.vector,
        confidence=update.confidence,
        updated_at=recorded_at,
    )
