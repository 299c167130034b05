"""Rules of the program that are left out or wrong."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any, Final

import pytest
from attrs import evolve
from tests.simulation.defects import NOON, Defect, Plant, always, plant_step

from indelible.contests.commands.contests import CancelContest
from indelible.contests.commands.entries import ActivateEntry
from indelible.contests.entities.contests import Contest
from indelible.contests.handlers import contests as contest_handlers
from indelible.contests.handlers.entries import activate_entry
from indelible.contests.handlers.transitions import cancel_contest
from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.kernel.stages import PermanentFailure
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import MovementKind
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import post_movement
from indelible.money.queries import reconciliation
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.rules.reconciliation import Compared
from indelible.reactions import entries as entry_reactions
from indelible_service.simulation import stages
from indelible_service.simulation.plan import HOUR, Fate, FaultKind, PlannedFault
from indelible_service.simulation.processes import Surroundings
from indelible_service.simulation.running import START
from indelible_stripe import StripeApi

SHORT_SILENCE: Final = PlannedFault(
    kind=FaultKind.STRIPE_SILENCE, at=2 * HOUR, seconds=HOUR, rate=1.0
)
AnyFunction = Callable[..., Any]


def fail_permanently(*_: object, **__: object) -> None:
    """Fail as a stage does that nobody should try again."""
    raise PermanentFailure("planted")


def log_error(_: Surroundings) -> None:
    """Log an error, and go on."""
    logging.getLogger("indelible.money").error("planted")


def divide_by_zero(*_: object, **__: object) -> None:
    """Fail with an error that nobody expects."""
    raise ZeroDivisionError


def plant_missing_stage(patch: pytest.MonkeyPatch, missing: str) -> None:
    """Let no worker have a stage."""
    build = stages.simulated_stages

    def without(parts: stages.StageParts) -> dict[str, stages.AnyStage]:
        return {name: stage for name, stage in build(parts).items() if name != missing}

    patch.setattr("indelible_service.simulation.processes.simulated_stages", without)


def plant_second_transfer(patch: pytest.MonkeyPatch) -> None:
    """Ask Stripe for each transfer twice, under two keys."""
    create = StripeApi.create_transfer

    @wraps(create)
    def create_twice(self: StripeApi, **values: Any) -> object:  # noqa: ANN401 - of the method
        again: dict[str, Any] = {**values, "idempotency_key": f"{values['idempotency_key']}:again"}
        create(self, **again)
        return create(self, **values)

    patch.setattr(StripeApi, "create_transfer", create_twice)


def plant_other_amount(patch: pytest.MonkeyPatch) -> None:
    """Ask for a little less than is owed, and compare Stripe's answer with nothing."""
    create = StripeApi.create_transfer

    @wraps(create)
    def create_less(self: StripeApi, **values: Any) -> object:  # noqa: ANN401 - of the method
        return create(self, **{**values, "amount_minor": values["amount_minor"] - 1})

    patch.setattr(StripeApi, "create_transfer", create_less)
    for module in ("tasks.sending", "handlers.payouts.sending"):
        patch.setattr(f"indelible.money.{module}.check_reported", always(None))


def plant_webhook_twice(patch: pytest.MonkeyPatch) -> None:
    """Book a payment for its webhook once more, under a key that no booking has."""
    post = post_movement

    @wraps(post)
    def post_twice(tx: Any, draft: Any, **values: Any) -> object:  # noqa: ANN401 - of the function
        if draft.kind is not MovementKind.ENTRY_FEE:
            return post(tx, draft, **values)
        post(tx, draft, **values)
        again = evolve(draft, key=f"{draft.key}:again", fact_key=None)
        return post(tx, again, **values)

    patch.setattr("indelible.money.handlers.charges.post_movement", post_twice)


def plant_cancellation(patch: pytest.MonkeyPatch) -> None:
    """Let a payment cancel its contest."""

    def activate_and_cancel(tx: Any, command: ActivateEntry) -> object:  # noqa: ANN401 - a port
        saved = activate_entry(tx, command)
        cancel_contest(tx, CancelContest(contest_id=saved.entity.contest_id))
        return saved

    patch.setattr(entry_reactions, "activate_entry", activate_and_cancel)


def plant_unpaid_entry(patch: pytest.MonkeyPatch) -> None:
    """Activate each entry when its charge is opened, as if it were paid."""

    def open_and_activate(tx: Any, command: Any) -> object:  # noqa: ANN401 - of the function
        opened = open_charge(tx, command)
        activation = ActivateEntry(
            entry_id=command.item,
            paid_minor=command.amount_minor,
            currency=command.currency,
            paid_at=tx.clock.now(),
            payment_ref=opened.charge.id,
        )
        activate_entry(tx, activation)
        return opened

    patch.setattr("indelible.reactions.charges.open_charge", open_and_activate)


