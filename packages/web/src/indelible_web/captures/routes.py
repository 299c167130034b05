"""The routes of captures: what is kept, what it came to, and what is near."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from attrs import asdict, evolve, field, fields, frozen
from attrs.validators import optional

from indelible import captures
from indelible.app import ReadTx
from indelible.captures import ContentSource, Decision, EmbeddingVector, EngagementLevel, Vector
from indelible.kernel import Actor, IndelibleError, digest
from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    TEXT,
    bounded_int,
    is_identifier,
    is_text,
    non_blank_line,
)
from indelible_web.captures.embedding import Meaning, embedded
from indelible_web.captures.spaces import READ, WRITE, OfSpace, OfSubspace, Own, SpacePageQuery
from indelible_web.http.errors import InvalidFields
from indelible_web.http.examples import Ignored
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.problems import Problem, error_or_result, problem_of
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.schemas import DeferredItem

R = TypeVar("R")

MOST_ITEMS: Final = 100
CLIENT_VALUE_IGNORED: Final = (
    "CLIENT_VALUE_IGNORED"  # a warning: what only a store computes was sent
)

routes = Routes(
    "captures", "What readers met: kept as signals, which artifacts and centroids follow from."
)


@frozen(kw_only=True)
class CaptureRequest(captures.CaptureInput, Meaning):
    """A capture as a client sends it: without an embedding, its title and content are embedded."""

    reason: str = field(default="captured", validator=non_blank_line, metadata=LINE)
    margin: Ignored | None = None
    magnitude: Ignored | None = None
    signal_magnitude: Ignored | None = None
    updates_centroid: Ignored | None = None

    @property
    def text(self) -> str:
        """What there is to embed."""
        return "\n\n".join(each for each in (self.title, self.content) if each)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The names of what was sent for nothing."""
        names = ("margin", "magnitude", "signal_magnitude", "updates_centroid")
        return tuple(name for name in names if getattr(self, name) is not None)


@frozen(kw_only=True)
class CaptureBatch:
    """Captures that are kept one by one."""

    items: tuple[DeferredItem[CaptureRequest], ...] = field(metadata={"max_items": MOST_ITEMS})


@frozen(kw_only=True)
class Captured(captures.CaptureResult):
    """What became of a capture, and which of its values were ignored."""

    ignored: tuple[str, ...]


@frozen(kw_only=True)
class CaptureItem:
    """What became of one capture of a batch: the status that it would have had alone, and its result or its problem."""

    status: int
    result: Captured | None = None
    problem: Problem | None = None


@frozen(kw_only=True)
class CaptureBatchResult:
    """What became of each capture, in order."""

    items: tuple[CaptureItem, ...]


@frozen(kw_only=True)
class ArtifactQuery(Own):
    """Which artifact."""

    artifact_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ArtifactPageQuery(ArtifactQuery, PageQuery):
    """Which artifact, and which page of its signals."""


@frozen(kw_only=True)
class SubspacePageQuery(OfSubspace, PageQuery):
    """Which subspace, and which page of what drew it on."""


@frozen(kw_only=True)
class RecentQuery(OfSpace):
    """Which space, and how many of its last captures."""

    limit: int = field(default=50, validator=bounded_int, metadata={"minimum": 1, "maximum": 100})


@frozen(kw_only=True)
class Sought(OfSpace, Meaning):
    """A space, and an embedding to compare with it, or a text to embed."""

    text: str | None = field(default=None, validator=optional(is_text), metadata=TEXT)


@frozen(kw_only=True)
class SearchQuery(Sought):
    """What is sought, and how many."""

    limit: int = field(default=10, validator=bounded_int, metadata={"minimum": 1, "maximum": 100})


@frozen(kw_only=True)
class ArtifactListed:
    """A page of a space, as all captures of it together show it; `seq` counts them."""

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
class ArtifactView(ArtifactListed):
    """A page with its content and its embedding."""

    content: str | None
    vector: Vector


