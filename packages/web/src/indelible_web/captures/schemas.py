"""The request and response schemas of spaces and captures."""

from datetime import datetime
from typing import ClassVar, Final

from attrs import field, frozen

from indelible import captures
from indelible.captures import ContentSource, Decision, EngagementLevel, Vector
from indelible.captures.lifecycle import SpaceStatus
from indelible.kernel import Actor
from indelible.kernel.kinds import Identifier, Text, kinds
from indelible.kernel.problems import Problem
from indelible.kernel.values import LINE, non_blank_line
from indelible_web.captures.embedding import EmbeddingFields
from indelible_web.http.examples import Ignored
from indelible_web.http.paging import LIST_FILTERS, PageQuery, PageSize
from indelible_web.http.schemas import DeferredItem

MAX_BATCH_ITEMS: Final = 100
# Values that only the store computes. A client may send them; the response names them as ignored.
IGNORED_FIELDS: Final = ("margin", "magnitude", "signal_magnitude", "updates_centroid")


@frozen(kw_only=True, field_transformer=kinds)
class OwnerQuery:
    """A query on what belongs to the caller."""

    user_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class SpaceQuery(OwnerQuery):
    """A query on one space."""

    space_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class SubspaceQuery(OwnerQuery):
    """A query on one subspace."""

    subspace_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ArtifactQuery(OwnerQuery):
    """A query on one artifact."""

    artifact_id: Identifier


@frozen(kw_only=True)
class SpaceListQuery(OwnerQuery, captures.SpaceFilter, PageQuery):
    """The filters of the caller's spaces, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


@frozen(kw_only=True)
class SubspaceListQuery(SpaceQuery, captures.SpaceFilter, PageQuery):
    """The filters of a space's subspaces, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


@frozen(kw_only=True)
class ArtifactListQuery(SpaceQuery, captures.ArtifactFilter, PageQuery):
    """The filters of a space's artifacts, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


@frozen(kw_only=True)
class SubspacePageQuery(SubspaceQuery, PageQuery):
    """A page of the captures that moved a subspace's centroid."""


@frozen(kw_only=True)
class ArtifactPageQuery(ArtifactQuery, PageQuery):
    """A page of an artifact's signals."""


@frozen(kw_only=True, field_transformer=kinds)
class RecentQuery(SpaceQuery):
    """The last captures of a space."""

    limit: PageSize = 50


@frozen(kw_only=True, field_transformer=kinds)
class VectorQuery(SpaceQuery, EmbeddingFields):
    """A space, and an embedding to compare with it or a text to embed."""

    text: Text | None = None


@frozen(kw_only=True, field_transformer=kinds)
class SearchQuery(VectorQuery):
    """A search for the artifacts nearest to an embedding or a text."""

    limit: PageSize = 10


@frozen(kw_only=True)
class CaptureRequest(captures.CaptureInput, EmbeddingFields):
    """A capture as a client sends it: without an embedding, its title and content are embedded."""

    reason: str = field(default="captured", validator=non_blank_line, metadata=LINE)
    margin: Ignored | None = None
    magnitude: Ignored | None = None
    signal_magnitude: Ignored | None = None
    updates_centroid: Ignored | None = None

    @property
    def text(self) -> str:
        """The text to embed."""
        return "\n\n".join(part for part in (self.title, self.content) if part)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The names of the values that were sent and ignored."""
        return tuple(name for name in IGNORED_FIELDS if getattr(self, name) is not None)


@frozen(kw_only=True)
class CaptureBatch:
    """Captures that are saved one by one."""

    items: tuple[DeferredItem[CaptureRequest], ...] = field(metadata={"max_items": MAX_BATCH_ITEMS})


@frozen(kw_only=True)
class CaptureResponse(captures.CaptureResult):
    """The result of a capture, and the names of the values that were ignored."""

    ignored: tuple[str, ...]


@frozen(kw_only=True)
class CaptureItem:
    """The status of one capture of a batch, with its result or its problem."""

    status: int
    result: CaptureResponse | None = None
    problem: Problem | None = None


@frozen(kw_only=True)
class CaptureBatchResult:
    """The outcome of every capture of a batch, in order."""

    items: tuple[CaptureItem, ...]


@frozen(kw_only=True)
class SubspaceView:
    """A subspace with its seed, its centroid and its seq."""

    subspace: captures.Subspace
    centroid: captures.Centroid | None
    seq: int


@frozen(kw_only=True)
class SubspaceSummary:
    """A subspace in a list, without its seed."""

    id: str
    name: str
    description: str
    status: SpaceStatus
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class CentroidSummary:
    """A centroid in a list, without its vectors; `seq` counts the captures that moved it."""

    id: str
    seq: int
    confidence: float
    created_at: datetime
    updated_at: datetime


@frozen(kw_only=True)
class ArtifactSummary:
    """A page of a space as all of its captures together describe it; `seq` counts them."""

    id: str
    seq: int
    space_id: str
    normalized_url: str
    title: str | None
    content_source: ContentSource
    engagement_level: EngagementLevel
    reading_depth: float
    scroll_depth: float
    dwell_time_ms: int
    word_count: int
    created_at: datetime
    updated_at: datetime


@frozen(kw_only=True)
class ArtifactView(ArtifactSummary):
    """A page with its content and its embedding."""

    content: str | None
    vector: Vector


@frozen(kw_only=True)
class SearchMatch:
    """A page and its cosine distance from what was searched for, from 0 to 2."""

    artifact: ArtifactSummary
    distance: float


@frozen(kw_only=True)
class SignalView:
    """One capture with its outcome and its algorithm version, without its content and embedding."""

    id: str
    capture_key: str
    artifact_id: str
    artifact_seq: int
    space_id: str
    subspace_id: str | None
    named_subspace_id: str | None
    session_id: str | None
    url: str
    title: str | None
    content_source: ContentSource
    engagement_level: EngagementLevel
    reached_level: EngagementLevel
    reading_depth: float
    scroll_depth: float
    dwell_time_ms: int
    word_count: int
    embedding_model: str
    captured_at: datetime | None
    recorded_at: datetime
    actor: Actor
    reason: str
    algorithm_id: str
    threshold: float
    magnitude: float
    decision: Decision
    nearest_distance: float | None
    second_distance: float | None
    margin: float | None
    applied_seq: int | None
    drift: float | None
    warnings: tuple[str, ...]
