"""The invariants of a simulation, each a function that yields what is wrong."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from indelible.contests.lifecycle import CONTEST_LOG
from indelible.contests.tasks.replays import replay_log
from indelible.money.entities.values import AccountKind, ReconciliationRule
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.payouts import TRANSFER_METADATA
from indelible.money.rules.stages import (
    PROCESS_STRIPE_EVENT_STAGE,
    RECORD_FEE_STAGE,
    SEND_REFUND_STAGE,
)
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE
from indelible.reactions import SUBSCRIBER_NAME
from indelible.reactions.charges import UPDATE_CHARGES_STAGE
from indelible.reactions.settlements import POST_SETTLEMENT_STAGE
from indelible_service.simulation import chain_invariants as tokens
from indelible_service.simulation import history_invariants as histories
from indelible_service.simulation import liveness_invariants as liveness
from indelible_service.simulation import payout_invariants as payouts
from indelible_service.simulation import project_invariants as projects
from indelible_service.simulation.losses import Json
from indelible_service.simulation.observed import Observed
from indelible_service.simulation.operator import is_halted
from indelible_service.simulation.plan import HOUR, FaultKind
from indelible_sql import verify

if TYPE_CHECKING:
    from indelible.contests.entities.contests import Contest

BOOKING_STAGES: Final = (
    POST_SETTLEMENT_STAGE,
    PROCESS_STRIPE_EVENT_STAGE,
    RECORD_FEE_STAGE,
    SEND_REFUND_STAGE,
    UPDATE_CHARGES_STAGE,
)
COMPLETED: Final = {"status": "completed"}
MAX_TRANSFERS: Final = 500
MAX_LINES: Final = 500
STRIPE_FAULTS: Final = (
    FaultKind.STRIPE_OUTAGE,
    FaultKind.STRIPE_ERRORS,
    FaultKind.STRIPE_SILENCE,
)
OF_EVENTS: Final = (*STRIPE_FAULTS, FaultKind.WEBHOOK_DELAY, FaultKind.WEBHOOK_OUTAGE)
AFTERMATH: Final = 3 * HOUR  # of a fault, in which an event may wait for its next attempt
RESUMED_WITHIN: Final = 2 * HOUR  # of the last moment at which such an event may halt payments
ENDED: Final = ("COMPLETE", "CANCELLED")
Check = Callable[[Observed], Iterator[str]]


def ledger_balances(observed: Observed) -> Iterator[str]:
    """Yield the sum of all accounts, if it is not zero."""
    total = 0
    for balance in observed.store.read(lambda tx: tx.money.accounts.joins.sums()):
        sign = 1 if balance.kind.side == "debit" else -1
        total += sign * balance.balance_minor
    if total:
        yield f"the accounts sum up to {total}"


def one_transfer(observed: Observed) -> Iterator[str]:
    """Yield each transfer that exists at Stripe twice."""
    seen: dict[str, str] = {}
    for transfer in observed.stripe.objects("transfer"):
        if transfer["reversed"]:
            continue
        own_id = str(transfer["metadata"].get("transfer_id"))
        if own_id in seen:
            yield f"transfer {own_id} is {seen[own_id]} and {transfer['id']} at Stripe"
        seen[own_id] = str(transfer["id"])


def one_payout(observed: Observed) -> Iterator[str]:
    """Yield each transfer that was made while Stripe had one of its contest that we had lost.

    A lost one of a party that is owed another amount now fails its own transfer only.
    """
    later = list(observed.people.losses.later_transfers(observed.stripe))
    for lost in observed.people.losses.transfers(observed.stripe):
        own_id = lost["metadata"][TRANSFER_METADATA]
        if not later or observed.store.read(_transfers_of, {"id": own_id}):
            continue
        for transfer in later:
            is_same = transfer["transfer_group"] == lost["transfer_group"]
            if is_same and not _is_reversed_at(lost, transfer["created"]):
                yield f"{transfer['id']} was made while Stripe had {lost['id']}, which was lost"


def transfers_match(observed: Observed) -> Iterator[str]:
    """Yield each completed transfer that Stripe has with another amount or destination."""
    at_stripe = {one["id"]: one for one in observed.stripe.objects("transfer")}
    for head in observed.store.read(_transfers_of, COMPLETED):
        transfer = head.entity
        other = at_stripe.get(transfer.stripe_transfer_id)
        if other is None:
            yield f"transfer {transfer.id} is complete, and Stripe has none"
        elif (other["amount"], other["destination"]) != (
            transfer.amount_minor,
            transfer.destination,
        ):
            yield f"transfer {transfer.id} is another one at Stripe"


def no_halt(observed: Observed) -> Iterator[str]:
    """Yield a halt of payments: a reconciliation has found a difference to Stripe.

    After a restore an operator halts them, and until what was lost is explained they are halted.
    An event that waits for Stripe or for a lost webhook halts them, too (R5).
    """
    for change in observed.new_changes:
        if change.lifecycle != "payment_switch" or change.action != "halt":
            continue
        rules = observed.store.read(_halting_rules, change.at)
        is_awaited = rules == frozenset({ReconciliationRule.R5}) and _is_disturbed(
            observed, AFTERMATH
        )
        if not is_awaited and not observed.operator.explains_halts(change.at):
            names = ", ".join(sorted(rule.value for rule in rules))
            yield f"payments are halted by {names}: {change.reason}"


def halts_end(observed: Observed) -> Iterator[str]:
    """Yield that payments are still halted, although nobody is at work and nothing is disturbed.

    The events that `no_halt` permits to wait have an outcome then, and the reconciliation after
    them has resumed payments.
    """
    if not observed.store.read(is_halted) or _is_disturbed(observed, AFTERMATH + RESUMED_WITHIN):
        return
    if not observed.operator.explains_halts(observed.world.clock.now()):
        yield "payments are halted, and nothing is left that explains it"


def no_server_error(observed: Observed) -> Iterator[str]:
    """Yield answers of the API that blame the server."""
    yield from observed.people.server_errors


def repeated_requests_are_answered_again(observed: Observed) -> Iterator[str]:
    """Yield the requests that were sent twice and had two different answers."""
    yield from observed.people.other_answers


def configuration_fixed(observed: Observed) -> Iterator[str]:
    """Yield the configurations that were changed while their contest was live."""
    yield from observed.people.late_configurations


def complete_after_the_end(observed: Observed) -> Iterator[str]:
    """Yield the contests that are complete without a terminal event in their log."""
    for change in observed.new_changes:
        if change.lifecycle == "contest" and change.action == "complete":
            contest_id = change.entity_id
            log = observed.store.read(_log_of, contest_id)
            if log.terminal_number is None:
                yield f"contest {contest_id} is complete without a terminal event"


def at_rest(observed: Observed) -> bool:
    """Return True if nothing that has happened at Stripe or to contests waits to be booked."""
    if observed.stripe.engine.sender.next_due() is not None:
        return False
    waiting = observed.store.read(_waiting_stages, observed.world.clock.now())
    if waiting == {PROCESS_STRIPE_EVENT_STAGE} and observed.people.losses.restores:
        waiting = {*_unlost_events(observed, InboxStatus.RECEIVED)}
    if waiting:
        return False
    if observed.store.read(_subscriber_cursor) != observed.changes.cursor:
        return False
    edges = observed.changes.edges
    wanted = sum(one["type"] in EVENT_TYPES for one in observed.stripe.objects("event"))
    if edges["stripe_event.receive"] + edges["stripe_event.backfill"] != wanted:
        return False
    sent = sum(one["amount"] for one in observed.stripe.objects("transfer"))
    for lost in observed.people.losses.transfers(observed.stripe):
        sent -= lost["amount"] * lost["reversed"]
    booked = sum(head.entity.amount_minor for head in observed.store.read(_transfers_of, COMPLETED))
    return bool(sent == booked)


def reference_agrees(observed: Observed) -> Iterator[str]:
    """Yield the differences between our books and the reference, at a moment of rest."""
    if not at_rest(observed):
        return
    observed.rests += 1
    books: dict[AccountKind, int] = {}
    for balance in observed.store.read(lambda tx: tx.money.accounts.joins.sums()):
        books[balance.kind] = books.get(balance.kind, 0) + balance.balance_minor
    counted = payouts.counted_entries(observed)
    yield from observed.reference.differences(books, counted)
    yield from payouts.contest_differences(observed, counted)


def verify_clean(observed: Observed) -> Iterator[str]:
    """Yield the findings of `indelible verify`."""
    with observed.database.real_time():
        findings = verify(observed.store)
    for finding in findings:
        yield str(finding)


def new_events_agree(observed: Observed) -> Iterator[str]:
    """Yield the contests with new events whose log does not lead to the stored state."""
    changed = {one.entity_id for one in observed.new_changes if one.lifecycle == CONTEST_LOG.name}
    yield from _replay_problems(observed, changed)


def replay_agrees(observed: Observed) -> Iterator[str]:
    """Yield the contests whose log does not lead to the stored state."""
    yield from _replay_problems(observed, observed.people.contest_ids.values())


def all_published(observed: Observed) -> Iterator[str]:
    """Yield the planned contests that were never published."""
    for contest in observed.plan.contests:
        is_lost = contest.name in observed.people.losses.contests
        if contest.name not in observed.people.contest_ids and not is_lost:
            yield contest.name


def all_contests_ended(observed: Observed) -> Iterator[str]:
    """Yield the contests that have not ended."""
    for name, contest_id in observed.people.contest_ids.items():
        status = observed.store.read(_contest, contest_id).status
        if status not in ENDED:
            yield f"{name} is {status}"


def comes_to_rest(observed: Observed) -> Iterator[str]:
    """Yield what is left to book at the end."""
    if not at_rest(observed):
        yield "something at Stripe is not booked a day after the last fault"


def no_dead_task(observed: Observed) -> Iterator[str]:
    """Yield the stages with dead tasks, which nobody but an operator requeues.

    The dead task of a job has failed the job, and its user creates another one.
    """
    now = observed.world.clock.now()
    for backlog in observed.store.read(lambda tx: tx.tasks.backlogs(now)):
        if backlog.stage == PROCESS_JOB_STAGE:
            continue
        expected = 0
        if backlog.stage == PROCESS_STRIPE_EVENT_STAGE:
            dead = observed.store.read(_events, InboxStatus.DEAD)
            expected = len(dead) - len(list(_unlost_events(observed, InboxStatus.DEAD)))
        if backlog.dead > expected:
            yield f"{backlog.dead} tasks of {backlog.stage} are dead, expected {expected}"


def payments_resumed(observed: Observed) -> Iterator[str]:
    """Yield that payments are still halted after a restore."""
    operator = observed.operator
    is_expected = operator.explains_halts(observed.world.clock.now())
    if operator.is_at_work or (observed.store.read(is_halted) and not is_expected):
        yield "payments are still halted at the end"


def _replay_problems(observed: Observed, contest_ids: Collection[str]) -> Iterator[str]:
    for name, contest_id in observed.people.contest_ids.items():
        if contest_id not in contest_ids:
            continue
        replay = replay_log(observed.store, contest_id)
        if not replay.is_equal:
            yield f"{name}: {replay.first_problem}"


def _halting_rules(tx: Any, at: datetime) -> frozenset[ReconciliationRule]:  # noqa: ANN401 - tx
    return frozenset(tx.money.reconciliations.joins.rules_without_remedy(at))


def _is_disturbed(observed: Observed, aftermath: int) -> bool:
    """Return True if Stripe is disturbed or loses webhooks, or did in the last so many seconds.

    An event that follows a lost one, such as the dispute of a payment, waits until the next
    reconciliation has stored the lost one.
    """
    now = observed.world.clock.seconds
    lost_until = observed.webhook_lost_until
    if lost_until is not None and now <= lost_until + aftermath:
        return True
    for fault in observed.plan.faults:
        is_of_events = fault.kind in OF_EVENTS or fault.stage == PROCESS_STRIPE_EVENT_STAGE
        if is_of_events and fault.at <= now <= fault.at + fault.seconds + aftermath:
            return True
    return False


def _waiting_stages(tx: Any, now: datetime) -> set[str]:  # noqa: ANN401 - of the store
    """Return the stages that have something to book; a worker that has died leaves its leases.

    A dead task waits for an operator.
    """
    demand = tx.tasks.demand(BOOKING_STAGES, now, limit=1)
    waiting = {one.stage for one in demand.stages if one.due or one.next_due is not None}
    for stats in tx.tasks.backlogs(now):
        if (stats.running or stats.dead) and stats.stage in BOOKING_STAGES:
            waiting.add(stats.stage)
    return waiting


def _unlost_events(observed: Observed, status: InboxStatus) -> Iterator[str]:
    """Yield the events of a status that are about nothing that a restore has lost."""
    for event_id in observed.store.read(_events, status):
        if not observed.people.losses.is_about_lost(event_id, observed.stripe):
            yield event_id


def _events(tx: Any, status: InboxStatus) -> list[str]:  # noqa: ANN401 - of the store
    heads = tx.money.events.find({"status": status}, limit=MAX_LINES)
    return [head.entity.id for head in heads]


def _contest(tx: Any, contest_id: str) -> "Contest":  # noqa: ANN401 - of the store
    contest: Contest = tx.contests.contests.get(contest_id).entity
    return contest


def _log_of(tx: Any, contest_id: str) -> Any:  # noqa: ANN401 - of the store
    return tx.contests.logs.get(contest_id).entity


def _subscriber_cursor(tx: Any) -> str:  # noqa: ANN401 - of the store
    cursor = tx.subscribers.find(SUBSCRIBER_NAME)
    return "" if cursor is None else str(cursor.feed_cursor)


def _transfers_of(tx: Any, where: Mapping[str, str]) -> Any:  # noqa: ANN401 - of the store
    return tx.money.transfers.find(where, limit=MAX_TRANSFERS)


def _is_reversed_at(transfer: Json, at: int) -> bool:
    """Return True if a transfer of Stripe is reversed, and was at a time in Stripe's seconds."""
    reversals = transfer["reversals"]["data"]
    return bool(transfer["reversed"]) and all(one["created"] <= at for one in reversals)


