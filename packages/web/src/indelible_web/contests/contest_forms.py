"""The forms on the console's page of a contest; each asks for a reason, which is recorded."""

from collections.abc import Callable
from typing import Final

from attrs import frozen
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible import contests
from indelible.contests import (
    CancelContest,
    ForceLock,
    PauseIngestion,
    ResolveAction,
    ResolveError,
    ResumeIngestion,
)
from indelible.kernel import IndelibleError
from indelible.kernel.kinds import Count, kinds
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.contests.admin import (
    correct,
    resolve,
    showing_contest,
    showing_log,
)
from indelible_web.contests.admin_checks import compare, verify
from indelible_web.contests.admin_schemas import CorrectionBody, LogView, OperatorView
from indelible_web.contests.contest_pages import (
    ContestPathQuery,
    contest,
    load_page,
    template_values,
)
from indelible_web.contests.routes import ORGANIZE
from indelible_web.contests.viewers import Viewer
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import OPS

FORCED: Final = "Locked. The lock time is now."
CANCELED: Final = "Canceled."
PAUSED: Final = "Ingestion paused. Only corrections of operators are added to the log."
RESUMED: Final = "Ingestion resumed."
CORRECTED: Final = "Corrected. The log has a new event with your reason."
RESOLVED: Final = "Resolved."


@frozen(kw_only=True, field_transformer=kinds)
class LockForm(ContestPathQuery):
    """A forced lock of the contest that the page shows."""

    seq: Count


@frozen(kw_only=True)
class ResolveForm(ContestPathQuery):
    """A way out of ERROR."""

    action: ResolveAction


@frozen(kw_only=True, field_transformer=kinds)
class AcceptForm(ContestPathQuery):
    """An event whose leaderboard is canonical, and the event that it replaces."""

    supersedes: Count
    accept_event: Count


def lock_contest(console: ConsoleContext, contest_id: str) -> Response:
    """Lock a contest now."""

    def act(context: OperationContext) -> None:
        form = parse_fields(LockForm, request.form, contest_id=contest_id)
        command = ForceLock(contest_id=form.contest_id, expected_seq=form.seq)
        context.run_recorded(showing_contest(contests.force_lock), command)

    return _act(console, contest_id, act, OperatorView, FORCED)


def cancel_contest(console: ConsoleContext, contest_id: str) -> Response:
    """Cancel a contest; its organizer may do so before the lock."""

    def act(context: OperationContext) -> None:
        command = CancelContest(contest_id=contest_id, organizer_id=Viewer.of(context).organizer_id)
        context.run_recorded(showing_contest(contests.cancel_contest), command)

    return _act(console, contest_id, act, OperatorView, CANCELED, scope=ORGANIZE)


def resolve_contest(console: ConsoleContext, contest_id: str) -> Response:
    """Resolve the error of a contest."""

    def act(context: OperationContext) -> None:
        form = parse_fields(ResolveForm, request.form, contest_id=contest_id)
        resolve(context, ResolveError(contest_id=form.contest_id, action=form.action))

    return _act(console, contest_id, act, OperatorView, RESOLVED)


def pause_contest(console: ConsoleContext, contest_id: str) -> Response:
    """Take no more data of the provider into the contest's log."""

    def act(context: OperationContext) -> None:
        command = PauseIngestion(contest_id=contest_id)
        context.run_recorded(showing_log(contests.pause_ingestion), command)

    return _act(console, contest_id, act, LogView, PAUSED)


def resume_contest(console: ConsoleContext, contest_id: str) -> Response:
    """Take data of the provider into the contest's log again."""

    def act(context: OperationContext) -> None:
        command = ResumeIngestion(contest_id=contest_id)
        context.run_recorded(showing_log(contests.resume_ingestion), command)

    return _act(console, contest_id, act, LogView, RESUMED)


def correct_contest(console: ConsoleContext, contest_id: str) -> Response:
    """Replace the applied leaderboard by that of another event."""

    def act(context: OperationContext) -> None:
        form = parse_fields(AcceptForm, request.form, contest_id=contest_id)
        body = CorrectionBody(
            contest_id=form.contest_id,
            supersedes=form.supersedes,
            accept_event=form.accept_event,
        )
        correct(context, body)

    return _act(console, contest_id, act, LogView, CORRECTED)


def check_contest(console: ConsoleContext, contest_id: str) -> Response:
    """Show the result of a settlement of now, and verify the log; nothing is stored."""
    context = console.operation(scope=OPS)
    query = parse_fields(ContestPathQuery, {}, contest_id=contest_id)
    loaded = load_page(context, query.contest_id)
    verdict = verify(context, query.contest_id)
    comparison = None
    problem: IndelibleError | None = None
    try:
        comparison = compare(context, query.contest_id, None)
    except IndelibleError as error:
        problem = error

    return render_page(
        "contests/check",
        verdict=verdict,
        comparison=comparison,
        refusal=problem,
        stored=next((run for run in loaded.page.runs if run.result_digest), None),
        **template_values(loaded),
    )


def _act(
    console: ConsoleContext,
    contest_id: str,
    act: Callable[[OperationContext], None],
    response_type: type,
    notice: str,
    *,
    scope: str = OPS,
) -> Response:
    """Run a form's command and show the contest; after an error the form keeps the reason."""
    context = console.operation(
        scope=scope, reason=form_text("reason"), response_type=response_type
    )
    try:
        act(context)
    except IndelibleError as error:
        return contest(console, contest_id, error)

    console.notices.leave(notice)
    return redirect(url_for("console.contest", contest_id=contest_id), 303)


PAGES: Final = (
    ConsolePage(rule="/contests/<contest_id>/lock", view=lock_contest, method="POST"),
    ConsolePage(rule="/contests/<contest_id>/cancel", view=cancel_contest, method="POST"),
    ConsolePage(rule="/contests/<contest_id>/resolve", view=resolve_contest, method="POST"),
    ConsolePage(rule="/contests/<contest_id>/pause", view=pause_contest, method="POST"),
    ConsolePage(rule="/contests/<contest_id>/resume", view=resume_contest, method="POST"),
    ConsolePage(rule="/contests/<contest_id>/correct", view=correct_contest, method="POST"),
    ConsolePage(rule="/contests/<contest_id>/check", view=check_contest),
)
