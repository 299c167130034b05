"""The results of commands on money."""

from attrs import frozen

from indelible.money.entities.charges import Charge
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.ledger import Movement
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import EventOutcome


@frozen(kw_only=True)
class MovementPosted:
    """A posted movement; `is_new` is False if it was posted before."""

    movement: Movement
    seq: int
    is_new: bool = True


@frozen(kw_only=True)
class ChargeSaved:
    """A charge and its seq, the expected one of the next command."""

    charge: Charge
    seq: int
    is_new: bool = False


@frozen(kw_only=True)
class RefundSaved:
    """A refund and its seq."""

    refund: Refund
    seq: int


@frozen(kw_only=True)
class StripeEventSaved:
    """A received event and its seq; `is_duplicate` is True if it was received before."""

    event: StripeEvent
    seq: int
    is_duplicate: bool = False


@frozen(kw_only=True)
class EventApplied:
    """The outcome of an attempt to process an event, with its code where it has one."""

    event: StripeEvent
    outcome: EventOutcome
    code: str | None = None


@frozen(kw_only=True)
class PayoutJobSaved:
    """A payout job and its seq; `is_new` is False if it was planned before."""

    job: PayoutJob
    seq: int
    is_new: bool = True
