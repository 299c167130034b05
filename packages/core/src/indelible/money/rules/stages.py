"""Names of the stages of payments, and the lifecycles to which their tasks belong."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from indelible.kernel import Lifecycle
from indelible.money.lifecycle import CHARGE, REFUND, STRIPE_EVENT

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
