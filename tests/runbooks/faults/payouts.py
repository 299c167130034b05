"""Faults of payouts."""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from attrs import evolve
from tests.runbooks.bed import CONTEST, END, Installation, small_plan
from tests.runbooks.scenarios import scenario

from indelible.kernel.keys import ADMIN
from indelible.kernel.stages import StageStatus
from indelible.kernel.subscribers import FOLLOW_FEED
from indelible.money.entities.payouts import Transfer
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE, transfer_group
from indelible.reactions import POST_SETTLEMENT_STAGE
from indelible_service.simulation.crashes import CrashPlan, Mortality, SimulatedCrash
from indelible_service.simulation.people import ONBOARDING
from indelible_service.simulation.plan import HOUR, MINUTE, Plan
from indelible_service.simulation.processes import WorkerProcess
from indelible_service.simulation.stripe import SimulatedStripe
from indelible_stripe import StripeApi
from indelible_stripe.simulator.in_process import page_path

WINNERS = 3
OUTAGE = (END + HOUR, END + 5 * HOUR)
LATE_ENROLLMENT = 6 * HOUR  # after the end
CURRENCY = "usd"


def plan_of_late_winners() -> Plan:
    """Return a plan whose winners open their accounts hours after the settlement."""
    plan = small_plan()
    entries = [evolve(entry, enroll_after_seconds=LATE_ENROLLMENT) for entry in plan.entries]
    return evolve(plan, entries=tuple(entries))


def plan_of_early_winners() -> Plan:
    """Return a plan whose winners open their accounts before the end of the tournament."""
    plan = small_plan()
    entries = [evolve(entry, enroll_after_seconds=-HOUR) for entry in plan.entries]
    return evolve(plan, entries=tuple(entries))


