"""The states of reconciliations, and the lifecycles of Stripe's events and of the switch."""

from enum import StrEnum
from typing import Final

from indelible.kernel import Edge, Lifecycle
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD


class InboxStatus(StrEnum):
    """The states of a received Stripe event."""

    RECEIVED = "RECEIVED"
    PROCESSED = "PROCESSED"
    IGNORED = "IGNORED"
    DEAD = "DEAD"


class ReconciliationStatus(StrEnum):
    """The states of one comparison of the books with Stripe."""

    STARTED = "STARTED"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


class SwitchStatus(StrEnum):
    """The states of the switch that halts new payments and transfers."""

    OPEN = "OPEN"
    HALTED = "HALTED"


STRIPE_EVENT: Final = Lifecycle(
    name="stripe_event",
    edges=(
        # Each version is an attempt to process the event.
        Edge("", "receive", InboxStatus.RECEIVED, 0),
        Edge("", "backfill", InboxStatus.RECEIVED, 0),
        Edge(InboxStatus.RECEIVED, "process", InboxStatus.PROCESSED, 1),
        Edge(InboxStatus.RECEIVED, "ignore", InboxStatus.IGNORED, 1),
        Edge(InboxStatus.RECEIVED, "fail", InboxStatus.RECEIVED, 1),
        Edge(InboxStatus.RECEIVED, "bury", InboxStatus.DEAD, 1),
        Edge(InboxStatus.DEAD, "replay", InboxStatus.RECEIVED, 0),
    ),
    changes={
        "process": ("last_code",),
        "ignore": ("last_code",),
        "fail": ("last_code",),
        "bury": ("last_code",),
    },
    initial={},
    latest={"created": MAX_CLOCK_LEAD},
)

PAYMENT_SWITCH: Final = Lifecycle(
    name="payment_switch",
    edges=(
        Edge("", "halt", SwitchStatus.HALTED, 0),
        Edge(SwitchStatus.OPEN, "halt", SwitchStatus.HALTED, 0),
        Edge(SwitchStatus.HALTED, "halt", SwitchStatus.HALTED, 0),
        Edge(SwitchStatus.HALTED, "resume", SwitchStatus.OPEN, 0),
    ),
    changes={
        "halt": ("reason_code", "halted_at"),
        "resume": ("reason_code", "halted_at"),
    },
    initial={},
    latest={"halted_at": MAX_CLOCK_LEAD},
)
