"""The routes of concepts: each parses, calls one handler or query, and serializes."""

from typing import ClassVar, Final

from attrs import evolve, field, frozen

from indelible import concepts
from indelible.concepts.entities import ConceptNode
from indelible.concepts.rules.graph import Unresolved
from indelible.kernel import Change, InvalidTransition
from indelible.kernel.kinds import Count, Identifier, Instant, OneLine, ShortText, kinds
from indelible.kernel.values import COUNT, bounded_int
from indelible_web.concepts.steps import (
    APPROVE,
    PUBLISH,
    REVIEW,
    STEPS,
    MoveConcept,
    run_step,
)
from indelible_web.http.errors import InvalidFields
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.paging import LIST_FILTERS, Page, PageQuery
from indelible_web.http.routing import Routes

READ: Final = "concepts:read"
WRITE: Final = "concepts:write"

routes = Routes("concepts", "Learning content, versioned, from DRAFT to PUBLISHED and never back.")


@frozen(kw_only=True, field_transformer=kinds)
class ConceptQuery:
    """A concept, by its id."""

    concept_id: Identifier


@frozen(kw_only=True)
class ConceptPageQuery(ConceptQuery, PageQuery):
    """A concept, and a page of a list that belongs to it."""


@frozen(kw_only=True)
class ConceptListQuery(concepts.ConceptFilter, PageQuery):
    """The filters of a list of concepts, and a page of it."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS - {"status"}


@frozen(kw_only=True, field_transformer=kinds)
class VersionQuery(ConceptQuery):
    """A version of a concept, by its number."""

    version_number: Count


@frozen(kw_only=True)
class DiffQuery(ConceptQuery):
    """Two versions of a concept, by their numbers."""

    from_version: int = field(validator=bounded_int, metadata={**COUNT, "data_key": "from"})
    to_version: int = field(validator=bounded_int, metadata={**COUNT, "data_key": "to"})


@frozen(kw_only=True, field_transformer=kinds)
class AsOfQuery(ConceptQuery):
    """A concept at an instant, at a seq, or at the earlier of both."""

    at: Instant | None = None
    seq: Count | None = None


@frozen(kw_only=True, field_transformer=kinds)
class WarningsQuery(ConceptQuery):
    """A concept, and levels of warnings such as `EX_NONE:off,DEF_LONG:major`."""

    levels: OneLine = ""


@frozen(kw_only=True, field_transformer=kinds)
class EditConcept(ConceptQuery):
    """The next version of a concept; `reason` and `change_note` stand for each other."""

    expected_seq: Count
    content: concepts.ConceptContent
    reason: ShortText = ""
    change_note: ShortText = ""


@frozen(kw_only=True)
class GraphEdge:
    """A concept and one of its prerequisites."""

    concept_id: str
    needed_id: str


@frozen(kw_only=True)
class GraphView:
    """Concepts and their prerequisites; `unresolved` ones name no concept, or several."""

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
def create_concept(
    context: OperationContext, command: concepts.CreateConcept
) -> concepts.ConceptSaved:
    """Create a concept in DRAFT."""
    return context.run(concepts.create_concept, command)


@routes.pages(
    "GET /concepts",
    READ,
    request_type=ConceptListQuery,
    response_type=concepts.ConceptSummary,
    reads_standby=True,
    reads_with_key=True,
)
def list_concepts(
    context: OperationContext, query: ConceptListQuery
) -> Page[concepts.ConceptSummary]:
    """List concepts, or search their names and definitions for a text, taken literally."""
    cursors = context.cursors(query)
    summaries = context.read(
        concepts.list_concepts, query, after=cursors.start(), limit=query.limit + 1
    )

    return cursors.page(summaries, query.position_of_summary)


@routes.add(
    "GET /concepts/<concept_id>",
    READ,
    request_type=ConceptQuery,
    response_type=concepts.ConceptView,
    reads_with_key=True,
)
def get_concept(context: OperationContext, query: ConceptQuery) -> concepts.ConceptView:
    """Show a concept with its current version; the ETag is what a change must be made for."""
    return context.read(concepts.get_concept, query.concept_id)


@routes.add(
    "PUT /concepts/<concept_id>",
    WRITE,
    request_type=EditConcept,
    response_type=concepts.ConceptSaved,
)
def edit_concept(context: OperationContext, request: EditConcept) -> concepts.ConceptSaved:
    """Save the next version of a concept: its whole content, and the reason of the change.

    The version's `change_note` is the reason unless the request has one of its own.
    """
    reason = request.reason or request.change_note
    if not reason:
        raise InvalidFields({"reason": "Missing data for required field."})

    command = concepts.EditConcept(
        concept_id=request.concept_id,
        expected_seq=request.expected_seq,
        content=request.content,
        change_note=request.change_note or reason,
    )
    return evolve(context, reason=reason).run(concepts.edit_concept, command)


@routes.add(
    "POST /concepts/<concept_id>/status",
    REVIEW,
    APPROVE,
    PUBLISH,
    request_type=MoveConcept,
    response_type=concepts.ConceptSaved,
)
def move_concept(context: OperationContext, step: MoveConcept) -> concepts.ConceptSaved:
    """Move a concept one step, named by its action or by the status that it leads to.

    `submit` leads to REVIEW, `approve` to APPROVED, and `publish` to PUBLISHED. A refused step
    lists in `allowed` the actions that are accepted here.
    """
    try:
        return run_step(context, step)
    except InvalidTransition as error:
        # An edit has a route of its own.
        steps = tuple(action for action in error.allowed if action in STEPS)
        raise evolve(error, allowed=steps) from error


@routes.pages(
    "GET /concepts/<concept_id>/versions",
    READ,
    request_type=ConceptPageQuery,
    response_type=concepts.ConceptVersion,
    reads_standby=True,
)
def list_concept_versions(
    context: OperationContext, query: ConceptPageQuery
) -> Page[concepts.ConceptVersion]:
    """List a concept's versions, oldest first."""
    cursors = context.cursors(query)
    after = int(cursors.start() or 0)
    versions = context.store.read(
        concepts.list_versions, query.concept_id, after=after, limit=query.limit + 1
    )

    return cursors.page(versions, lambda version: version.version_number)


