"""The handlers of settlement runs: start, finish and fail.

A settlement has three steps. StartRun commits the run with its input. The settlement is computed
with no transaction open. FinishRun compares the input, and writes the status of the contest, the
end of the run and its lines in one transaction.
"""

from indelible.contests.commands.runs import FailRun, FinishRun, StartRun
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.runs import SettlementBasis, SettlementRun
from indelible.contests.entities.values import ReasonCode
from indelible.contests.errors import SettlementNotDue
from indelible.contests.handlers.saving import evidence_of, save, save_contest
from indelible.contests.repositories.reads import (
    DueSettlement,
    folded_state,
    require_due,
    require_open_log,
)
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.terminal import terminal_reason
from indelible.kernel import Head

ABANDONED = "RUN_ABANDONED"


def start_run(tx: ContestsWrite, command: StartRun) -> Head[SettlementRun]:
    """Start a settlement run; a run that a killed worker has left started is failed first.

    Raises:
        SettlementNotDue: The tournament has not ended, the hold is not over, or the log is paused.
        InvalidTransition, RetryNotPossible: No settlement can end the contest.
    """
    contest = tx.contests.contests.lock(command.contest_id).entity.require_settleable()
    now = tx.clock.now()
    due = require_due(tx, contest, now)
    _fail_leftover(tx, contest.id)
    run = SettlementRun.started(
        run_id=tx.ids.new(),
        contest_id=contest.id,
        number=_next_number(tx, contest.id),
        basis=_basis(tx, due),
        currency=contest.currency,
        now=now,
    )
    return save(tx, tx.contests.runs, None, run, "start")


def finish_run(tx: ContestsWrite, command: FinishRun) -> Head[SettlementRun]:
    """Settle the contest of a run: its status, the end of the run and the lines together.

    Raises:
        SettlementInputChanged: The log, the entries or the configuration have changed.
        SettlementNotDue: The log is paused, or has no TERMINAL event.
    """
    contest_id = tx.contests.runs.get(command.run_id).entity.contest_id
    contest_head = tx.contests.contests.lock(contest_id)
    log = require_open_log(tx.contests.logs.lock(contest_id).entity)
    head = tx.contests.runs.lock(command.run_id)
    run = head.entity.require_binding(command.binding).require_input(
        configuration_digest=contest_head.entity.configuration_digest,
        events_digest=log.event_hash,
        entries=tx.contests.entries.joins.entries_revision(contest_id),
    )
    code = _reason_of_end(tx, log)
    now = tx.clock.now()
    completed = run.completed(command.totals, now=now)
    saved = save(tx, tx.contests.runs, head, completed, "complete", bulk=(command.lines,))
    _complete_contest(tx, contest_head, completed, command.action, code)
    return saved


def fail_run(tx: ContestsWrite, command: FailRun) -> Head[SettlementRun]:
    """End a started run as failed; the contest keeps its state."""
    head = tx.contests.runs.lock(command.run_id)
    failed = head.entity.failed(command.error_code, command.error_message, now=tx.clock.now())
    return save(tx, tx.contests.runs, head, failed, "fail")


def _reason_of_end(tx: ContestsWrite, log: ContestLog) -> ReasonCode:
    """Return why the tournament has ended; an end is never assumed.

    Raises:
        SettlementNotDue: The log has no TERMINAL event.
    """
    reason = terminal_reason(folded_state(tx, log))
    if reason is None:
        raise SettlementNotDue(log.contest_id, "a TERMINAL event", "no TERMINAL event")
    return reason


def _complete_contest(
    tx: ContestsWrite,
    head: Head[Contest],
    run: SettlementRun,
    action: str,
    code: ReasonCode,
) -> None:
    """Save the settled contest with the digests of its settlement."""
    head.entity.require_settleable()
    if head.entity.is_in_error:
        code = ReasonCode.ERROR_RESOLVED_COMPLETE

    now = tx.clock.now()
    evidence = evidence_of(
        code,
        now,
        run_id=run.id,
        event_number=run.event_number,
        events_digest=run.events_digest,
        configuration_digest=run.configuration_digest,
        eligibility_digest=run.eligibility_digest,
        result_digest=run.result_digest,
        official_rounds=run.official_rounds,
    )
    save_contest(tx, head, head.entity.completed(action, run.id, now=now), action, evidence)


def _fail_leftover(tx: ContestsWrite, contest_id: str) -> None:
    """End the run of a contest that was left started."""
    leftover = tx.contests.runs.started(contest_id)
    if leftover is None:
        return

    head = tx.contests.runs.lock(leftover.entity.id)
    message = "The run was left started: its worker has ended, or its input has changed."
    failed = head.entity.failed(ABANDONED, message, now=tx.clock.now())
    save(tx, tx.contests.runs, head, failed, "fail")


def _next_number(tx: ContestsWrite, contest_id: str) -> int:
    """Return the number of the next run of a locked contest."""
    newest = tx.contests.runs.of_contest(contest_id, limit=1)
    return newest[0].entity.number + 1 if newest else 1


def _basis(tx: ContestsWrite, due: DueSettlement) -> SettlementBasis:
    """Return what a settlement of a locked contest is computed from."""
    return SettlementBasis(
        engine_version=due.configuration.engine_version.value,
        configuration_version=due.contest.configuration_version,
        configuration_digest=due.contest.configuration_digest,
        event_number=due.log.event_number,
        events_digest=due.log.event_hash,
        entries=tx.contests.entries.joins.entries_revision(due.contest.id),
    )
