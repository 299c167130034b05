"""Names of the stages of payments, and the lifecycles to which the tasks of money belong."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from indelible.kernel import Lifecycle
from indelible.money.entities.payout_jobs import PAYOUT_JOB
from indelible.money.lifecycle.payments import CHARGE, REFUND
from indelible.money.lifecycle.payouts import TRANSFER
from indelible.money.lifecycle.reconciliations import STRIPE_EVENT
from indelible.money.rules.payouts import (
    COMPLETE_PAYOUT_JOB_STAGE,
    PLAN_TRANSFERS_STAGE,
    SEND_TRANSFER_STAGE,
)

PROCESS_STRIPE_EVENT_STAGE: Final = "process_stripe_event"  # the id of a task is the event's id
SEND_REFUND_STAGE: Final = "send_refund"  # the id of the refund
EXPIRE_CHARGE_STAGE: Final = "expire_charge"  # here and below, the id of the charge
RECORD_FEE_STAGE: Final = "record_fee"

PAYMENT_STAGE_LIFECYCLES: Final[Mapping[str, Lifecycle[StrEnum]]] = {
    PROCESS_STRIPE_EVENT_STAGE: STRIPE_EVENT,
    SEND_REFUND_STAGE: REFUND,
    EXPIRE_CHARGE_STAGE: CHARGE,
    RECORD_FEE_STAGE: CHARGE,
}
# The stages whose tasks belong to aggregates; the tasks of all other stages stand alone.
STAGE_LIFECYCLES: Final[Mapping[str, Lifecycle[StrEnum]]] = {
    **PAYMENT_STAGE_LIFECYCLES,
    PLAN_TRANSFERS_STAGE: PAYOUT_JOB,
    SEND_TRANSFER_STAGE: TRANSFER,
    COMPLETE_PAYOUT_JOB_STAGE: PAYOUT_JOB,
}