HOURLY: Final[dict[str, Check]] = {
    **histories.HOURLY,
    "complete-after-the-end": complete_after_the_end,
    "replay-agrees": new_events_agree,
    "ledger-balances": ledger_balances,
    "one-transfer": one_transfer,
    "one-payout": one_payout,
    "transfers-match": transfers_match,
    **payouts.HOURLY,
    "reference-agrees": reference_agrees,
    "no-halt": no_halt,
    "halts-end": halts_end,
    "no-server-error": no_server_error,
    "repeated-requests-are-answered-again": repeated_requests_are_answered_again,
    "configuration-fixed": configuration_fixed,
    **liveness.HOURLY,
    **projects.HOURLY,
    **tokens.HOURLY,
}
DAILY: Final[dict[str, Check]] = {
    "replay-agrees": replay_agrees,
    "verify-clean": verify_clean,
    **projects.DAILY,
}
FINAL: Final[dict[str, Check]] = {
    "all-published": all_published,
    "all-contests-ended": all_contests_ended,
    "comes-to-rest": comes_to_rest,
    "no-dead-task": no_dead_task,
    **liveness.ENDS,
    **projects.ENDS,
    "payments-resumed": payments_resumed,
    **payouts.ENDS,
    **tokens.ENDS,
    "no-error-is-logged": liveness.no_error_is_logged,
}