@scenario("28-payouts-stuck", "PayoutsOld", "PayoutFailureRatio", ends_by_itself=True)
def stripe_is_out_when_winners_are_paid(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    began, ended = OUTAGE
    installation.run_until(began)
    stripe.fail((), is_out=True)
    installation.at(ended, lambda: stripe.fail((), is_out=False))
    installation.look()
    installation.wait_until(lambda: transfers(installation, "retryable"))
    installation.run_for(90 * MINUTE)  # the age is measured by a sweep

    yield

    assert transfers(installation, "completed") == WINNERS
    assert len(stripe.objects("transfer")) == WINNERS


@scenario("30-payouts-parked", "PayoutsParked", plan=plan_of_late_winners)
def winners_open_no_account(installation: Installation) -> Iterator[None]:
    installation.look()
    installation.wait_until(lambda: transfers(installation, "parked") == WINNERS)
    installation.run_for(HOUR)

    yield

    assert transfers(installation, "completed") == WINNERS
    assert len(stripe_of(installation).objects("transfer")) == WINNERS


@scenario("31-balance-short", "StripeBalanceShort")
def the_balance_was_paid_out_before_the_winners(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    installation.run_until(END)
    available = stripe.available_minor(CURRENCY)
    stripe.control("balance", **{CURRENCY: 0})
    installation.look()
    installation.wait_until(lambda: transfers(installation, "parked") == WINNERS)
    installation.run_for(HOUR)
    installation.at(
        installation.seconds + 3 * HOUR,
        lambda: stripe.control("balance", **{CURRENCY: available}),
    )

    yield

    assert transfers(installation, "completed") == WINNERS
    assert len(stripe.objects("transfer")) == WINNERS


@scenario("32-idempotency-mismatch", "TransferFailed", plan=plan_of_late_winners)
def stripe_knows_the_key_of_a_transfer_with_other_values(
    installation: Installation,
) -> Iterator[None]:
    installation.look()
    installation.wait_until(lambda: transfers(installation, "parked") == WINNERS)
    transfer = all_transfers(installation)[0]
    gateway = gateway_of(installation)
    other = gateway.create_transfer(
        amount_minor=1,
        currency=CURRENCY,
        destination=own_account(installation),
        transfer_group="another one",
        metadata={},
        idempotency_key=transfer.idempotency_key,
    )
    at_stripe(installation, f"transfers/{other.id}/reverse")
    installation.wait_until(lambda: transfers(installation, "failed_terminal"))

    yield

    assert transfers(installation, "completed") == WINNERS
    assert len(made_transfers(installation)) == WINNERS


@scenario("29-payout-processing", "PayoutsProcessing")
def a_worker_dies_while_its_stage_is_paused(installation: Installation) -> Iterator[None]:
    installation.look()
    operate(installation, f"stages/{SEND_TRANSFER_STAGE}/pause")
    installation.wait_until(lambda: transfers(installation, "pending") == WINNERS)
    operate(installation, f"stages/{SEND_TRANSFER_STAGE}/resume")
    die_in_transfer(installation)
    operate(installation, f"stages/{SEND_TRANSFER_STAGE}/pause")
    installation.run_for(2 * HOUR)

    yield

    assert transfers(installation, "completed") == WINNERS
    assert len(made_transfers(installation)) == WINNERS


@scenario("33-settlement-without-payout", "SettlementWithoutPayout")
def the_reactions_are_paused_after_a_settlement(installation: Installation) -> Iterator[None]:
    installation.look()
    operate(installation, f"stages/{POST_SETTLEMENT_STAGE}/pause")
    installation.wait_until(lambda: backlog(installation, POST_SETTLEMENT_STAGE))
    operate(installation, f"stages/{FOLLOW_FEED}/pause")
    operate(installation, f"stages/{POST_SETTLEMENT_STAGE}/resume")
    installation.wait_until(lambda: all_transfers(installation))  # planned by the sweep

    yield

    follow_feed = installation.store.read(lambda tx: tx.stages.get(FOLLOW_FEED)).entity
    assert follow_feed.status is StageStatus.RUNNING
    assert transfers(installation, "completed") == WINNERS
    assert len(made_transfers(installation)) == WINNERS


@scenario("34-transfer-reversed", "TransferReversed")
def the_owner_reverses_a_transfer(installation: Installation) -> Iterator[None]:
    installation.look()
    installation.wait_until(lambda: transfers(installation, "completed") == WINNERS)
    installation.run_for(HOUR)
    reversed_id = made_transfers(installation)[0]
    at_stripe(installation, f"transfers/{reversed_id}/reverse")
    installation.run_for(10 * MINUTE)

    yield

    assert transfers(installation, "completed") == WINNERS + 1
    assert len(made_transfers(installation)) == WINNERS + 1


@scenario("35-winner-deleted", plan=plan_of_early_winners)
def the_account_of_a_winner_is_closed(installation: Installation) -> Iterator[None]:
    winner = installation.simulation.plan.entries[0].user
    installation.run_until(END)
    operate(installation, f"payees/{winner}/close")
    installation.wait_until(lambda: transfers(installation, "parked") == 1)
    installation.at(installation.seconds + 4 * HOUR, lambda: enroll(installation, winner))

    yield

    assert transfers(installation, "completed") == WINNERS
    assert len(made_transfers(installation)) == WINNERS


def operate(installation: Installation, path: str) -> None:
    """Send the command of an operator."""
    headers = {
        "Authorization": f"Bearer {installation.new_key(ADMIN)}",
        "Idempotency-Key": f"{path}:{installation.seconds}",
    }
    answer = installation.web.client.post(
        f"/admin/{path}", json={"reason": "maintenance"}, headers=headers
    )
    assert answer.status_code == HTTPStatus.OK, answer.text


def at_stripe(installation: Installation, path: str, **values: object) -> dict[str, Any]:
    """Do something as a payer, as a bank or in Stripe's dashboard; its webhooks follow."""
    done = stripe_of(installation).control(path, **values)
    installation.simulation.world.after_step()
    return done


def enroll(installation: Installation, user: str) -> None:
    """Let a user open an account at Stripe."""
    body = {**ONBOARDING, "reason": "simulation"}
    people = installation.simulation.people
    answer = people.ask(user, "/v1/payees/me/onboard", f"enroll-again:{user}", body)
    assert answer.is_success, answer
    stripe_of(installation).complete_page(page_path(str(answer.document["url"])))


def die_in_transfer(installation: Installation) -> None:
    """Let another worker claim a transfer, and die before its request."""
    around = installation.simulation.around
    for failpoints in itertools.count(1):
        installation.simulation.world.ids.begin(f"another worker, {failpoints}")
        worker = WorkerProcess(f"another worker {failpoints}", around)
        crash = CrashPlan(installation.seconds, failpoints, down_seconds=0)
        worker.mortality.planned.append(crash)
        with suppress(SimulatedCrash):
            worker.process(SEND_TRANSFER_STAGE)
        worker.end()
        if transfers(installation, "processing"):
            return


def backlog(installation: Installation, stage: str) -> int:
    """Return the number of tasks of a stage that are due."""
    backlogs = installation.store.read(lambda tx: tx.tasks.backlogs(installation.now))
    return sum(one.due for one in backlogs if one.stage == stage)


def stripe_of(installation: Installation) -> SimulatedStripe:
    """Return the simulated Stripe of an installation."""
    return installation.simulation.around.stripe


def gateway_of(installation: Installation) -> StripeApi:
    """Return a gateway of the person who owns the account at Stripe."""
    return stripe_of(installation).gateway(Mortality(installation.simulation.around.clock))


def own_account(installation: Installation) -> str:
    """Return an account at Stripe that belongs to no winner."""
    account = "acct_ownersaccount"
    stripe_of(installation).control(f"accounts/{account}", transfers="active")
    return account


def all_transfers(installation: Installation) -> list[Transfer]:
    """Return the transfers to winners, in order of id."""
    heads = installation.store.read(
        lambda tx: tx.money.transfers.find({}, order=("id",), limit=2 * WINNERS)
    )
    return [head.entity for head in heads]


def made_transfers(installation: Installation) -> list[str]:
    """Return the ids of Stripe's transfers of the contest."""
    group = transfer_group(installation.simulation.people.contest_ids[CONTEST])
    made = stripe_of(installation).objects("transfer")
    return [transfer["id"] for transfer in made if transfer["transfer_group"] == group]


def transfers(installation: Installation, status: str) -> int:
    """Return the number of transfers in a state."""
    counts = installation.store.read(lambda tx: tx.money.transfers.count_by_status())
    return {str(state): number for state, number in counts.items()}.get(status, 0)
