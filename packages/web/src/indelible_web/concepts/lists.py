"""The console's lists of concepts: all of them, those that wait for a review, and suggestions."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen
from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from indelible import concepts
from indelible.app import ReadTx
from indelible.concepts import ConceptFilter, ConceptOverview, ConceptStatus
from indelible.concepts.entities import ConceptNode
from indelible.concepts.queries import MAX_COUNTED, MAX_SEARCHED
from indelible.kernel import Actor, NamedListOrder
from indelible.kernel.kinds import OneLine, kinds
from indelible_web.concepts.routes import ConceptListQuery
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import HEADERS, HTML, parse_fields, render_page
from indelible_web.console.lists import ME, list_view, parse_list, status_options
from indelible_web.console.page import ConsolePage, EntityLink, EntitySearch
from indelible_web.http.paging import Page
from indelible_web.http.request import Caller

CONCEPTS_PER_PAGE: Final = 50
MAX_SUGGESTIONS: Final = 8
# The queues of the page of reviews: concepts in these statuses wait for somebody's next step.
QUEUES: Final[Mapping[ConceptStatus, str]] = {
    ConceptStatus.REVIEW: "To approve",
    ConceptStatus.APPROVED: "To publish",
}


@frozen(kw_only=True)
class ConceptRow:
    """A concept in a list, and the number of its version's warnings by severity.

    `unfilled` counts the empty fields, which are no part of the other numbers.
    """

    overview: ConceptOverview
    warning_counts: Mapping[str, int]
    unfilled: int


@frozen(kw_only=True)
class ConceptPage(Page[ConceptRow]):
    """A page of concepts; `has_unsearched` if words were looked for in a part of the list only."""

    has_unsearched: bool = False


@frozen(kw_only=True)
class Queue:
    """Concepts that wait: all of a status, or those that the caller has changed last."""

    status: ConceptStatus
    label: str
    actor: str
    count: int
    is_open: bool

    @property
    def count_text(self) -> str:
        """Return the number of concepts; counting ends at a limit."""
        if self.count >= MAX_COUNTED:
            return f"{MAX_COUNTED:,}+"
        return str(self.count)


@frozen(kw_only=True, field_transformer=kinds)
class SuggestionQuery:
    """The beginning of a name."""

    text: OneLine = ""


def list_concepts(console: ConsoleContext) -> Response:
    """Show concepts, the newest first unless another order is chosen."""
    query, page = _read_list(console, NamedListOrder.NEWEST)

    return render_page(
        "concepts/concepts",
        query=query,
        page=page,
        list=list_view(query.order),
        statuses=status_options(ConceptStatus),
        max_searched=MAX_SEARCHED,
    )


def list_reviews(console: ConsoleContext) -> Response:
    """Show the concepts that wait for a step, and the number of each queue."""
    caller = console.operation().caller
    query, page = _read_list(console, NamedListOrder.CHANGED, ConceptStatus.REVIEW)
    queues = console.app_context.store.read(_count_queues, caller.actor, query)

    return render_page(
        "concepts/reviews",
        query=query,
        page=page,
        list=list_view(query.order),
        queues=queues,
        max_searched=MAX_SEARCHED,
    )


def suggest_concepts(console: ConsoleContext) -> Response:
    """Show the concepts whose names begin with a text, for the script of a text field."""
    query = parse_fields(SuggestionQuery, {"text": request.args.get("text", "").strip()})
    summaries: list[concepts.ConceptSummary] = []
    if query.text:
        for summary in console.app_context.store.read(
            _named_like, query.text, limit=MAX_SUGGESTIONS
        ):
            if summary.name.strip():
                summaries.append(summary)
    text = render_template("concepts/_suggestions.html", summaries=summaries)

    return Response(text, headers=HEADERS, content_type=HTML)


def concept_links(tx: ReadTx, _: Caller, concept_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map each concept id to the concept's name and its page."""
    links: dict[str, EntityLink] = {}
    for node in tx.concepts.search.nodes_named(tuple(concept_ids)):
        # A name may be equal to another concept's id.
        if node.id in concept_ids:
            links[node.id] = _link_of(node)

    return links


