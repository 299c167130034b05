"""Concepts to look at: the list, one with its life, its versions, and what changed between two of them."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from attrs import evolve, field, frozen
from attrs.validators import optional
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible import concepts
from indelible.app import ReadTx
from indelible.concepts import ConceptStatus
from indelible.kernel import Change, IndelibleError
from indelible.kernel.values import COUNT, bounded_int
from indelible_web.concepts.drawing import draw
from indelible_web.concepts.routes import (
    STEPS,
    ConceptListQuery,
    ConceptQuery,
    DiffQuery,
    MoveConcept,
    VersionQuery,
    move,
)
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage, EntityLink
from indelible_web.http.request import Caller

SHOWN: Final = 25
LIFE_SHOWN: Final = 50
WORDS: Final[Mapping[ConceptStatus, str]] = {
    ConceptStatus.REVIEW: "submit",
    ConceptStatus.APPROVED: "approve",
    ConceptStatus.PUBLISHED: "publish",
}


@frozen
class Row:
    """A concept in the list, and how many remarks of each severity were kept with its version."""

    listed: concepts.ConceptSummary
    remarks: Mapping[str, int]


@frozen(kw_only=True)
class ConceptLifeQuery(ConceptQuery):
    """Which concept, and which part of its life: what was before this seq."""

    before: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)


@frozen(kw_only=True)
class Life:
    """A concept with all that belongs to it, from one view of the store."""

    shown: concepts.ConceptView
    remarks: concepts.ConceptWarnings
    changes: tuple[Change, ...]
    graph: concepts.ConceptGraph
    order: concepts.LearningOrder


def listing(console: ConsoleContext) -> Response:
    """Concepts, searched by words and by status."""
    wanted = parse_fields(ConceptListQuery, request.args)
    cursors = console.operation().cursors(wanted := evolve(wanted, limit=min(wanted.limit, SHOWN)))
    rows = console.app_context.store.read(
        _rows, wanted, after=cursors.start(), limit=wanted.limit + 1
    )
    found = cursors.page(rows, lambda row: row.listed.concept.id)
    return render_page(
        "concepts/concepts", wanted=wanted, found=found, statuses=tuple(ConceptStatus)
    )


def shown(
    console: ConsoleContext, concept_id: str, error: IndelibleError | None = None
) -> Response:
    """One concept: what it says, what is remarked, where it stands, and how it came there."""
    life = console.app_context.store.read(
        _life, parse_fields(ConceptLifeQuery, request.args, concept_id=concept_id)
    )
    status = life.shown.concept.status
    done = request.args.get("done", "")
    return render_page(
        "concepts/concept",
        error=error,
        life=life,
        drawing=draw(life.graph, life.order),
        steps=[(to, WORDS[to], scope) for to, scope in _steps_from(status)],
        allowed=concepts.CONCEPT.allowed(status),
        may=_may(console.operation().caller),
        once=console.app_context.ids.new(),
        done=done,
        done_label=DONE.get(done),
        reason=request.form.get("reason", ""),
        wanted_status=request.form.get("status", ""),
    )


def step(console: ConsoleContext, concept_id: str) -> Response:
    """Take a concept one step on, with a reason; a refusal is shown at the form, and the reason stays in it."""
    try:
        wanted = parse_fields(MoveConcept, request.form, concept_id=concept_id)
        move(
            console.operation(reason=form_text("reason"), response_type=concepts.ConceptSaved),
            wanted,
        )
    except IndelibleError as error:
        return shown(console, concept_id, error)
    return redirect(
        url_for("console.shown", concept_id=concept_id, done=WORDS.get(wanted.status)), 303
    )


def version(console: ConsoleContext, concept_id: str, version_number: str) -> Response:
    """One version, whole, with the warnings kept beside it."""
    wanted = parse_fields(VersionQuery, {}, concept_id=concept_id, version_number=version_number)
    store = console.app_context.store
    found = store.read(concepts.get_version, concept_id, wanted.version_number)
    return render_page(
        "concepts/version", found=found, now=store.read(concepts.get_concept, concept_id)
    )


def diff(console: ConsoleContext, concept_id: str) -> Response:
    """Two versions side by side, word by word."""
    wanted = parse_fields(DiffQuery, request.args, concept_id=concept_id)
    store = console.app_context.store
    sides = [
        store.read(concepts.get_version, concept_id, each)
        for each in (wanted.from_version, wanted.to_version)
    ]
    found = concepts.diff_content(*(each.version.content for each in sides))
    return render_page(
        "concepts/diff", sides=sides, found=found, now=store.read(concepts.get_concept, concept_id)
    )


def concept_links(tx: ReadTx, concept_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map each concept id to the concept's name and its page."""
    links: dict[str, EntityLink] = {}
    for concept_id in concept_ids:
        version = tx.concepts.repository.get_latest_version(concept_id)
        name = version.content.name if version else ""
        url = url_for("console.shown", concept_id=concept_id)
        links[concept_id] = EntityLink(name=name, url=url)

    return links


def _steps_from(status: ConceptStatus) -> list[tuple[ConceptStatus, str]]:
    edges = [edge for edge in concepts.CONCEPT.edges if edge.from_state == status]
    return [
        (edge.to_state, STEPS[edge.to_state][0])
        for edge in edges
        if edge.action == WORDS.get(edge.to_state)
    ]


def _may(caller: Caller) -> frozenset[str]:
    """The scopes of the commands that the caller may give: what the page offers, and the command checks again."""
    known = {"concepts:write", *(scope for scope, _ in STEPS.values())}
    return frozenset(known) if "admin" in caller.scopes else caller.scopes & known


def _rows(tx: ReadTx, wanted: concepts.ConceptFilter, *, after: str, limit: int) -> tuple[Row, ...]:
    found = concepts.list_concepts(tx, wanted, after=after, limit=limit)
    return tuple(Row(each, _counted(tx, each.concept)) for each in found)


def _counted(tx: ReadTx, concept: concepts.Concept) -> Mapping[str, int]:
    kept = tx.concepts.search.warnings(concept.id, concept.current_version)
    return Counter(str(warning.severity) for warning in kept)


def _life(tx: ReadTx, wanted: ConceptLifeQuery) -> Life:
    shown = concepts.get_concept(tx, wanted.concept_id)
    last = min((wanted.before or shown.seq + 1) - 1, shown.seq)
    start = max(0, last - LIFE_SHOWN)
    graph = concepts.prerequisite_graph(tx, wanted.concept_id)
    return Life(
        shown=shown,
        remarks=concepts.list_warnings(tx, wanted.concept_id),
        changes=concepts.list_history(tx, wanted.concept_id, after=start, limit=last - start)[::-1],
        graph=graph,
        order=concepts.learning_order(graph, (wanted.concept_id,)),
    )


DONE: Final[Mapping[str, str]] = {
    "create": "Created",
    "edit": "Edited",
    "submit": "Submitted for review",
    "approve": "Approved",
    "publish": "Published",
}
ACTION_LABELS: Final[Mapping[tuple[str, str], str]] = {
    (concepts.CONCEPT.name, action): label for action, label in DONE.items()
}
PAGES: Final = (
    ConsolePage(rule="/concepts", view=listing),
    ConsolePage(rule="/concepts/<concept_id>", view=shown),
    ConsolePage(rule="/concepts/<concept_id>/step", view=step, method="POST"),
    ConsolePage(rule="/concepts/<concept_id>/versions/<version_number>", view=version),
    ConsolePage(rule="/concepts/<concept_id>/diff", view=diff),
)
