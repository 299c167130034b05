"""Planted failures of contests and money."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from attrs import evolve
from tests.explanations.facts import (
    BEFORE,
    SINCE,
    WHAT,
    WHICH,
    WHO,
    WHY,
    in_export,
    in_log,
)
from tests.explanations.failures import Planted, failure
from tests.explanations.requests import send
from tests.runbooks.bed import END, EVENT, LOCK, START, Installation, small_plan

from indelible.contests.tasks import settlement
from indelible.kernel import Actor, Change, instant_text
from indelible_service.demos.provider import Step, Story
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.plan import DAY, HOUR, MINUTE, Plan, PlannedEntry
from indelible_service.simulation.provider import story_of

WORKER = "^system:worker$"
LATE_WINNER = "user-1"


def changes_of(installation: Installation, lifecycle: str, action: str) -> list[Change]:
    """Return the changes of a lifecycle by an action, oldest first: what has really happened."""
    found: list[Change] = []
    for change in all_changes(installation):
        if (change.lifecycle, change.action) == (lifecycle, action):
            found.append(change)
    return found


def all_changes(installation: Installation) -> Iterable[Change]:
    """Yield every change of the store."""
    cursor = ""
    while True:
        page = installation.store.feed(after=cursor)
        if not page.changes:
            return
        yield from page.changes
        cursor = page.cursor


@failure(
    in_log(WHAT, level="ERROR", event="contest {contest}: complete failed with INTERNAL_ERROR"),
    in_log(SINCE, event="stage settle_contest: task {contest} will be retried"),
    in_log(WHY, event="task {contest} is dead: ZeroDivisionError: no share is left"),
    in_log(WHY, event="task {contest} raised ZeroDivisionError in.*settlement.py"),
    in_export(
        WHO,
        "contest",
        "{contest}",
        action="^fail$",
        actor=WORKER,
        data__error_code="^INTERNAL_ERROR$",
    ),
    in_export(
        WHICH, "contest", "{contest}", to_state="^ERROR$", data__attempted_action="^complete$"
    ),
    in_export(BEFORE, "contest", "{contest}", action="^start$", to_state="^LIVE$"),
)
def settlement_with_a_defect(installation: Installation) -> Planted:
    """Let the computation of each settlement fail."""
    calls: list[datetime] = []

    def settle(_: object) -> NoReturn:
        calls.append(installation.now)
        raise ZeroDivisionError("no share is left")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settlement, "settle", settle)
        installation.run_until(END + 12 * HOUR)
    return Planted(calls[0], {"contest": installation.contest_id})


def plan_with_a_late_winner() -> Plan:
    """Return a plan in which one of the winners does not enroll."""
    plan = small_plan()
    entries: list[PlannedEntry] = []
    for entry in plan.entries:
        is_late = entry.user == LATE_WINNER
        entries.append(evolve(entry, enroll_after_seconds=20 * DAY) if is_late else entry)
    return evolve(plan, entries=tuple(entries))


@failure(
    in_log(WHAT, event="task {transfer} is postponed by .* parked: account_missing"),
    in_log(SINCE, changes="transfer {transfer} 3: park to parked"),
    in_export(
        WHY, "transfer", "{transfer}", action="^park$", data__failure_code="^account_missing$"
    ),
    in_export(WHO, "transfer", "{transfer}", actor="^system:payouts$", data__party="^user-1$"),
    in_export(WHICH, "transfer", "{transfer}", action="^request_account$"),
    in_export(BEFORE, "transfer", "{transfer}", action="^plan$", data__job_id="^{job}$"),
    in_export(BEFORE, "payout_job", "{job}", action="^plan$", data__reference="^{contest}$"),
    in_export(BEFORE, "contest", "{contest}", action="^complete$"),
    plan=plan_with_a_late_winner,
)
def winner_without_an_account(installation: Installation) -> Planted:
    """Let a winner wait for the account that the winner has not opened."""
    installation.run_until(END + DAY)
    (parked,) = changes_of(installation, "transfer", "park")
    names = {
        "transfer": parked.entity_id,
        "job": str(parked.data["job_id"]),
        "contest": installation.contest_id,
    }
    return Planted(parked.at, names)


@failure(
    in_log(
        WHAT,
        level="ERROR",
        event="event {event} of type payment_intent.succeeded is a dead letter"
        ": PAYMENT_INTENT_NOT_FOUND",
    ),
    in_log(SINCE, changes="stripe_event {event} 1: receive to RECEIVED"),
    in_log(WHY, event="event {event}: attempt failed.*No charge has payment intent {intent}"),
    in_export(WHO, "stripe_event", "{event}", action="^receive$", actor="^system:stripe$"),
    in_log(WHICH, event="^request$", route="^/payments/webhook$", request_id="^{request}$"),
    in_export(WHICH, "stripe_event", "{event}", data__object_id="^{intent}$"),
    in_export(BEFORE, "stripe_event", "{event}", seq="^1$", request_id="^{request}$"),
)
def payment_of_another_shop(installation: Installation) -> Planted:
    """Let somebody pay at the account of Stripe for what no charge is for."""
    stripe = installation.simulation.around.stripe
    installation.run_until(2 * HOUR)
    stripe.engine.state.begin("another shop", request_id=None, key=None)
    intent = stripe.gateway(Mortality(installation.simulation.around.clock)).create_payment_intent(
        amount_minor=4_200, currency="USD", metadata={"order": "77"}, idempotency_key="order-77"
    )
    stripe.control(f"intents/{intent.id}/pay")
    installation.run_until(3 * DAY + 4 * HOUR)
    received = changes_of(installation, "stripe_event", "receive")
    (event,) = [change for change in received if change.data["object_id"] == intent.id]
    names = {"event": event.entity_id, "intent": intent.id, "request": event.request_id or ""}
    return Planted(event.at, names)


@failure(
    in_log(WHAT, level="WARNING", event="reconciliation {reconciliation}: R12 of {event}"),
    in_export(SINCE, "reconciliation", "{reconciliation}", action="^complete$"),
    in_log(WHY, event="event {event} of type refund.* about {refund}: PROCESSED"),
    in_export(WHO, "stripe_event", "{event}", action="^backfill$", data__object_id="^{refund}$"),
    in_export(WHICH, "charge", "{charge}", action="^refund_outside$"),
    in_export(BEFORE, "charge", "{charge}", action="^succeed$"),
)
def refund_in_the_dashboard(installation: Installation) -> Planted:
    """Refund a payment at Stripe while no webhook arrives."""
    stripe = installation.simulation.around.stripe
    installation.run_until(END + 8 * HOUR)
    stripe.send_webhooks(lose=1.0)
    intent = stripe.objects("payment_intent")[0]["id"]
    stripe.control("refunds", payment_intent=intent)
    installation.run_until(END + 20 * HOUR)

    (charge,) = changes_of(installation, "charge", "refund_outside")
    adopted = changes_of(installation, "stripe_event", "backfill")
    event = adopted[0]
    found = [
        change
        for change in changes_of(installation, "reconciliation", "complete")
        if change.data["discrepancy_count"]
    ]
    names = {
        "reconciliation": found[0].entity_id,
        "event": event.entity_id,
        "refund": str(event.data["object_id"]),
        "charge": charge.entity_id,
    }
    return Planted(found[0].at, names)


@failure(
    in_log(WHAT, level="WARNING", event="standstill: stage lock_contest is silent"),
    in_log(WHAT, event="standstill: stage follow_feed is silent"),
    in_export(SINCE, "{last_lifecycle}", "{last_entity}", seq="^{last_seq}$"),
    in_log(WHY, event="standstill: task contests of stage reconcile_contests is silent"),
    in_log(WHY, event="standstill: .*last success {last_hour}"),
    in_log(WHO, actor=WORKER, at="^{last_hour}"),
    in_export(WHICH, "contest", "{contest}", data__lock_time="^{lock}"),
    in_export(BEFORE, "contest", "{contest}", action="^publish$", to_state="^SCHEDULED$"),
)
def workers_that_do_not_run(installation: Installation) -> Planted:
    """Let no worker run from an hour before the lock on."""
    installation.run_until(LOCK - HOUR)
    for process in installation.simulation.machinery.workers.values():
        process.mortality.is_dead = True
    died_at = installation.now
    installation.run_until(LOCK + 3 * HOUR)
    last = [change for change in all_changes(installation) if change.at <= died_at][-1]
    lock_time = installation.simulation.around.clock.start_at + timedelta(seconds=LOCK)
    names = {
        "contest": installation.contest_id,
        "lock": instant_text(lock_time),
        "last_hour": instant_text(died_at)[: len("2027-04-05T10")],
        "last_lifecycle": last.lifecycle,
        "last_entity": last.entity_id,
        "last_seq": str(last.seq),
    }
    return Planted(died_at, names)


@failure(
    in_log(WHAT, event="^request$", request_id="^{request}$", code="^INVALID_TRANSITION$"),
    in_log(SINCE, event="contest {contest}: fetch .* INVALID, faults MISSING_FIELD"),
    in_log(WHY, level="WARNING", event="contest {contest}: fetch .* faults MISSING_FIELD"),
    in_log(WHO, event="^request$", request_id="^{request}$", actor="^user:olga$"),
    in_log(WHICH, request_id="^{request}$", ids__contest_id="^{contest}$"),
    in_export(BEFORE, "contest", "{contest}", action="^start$", to_state="^LIVE$"),
)
def command_for_a_contest_without_scores(installation: Installation) -> Planted:
    """Let the provider rename a field, and an operator resolve a contest that is not in ERROR."""
    key = installation.new_key("admin", "contests:read", owner=Actor.user("olga"))
    began = START + 3 * HOUR + 30 * MINUTE
    installation.run_until(began)
    (tournament,) = installation.simulation.plan.tournaments
    steps: list[Step] = []
    for step in story_of(tournament, installation.simulation.around.clock).steps:
        steps.append(evolve(step, body=step.body.replace(b'"linescores"', b'"round_scores"')))
    provider = installation.simulation.around.provider.stub
    provider.tell(EVENT, Story(steps=tuple(steps)))
    since = installation.now
    installation.run_until(END + 8 * HOUR)
    path = f"/admin/contests/{installation.contest_id}/resolve-error"
    body = {"action": "resume", "reason": "players wait for their results"}
    answer = send(installation, key, "POST", path, body, Idempotency_Key="olga-1")
    installation.run_for(10 * MINUTE)
    return Planted(since, {"contest": installation.contest_id, "request": answer.request_id})