@frozen(kw_only=True)
class ArtifactNear:
    """A page, and how far it is from what was sought: a cosine distance, 0 to 2."""

    artifact: ArtifactListed
    distance: float


@frozen(kw_only=True)
class SignalView:
    """One capture, what the store made of it, and by which algorithm; without its content and its embedding."""

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


def _is_first(captured: Captured) -> bool:
    """Whether its page was met for the first time, and by this very request."""
    return captured.is_new and not captured.replayed


@routes.add(
    "POST /captures",
    WRITE,
    request_type=CaptureRequest,
    response_type=Captured,
    is_created=_is_first,
)
def capture(context: OperationContext, sent: CaptureRequest) -> Captured:
    """Keep that the caller read something; an Idempotency-Key stands for a capture_key where there is none."""
    (vector,) = embedded(context.app_context.embedder, [(sent, sent.text)])
    if sent.capture_key is None and context.once is not None:
        sent = evolve(sent, capture_key=context.once.key)
    return _kept(context, context.caller.user_id, sent, vector)


@routes.add(
    "POST /captures/batch",
    WRITE,
    request_type=CaptureBatch,
    response_type=CaptureBatchResult,
    reason="",
    accepts_idempotency_key=True,
)
def capture_batch(context: OperationContext, sent: CaptureBatch) -> CaptureBatchResult:
    """Keep up to 100 captures, each by itself: what is wrong with one is no other's business.

    Where there is an Idempotency-Key, it and the place make the capture_key of each that has none.
    """
    if not sent.items:
        raise InvalidFields({"items": f"Not 1 to {MOST_ITEMS} items."})
    user_id = context.caller.user_id
    read = [
        _keyed(context, place, error_or_result(each.read, CaptureRequest))
        for place, each in enumerate(sent.items)
    ]
    vectors = iter(
        embedded(
            context.app_context.embedder,
            [(each, each.text) for each in read if isinstance(each, CaptureRequest)],
        )
    )
    kept = (
        error_or_result(_kept, context, user_id, each, next(vectors))
        if isinstance(each, CaptureRequest)
        else each
        for each in read
    )
    return CaptureBatchResult(items=tuple(_item(each, context.request_id) for each in kept))


@routes.pages("GET /artifacts", READ, request_type=SpacePageQuery, response_type=ArtifactListed)
def find(context: OperationContext, query: SpacePageQuery) -> Page[ArtifactListed]:
    """List the artifacts of a space, without content and embeddings."""
    cursors, read = context.cursors(query), context.store.read
    after, limit = cursors.start(), query.limit + 1
    found = read(captures.list_artifacts, query.user_id, query.space_id, after=after, limit=limit)
    return cursors.page(
        [project(ArtifactListed, each) for each in found], lambda artifact: artifact.id
    )


@routes.add(
    "GET /artifacts/<artifact_id>", READ, request_type=ArtifactQuery, response_type=ArtifactView
)
def show(context: OperationContext, query: ArtifactQuery) -> ArtifactView:
    """Show an artifact with its content and its embedding."""
    return project(
        ArtifactView, context.store.read(captures.get_artifact, query.user_id, query.artifact_id)
    )


@routes.pages(
    "GET /artifacts/<artifact_id>/signals",
    READ,
    request_type=ArtifactPageQuery,
    response_type=SignalView,
)
def signals(context: OperationContext, query: ArtifactPageQuery) -> Page[SignalView]:
    """List the captures of an artifact, oldest first."""
    cursors, read = context.cursors(query), context.store.read
    after, limit = int(cursors.start() or 0), query.limit + 1
    found = read(captures.list_signals, query.user_id, query.artifact_id, after=after, limit=limit)
    return cursors.page(
        [project(SignalView, each) for each in found], lambda signal: signal.artifact_seq
    )