def plant_late_payment(patch: pytest.MonkeyPatch) -> None:
    """Return the first payment as if it had come after the lock."""
    late: list[str] = []

    def is_first(_: Contest, charge: Charge) -> bool:
        if not late:
            late.append(charge.id)
        return charge.id in late

    patch.setattr(entry_reactions, "is_paid_late", is_first)


def plant_late_configuration(patch: pytest.MonkeyPatch) -> None:
    """Lock no contest, and let a contest be configured at any time."""

    def parse(document: Any, **_: object) -> object:  # noqa: ANN401 - of the function
        return parse_configuration(document, created_at=None)

    plant_missing_stage(patch, "lock_contest")

    def require_nothing(contest: Contest, _: object) -> Contest:
        return contest

    patch.setattr(Contest, "require_configurable", require_nothing)
    patch.setattr(contest_handlers, "parse_configuration", parse)


def plant_false_alarm(patch: pytest.MonkeyPatch) -> None:
    """Let a reconciliation find an account below zero that does not exist."""
    pair = Compared(subject="planted", currency="USD", expected_minor=0, actual_minor=-1)
    patch.setattr(reconciliation, "negative_accounts", always((pair,)))


def plant_waiting_event(patch: pytest.MonkeyPatch) -> None:
    """Let one reconciliation, while Stripe is disturbed, find an event that still waits."""
    find = reconciliation.unfinished_events
    waits_at = START + timedelta(seconds=SHORT_SILENCE.at + SHORT_SILENCE.seconds)
    found: list[datetime] = []

    def find_another(tx: MoneyRead, now: datetime) -> Iterable[str]:
        if found or now < waits_at:
            return find(tx, now)
        found.append(now)
        return (*find(tx, now), "evt_waits")

    patch.setattr(reconciliation, "unfinished_events", find_another)


def plant_endless_halt(patch: pytest.MonkeyPatch) -> None:
    """Leave out that a reconciliation ends a halt, after one has halted payments."""
    plant_waiting_event(patch)
    patch.setattr("indelible.money.handlers.reconciliations.ENDED_BY_EVENTS", set[str]())


def planted(name: str, replacement: AnyFunction) -> Plant:
    """Return what replaces a function or a method by another one."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(name, replacement)

    return plant


def missing(stage: str) -> Plant:
    """Return what leaves a stage out."""
    return lambda patch: plant_missing_stage(patch, stage)


CODE_DEFECTS: Final = (
    Defect(
        name="fees that are never booked",
        invariant="comes-to-rest",  # the dead task of a fee waits for an operator
        plant=planted("indelible.money.tasks.fees.RecordPaymentFee.perform", fail_permanently),
    ),
    Defect(
        name="a webhook applied twice",
        invariant="reference-agrees",
        plant=plant_webhook_twice,
    ),
    Defect(
        name="an error that nobody expects",
        invariant="no-server-error",
        plant=planted("indelible.contests.enter_contest", divide_by_zero),
    ),
    Defect(
        name="a contest that is settled by nobody",
        invariant="all-contests-ended",
        plant=missing("settle_contest"),
    ),
    Defect(
        name="a contest that cannot be published",
        invariant="all-published",
        plant=planted("indelible.contests.handlers.contests.parse_configuration", fail_permanently),
    ),
    Defect(
        name="a settlement that is never posted",
        invariant="comes-to-rest",
        plant=missing("post_settlement"),
    ),
    Defect(
        name="a charge whose expiry is refused",
        invariant="no-dead-task",
        plant=planted("indelible.money.tasks.expiring.ExpireCharge.perform", fail_permanently),
        fates=(Fate.UNPAID,),
    ),
    Defect(
        name="an error in the log",
        invariant="no-error-is-logged",
        plant=partial(plant_step, at=NOON, act=log_error),
    ),
    Defect(name="a second transfer", invariant="one-transfer", plant=plant_second_transfer),
    Defect(
        name="a transfer of another amount", invariant="transfers-match", plant=plant_other_amount
    ),
    Defect(
        name="a payment that cancels its contest",
        invariant="contests-move-alone",
        plant=plant_cancellation,
    ),
    Defect(
        name="an unpaid entry that counts",
        invariant="only-paid-entries-count",
        plant=plant_unpaid_entry,
        fates=(Fate.UNPAID,),
    ),
    Defect(
        name="a payment in time that is returned as late",
        invariant="paid-entries-count",
        plant=plant_late_payment,
    ),
    Defect(
        name="a configuration that changes after the start",
        invariant="configuration-fixed",
        plant=plant_late_configuration,
    ),
    Defect(name="a reconciliation that is wrong", invariant="no-halt", plant=plant_false_alarm),
    Defect(
        name="a halt that no reconciliation ends",
        invariant="halts-end",
        plant=plant_endless_halt,
        faults=(SHORT_SILENCE,),
    ),
)
