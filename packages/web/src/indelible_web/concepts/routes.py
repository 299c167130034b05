"""The routes of concepts: parse, context the handler or the query, dump."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from attrs import field, frozen
from attrs.validators import optional

from indelible import concepts
from indelible.app import ReadTx, WriteTx
from indelible.concepts.entities import ConceptNode
from indelible.concepts.rules.graph import Unresolved
from indelible.kernel import Change, IndelibleError, InvalidTransition, Stale
from indelible.kernel.values import COUNT, IDENTIFIER, bounded_int, is_identifier, is_instant
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.routing import Routes

READ: Final = "concepts:read"
WRITE: Final = "concepts:write"
REVIEW: Final = "concepts:review"
APPROVE: Final = "concepts:approve"
PUBLISH: Final = "concepts:publish"

Step = TypeVar("Step")

routes = Routes("concepts", "Learning content, versioned, from DRAFT to PUBLISHED and never back.")


@frozen(kw_only=True)
class ConceptQuery:
    """Which concept."""

    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ConceptPageQuery(ConceptQuery, PageQuery):
    """Which concept, and which page of what belongs to it."""


@frozen(kw_only=True)
class ConceptListQuery(concepts.ConceptFilter, PageQuery):
    """Which concepts, and which page of them."""


@frozen(kw_only=True)
class VersionQuery(ConceptQuery):
    """Which version of a concept."""

    version_number: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class DiffQuery(ConceptQuery):
    """Which two versions of a concept."""

    from_version: int = field(validator=bounded_int, metadata={**COUNT, "data_key": "from"})
    to_version: int = field(validator=bounded_int, metadata={**COUNT, "data_key": "to"})


@frozen(kw_only=True)
class AsOfQuery(ConceptQuery):
    """A concept as it stood at an instant, at a seq, or at the earlier of both."""

    at: datetime | None = field(default=None, validator=optional(is_instant))
    seq: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)


@frozen(kw_only=True)
class MoveConcept(ConceptQuery):
    """Take a concept to this status."""

    expected_seq: int = field(validator=bounded_int, metadata=COUNT)
    status: concepts.ConceptStatus


@frozen(kw_only=True)
class GraphEdge:
    """A concept, and one that it needs."""

    concept_id: str
    needed_id: str


@frozen(kw_only=True)
class GraphView:
    """Concepts and what they need; `unresolved` prerequisites name no concept, or several."""

    nodes: tuple[ConceptNode, ...]
    edges: tuple[GraphEdge, ...]
    unresolved: tuple[Unresolved, ...]


@routes.add(
    "POST /concepts",
    WRITE,
    request_type=concepts.CreateConcept,
    response_type=concepts.ConceptSaved,
    location_id=lambda saved: saved.concept.id,
)
def create(context: OperationContext, command: concepts.CreateConcept) -> concepts.ConceptSaved:
    """Begin a concept in DRAFT."""
    return context.run(concepts.create_concept, command)


@routes.pages(
    "GET /concepts", READ, request_type=ConceptListQuery, response_type=concepts.ConceptSummary
)
def find(context: OperationContext, query: ConceptListQuery) -> Page[concepts.ConceptSummary]:
    """List concepts, or search their names and definitions for a text, taken literally."""
    cursors = context.cursors(query)
    found = context.store.read(
        concepts.list_concepts, query, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(found, lambda listed: listed.concept.id)


@routes.add(
    "GET /concepts/<concept_id>",
    READ,
    request_type=ConceptQuery,
    response_type=concepts.ConceptView,
)
def show(context: OperationContext, query: ConceptQuery) -> concepts.ConceptView:
    """Show a concept with its current version; the ETag is what a change must be made for."""
    return context.store.read(concepts.get_concept, query.concept_id)


@routes.add(
    "PUT /concepts/<concept_id>",
    WRITE,
    request_type=concepts.EditConcept,
    response_type=concepts.ConceptSaved,
    reason="change_note",
)
def edit(context: OperationContext, command: concepts.EditConcept) -> concepts.ConceptSaved:
    """Give a concept its next version: its whole content, and what changed."""
    return context.run(concepts.edit_concept, command)


@routes.add(
    "POST /concepts/<concept_id>/status",
    REVIEW,
    APPROVE,
    PUBLISH,
    request_type=MoveConcept,
    response_type=concepts.ConceptSaved,
)
def move(context: OperationContext, wanted: MoveConcept) -> concepts.ConceptSaved:
    """Take a concept one step on: REVIEW submits it, APPROVED approves it, PUBLISHED publishes it."""
    if wanted.status not in STEPS:
        raise context.store.read(_refusal, wanted)
    scope, take = STEPS[wanted.status]
    context.caller.require_scope(scope)
    return take(context, wanted)


@routes.pages(
    "GET /concepts/<concept_id>/versions",
    READ,
    request_type=ConceptPageQuery,
    response_type=concepts.ConceptVersion,
)
def versions(context: OperationContext, query: ConceptPageQuery) -> Page[concepts.ConceptVersion]:
    """List a concept's versions, oldest first."""
    cursors = context.cursors(query)
    after = int(cursors.start() or 0)
    found = context.store.read(
        concepts.list_versions, query.concept_id, after=after, limit=query.limit + 1
    )
    return cursors.page(found, lambda version: version.version_number)


