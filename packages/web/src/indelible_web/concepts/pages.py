"""The console's pages of concepts: the list, a concept, its versions, and their differences."""

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
    WRITE,
    ConceptListQuery,
    ConceptQuery,
    DiffQuery,
    VersionQuery,
)
from indelible_web.concepts.steps import STEPS, MoveConcept, run_step
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage, EntityLink
from indelible_web.http.request import ADMIN, Caller

CONCEPTS_PER_PAGE: Final = 25
CHANGES_PER_PAGE: Final = 50
ACTIONS: Final[Mapping[str, str]] = {
    ConceptStatus.REVIEW: "submit",
    ConceptStatus.APPROVED: "approve",
    ConceptStatus.PUBLISHED: "publish",
}
DONE_LABELS: Final[Mapping[str, str]] = {
    "create": "Created",
    "edit": "Edited",
    "submit": "Submitted for review",
    "approve": "Approved",
    "publish": "Published",
}
ACTION_LABELS: Final[Mapping[tuple[str, str], str]] = {
    (concepts.CONCEPT.name, action): label for action, label in DONE_LABELS.items()
}


@frozen(kw_only=True)
class ConceptRow:
    """A concept in the list, and the number of its version's warnings by severity.

    `unfilled` counts the empty fields, which are no part of the other numbers.
    """

    summary: concepts.ConceptSummary
    warning_counts: Mapping[str, int]
    unfilled: int


@frozen(kw_only=True)
class ConceptPageQuery(ConceptQuery):
    """A concept, and the seq before which its history is shown."""

    before: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)


@frozen(kw_only=True)
class ConceptDetails:
    """A concept with its warnings, history and prerequisites, read in one transaction."""

    view: concepts.ConceptView
    warnings: concepts.ConceptWarnings
    unfilled_codes: frozenset[str]
    changes: tuple[Change, ...]
    graph: concepts.ConceptGraph
    order: concepts.LearningOrder


@frozen(kw_only=True)
class NextStep:
    """A step that the lifecycle allows, and the scope that it needs."""

    status: ConceptStatus
    action: str
    scope: str


def list_concepts(console: ConsoleContext) -> Response:
    """Show concepts, searched by words and by status."""
    query = parse_fields(ConceptListQuery, request.args)
    query = evolve(query, limit=min(query.limit, CONCEPTS_PER_PAGE))
    cursors = console.operation().cursors(query)
    rows = console.app_context.store.read(
        _read_rows, query, after=cursors.start(), limit=query.limit + 1
    )
    page = cursors.page(rows, lambda row: query.position_of_summary(row.summary))

    return render_page("concepts/concepts", query=query, page=page, statuses=tuple(ConceptStatus))


def show_concept(
    console: ConsoleContext, concept_id: str, error: IndelibleError | None = None
) -> Response:
    """Show one concept: its content, warnings, prerequisites, history and next steps."""
    query = parse_fields(ConceptPageQuery, request.args, concept_id=concept_id)
    details = console.app_context.store.read(_read_details, query)
    status = details.view.concept.status
    done = request.args.get("done", "")

    return render_page(
        "concepts/concept",
        error=error,
        details=details,
        drawing=draw(details.graph, details.order),
        steps=_next_steps(status),
        allowed_actions=concepts.CONCEPT.allowed(status),
        scopes=_command_scopes(console.operation().caller),
        once=console.app_context.ids.new(),
        done=done,
        done_label=DONE_LABELS.get(done),
        reason=request.form.get("reason", ""),
        requested_status=request.form.get("status", ""),
    )


def take_step(console: ConsoleContext, concept_id: str) -> Response:
    """Move a concept one step; after an error the form keeps the reason."""
    context = console.operation(reason=form_text("reason"), response_type=concepts.ConceptSaved)
    try:
        step = parse_fields(MoveConcept, request.form, concept_id=concept_id)
        run_step(context, step)
    except IndelibleError as error:
        return show_concept(console, concept_id, error)

    done = ACTIONS.get(step.status)
    return redirect(url_for("console.show_concept", concept_id=concept_id, done=done), 303)