@routes.pages(
    "GET /spaces/<space_id>/captures", READ, request_type=RecentQuery, response_type=SignalView
)
def recent(context: OperationContext, query: RecentQuery) -> Page[SignalView]:
    """List the last captures of a space, newest first; there is no page after it."""
    found = context.store.read(
        captures.recent_captures, query.user_id, query.space_id, limit=query.limit
    )
    return Page(items=tuple(project(SignalView, each) for each in found), next=None)


@routes.pages(
    "GET /subspaces/<subspace_id>/drift",
    READ,
    request_type=SubspacePageQuery,
    response_type=SignalView,
)
def drift(context: OperationContext, query: SubspacePageQuery) -> Page[SignalView]:
    """List the captures that drew a subspace's centroid on, in their order, and how far each did."""
    cursors, read = context.cursors(query), context.store.read
    after, limit = int(cursors.start() or 0), query.limit + 1
    found = read(captures.list_drift, query.user_id, query.subspace_id, after=after, limit=limit)
    return cursors.page(
        [project(SignalView, each) for each in found], lambda signal: signal.applied_seq
    )


@routes.add(
    "POST /margins/preview",
    READ,
    request_type=Sought,
    response_type=captures.MarginResult,
    reason="",
)
def preview(context: OperationContext, sought: Sought) -> captures.MarginResult:
    """Show what a capture of this embedding or text would decide now; nothing is kept."""
    return _answered(context, sought, captures.preview_margin)


@routes.pages("POST /search", READ, request_type=SearchQuery, response_type=ArtifactNear)
def search(context: OperationContext, query: SearchQuery) -> Page[ArtifactNear]:
    """List the artifacts of a space that are nearest to an embedding or a text; there is no page after it."""
    found = _answered(context, query, partial(captures.search_artifacts, limit=query.limit))
    near = ((project(ArtifactListed, each.artifact), each.distance) for each in found)
    return Page(
        items=tuple(ArtifactNear(artifact=page, distance=far) for page, far in near), next=None
    )


def _keyed(
    context: OperationContext, place: int, read: CaptureRequest | IndelibleError
) -> CaptureRequest | IndelibleError:
    if context.once is None or isinstance(read, IndelibleError) or read.capture_key is not None:
        return read
    return evolve(read, capture_key=digest([context.once.key, place]))


def _kept(
    context: OperationContext,
    user_id: str,
    sent: CaptureRequest,
    vector: EmbeddingVector | IndelibleError,
) -> Captured:
    """What becomes of a capture, in a transaction of its own."""
    if isinstance(vector, IndelibleError):
        raise vector
    said = {each.name: getattr(sent, each.name) for each in fields(captures.CaptureInput)}
    said |= {"user_id": user_id, "embedding": vector.values, "embedding_model": vector.model}
    # No receipt: the capture's own key does all that one would do.
    own = evolve(context, reason=sent.reason, once=None)
    result = asdict(
        own.run(captures.capture_artifact, captures.CaptureArtifactCommand(**said)), recurse=False
    )
    if sent.ignored:
        result["warnings"] = (*result["warnings"], CLIENT_VALUE_IGNORED)
    return Captured(**result, ignored=sent.ignored)


def _item(found: Captured | IndelibleError, request_id: str) -> CaptureItem:
    if isinstance(found, IndelibleError):
        problem = problem_of(found, request_id)
        return CaptureItem(status=problem.status, problem=problem)
    return CaptureItem(status=201 if _is_first(found) else 200, result=found)


def _answered(
    context: OperationContext,
    sought: Sought,
    query: Callable[[ReadTx, str, str, Sequence[float]], R],
) -> R:
    """What a query says of what is sought, if that fits the space; both from one view of the store."""
    (vector,) = embedded(context.app_context.embedder, [(sought, sought.text or "")])
    if isinstance(vector, IndelibleError):
        raise vector

    def ask(tx: ReadTx) -> R:
        captures.get_space(tx, sought.user_id, sought.space_id).space.require_model(
            vector.model, vector.dimension
        )
        return query(tx, sought.user_id, sought.space_id, vector.values)

    return context.store.read(ask)