@routes.add(
    "GET /concepts/<concept_id>/versions/<version_number>",
    READ,
    request_type=VersionQuery,
    response_type=concepts.VersionView,
)
def version(context: OperationContext, query: VersionQuery) -> concepts.VersionView:
    """Show one version, which never changes."""
    return context.store.read(concepts.get_version, query.concept_id, query.version_number)


@routes.add(
    "GET /concepts/<concept_id>/diff",
    READ,
    request_type=DiffQuery,
    response_type=concepts.VersionDiff,
)
def diff(context: OperationContext, query: DiffQuery) -> concepts.VersionDiff:
    """Show what changed from one version to another, by field, list item and word."""
    return context.store.read(
        concepts.diff_versions, query.concept_id, query.from_version, query.to_version
    )


@routes.pages(
    "GET /concepts/<concept_id>/history", READ, request_type=ConceptPageQuery, response_type=Change
)
def history(context: OperationContext, query: ConceptPageQuery) -> Page[Change]:
    """List what happened to a concept, oldest first: who, why and when."""
    cursors = context.cursors(query)
    after = int(cursors.start() or 0)
    found = context.store.read(
        concepts.list_history, query.concept_id, after=after, limit=query.limit + 1
    )
    return cursors.page(found, lambda change: change.seq)


@routes.add(
    "GET /concepts/<concept_id>/as-of",
    READ,
    request_type=AsOfQuery,
    response_type=concepts.ConceptView,
)
def as_of(context: OperationContext, query: AsOfQuery) -> concepts.ConceptView:
    """Show a concept as it stood at an instant, at a seq, or at the earlier of both."""
    return context.store.read(concepts.concept_as_of, query.concept_id, at=query.at, seq=query.seq)


@routes.add(
    "GET /concepts/<concept_id>/warnings",
    READ,
    request_type=ConceptQuery,
    response_type=concepts.ConceptWarnings,
)
def warnings(context: OperationContext, query: ConceptQuery) -> concepts.ConceptWarnings:
    """Show all warnings of a concept; those that hold now may go as other concepts change."""
    return context.store.read(concepts.list_warnings, query.concept_id)


@routes.add(
    "GET /concepts/<concept_id>/graph", READ, request_type=ConceptQuery, response_type=GraphView
)
def graph(context: OperationContext, query: ConceptQuery) -> GraphView:
    """Show a concept and all that it leads back to."""
    return _shown(context.store.read(concepts.prerequisite_graph, query.concept_id))


@routes.add(
    "GET /concepts/<concept_id>/learning-order",
    READ,
    request_type=ConceptQuery,
    response_type=concepts.LearningOrder,
)
def learning_order(context: OperationContext, query: ConceptQuery) -> concepts.LearningOrder:
    """Show in which order to learn a concept and what it needs."""
    return context.store.read(concepts.get_learning_order, query.concept_id)


@routes.add("GET /graph/prerequisites", READ, request_type=EmptyQuery, response_type=GraphView)
def whole(context: OperationContext, _: EmptyQuery) -> GraphView:
    """Show every concept and what it needs."""
    return _shown(context.store.read(concepts.whole_graph))


@routes.add(
    "GET /learning-order", READ, request_type=EmptyQuery, response_type=concepts.LearningOrder
)
def curriculum(context: OperationContext, _: EmptyQuery) -> concepts.LearningOrder:
    """Show in which order to learn everything there is."""
    return context.store.read(concepts.get_learning_order)


def _step(
    handler: Callable[[WriteTx, Step], concepts.ConceptSaved], command: Callable[..., Step]
) -> Callable[[OperationContext, MoveConcept], concepts.ConceptSaved]:
    def take(context: OperationContext, wanted: MoveConcept) -> concepts.ConceptSaved:
        return context.run(
            handler, command(concept_id=wanted.concept_id, expected_seq=wanted.expected_seq)
        )

    return take


STEPS: Final[
    Mapping[
        concepts.ConceptStatus,
        tuple[str, Callable[[OperationContext, MoveConcept], concepts.ConceptSaved]],
    ]
] = {
    concepts.ConceptStatus.REVIEW: (REVIEW, _step(concepts.submit_concept, concepts.SubmitConcept)),
    concepts.ConceptStatus.APPROVED: (
        APPROVE,
        _step(concepts.approve_concept, concepts.ApproveConcept),
    ),
    concepts.ConceptStatus.PUBLISHED: (
        PUBLISH,
        _step(concepts.publish_concept, concepts.PublishConcept),
    ),
}


def _refusal(tx: ReadTx, wanted: MoveConcept) -> IndelibleError:
    """Why a concept is not taken to a status that no command leads to."""
    shown = concepts.get_concept(tx, wanted.concept_id)
    if shown.seq != wanted.expected_seq:
        return Stale(wanted.concept_id, wanted.expected_seq)
    status = shown.concept.status
    return InvalidTransition(
        concepts.CONCEPT.name, status, f"to {wanted.status}", concepts.CONCEPT.allowed(status)
    )


def _shown(found: concepts.ConceptGraph) -> GraphView:
    edges = tuple(
        GraphEdge(concept_id=concept_id, needed_id=needed) for concept_id, needed in found.edges
    )
    return GraphView(nodes=found.nodes, edges=edges, unresolved=found.unresolved)