def show_version(console: ConsoleContext, concept_id: str, version_number: str) -> Response:
    """Show one version with the warnings that were stored with it."""
    query = parse_fields(VersionQuery, {}, concept_id=concept_id, version_number=version_number)
    store = console.app_context.store
    view = store.read(concepts.get_version, concept_id, query.version_number)
    current = store.read(concepts.get_concept, concept_id)
    codes = store.read(_unfilled_codes)

    return render_page("concepts/version", view=view, current=current, unfilled_codes=codes)


def show_diff(console: ConsoleContext, concept_id: str) -> Response:
    """Show two versions side by side, with their differences by word."""
    query = parse_fields(DiffQuery, request.args, concept_id=concept_id)
    store = console.app_context.store
    old = store.read(concepts.get_version, concept_id, query.from_version).version
    new = store.read(concepts.get_version, concept_id, query.to_version).version
    current = store.read(concepts.get_concept, concept_id)
    diff = concepts.diff_content(old.content, new.content)

    return render_page("concepts/diff", old=old, new=new, diff=diff, current=current)


def concept_links(tx: ReadTx, concept_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map each concept id to the concept's name and its page."""
    links: dict[str, EntityLink] = {}
    for concept_id in concept_ids:
        version = tx.concepts.repository.get_latest_version(concept_id)
        name = version.content.name if version else ""
        url = url_for("console.show_concept", concept_id=concept_id)
        links[concept_id] = EntityLink(name=name, url=url)

    return links


def _next_steps(status: ConceptStatus) -> tuple[NextStep, ...]:
    steps: list[NextStep] = []
    for edge in concepts.CONCEPT.edges:
        is_step = edge.action == ACTIONS.get(edge.to_state)
        if edge.from_state == status and is_step:
            scope = STEPS[edge.to_state].scope
            steps.append(NextStep(status=edge.to_state, action=edge.action, scope=scope))

    return tuple(steps)


def _command_scopes(caller: Caller) -> frozenset[str]:
    """Return the scopes of the commands to offer; each command checks its scope again."""
    scopes = {WRITE, *(step.scope for step in STEPS.values())}
    if ADMIN in caller.scopes:
        return frozenset(scopes)
    return caller.scopes & scopes


def _read_rows(
    tx: ReadTx, query: concepts.ConceptFilter, *, after: str, limit: int
) -> tuple[ConceptRow, ...]:
    levels = tx.policy.concepts.warning_levels
    unfilled_codes = concepts.unfilled_codes(levels)

    rows: list[ConceptRow] = []
    for summary in concepts.list_concepts(tx, query, after=after, limit=limit):
        concept = summary.concept
        stored = tx.concepts.search.warnings(concept.id, concept.current_version)
        counts = Counter[str]()
        unfilled = 0
        for warning in concepts.shown_warnings(stored, levels):
            if warning.code in unfilled_codes:
                unfilled += 1
            else:
                counts[str(warning.severity)] += 1
        rows.append(ConceptRow(summary=summary, warning_counts=counts, unfilled=unfilled))

    return tuple(rows)


def _unfilled_codes(tx: ReadTx) -> frozenset[str]:
    return concepts.unfilled_codes(tx.policy.concepts.warning_levels)


def _read_details(tx: ReadTx, query: ConceptPageQuery) -> ConceptDetails:
    view = concepts.get_concept(tx, query.concept_id)
    last_seq = view.seq
    if query.before is not None:
        last_seq = min(query.before - 1, view.seq)
    after = max(0, last_seq - CHANGES_PER_PAGE)
    changes = concepts.list_history(tx, query.concept_id, after=after, limit=last_seq - after)
    graph = concepts.prerequisite_graph(tx, query.concept_id)

    return ConceptDetails(
        view=view,
        warnings=concepts.list_warnings(tx, query.concept_id),
        unfilled_codes=_unfilled_codes(tx),
        changes=changes[::-1],
        graph=graph,
        order=concepts.learning_order(graph, (query.concept_id,)),
    )


PAGES: Final = (
    ConsolePage(rule="/concepts", view=list_concepts),
    ConsolePage(rule="/concepts/<concept_id>", view=show_concept),
    ConsolePage(rule="/concepts/<concept_id>/step", view=take_step, method="POST"),
    ConsolePage(rule="/concepts/<concept_id>/versions/<version_number>", view=show_version),
    ConsolePage(rule="/concepts/<concept_id>/diff", view=show_diff),
)
