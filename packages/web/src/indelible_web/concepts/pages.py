"""The console's pages of one concept: its present state, its versions, and their differences."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible import concepts
from indelible.app import ReadTx
from indelible.concepts import ConceptStatus
from indelible.concepts.rules.diff.content import ContentDiff
from indelible.kernel import Change, IndelibleError
from indelible.kernel.kinds import Count, kinds
from indelible_web.concepts.drawing import draw
from indelible_web.concepts.routes import WRITE, ConceptQuery, DiffQuery, VersionQuery
from indelible_web.concepts.steps import STEPS, MoveConcept, run_step
from indelible_web.concepts.versions import VersionOption, version_options
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage, label_actions
from indelible_web.http.request import ADMIN, Caller

CHANGES_PER_PAGE: Final = 50
ACTIONS: Final[Mapping[str, str]] = {
    ConceptStatus.REVIEW: "submit",
    ConceptStatus.APPROVED: "approve",
    ConceptStatus.PUBLISHED: "publish",
}
ACTION_LABELS: Final = label_actions(
    (concepts.CONCEPT,),
    {
        "create": "Created",
        "edit": "Edited",
        "submit": "Submitted for review",
        "approve": "Approved",
        "publish": "Published",
    },
)
NOTICES: Final[Mapping[str, str]] = {
    ConceptStatus.REVIEW: "Submitted for review.",
    ConceptStatus.APPROVED: "Approved.",
    ConceptStatus.PUBLISHED: "Published.",
}


@frozen(kw_only=True, field_transformer=kinds)
class ConceptPageQuery(ConceptQuery):
    """A concept, and the seq before which its history is shown."""

    before: Count | None = None


@frozen(kw_only=True)
class ConceptDetails:
    """A concept with its warnings, history and prerequisites, read in one transaction.

    `prerequisite_ids` maps a text among the prerequisites to the concept that it names.
    """

    view: concepts.ConceptView
    warnings: concepts.ConceptWarnings
    unfilled_codes: frozenset[str]
    changes: tuple[Change, ...]
    graph: concepts.ConceptGraph
    order: concepts.LearningOrder
    prerequisite_ids: Mapping[str, str]
    versions: tuple[VersionOption, ...]


@frozen(kw_only=True)
class VersionDetails:
    """A version with its stored warnings, beside the concept as it is now."""

    view: concepts.VersionView
    current: concepts.ConceptView
    unfilled_codes: frozenset[str]
    prerequisite_ids: Mapping[str, str]
    versions: tuple[VersionOption, ...]


@frozen(kw_only=True)
class DiffDetails:
    """Two versions and their differences, beside the concept as it is now."""

    old: concepts.ConceptVersion
    new: concepts.ConceptVersion
    diff: ContentDiff
    current: concepts.ConceptView
    versions: tuple[VersionOption, ...]


@frozen(kw_only=True)
class NextStep:
    """A step that the lifecycle allows, and the scope that it needs."""

    status: ConceptStatus
    action: str
    scope: str


def show_concept(
    console: ConsoleContext, concept_id: str, error: IndelibleError | None = None
) -> Response:
    """Show one concept: its content, warnings, prerequisites, history and next steps."""
    query = parse_fields(ConceptPageQuery, request.args, concept_id=concept_id)
    details = console.app_context.store.read(_read_details, query)
    status = details.view.concept.status

    return render_page(
        "concepts/concept",
        error=error,
        details=details,
        drawing=draw(details.graph, details.order),
        steps=_next_steps(status),
        allowed_actions=concepts.CONCEPT.allowed(status),
        scopes=_command_scopes(console.operation().caller),
        once=console.app_context.ids.new(),
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

    notice = NOTICES.get(step.status)
    if notice:
        console.notices.leave(notice)
    return redirect(url_for("console.show_concept", concept_id=concept_id), 303)


def show_version(console: ConsoleContext, concept_id: str, version_number: str) -> Response:
    """Show one version with the warnings that were stored with it."""
    query = parse_fields(VersionQuery, {}, concept_id=concept_id, version_number=version_number)
    details = console.app_context.store.read(_read_version, query)

    return render_page("concepts/version", details=details)


def show_diff(console: ConsoleContext, concept_id: str) -> Response:
    """Show two versions side by side, with their differences by word."""
    query = parse_fields(DiffQuery, request.args, concept_id=concept_id)
    details = console.app_context.store.read(_read_diff, query)

    return render_page("concepts/diff", details=details)


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
    prerequisites = view.version.content.prerequisites

    return ConceptDetails(
        view=view,
        warnings=concepts.list_warnings(tx, query.concept_id),
        unfilled_codes=_unfilled_codes(tx),
        changes=changes[::-1],
        graph=graph,
        order=concepts.learning_order(graph, (query.concept_id,)),
        prerequisite_ids=_named_concepts(graph, prerequisites),
        versions=version_options(tx, view),
    )


def _read_version(tx: ReadTx, query: VersionQuery) -> VersionDetails:
    view = concepts.get_version(tx, query.concept_id, query.version_number)
    current = concepts.get_concept(tx, query.concept_id)
    prerequisites = view.version.content.prerequisites
    graph = concepts.ConceptGraph(nodes=tx.concepts.search.nodes_named(prerequisites))

    return VersionDetails(
        view=view,
        current=current,
        unfilled_codes=_unfilled_codes(tx),
        prerequisite_ids=_named_concepts(graph, prerequisites),
        versions=version_options(tx, current, query.version_number),
    )


def _read_diff(tx: ReadTx, query: DiffQuery) -> DiffDetails:
    old = concepts.get_version(tx, query.concept_id, query.from_version).version
    new = concepts.get_version(tx, query.concept_id, query.to_version).version
    current = concepts.get_concept(tx, query.concept_id)

    return DiffDetails(
        old=old,
        new=new,
        diff=concepts.diff_content(old.content, new.content),
        current=current,
        versions=version_options(tx, current, query.from_version, query.to_version),
    )


def _named_concepts(graph: concepts.ConceptGraph, prerequisites: Sequence[str]) -> dict[str, str]:
    """Map each prerequisite that names one concept to the concept's id."""
    ids_by_text: dict[str, str] = {}
    for text in prerequisites:
        matches = graph.matches(text)
        if len(matches) == 1:
            ids_by_text[text] = matches[0]

    return ids_by_text


PAGES: Final = (
    ConsolePage(rule="/concepts/<concept_id>", view=show_concept),
    ConsolePage(rule="/concepts/<concept_id>/step", view=take_step, method="POST"),
    ConsolePage(
        rule="/concepts/<concept_id>/versions/<version_number>",
        view=show_version,
        reads_standby=True,
    ),
    ConsolePage(rule="/concepts/<concept_id>/diff", view=show_diff, reads_standby=True),
)
