"""The ports of captures: what handlers and queries need of a store, and of an embedder."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol

from attrs import frozen

from indelible.captures.commands import CaptureArtifactCommand, CaptureResult
from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace
from indelible.captures.entities.records import Artifact, Centroid, Signal
from indelible.captures.entities.vectors import EmbeddingVector, Vector
from indelible.captures.lifecycle import AlgorithmStatus, SpaceStatus
from indelible.captures.rules.evaluation import FormulaEngine
from indelible.captures.rules.placing import MarginResult
from indelible.captures.rules.tuning import CapturePolicy
from indelible.kernel import Head, NamedListFilter, ReadTransaction, Transaction
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.kernel.settings import Config, Setting


@frozen(kw_only=True, slots=False)
class SpaceFilter(NamedListFilter):
    """The spaces or subspaces of a list, and their order."""

    status: SpaceStatus | None = None


@frozen(kw_only=True, slots=False)
class ArtifactFilter(NamedListFilter):
    """The artifacts of a list, and their order; the name of an artifact is its address.

    An artifact's last change is its last capture.
    """

    name_field: ClassVar[str] = "normalized_url"


@frozen(kw_only=True, slots=False)
class AlgorithmFilter(NamedListFilter):
    """The algorithm versions of a list, and their order; the id of a version is its name."""

    name_field: ClassVar[str] = "id"

    status: AlgorithmStatus | None = None


ALL_SPACES = SpaceFilter()
ALL_ARTIFACTS = ArtifactFilter()
ALL_ALGORITHMS = AlgorithmFilter()


class ArtifactRepository(Protocol):
    """Saves captures, one whole operation at a time."""

    def ingest_with_signal(self, command: CaptureArtifactCommand) -> CaptureResult:
        """Save the capture, decide where it belongs, and move a centroid; or save nothing."""
        ...


class Embedder(Protocol):
    """Turns texts into embeddings of one model. No transaction is open while it works."""

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        """Return the embedding of each text, in order; EmbedderFailed."""
        ...


class AssignmentMarginService(Protocol):
    """Previews what an ingest will decide. The ingest itself decides again."""

    def calculate_margin(
        self, vector: Iterable[float], user_id: str, space_id: str
    ) -> MarginResult:
        """Compare the vector with the space's centroids; SpaceNotFound."""
        ...

    def calculate_margin_value(self, nearest: float, second: float) -> float:
        """Return what the active algorithm makes of two distances."""
        ...

    def get_threshold(self) -> float:
        """Return the margin from which a capture moves its centroid."""
        ...

    def should_update_centroid(self, margin: float) -> bool:
        """Return whether a capture of this margin moves its centroid."""
        ...


class CaptureSearch(Protocol):
    """Finds what captures have stored.

    Lists of signals are in order of seq. They begin after `after` and hold at most `limit`.
    """

    def active_algorithm(self) -> Head[AlgorithmVersion] | None:
        """Return the version that new captures are computed by."""
        ...

    def centroid(self, subspace_id: str) -> Centroid | None:
        """Return the subspace's centroid; None before the first capture moves it."""
        ...

    def centroids_of(self, space_id: str) -> tuple[Centroid, ...]:
        """Return every centroid of the space."""
        ...

    def artifact(self, artifact_id: str) -> Artifact:
        """Return the artifact, or raise ArtifactNotFound."""
        ...

    def artifacts_of(
        self, space_id: str, matching: ArtifactFilter, *, after: str, limit: int
    ) -> tuple[Artifact, ...]:
        """Return the space's next matching artifacts after a position, in the filter's order."""
        ...

    def signals_of(self, artifact_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """Return the artifact's next signals after an artifact seq."""
        ...

    def applied_to(self, subspace_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """Return the next signals that moved the subspace's centroid, after an applied seq."""
        ...

    def recent(self, space_id: str, *, limit: int) -> tuple[Signal, ...]:
        """Return the space's last signals, newest first."""
        ...

    def nearest(
        self, space_id: str, vector: Vector, *, limit: int
    ) -> tuple[tuple[Artifact, float], ...]:
        """Return the space's nearest artifacts with their distances, nearest first, then by id."""
        ...


class CaptureReaders(Protocol):
    """Everything of captures that queries read."""

    @property
    def spaces(self) -> AggregateReader[Space]: ...
    @property
    def subspaces(self) -> AggregateReader[Subspace]: ...
    @property
    def algorithms(self) -> AggregateReader[AlgorithmVersion]: ...
    @property
    def margins(self) -> AssignmentMarginService: ...
    @property
    def search(self) -> CaptureSearch: ...
    @property
    def engine(self) -> FormulaEngine: ...


class CaptureRepositories(CaptureReaders, Protocol):
    """Everything of captures that handlers read and write."""

    @property
    def spaces(self) -> AggregateRepository[Space]: ...
    @property
    def subspaces(self) -> AggregateRepository[Subspace]: ...
    @property
    def algorithms(self) -> AggregateRepository[AlgorithmVersion]: ...
    @property
    def artifacts(self) -> ArtifactRepository: ...


class CapturesRead(ReadTransaction, Protocol):
    """The part of a read transaction that queries on captures need."""

    @property
    def captures(self) -> CaptureReaders: ...
    @property
    def settings(self) -> AggregateReader[Setting]: ...
    @property
    def config(self) -> Config: ...


class HasCapturePolicy(Protocol):
    """The captures' part of a store's policy."""

    @property
    def captures(self) -> CapturePolicy: ...


class CapturesWrite(CapturesRead, Transaction, Protocol):
    """The part of a transaction that handlers of captures need."""

    @property
    def policy(self) -> HasCapturePolicy: ...
    @property
    def captures(self) -> CaptureRepositories: ...
    @property
    def settings(self) -> AggregateRepository[Setting]: ...