def find_concepts(tx: ReadTx, _: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the concept with this id, and those whose names begin with the text."""
    links: dict[str, EntityLink] = {}
    for node in tx.concepts.search.nodes_named((text,)):
        links[node.id] = _link_of(node)
    for summary in _named_like(tx, text, limit=limit):
        concept = summary.concept
        url = url_for("console.show_concept", concept_id=concept.id)
        links[concept.id] = EntityLink(name=summary.name, url=url, status=concept.status)

    return tuple(links.values())[:limit]


def _link_of(node: ConceptNode) -> EntityLink:
    url = url_for("console.show_concept", concept_id=node.id)
    return EntityLink(name=node.name, url=url, status=node.status)


def _named_like(tx: ReadTx, text: str, *, limit: int) -> tuple[concepts.ConceptSummary, ...]:
    matching = ConceptFilter(name_prefix=text, order=NamedListOrder.NAME)
    return concepts.list_concepts(tx, matching, limit=limit)


def _read_list(
    console: ConsoleContext,
    default_order: NamedListOrder,
    default_status: ConceptStatus | None = None,
) -> tuple[ConceptListQuery, ConceptPage]:
    """Return the query of the current request, and the page that it asks for."""
    context = console.operation()
    query = parse_list(ConceptListQuery, context.caller)
    query = evolve(
        query,
        limit=min(query.limit, CONCEPTS_PER_PAGE),
        order=query.order or default_order,
        status=query.status or default_status,
    )
    cursors = context.cursors(query)
    rows, end = context.store.read(
        _read_rows, query, after=cursors.start(), limit=query.limit + 1, max_searched=MAX_SEARCHED
    )
    if end is not None:
        return query, ConceptPage(items=rows, next=cursors.after(end), has_unsearched=True)

    page = cursors.page(rows, lambda row: query.position_of_summary(row.overview.summary))
    return query, ConceptPage(items=page.items, next=page.next)


def _read_rows(
    tx: ReadTx, query: ConceptFilter, *, after: str, limit: int, max_searched: int
) -> tuple[tuple[ConceptRow, ...], str | None]:
    """Return the next rows, and the end of the part that a text was looked for in."""
    unfilled_codes = concepts.unfilled_codes(tx.policy.concepts.warning_levels)
    part = concepts.search_overviews(tx, query, after=after, limit=limit, max_searched=max_searched)
    rows: list[ConceptRow] = []
    for overview in part.overviews:
        counts = Counter[str]()
        unfilled = 0
        for warning in overview.warnings:
            if warning.code in unfilled_codes:
                unfilled += 1
            else:
                counts[str(warning.severity)] += 1
        rows.append(ConceptRow(overview=overview, warning_counts=counts, unfilled=unfilled))

    return tuple(rows), part.end


def _count_queues(tx: ReadTx, actor: Actor, query: ConceptListQuery) -> tuple[Queue, ...]:
    """Return every queue, and after each its part that the actor has changed last."""
    queues: list[Queue] = []
    for status, label in QUEUES.items():
        is_status = query.status == status
        queue = Queue(
            status=status,
            label=label,
            actor="",
            count=concepts.count_concepts(tx, ConceptFilter(status=status)),
            is_open=is_status and query.actor is None,
        )
        own_queue = Queue(
            status=status,
            label=f"{label}, mine",
            actor=ME,
            count=concepts.count_concepts(tx, ConceptFilter(status=status, actor=actor)),
            is_open=is_status and query.actor == actor,
        )
        queues += (queue, own_queue)

    return tuple(queues)


SEARCH: Final = EntitySearch(
    label="Concepts", find=find_concepts, list_endpoint="console.list_concepts"
)
PAGES: Final = (
    ConsolePage(rule="/concepts", view=list_concepts, reads_standby=True),
    ConsolePage(rule="/reviews", view=list_reviews),
    ConsolePage(rule="/concept-names", view=suggest_concepts, is_live=True),
)
