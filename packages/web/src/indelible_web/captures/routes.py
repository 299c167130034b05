"""The routes of captures: save them, list what they led to, and search."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from attrs import evolve, fields

from indelible import captures
from indelible.app import ReadTx
from indelible.captures import EmbeddingVector
from indelible.kernel import IndelibleError, digest
from indelible.kernel.problems import problem_of
from indelible.kernel.values import field_values
from indelible_web.captures.embedding import embed_all
from indelible_web.captures.schemas import (
    MAX_BATCH_ITEMS,
    ArtifactListQuery,
    ArtifactPageQuery,
    ArtifactQuery,
    ArtifactSummary,
    ArtifactView,
    CaptureBatch,
    CaptureBatchResult,
    CaptureItem,
    CaptureRequest,
    CaptureResponse,
    RecentQuery,
    SearchMatch,
    SearchQuery,
    SignalView,
    SubspacePageQuery,
    VectorQuery,
)
from indelible_web.captures.spaces import READ, WRITE
from indelible_web.http.errors import InvalidFields
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.problems import error_or_result
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

R = TypeVar("R")

CLIENT_VALUE_IGNORED: Final = "CLIENT_VALUE_IGNORED"  # a warning of a capture
OK: Final = 200
CREATED: Final = 201

routes = Routes(
    "captures", "What users read: captures are saved as signals of artifacts and centroids."
)


def _is_created(response: CaptureResponse) -> bool:
    """Return whether this request created the artifact."""
    return response.is_new and not response.replayed


@routes.add(
    "POST /captures",
    WRITE,
    request_type=CaptureRequest,
    response_type=CaptureResponse,
    is_created=_is_created,
)
def create_capture(context: OperationContext, request: CaptureRequest) -> CaptureResponse:
    """Save a capture of the caller; an Idempotency-Key is its capture_key where it has none."""
    (vector,) = embed_all(context, [(request, request.text)])
    if request.capture_key is None and context.idempotency is not None:
        request = evolve(request, capture_key=context.idempotency.key)
    return _save(context, context.caller.user_id, request, vector)


@routes.add(
    "POST /captures/batch",
    WRITE,
    request_type=CaptureBatch,
    response_type=CaptureBatchResult,
    reason="",
    accepts_idempotency_key=True,
)
def create_capture_batch(context: OperationContext, batch: CaptureBatch) -> CaptureBatchResult:
    """Save up to 100 captures one by one; the failure of one does not affect the others.

    An Idempotency-Key together with its position is the capture_key of each that has none.
    """
    if not batch.items:
        raise InvalidFields({"items": f"Not 1 to {MAX_BATCH_ITEMS} items."})

    # A key that stands for no user is refused as a whole, not once for each item.
    user_id = context.caller.user_id
    requests: list[CaptureRequest | IndelibleError] = []
    for position, item in enumerate(batch.items):
        request = error_or_result(item.read, CaptureRequest)
        requests.append(_with_capture_key(context, position, request))

    readable = [request for request in requests if isinstance(request, CaptureRequest)]
    to_embed = [(request, request.text) for request in readable]
    vectors = iter(embed_all(context, to_embed))
    items: list[CaptureItem] = []
    for request in requests:
        outcome: CaptureResponse | IndelibleError
        if isinstance(request, IndelibleError):
            outcome = request
        else:
            outcome = error_or_result(_save, context, user_id, request, next(vectors))
        items.append(_batch_item(outcome, context.request_id))
    return CaptureBatchResult(items=tuple(items))


@routes.pages(
    "GET /artifacts",
    READ,
    request_type=ArtifactListQuery,
    response_type=ArtifactSummary,
    reads_standby=True,
)
def list_artifacts(context: OperationContext, query: ArtifactListQuery) -> Page[ArtifactSummary]:
    """List the artifacts of a space, without content and embeddings."""
    cursors = context.cursors(query)
    artifacts = context.store.read(
        captures.list_artifacts,
        query.user_id,
        query.space_id,
        matching=query,
        after=cursors.start(),
        limit=query.limit + 1,
    )
    summaries = [project(ArtifactSummary, artifact) for artifact in artifacts]
    return cursors.page(summaries, query.position_of)


@routes.add(
    "GET /artifacts/<artifact_id>",
    READ,
    request_type=ArtifactQuery,
    response_type=ArtifactView,
    shows_head_alone=True,
)
def get_artifact(context: OperationContext, query: ArtifactQuery) -> ArtifactView:
    """Show an artifact with its content and its embedding."""
    artifact = context.store.read(captures.get_artifact, query.user_id, query.artifact_id)
    return project(ArtifactView, artifact)


@routes.pages(
    "GET /artifacts/<artifact_id>/signals",
    READ,
    request_type=ArtifactPageQuery,
    response_type=SignalView,
    reads_standby=True,
)
def list_artifact_signals(context: OperationContext, query: ArtifactPageQuery) -> Page[SignalView]:
    """List the captures of an artifact, oldest first."""
    cursors = context.cursors(query)
    signals = context.store.read(
        captures.list_signals,
        query.user_id,
        query.artifact_id,
        after=int(cursors.start() or 0),
        limit=query.limit + 1,
    )
    views = [project(SignalView, signal) for signal in signals]
    return cursors.page(views, lambda view: view.artifact_seq)


@routes.pages(
    "GET /spaces/<space_id>/captures",
    READ,
    request_type=RecentQuery,
    response_type=SignalView,
    reads_standby=True,
)
def list_recent_captures(context: OperationContext, query: RecentQuery) -> Page[SignalView]:
    """List the last captures of a space, newest first; no page follows."""
    signals = context.store.read(
        captures.recent_captures, query.user_id, query.space_id, limit=query.limit
    )
    return Page(items=tuple(project(SignalView, signal) for signal in signals), next=None)


@routes.pages(
    "GET /subspaces/<subspace_id>/drift",
    READ,
    request_type=SubspacePageQuery,
    response_type=SignalView,
    reads_standby=True,
)
def list_subspace_drift(context: OperationContext, query: SubspacePageQuery) -> Page[SignalView]:
    """List the captures that moved a subspace's centroid, in order, and how far each moved it."""
    cursors = context.cursors(query)
    signals = context.store.read(
        captures.list_drift,
        query.user_id,
        query.subspace_id,
        after=int(cursors.start() or 0),
        limit=query.limit + 1,
    )
    views = [project(SignalView, signal) for signal in signals]
    return cursors.page(views, lambda view: view.applied_seq)


