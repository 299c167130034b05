"""Mark the fee of an entry as paid by an operator, until payments exist."""

from typing import Final

from indelible.contests.commands import ActivateEntry, EntrySaved
from indelible.contests.handlers import activate_entry
from indelible.kernel import Actor, SystemClock
from indelible.kernel.rejections import run_recorded
from indelible_sql import SqlStore

PAYMENT_REF: Final = "operator:{}"  # by the entry, so that a repetition is the same payment


def mark_entry_paid(store: SqlStore, entry_id: str, *, actor: Actor, reason: str) -> EntrySaved:
    """Activate an entry with its whole fee as paid now; a refusal is stored as a record.

    Raises: EntryNotFound, PaymentConfirmed, InvalidTransition.
    """
    entry = store.read(lambda tx: tx.contests.entries.get(entry_id)).entity
    command = ActivateEntry(
        entry_id=entry_id,
        paid_minor=entry.fee_minor,
        currency=entry.currency,
        paid_at=SystemClock().now(),
        payment_ref=PAYMENT_REF.format(entry_id),
    )
    return run_recorded(store, activate_entry, command, actor=actor, reason=reason)
