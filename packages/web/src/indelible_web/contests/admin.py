"""The operator's commands on contests, outside the public OpenAPI document.

Each has a reason and requires an Idempotency-Key. One that is refused or changes nothing is stored
as a record.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from indelible import contests
from indelible.app import ReadTx, WriteTx
from indelible.contests import (
    CancelContest,
    Contest,
    ContestLog,
    ContestSaved,
    CorrectedRound,
    CorrectLog,
    ForceLock,
    ImportField,
    PauseIngestion,
    ResolveAction,
    ResolveError,
    ResumeIngestion,
)
from indelible.contests.tasks.replays import require_replay
from indelible.contests.tasks.settlement import settle_now
from indelible.kernel import Head
from indelible_web.contests.admin_schemas import CorrectionBody, LogView, OperatorView
from indelible_web.contests.queries import ContestQuery
from indelible_web.contests.routes import ORGANIZE
from indelible_web.contests.viewers import Viewer
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import ADMIN, OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of

Command = TypeVar("Command")
R = TypeVar("R")

MAX_FIELD_BYTES: Final = 2**20

routes = Routes("contests_admin", "Commands of operators on contests.")


@routes.add(
    "POST /contests/<contest_id>/force-lock",
    OPS,
    request_type=ForceLock,
    response_type=OperatorView,
    requires_idempotency_key=True,
)
def force_lock(context: OperationContext, command: ForceLock) -> OperatorView:
    """Lock a contest now; its lock time becomes this instant, in a new configuration version."""
    return context.run_recorded(showing_contest(contests.force_lock), command)


@routes.add(
    "POST /contests/<contest_id>/cancel",
    ADMIN,
    ORGANIZE,
    request_type=ContestQuery,
    response_type=OperatorView,
    requires_idempotency_key=True,
)
def cancel_contest(context: OperationContext, query: ContestQuery) -> OperatorView:
    """Cancel a contest; the organizer may do so before the lock. Again, it has no effect."""
    organizer_id = Viewer.of(context).organizer_id
    command = CancelContest(contest_id=query.contest_id, organizer_id=organizer_id)
    return context.run_recorded(showing_contest(contests.cancel_contest), command)


@routes.add(
    "POST /contests/<contest_id>/resolve-error",
    OPS,
    request_type=ResolveError,
    response_type=OperatorView,
    requires_idempotency_key=True,
)
def resolve_error(context: OperationContext, command: ResolveError) -> OperatorView:
    """Leave ERROR: retry the settlement, resume before the failed step, or cancel.

    A resume is refused while the check that failed still fails. To cancel, the key needs the
    scope `admin`.
    """
    return resolve(context, command)


@routes.add(
    "POST /contests/<contest_id>/field",
    OPS,
    request_type=ImportField,
    response_type=LogView,
    max_body_bytes=MAX_FIELD_BYTES,
    requires_idempotency_key=True,
)
def import_field(context: OperationContext, command: ImportField) -> LogView:
    """Import the field of a tournament as an event of the contest's log."""
    return context.run_recorded(showing_log(contests.import_field), command)


@routes.add(
    "POST /contests/<contest_id>/ingestion/pause",
    OPS,
    request_type=PauseIngestion,
    response_type=LogView,
    requires_idempotency_key=True,
)
def pause_ingestion(context: OperationContext, command: PauseIngestion) -> LogView:
    """Take no more data of the provider into a contest's log."""
    return context.run_recorded(showing_log(contests.pause_ingestion), command)


@routes.add(
    "POST /contests/<contest_id>/ingestion/resume",
    OPS,
    request_type=ResumeIngestion,
    response_type=LogView,
    requires_idempotency_key=True,
)
def resume_ingestion(context: OperationContext, command: ResumeIngestion) -> LogView:
    """Take data of the provider into a contest's log again."""
    return context.run_recorded(showing_log(contests.resume_ingestion), command)


@routes.add(
    "POST /contests/<contest_id>/ingestion/correct",
    OPS,
    request_type=CorrectionBody,
    response_type=LogView,
    max_body_bytes=MAX_FIELD_BYTES,
    requires_idempotency_key=True,
)
def correct_ingestion(context: OperationContext, body: CorrectionBody) -> LogView:
    """Add a correction to a contest's log: another event's leaderboard, or single rounds.

    The correction names the event that it supersedes; the reason is the evidence.
    """
    return correct(context, body)


def correct(context: OperationContext, body: CorrectionBody) -> LogView:
    """Add an operator's correction to a contest's log."""
    rounds: list[CorrectedRound] = []
    for row in body.rounds:
        rounds.append(project(CorrectedRound, row))
    command = CorrectLog(
        contest_id=body.contest_id,
        supersedes=body.supersedes,
        accept_event=body.accept_event,
        rounds=rounds,
        statuses={item.player_id: item.status for item in body.statuses},
    )
    return context.run_recorded(showing_log(contests.correct_log), command)


def resolve(context: OperationContext, command: ResolveError) -> OperatorView:
    """Resolve the error of a contest; a retry computes the settlement outside a transaction.

    So does a resume with the replay of a log that could not be replayed before. A repeated request
    for a retry that has succeeded returns the settled contest.

    Raises:
        ScopeMissing: The caller cancels the contest, and lacks the scope `admin`.
    """
    if command.action is ResolveAction.CANCEL:
        with context.recording(command):
            context.caller.require_scope(ADMIN)
    if command.action is ResolveAction.RESUME:
        with context.recording(command):
            require_replay(context.store, command.contest_id)

    is_retry = command.action is ResolveAction.RETRY
    view = context.run_recorded(
        showing_contest(contests.resolve_error), command, has_later_steps=is_retry
    )
    if not is_retry:
        return view

    head = context.store.read(get_head, command.contest_id)
    if head.entity.is_in_error:
        _settle(context, command)
        head = context.store.read(get_head, command.contest_id)
    return project(OperatorView, head.entity, noop=False, seq=head.revision.seq)


def get_head(tx: ReadTx, contest_id: str) -> Head[Contest]:
    """Return a contest with its seq."""
    return tx.contests.contests.get(contest_id)


def _settle(context: OperationContext, command: ResolveError) -> None:
    """Settle a contest in the operator's name."""
    with context.recording(command):
        settle_now(
            context.store,
            command.contest_id,
            action="resolve_complete",
            actor=context.caller.actor,
            reason=context.reason,
            request_id=context.request_id,
        )


def showing_contest(
    handler: Callable[[WriteTx, Command], ContestSaved],
) -> Callable[[WriteTx, Command], OperatorView]:
    """Return a handler that answers with the view of the contest that it has saved."""

    def show(tx: WriteTx, command: Command) -> OperatorView:
        saved = handler(tx, command)
        return project(OperatorView, saved.contest, noop=saved.noop, seq=saved.seq)

    return show


def showing_log(
    handler: Callable[[WriteTx, Command], Head[ContestLog]],
) -> Callable[[WriteTx, Command], LogView]:
    """Return a handler that answers with the view of the log that it has saved."""

    def show(tx: WriteTx, command: Command) -> LogView:
        head = handler(tx, command)
        return view_of(LogView, head, contest_id=head.entity.id)

    return show
