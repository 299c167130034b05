"""The content of a ledger and its history, whatever the way on which they came about."""

from hashlib import sha256
from typing import Any, Final

from tests.doses.chaos.money_site import CURRENCY, MoneySite

from indelible.money.entities.values import MovementKind
from indelible.money.rules.ledger.drafts import MovementDraft, Proof
from indelible.money.rules.ledger.payments import entry_fee

PAID_MINOR: Final = 1

PAYOUT_LIFECYCLES: Final = frozenset({"account", "movement", "transfer", "payout_job", "switch"})
# Memos of failed attempts say what the network did, and not what was paid.
MEMOS: Final = frozenset({MovementKind.PAYOUT_FAILED})


def operators_of(site: MoneySite) -> set[str]:
    """Return the people in the history of settlements, transfers, jobs and accounts."""
    people: set[str] = set()
    for change in site.history():
        if change.lifecycle in PAYOUT_LIFECYCLES and change.actor.kind == "user":
            people.add(str(change.actor))
    return people


def ledger_digest(site: MoneySite) -> str:
    """Return a digest of all movements with their postings, by key."""
    rows: list[tuple[Any, ...]] = []
    for movement in site.movements():
        if movement.kind in MEMOS:
            continue
        for posting in site.postings(movement.id):
            row = (
                movement.key,
                movement.kind.value,
                movement.reference,
                posting.number,
                posting.debit_account_id,
                posting.credit_account_id,
                posting.amount_minor,
                posting.party,
                posting.owed_movement_id,
                posting.owed_number,
            )
            rows.append(row)
    return sha256(repr(sorted(rows, key=repr)).encode()).hexdigest()


def paid_cent(number: int) -> MovementDraft:
    """Return the movement of the cent that a payer has paid for a settlement."""
    charge = f"charge-{number:05}"
    return entry_fee(
        charge_id=charge,
        reference=f"reference-{number:05}",
        party="payer",
        amount_minor=PAID_MINOR,
        currency=CURRENCY,
        proof=Proof(charge, charge),
    )
