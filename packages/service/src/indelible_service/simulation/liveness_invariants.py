"""The invariants of liveness: what has to happen does happen, and nobody has to help."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import LOCK_CONTEST_STAGE, SETTLE_CONTEST_STAGE
from indelible.kernel import Change
from indelible.kernel.questions import one_of
from indelible.kernel.silence import LONGEST_SILENCE_SECONDS, silent_subjects
from indelible.money.errors.gateway import PROGRAM_REASONS
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.queries.payouts import find_open_transfers
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.money.tasks.reconciling import STAGES
from indelible.projects.rules.tasks import CLEAN_WORKSPACES_STAGE, PROCESS_JOB_STAGE
from indelible_service.processes.building import recurring_tasks
from indelible_service.simulation.plan import HOUR, PAYING, Ending, PlannedContest

if TYPE_CHECKING:
    from indelible.money.entities.payouts import Transfer
    from indelible.money.queries.payouts import FoundTransfer
    from indelible_service.simulation.observed import Observed

MAX_TRANSFERS: Final = 500
LOGGED_OF_STAGES: Final = {
    LOCK_CONTEST_STAGE: ("[Lifecycle] contest ",),
    SETTLE_CONTEST_STAGE: ("[Lifecycle] contest ",),
    PROCESS_STRIPE_EVENT_STAGE: ("[Payment] event ",),
}
UNFILLED: Final = "cancel_unfilled"
# Stripe repeats the error that it has stored under a key. A transfer is tried again each hour, and
# looked up after three equal answers; then it has a new key.
STORED_ERROR_SECONDS: Final = 5 * HOUR


def nothing_is_silent(observed: "Observed") -> Iterator[str]:
    """Yield what the installation itself misses, unless a disturbance explains the silence."""
    for silent in observed.store.read(silent_subjects, observed.world.clock.now()):
        state = silent.state
        longest_silence_seconds = state.longest_silence_seconds or 0
        if state.stage == SEND_TRANSFER_STAGE:
            longest_silence_seconds += STORED_ERROR_SECONDS
        is_calm = _is_calm_for(observed, longest_silence_seconds)
        is_explained = _is_absent(observed, state.stage) or _fails_for_losses(observed, state.stage)
        if is_calm and not is_explained:
            yield str(silent)


def due_tasks_are_performed(observed: "Observed") -> Iterator[str]:
    """Yield the stages whose first task is due for longer than a stage may be silent.

    A stage that no worker has is declared by nobody, so that it is never silent.
    """
    if not _is_calm_for(observed, LONGEST_SILENCE_SECONDS):
        return
    now = observed.world.clock.now()
    limit = now - timedelta(seconds=LONGEST_SILENCE_SECONDS)
    for backlog in observed.store.read(lambda tx: tx.tasks.backlogs(now)):
        is_late = backlog.oldest is not None and backlog.oldest < limit
        if is_late and not _is_absent(observed, backlog.stage):
            yield f"a task of stage {backlog.stage} is due since {backlog.oldest}"


def payouts_end(observed: "Observed") -> Iterator[str]:
    """Yield the transfers that are not sent within their time, and wait for nothing.

    It is the time for which a stage may be silent, and longer where Stripe has stored an error. One
    that is parked waits for its reason, until that is over. One that has failed needs a person;
    after a restore that may be expected.
    """
    seconds = observed.world.clock.seconds
    waiting: dict[str, int] = {}
    over = {one.id for one in observed.store.read(_open_transfers, observed.world.clock.now())}
    for head in observed.store.read(_unsent_transfers):
        transfer = head.entity
        if _is_failed_after_restore(observed, transfer):
            continue
        if transfer.id not in over and not _is_unsent(transfer):
            continue
        waiting[transfer.id] = observed.unsent_since.get(transfer.id, seconds)
        is_late = seconds - waiting[transfer.id] > LONGEST_SILENCE_SECONDS
        if is_late and _is_calm_for(observed, LONGEST_SILENCE_SECONDS + STORED_ERROR_SECONDS):
            yield f"transfer {transfer.id} is {transfer.status}, approved {transfer.approved_at}"
    observed.unsent_since = waiting


def played_contests_complete(observed: "Observed") -> Iterator[str]:
    """Yield each contest of a played tournament that is canceled although it was filled.

    It was filled if enough of its entries were to be paid, and nothing was disturbed until then.
    That each contest ends at all is another invariant.
    """
    for change in observed.new_changes:
        contest = _planned_contest(observed, change)
        if contest is None:
            continue
        if observed.plan.tournament_of(contest).ending is not Ending.PLAYED:
            continue
        if change.action != UNFILLED or _is_filled(observed, contest):
            yield f"{contest.name} was filled and played, and ends by {change.action}"


def reconciled_lately(observed: "Observed") -> Iterator[str]:
    """Yield each scope without a reconciliation that completed within its longest silence.

    A task of a reconciliation that fails may succeed, so that it is not silent.
    """
    seconds = observed.world.clock.seconds
    for change in observed.new_changes:
        if change.lifecycle == "reconciliation" and change.action == "complete":
            scope = observed.store.read(_scope_of, change.entity_id)
            observed.reconciled_at[scope] = seconds
    silences = {
        task.stage: task.subject.longest_silence_seconds
        for task in recurring_tasks(observed.settings)
    }
    for scope, stage in STAGES.items():
        longest = silences[stage] or 0
        since = observed.reconciled_at.get(scope.value, 0)
        if seconds - since > longest and _is_calm_for(observed, longest):
            yield f"no {scope.value} reconciliation is complete for more than {longest} s"


def no_error_is_logged(observed: "Observed") -> Iterator[str]:
    """Yield what the program has logged as an error, which needs a person.

    A failed job is repeated by its user. After a restore a person is at work. An operator looks
    after the tasks of a stage that fails by plan.
    """
    if observed.people.losses.restores:
        return
    expected = [f"stage {PROCESS_JOB_STAGE}: task "]
    for fault in observed.plan.faults:
        if fault.stage:
            expected += [f"stage {fault.stage}: task ", *LOGGED_OF_STAGES.get(fault.stage, ())]
    for message in observed.logged_errors:
        if not message.startswith(tuple(expected)):
            yield message


def _is_calm_for(observed: "Observed", seconds: int) -> bool:
    """Return True if no fault, death or restore has disturbed the last so many seconds."""
    now = observed.world.clock.seconds
    for fault in observed.plan.faults:
        if fault.at <= now <= fault.at + fault.seconds + seconds:
            return False
    since = observed.machinery.running_since
    return since is not None and now - since > seconds


def _is_absent(observed: "Observed", stage: str) -> bool:
    """Return True for the stage of the scheduled janitor, which a plan without projects lacks."""
    return stage == CLEAN_WORKSPACES_STAGE and observed.git is None


def _fails_for_losses(observed: "Observed", stage: str) -> bool:
    """Return True for Stripe's events after a restore: those of what is lost fail for days."""
    return stage == PROCESS_STRIPE_EVENT_STAGE and observed.people.losses.restores > 0


