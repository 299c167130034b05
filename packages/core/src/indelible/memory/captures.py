"""Captures in memory."""

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import field, frozen

from indelible.captures import errors
from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace, SubspaceState
from indelible.captures.entities.records import Artifact, Centroid, Signal
from indelible.captures.entities.vectors import Vector
from indelible.captures.lifecycle import AlgorithmStatus
from indelible.captures.ports import ArtifactFilter, CapturesRead, CapturesWrite
from indelible.captures.repositories import MarginService, StepwiseArtifactRepository
from indelible.captures.rules import evaluation
from indelible.captures.rules.evaluation import (
    Candidate,
    CentroidUpdate,
    NearestCentroid,
    Score,
    ScoreInputs,
    UpdateInputs,
)
from indelible.captures.rules.vectors import vec_dist
from indelible.kernel import Head
from indelible.kernel.values import field_values
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.memory.lists import list_page


@frozen
class CaptureTables:
    """The rows of captures. Signals are by user and capture key, the others by id."""

    spaces: MemoryAggregateRepository[Space]
    subspaces: MemoryAggregateRepository[Subspace]
    algorithms: MemoryAggregateRepository[AlgorithmVersion]
    signals: dict[tuple[str, str], Signal] = field(factory=dict[tuple[str, str], Signal])
    artifacts: dict[str, Artifact] = field(factory=dict[str, Artifact])
    centroids: dict[str, Centroid] = field(factory=dict[str, Centroid])

    @classmethod
    def empty(cls, history: MemoryHistory) -> Self:
        """Return the tables of a new store."""
        return cls(
            MemoryAggregateRepository(history, Space),
            MemoryAggregateRepository(history, Subspace),
            MemoryAggregateRepository(history, AlgorithmVersion),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history. It shares the rows, which are frozen."""
        return type(self)(
            spaces=self.spaces.copy(history),
            subspaces=self.subspaces.copy(history),
            algorithms=self.algorithms.copy(history),
            signals=self.signals.copy(),
            artifacts=self.artifacts.copy(),
            centroids=self.centroids.copy(),
        )


class MemoryCaptureReaders:
    """The part of captures in a read transaction."""

    def __init__(self, tables: CaptureTables, tx: CapturesRead) -> None:
        self.spaces = tables.spaces
        self.subspaces = tables.subspaces
        self.algorithms = tables.algorithms
        self.search = MemoryCaptureSearch(tables)
        self.engine = MemoryFormulaEngine(tables)
        self.margins = MarginService(tx, self.engine)


class MemoryCaptures(MemoryCaptureReaders):
    """The part of captures in a write transaction."""

    def __init__(self, tables: CaptureTables, tx: CapturesWrite) -> None:
        super().__init__(tables, tx)
        self.artifacts = StepwiseArtifactRepository(tx, MemoryIngestStore(tables, self.engine))


@frozen
class MemoryCaptureSearch:
    """The CaptureSearch in memory."""

    _tables: CaptureTables

    def active_algorithm(self) -> Head[AlgorithmVersion] | None:
        """Return the version that new captures are computed by."""
        heads = self._tables.algorithms.where(
            lambda algorithm: algorithm.status is AlgorithmStatus.ACTIVE
        )
        return heads[0] if heads else None

    def centroid(self, subspace_id: str) -> Centroid | None:
        """Return the subspace's centroid."""
        return self._tables.centroids.get(subspace_id)

    def centroids_of(self, space_id: str) -> tuple[Centroid, ...]:
        """Return every centroid of the space, in order of id."""
        centroids = [
            centroid
            for centroid in self._tables.centroids.values()
            if centroid.space_id == space_id
        ]
        return tuple(sorted(centroids, key=lambda centroid: centroid.id))

    def artifact(self, artifact_id: str) -> Artifact:
        """Return the artifact, or raise ArtifactNotFound."""
        if artifact_id not in self._tables.artifacts:
            raise errors.ArtifactNotFound(artifact_id)
        return self._tables.artifacts[artifact_id]

    def artifacts_of(
        self, space_id: str, matching: ArtifactFilter, *, after: str, limit: int
    ) -> tuple[Artifact, ...]:
        """Return the space's next matching artifacts after a position, in the filter's order."""
        entries: list[tuple[Artifact, dict[str, Any]]] = []
        for artifact in self._tables.artifacts.values():
            if artifact.space_id == space_id:
                last = self.signals_of(artifact.id, after=artifact.seq - 1, limit=1)[0]
                entries.append((artifact, {**field_values(artifact), "actor": last.actor}))

        return list_page(entries, matching, after=after, limit=limit)

    def signals_of(self, artifact_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """Return the artifact's next signals."""
        signals = self._signals(lambda signal: signal.artifact_id == artifact_id)
        return signals[after:][:limit]

    def applied_to(self, subspace_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """Return the next signals that moved the subspace's centroid."""
        signals = self._signals(
            lambda signal: signal.subspace_id == subspace_id and signal.applied_seq is not None
        )
        return signals[after:][:limit]

    def recent(self, space_id: str, *, limit: int) -> tuple[Signal, ...]:
        """Return the space's last signals, newest first."""
        signals = self._signals(lambda signal: signal.space_id == space_id)
        return signals[::-1][:limit]

    def nearest(
        self, space_id: str, vector: Vector, *, limit: int
    ) -> tuple[tuple[Artifact, float], ...]:
        """Return the space's nearest artifacts with their distances."""
        matches = [
            (artifact, vec_dist(artifact.vector, vector))
            for artifact in self._tables.artifacts.values()
            if artifact.space_id == space_id
        ]
        matches.sort(key=lambda match: (match[1], match[0].id))
        return tuple(matches[:limit])

    def _signals(self, is_wanted: Callable[[Signal], bool]) -> tuple[Signal, ...]:
        """Return signals in the order in which they were saved."""
        return tuple(signal for signal in self._tables.signals.values() if is_wanted(signal))


@frozen
class MemoryFormulaEngine:
    """The FormulaEngine in memory, which evaluates the formulas in Python."""

    _tables: CaptureTables

    def evaluate(
        self, algorithm: AlgorithmVersion, formula: str, arguments: Mapping[str, Any]
    ) -> object:
        """Return the value of one formula."""
        return evaluation.evaluate_formula(algorithm, formula, arguments)

    def compute_score(self, algorithm: AlgorithmVersion, inputs: ScoreInputs) -> Score:
        """Evaluate `depth` and `magnitude`."""
        return evaluation.compute_score(algorithm, inputs)

    def compute_update(self, algorithm: AlgorithmVersion, inputs: UpdateInputs) -> CentroidUpdate:
        """Evaluate the formulas of a centroid's update."""
        return evaluation.compute_update(algorithm, inputs)

    def find_nearest(
        self,
        algorithm: AlgorithmVersion,
        space_id: str,
        vector: Vector,
        named_subspace_id: str | None,
    ) -> NearestCentroid | None:
        """Return the nearest centroid of the space's active subspaces, or the named one."""
        candidates: list[Candidate] = []
        for head in self._tables.subspaces.where(lambda subspace: subspace.accepts(space_id)):
            subspace = head.entity
            position = subspace.reference_vector(self._tables.centroids.get(subspace.id))
            if position is None:
                continue
            distance = evaluation.evaluate_formula(
                algorithm, "distance", {"centroid": position, "vector": vector}
            )
            candidates.append(Candidate(subspace.id, distance))
        return evaluation.rank_candidates(algorithm, candidates, named_subspace_id)

    def run_self_test(
        self, algorithm: AlgorithmVersion, cases: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Return the value of each formula for its case."""
        return {
            formula: self.evaluate(algorithm, formula, arguments)
            for formula, arguments in cases.items()
        }


@frozen
class MemoryIngestStore:
    """The IngestStore in memory."""

    _tables: CaptureTables
    engine: MemoryFormulaEngine

    def find_signal(self, user_id: str, capture_key: str) -> Signal | None:
        """Return the signal that was saved under the user's key."""
        return self._tables.signals.get((user_id, capture_key))

    def lock_space(self, space_id: str) -> Space:
        """Return the space, or raise SpaceNotFound."""
        return self._tables.spaces.get(space_id).entity

    def active_algorithm(self) -> Head[AlgorithmVersion] | None:
        """Return the version that new captures are computed by."""
        return MemoryCaptureSearch(self._tables).active_algorithm()

    def find_subspace(self, subspace_id: str) -> SubspaceState | None:
        """Return a subspace and its centroid."""
        heads = self._tables.subspaces.where(lambda subspace: subspace.id == subspace_id)
        if not heads:
            return None
        centroid = self._tables.centroids.get(subspace_id)
        return SubspaceState(subspace=heads[0].entity, centroid=centroid)

    def find_artifact(self, space_id: str, normalized_url: str) -> Artifact | None:
        """Return the space's artifact of an address."""
        for artifact in self._tables.artifacts.values():
            if artifact.space_id == space_id and artifact.normalized_url == normalized_url:
                return artifact
        return None

    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None:
        """Save the signal, and the artifact and the centroid that show it."""
        self._tables.signals[signal.user_id, signal.capture_key] = signal
        self._tables.artifacts[artifact.id] = artifact
        if centroid is not None:
            self._tables.centroids[centroid.id] = centroid
