"""Captures in memory."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from attrs import field, frozen

from indelible.captures import ALGORITHM, SETTING, SPACE, SUBSPACE, errors
from indelible.captures.entities import (
    AlgorithmVersion,
    Artifact,
    Centroid,
    Setting,
    Signal,
    Space,
    Subspace,
    Vector,
)
from indelible.captures.lifecycle import AlgorithmStatus
from indelible.captures.rules.formulas import evaluated
from indelible.captures.rules.ingest import require_active_algorithm
from indelible.captures.rules.placing import Candidate
from indelible.captures.rules.vectors import vec_dist
from indelible.kernel import Head
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory

Signals = dict[tuple[str, str], Signal]
Artifacts = dict[str, Artifact]
Centroids = dict[str, Centroid]


@frozen
class MemoryCaptures:
    """Captures, to be looked at and to be added to."""

    spaces: MemoryAggregateRepository[Space]
    subspaces: MemoryAggregateRepository[Subspace]
    algorithms: MemoryAggregateRepository[AlgorithmVersion]
    settings: MemoryAggregateRepository[Setting]
    _signals: Signals = field(factory=Signals)
    _artifacts: Artifacts = field(factory=Artifacts)
    _centroids: Centroids = field(factory=Centroids)

    @classmethod
    def empty(cls, history: MemoryHistory) -> Self:
        """The tables of a new store."""
        return cls(
            MemoryAggregateRepository(history, SPACE, errors.SpaceNotFound),
            MemoryAggregateRepository(history, SUBSPACE, errors.SubspaceNotFound),
            MemoryAggregateRepository(history, ALGORITHM, errors.AlgorithmNotFound),
            MemoryAggregateRepository(history, SETTING, errors.SettingNotFound),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """A draft over a draft of history; the rows are frozen, so they are shared."""
        heads = (
            each.copy(history)
            for each in (self.spaces, self.subspaces, self.algorithms, self.settings)
        )
        rows = (each.copy() for each in (self._signals, self._artifacts, self._centroids))
        return type(self)(*heads, *rows)  # type: ignore[arg-type]

    def lock(self, space_id: str) -> Head[Space]:
        """The space, whichever its seq."""
        return self.spaces.get(space_id)

    def active(self) -> Head[AlgorithmVersion] | None:
        """The version that new captures are computed by, if there is one."""
        found = self.algorithms.where(lambda each: each.status is AlgorithmStatus.ACTIVE)
        return found[0] if found else None

    def run_self_test(
        self, algorithm: AlgorithmVersion, cases: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """What the text itself makes of each formula's case."""
        return {name: self.computed(algorithm, name, given) for name, given in cases.items()}

    def stored_settings(self) -> dict[str, str]:
        """Every setting's text."""
        return {head.entity.id: head.entity.value for head in self.settings.where(lambda _: True)}

    def spaces_of(self, user_id: str, *, after: str, limit: int) -> tuple[Head[Space], ...]:
        """The user's next `limit` spaces after an id."""
        return self.spaces.where(lambda each: each.user_id == user_id, after=after, limit=limit)

    def subspaces_of(self, space_id: str, *, after: str, limit: int) -> tuple[Head[Subspace], ...]:
        """The space's next `limit` subspaces after an id."""
        return self.subspaces.where(
            lambda each: each.space_id == space_id, after=after, limit=limit
        )

    def centroid(self, subspace_id: str) -> Centroid | None:
        """Where a subspace's captures have drawn its middle."""
        return self._centroids.get(subspace_id)

    def centroids_of(self, space_id: str) -> tuple[Centroid, ...]:
        """Every centroid of the space, in order of id."""
        return tuple(
            self._centroids[each]
            for each in sorted(self._centroids)
            if self._centroids[each].space_id == space_id
        )

    def artifact(self, artifact_id: str) -> Artifact:
        """The artifact, or ArtifactNotFound."""
        if artifact_id not in self._artifacts:
            raise errors.ArtifactNotFound(artifact_id)
        return self._artifacts[artifact_id]

    def artifacts_of(self, space_id: str, *, after: str, limit: int) -> tuple[Artifact, ...]:
        """The space's next `limit` artifacts after an id."""
        found = (self._artifacts[each] for each in sorted(self._artifacts) if each > after)
        return tuple(each for each in found if each.space_id == space_id)[:limit]

    def signals_of(self, artifact_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """The artifact's next `limit` signals after a seq, oldest first."""
        return tuple(each for each in self._signals.values() if each.artifact_id == artifact_id)[
            after:
        ][:limit]

    def applied_to(self, subspace_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """The next `limit` signals that drew the subspace's centroid on, after an applied seq."""
        found = (
            each
            for each in self._signals.values()
            if each.subspace_id == subspace_id and each.applied_seq
        )
        return tuple(found)[after:][:limit]

    def recent(self, space_id: str, *, limit: int) -> tuple[Signal, ...]:
        """The space's last `limit` signals, newest first."""
        found = tuple(each for each in self._signals.values() if each.space_id == space_id)
        return found[::-1][:limit]

    def nearest(
        self, space_id: str, vector: Vector, *, limit: int
    ) -> tuple[tuple[Artifact, float], ...]:
        """The space's nearest artifacts and their distances."""
        found = [
            (vec_dist(each.vector, vector), each)
            for each in self._artifacts.values()
            if each.space_id == space_id
        ]
        return tuple(
            (each, far) for far, each in sorted(found, key=lambda pair: (pair[0], pair[1].id))
        )[:limit]

    def find_signal(self, user_id: str, capture_key: str) -> Signal | None:
        """The signal that was kept under the user's key."""
        return self._signals.get((user_id, capture_key))

    def artifact_by_url(self, space_id: str, normalized_url: str) -> Artifact | None:
        """The space's artifact of an address."""
        place = space_id, normalized_url
        return next(
            (
                each
                for each in self._artifacts.values()
                if (each.space_id, each.normalized_url) == place
            ),
            None,
        )

    def subspace(self, subspace_id: str | None) -> tuple[Subspace | None, Centroid | None]:
        """A subspace and its centroid."""
        found = self.subspaces.where(lambda each: each.id == subspace_id)
        return (found[0].entity, self.centroid(found[0].entity.id)) if found else (None, None)

    def near(self, space_id: str, vector: Vector, named: str | None) -> Sequence[Candidate]:  # noqa: ARG002 - all are given
        """Every centroid of the space, and how far it is."""
        algorithm = require_active_algorithm(self.active())
        parts = [
            self.subspace(head.entity.id)
            for head in self.subspaces.where(lambda each: each.accepts(space_id))
        ]
        begun = [
            (part.id, part.reference_vector(centroid))
            for part, centroid in parts
            if part is not None
        ]
        given = [(each, {"centroid": at, "vector": vector}) for each, at in begun if at]
        return [Candidate(each, evaluated(algorithm, "distance", sides)) for each, sides in given]

    def computed(self, algorithm: AlgorithmVersion, name: str, given: Mapping[str, Any]) -> object:
        """What a formula gives."""
        return evaluated(algorithm, name, given)

    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None:
        """Add the signal, and show it."""
        self._signals[signal.user_id, signal.capture_key] = signal
        self._artifacts[artifact.id] = artifact
        if centroid:
            self._centroids[centroid.id] = centroid