@routes.add(
    "GET /concepts/<concept_id>/versions/<version_number>",
    READ,
    request_type=VersionQuery,
    response_type=concepts.VersionView,
    reads_standby=True,
)
def get_concept_version(context: OperationContext, query: VersionQuery) -> concepts.VersionView:
    """Show one version, which never changes."""
    return context.store.read(concepts.get_version, query.concept_id, query.version_number)


@routes.add(
    "GET /concepts/<concept_id>/diff",
    READ,
    request_type=DiffQuery,
    response_type=concepts.VersionDiff,
    reads_standby=True,
)
def compare_concept_versions(context: OperationContext, query: DiffQuery) -> concepts.VersionDiff:
    """Show what changed from one version to another, by field, list item and word."""
    return context.store.read(
        concepts.diff_versions, query.concept_id, query.from_version, query.to_version
    )


@routes.pages(
    "GET /concepts/<concept_id>/history",
    READ,
    request_type=ConceptPageQuery,
    response_type=Change,
    reads_standby=True,
)
def list_concept_history(context: OperationContext, query: ConceptPageQuery) -> Page[Change]:
    """List the changes of a concept, oldest first: who, why and when."""
    cursors = context.cursors(query)
    after = int(cursors.start() or 0)
    changes = context.store.read(
        concepts.list_history, query.concept_id, after=after, limit=query.limit + 1
    )

    return cursors.page(changes, lambda change: change.seq)


@routes.add(
    "GET /concepts/<concept_id>/as-of",
    READ,
    request_type=AsOfQuery,
    response_type=concepts.ConceptView,
)
def get_concept_as_of(context: OperationContext, query: AsOfQuery) -> concepts.ConceptView:
    """Show a concept as it was at an instant, at a seq, or at the earlier of both."""
    return context.store.read(concepts.concept_as_of, query.concept_id, at=query.at, seq=query.seq)


@routes.add(
    "GET /concepts/<concept_id>/warnings",
    READ,
    request_type=WarningsQuery,
    response_type=concepts.ConceptWarnings,
)
def list_concept_warnings(
    context: OperationContext, query: WarningsQuery
) -> concepts.ConceptWarnings:
    """Show the warnings of a concept; the current ones may disappear as other concepts change."""
    return context.store.read(concepts.list_warnings, query.concept_id, levels=query.levels)


@routes.add(
    "GET /concepts/<concept_id>/graph",
    READ,
    request_type=ConceptQuery,
    response_type=GraphView,
    reads_standby=True,
)
def get_concept_graph(context: OperationContext, query: ConceptQuery) -> GraphView:
    """Show a concept with its direct and indirect prerequisites."""
    return _graph_view(context.store.read(concepts.prerequisite_graph, query.concept_id))


@routes.add(
    "GET /concepts/<concept_id>/learning-order",
    READ,
    request_type=ConceptQuery,
    response_type=concepts.LearningOrder,
    reads_standby=True,
)
def get_concept_learning_order(
    context: OperationContext, query: ConceptQuery
) -> concepts.LearningOrder:
    """Show the order in which to learn a concept and its prerequisites."""
    return context.store.read(concepts.get_learning_order, query.concept_id)


@routes.add(
    "GET /graph/prerequisites",
    READ,
    request_type=EmptyQuery,
    response_type=GraphView,
    reads_standby=True,
    reads_with_key=True,
)
def get_prerequisite_graph(context: OperationContext, _: EmptyQuery) -> GraphView:
    """Show every concept and its prerequisites."""
    return _graph_view(context.read(concepts.whole_graph))


@routes.add(
    "GET /learning-order",
    READ,
    request_type=EmptyQuery,
    response_type=concepts.LearningOrder,
    reads_standby=True,
)
def get_learning_order(context: OperationContext, _: EmptyQuery) -> concepts.LearningOrder:
    """Show the order in which to learn all concepts."""
    return context.store.read(concepts.get_learning_order)


def _graph_view(graph: concepts.ConceptGraph) -> GraphView:
    edges: list[GraphEdge] = []
    for concept_id, needed_id in graph.edges:
        edges.append(GraphEdge(concept_id=concept_id, needed_id=needed_id))

    return GraphView(nodes=graph.nodes, edges=tuple(edges), unresolved=graph.unresolved)