@routes.add(
    "POST /margins/preview",
    READ,
    request_type=VectorQuery,
    response_type=captures.MarginResult,
    reason="",
)
def preview_margin(context: OperationContext, query: VectorQuery) -> captures.MarginResult:
    """Show what a capture of this embedding or text would decide now; nothing is saved."""
    return _read_with_vector(context, query, captures.preview_margin)


@routes.pages("POST /search", READ, request_type=SearchQuery, response_type=SearchMatch)
def search_artifacts(context: OperationContext, query: SearchQuery) -> Page[SearchMatch]:
    """List the artifacts of a space nearest to an embedding or a text; no page follows."""
    search_artifacts = partial(captures.search_artifacts, limit=query.limit)
    matches: list[SearchMatch] = []
    for match in _read_with_vector(context, query, search_artifacts):
        artifact = project(ArtifactSummary, match.artifact)
        matches.append(SearchMatch(artifact=artifact, distance=match.distance))
    return Page(items=tuple(matches), next=None)


def _with_capture_key(
    context: OperationContext, position: int, request: CaptureRequest | IndelibleError
) -> CaptureRequest | IndelibleError:
    """Return the request with a key made from the batch's Idempotency-Key, where it has none."""
    if isinstance(request, IndelibleError) or request.capture_key is not None:
        return request
    if context.idempotency is None:
        return request
    return evolve(request, capture_key=digest([context.idempotency.key, position]))


def _save(
    context: OperationContext,
    user_id: str,
    request: CaptureRequest,
    vector: EmbeddingVector | IndelibleError,
) -> CaptureResponse:
    """Save a capture in a transaction of its own."""
    if isinstance(vector, IndelibleError):
        raise vector
    command_fields = {
        attribute.name: getattr(request, attribute.name)
        for attribute in fields(captures.CaptureInput)
    }
    command = captures.CaptureArtifactCommand(
        **command_fields,
        user_id=user_id,
        embedding=vector.values,
        embedding_model=vector.model,
    )
    # No idempotency receipt: the capture's own key has the same effect.
    own_context = evolve(context, reason=request.reason, idempotency=None)
    result = own_context.run(captures.capture_artifact, command)

    if request.ignored:
        result = evolve(result, warnings=(*result.warnings, CLIENT_VALUE_IGNORED))
    return CaptureResponse(**field_values(result), ignored=request.ignored)


def _batch_item(outcome: CaptureResponse | IndelibleError, request_id: str) -> CaptureItem:
    """Return the outcome with the HTTP status that the capture would have had alone."""
    if isinstance(outcome, IndelibleError):
        problem = problem_of(outcome, request_id)
        return CaptureItem(status=problem.status, problem=problem)
    return CaptureItem(status=CREATED if _is_created(outcome) else OK, result=outcome)


def _read_with_vector(
    context: OperationContext,
    query: VectorQuery,
    read: Callable[[ReadTx, str, str, Sequence[float]], R],
) -> R:
    """Run a query with the request's embedding, after checking its model."""
    (vector,) = embed_all(context, [(query, query.text or "")])
    if isinstance(vector, IndelibleError):
        raise vector

    def read_checked(tx: ReadTx) -> R:
        space = captures.get_space(tx, query.user_id, query.space_id).space
        space.require_model(vector.model, vector.dimension)
        return read(tx, query.user_id, query.space_id, vector.values)

    return context.store.read(read_checked)