def _is_unsent(transfer: "Transfer") -> bool:
    """Return True if a transfer is not parked by the program."""
    if transfer.status is not TransferStatus.PARKED:
        return True
    return transfer.failure_code not in PROGRAM_REASONS


def _is_failed_after_restore(observed: "Observed", transfer: "Transfer") -> bool:
    has_failed = transfer.status is TransferStatus.FAILED_TERMINAL
    return has_failed and observed.people.losses.restores > 0


def _planned_contest(observed: "Observed", change: Change) -> PlannedContest | None:
    """Return the planned contest that a change cancels, None for another change."""
    if change.lifecycle != "contest" or change.to_state != ContestStatus.CANCELLED:
        return None
    for contest in observed.plan.contests:
        if observed.people.contest_ids.get(contest.name) == change.entity_id:
            return contest
    return None


def _is_filled(observed: "Observed", contest: PlannedContest) -> bool:
    """Return True if enough entries of a contest were to be paid, and nothing has hindered it.

    A restore hinders what follows its backup.
    """
    times = [fault.at for fault in observed.plan.faults]
    times += [restore.backup_at for restore in observed.plan.restores]
    if min(times, default=contest.end_at) <= contest.lock_at:
        return False
    entries = [one for one in observed.plan.entries if one.contest == contest.name]
    return sum(one.fate in PAYING for one in entries) >= contest.min_entries


def _open_transfers(tx: Any, now: datetime) -> "tuple[FoundTransfer, ...]":  # noqa: ANN401 - tx
    """Return the transfers that the sweep would let go on."""
    return find_open_transfers(tx, now, stuck_after=timedelta(), limit=MAX_TRANSFERS).to_wake


def _unsent_transfers(tx: Any) -> Any:  # noqa: ANN401 - of the store
    states = one_of("status", frozenset(TransferStatus) - {TransferStatus.COMPLETED})
    return tx.money.transfers.select(states, limit=MAX_TRANSFERS)


def _scope_of(tx: Any, reconciliation_id: str) -> str:  # noqa: ANN401 - of the store
    return str(tx.money.reconciliations.get(reconciliation_id).entity.scope.value)


HOURLY: Final = {
    "nothing-is-silent": nothing_is_silent,
    "payouts-end": payouts_end,
    "played-contests-complete": played_contests_complete,
    "reconciled-lately": reconciled_lately,
}
ENDS: Final = {"due-tasks-are-performed": due_tasks_are_performed}
