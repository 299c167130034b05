"""The commands on entries and rosters."""

from typing import ClassVar

from attrs import frozen

from indelible.contests.commands.contests import ContestCommand
from indelible.contests.entities.values import Message, Players, Prediction
from indelible.kernel.kinds import Amount, Count, Currency, Identifier, Instant, kinds


@frozen(kw_only=True, field_transformer=kinds)
class EnterContest(ContestCommand):
    """Enter a contest with a roster."""

    command_name: ClassVar[str] = "enter_contest"
    user_id: Identifier
    player_ids: Players
    prediction: Prediction | None = None


@frozen(kw_only=True, field_transformer=kinds)
class SetRoster:
    """Replace the roster of a user's entry, as the caller last saw it."""

    command_name: ClassVar[str] = "set_roster"
    user_id: Identifier
    entry_id: Identifier
    player_ids: Players
    prediction: Prediction | None = None
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class EntryCommand:
    """A command of the system on an entry."""

    entry_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ActivateEntry(EntryCommand):
    """Activate an entry whose fee was paid. It has no route."""

    command_name: ClassVar[str] = "activate_entry"
    paid_minor: Amount
    currency: Currency
    paid_at: Instant
    payment_ref: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class RejectEntry(EntryCommand):
    """Reject an entry whose payment failed; its place is free."""

    command_name: ClassVar[str] = "reject_entry"
    rejection_reason: Message


@frozen(kw_only=True)
class RefundEntry(EntryCommand):
    """Record that an entry's fee was returned; its place is free."""

    command_name: ClassVar[str] = "refund_entry"


@frozen(kw_only=True)
class VoidEntry(EntryCommand):
    """Suspend an entry, as during a dispute; it keeps its place."""

    command_name: ClassVar[str] = "void_entry"


@frozen(kw_only=True)
class ReinstateEntry(EntryCommand):
    """Activate a void entry again, as after a dispute that was won."""

    command_name: ClassVar[str] = "reinstate_entry"
