"""Mark the fee of an entry as paid by an operator, until payments exist."""

from typing import ClassVar, Final

from attrs import field, frozen

from indelible.app import WriteTx
from indelible.contests.commands import ActivateEntry, EntrySaved
from indelible.contests.handlers import activate_entry
from indelible.kernel import Actor
from indelible.kernel.rejections import run_recorded
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_sql import SqlStore

PAYMENT_REF: Final = "operator:{}"  # by the entry, so that a repetition is the same payment


@frozen(kw_only=True)
class MarkEntryPaid:
    """Mark the whole fee of an entry as paid now."""

    command_name: ClassVar[str] = "mark_entry_paid"

    entry_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


def mark_entry_paid(store: SqlStore, entry_id: str, *, actor: Actor, reason: str) -> EntrySaved:
    """Activate an entry with its whole fee as paid now; a refusal is stored as a record.

    Raises:
        EntryNotFound: There is no such entry.
        InvalidTransition: The entry does not wait for a payment, and another one activated it.
    """
    command = MarkEntryPaid(entry_id=entry_id)
    return run_recorded(store, _mark_entry_paid, command, actor=actor, reason=reason)


def _mark_entry_paid(tx: WriteTx, command: MarkEntryPaid) -> EntrySaved:
    """Activate an entry with its whole fee; an entry that was marked before stays as it is."""
    entry = tx.contests.entries.get(command.entry_id).entity
    payment = ActivateEntry(
        entry_id=entry.id,
        paid_minor=entry.fee_minor,
        currency=entry.currency,
        paid_at=tx.clock.now(),
        payment_ref=PAYMENT_REF.format(entry.id),
    )
    return activate_entry(tx, payment)
