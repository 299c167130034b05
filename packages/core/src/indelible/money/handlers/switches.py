"""The handlers of the switch that halts new payments and transfers."""

from typing import Final

from indelible.kernel import Head
from indelible.money.commands.payouts import HaltPayments, ResumePayments
from indelible.money.entities.reconciliations import SWITCH_ID, PaymentSwitch
from indelible.money.errors.payouts import SwitchNotFound
from indelible.money.handlers.saving import save
from indelible.money.repositories.transactions import MoneyWrite

DISCREPANCY: Final = "RECONCILIATION_DISCREPANCY"


def halt_payments(tx: MoneyWrite, command: HaltPayments) -> Head[PaymentSwitch]:
    """Refuse new payments and new transfers until somebody resumes them.

    A halt stays as it is, but one by a reconciliation, which may end by itself, becomes that of
    whoever halts next.
    """
    now = tx.clock.now()
    if tx.money.switches.current() is None:
        switch = PaymentSwitch.create(
            "halt", now=now, id=SWITCH_ID, reason_code=command.reason_code, halted_at=now
        )
        return save(tx, tx.money.switches, None, switch, "halt")

    head = tx.money.switches.lock(SWITCH_ID)
    is_taken_over = head.entity.reason_code == DISCREPANCY and command.reason_code != DISCREPANCY
    if head.entity.is_halted and not is_taken_over:
        return head
    switch = head.entity.transition("halt", now=now, reason_code=command.reason_code, halted_at=now)
    return save(tx, tx.money.switches, head, switch, "halt")


def resume_payments(
    tx: MoneyWrite,
    command: ResumePayments,  # noqa: ARG001 - it has no fields
) -> Head[PaymentSwitch]:
    """Allow new payments and transfers again; the sweep makes the transfers due that have waited.

    Raises:
        SwitchNotFound: Payments were never halted.
        InvalidTransition: They are not halted.
    """
    head = tx.money.switches.current()
    if head is None:
        raise SwitchNotFound(SWITCH_ID)

    head = tx.money.switches.lock(SWITCH_ID)
    switch = head.entity.transition("resume", now=tx.clock.now(), reason_code=None, halted_at=None)
    return save(tx, tx.money.switches, head, switch, "resume")
