"""What captures need of a store."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from indelible.captures.commands import CaptureArtifactCommand, CaptureResult
from indelible.captures.entities import (
    AlgorithmVersion,
    Artifact,
    Centroid,
    EmbeddingVector,
    Setting,
    Signal,
    Space,
    Subspace,
    Vector,
)
from indelible.captures.rules.ingest import Computes
from indelible.captures.rules.placing import MarginResult
from indelible.kernel import Head, ReadTransaction, Transaction
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.kernel.settings import Config


class ArtifactRepository(Protocol):
    """Where captures are written, one whole operation at a time."""

    def ingest_with_signal(self, command: CaptureArtifactCommand) -> CaptureResult:
        """Keep the capture, decide where it belongs, and draw a centroid on; or all of nothing."""
        ...


class Embedder(Protocol):
    """Turns texts into embeddings of one model; asked before a transaction begins, and never within one."""

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        """The embedding of each text, in order; EmbedderFailed."""
        ...


class AssignmentMarginService(Protocol):
    """A look ahead at what an ingest will decide, which decides again itself."""

    def calculate_margin(
        self, vector: Iterable[float], user_id: str, space_id: str
    ) -> MarginResult:
        """What the space's centroids say of the vector; SpaceNotFound."""
        ...

    def calculate_margin_value(self, nearest: float, second: float) -> float:
        """What the active algorithm makes of two distances."""
        ...

    def get_threshold(self) -> float:
        """The margin from which a capture draws its centroid on."""
        ...

    def should_update_centroid(self, margin: float) -> bool:
        """Whether a capture of this margin draws its centroid on."""
        ...


class CaptureSearch(Computes, Protocol):
    """Everything of captures, to be found, and the sums of its store.

    A list is in order of id, one of signals in order of seq; it begins after `after`, and holds at most `limit`.
    """

    def stored_settings(self) -> dict[str, str]: ...
    def spaces_of(self, user_id: str, *, after: str, limit: int) -> tuple[Head[Space], ...]: ...
    def subspaces_of(
        self, space_id: str, *, after: str, limit: int
    ) -> tuple[Head[Subspace], ...]: ...
    def centroid(self, subspace_id: str) -> Centroid | None: ...
    def centroids_of(self, space_id: str) -> tuple[Centroid, ...]: ...
    def artifact(self, artifact_id: str) -> Artifact:
        """The artifact, or ArtifactNotFound."""
        ...

    def artifacts_of(self, space_id: str, *, after: str, limit: int) -> tuple[Artifact, ...]: ...
    def signals_of(self, artifact_id: str, *, after: int, limit: int) -> tuple[Signal, ...]: ...
    def applied_to(self, subspace_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """The signals that drew the subspace's centroid on, after an applied seq."""
        ...

    def recent(self, space_id: str, *, limit: int) -> tuple[Signal, ...]:
        """The space's last signals, newest first."""
        ...

    def nearest(
        self, space_id: str, vector: Vector, *, limit: int
    ) -> tuple[tuple[Artifact, float], ...]:
        """The space's nearest artifacts and their distances, nearest first; of equals the lower id first."""
        ...


class CaptureWrites(CaptureSearch, Protocol):
    """What handlers ask beside that."""

    def lock(self, space_id: str) -> Head[Space]:
        """The space, whichever its seq, locked against captures until the transaction ends; SpaceNotFound."""
        ...

    def run_self_test(
        self, algorithm: AlgorithmVersion, cases: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """What this store's own computation makes of each formula's case; AlgorithmNotInstalled or AlgorithmFailed."""
        ...


class CapturesRead(ReadTransaction, Protocol):
    """What queries on captures need."""

    @property
    def spaces(self) -> AggregateReader[Space]: ...
    @property
    def subspaces(self) -> AggregateReader[Subspace]: ...
    @property
    def algorithms(self) -> AggregateReader[AlgorithmVersion]: ...
    @property
    def settings(self) -> AggregateReader[Setting]: ...
    @property
    def captures(self) -> CaptureSearch: ...
    @property
    def margins(self) -> AssignmentMarginService: ...
    @property
    def config(self) -> Config: ...


class CapturesWrite(CapturesRead, Transaction, Protocol):
    """What handlers of captures need."""

    @property
    def spaces(self) -> AggregateRepository[Space]: ...
    @property
    def subspaces(self) -> AggregateRepository[Subspace]: ...
    @property
    def algorithms(self) -> AggregateRepository[AlgorithmVersion]: ...
    @property
    def settings(self) -> AggregateRepository[Setting]: ...
    @property
    def captures(self) -> CaptureWrites: ...
    @property
    def artifacts(self) -> ArtifactRepository: ...
