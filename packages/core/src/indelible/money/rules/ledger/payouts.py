"""The movements of settlements and payouts, and the mirror of a movement."""

from collections.abc import Iterable, Mapping
from typing import Final

from indelible.money.entities.ledger import Account, Movement, Posting
from indelible.money.entities.values import AccountKind, MovementKind
from indelible.money.rules.ledger.drafts import (
    OPERATOR,
    AccountKey,
    MovementDraft,
    OwedPayment,
    PayoutReversal,
    Proof,
    SettlementLine,
    Step,
)

PAYOUT_PREFIX: Final = "payout:"
UNCLAIMED_PREFIX: Final = "unclaimed:"
SETTLEMENT_PREFIX: Final = "settlement:"
FAILURE_PREFIX: Final = "ledger:payout:"


def guarantee_topup(
    *, settlement_id: str, reference: str, amount_minor: int, currency: str
) -> MovementDraft:
    """Return the movement that adds the platform's money to an escrow before its settlement."""
    step = Step(
        debit=AccountKey(AccountKind.GOODWILL, None, currency),
        credit=AccountKey(AccountKind.ESCROW, reference, currency),
        amount_minor=amount_minor,
    )
    return MovementDraft(
        kind=MovementKind.GUARANTEE_TOPUP,
        key=guarantee_key(settlement_id),
        reference=reference,
        currency=currency,
        source=Proof.by_settlement(settlement_id).source,
        steps=(step,),
    )


def settlement(
    *,
    settlement_id: str,
    reference: str,
    currency: str,
    lines: Iterable[SettlementLine],
    rake_minor: int,
    rounding_minor: int,
    retained_minor: int,
    items: Iterable[str],
) -> MovementDraft:
    """Return the movement that divides an escrow: an owed line for each line, and the platform's.

    Retained money is a line of its own on platform_rake. An amount of 0 has no posting.
    """
    escrow = AccountKey(AccountKind.ESCROW, reference, currency)
    payable = AccountKey(AccountKind.WINNER_PAYABLE, reference, currency)
    rake = AccountKey(AccountKind.PLATFORM_RAKE, None, currency)
    rounding = AccountKey(AccountKind.PLATFORM_ROUNDING, None, currency)
    steps: list[Step] = []
    for line in lines:
        step = Step(debit=escrow, credit=payable, amount_minor=line.amount_minor, party=line.party)
        steps.append(step)
    for account, amount_minor in (
        (rake, rake_minor),
        (rounding, rounding_minor),
        (rake, retained_minor),
    ):
        if amount_minor > 0:
            steps.append(Step(debit=escrow, credit=account, amount_minor=amount_minor))
    return MovementDraft(
        kind=MovementKind.SETTLEMENT,
        key=settlement_key(settlement_id),
        reference=reference,
        currency=currency,
        source=Proof.by_settlement(settlement_id).source,
        steps=tuple(steps),
        items=tuple(items),
    )


def guarantee_key(settlement_id: str) -> str:
    """Return the key of the movement that adds the platform's money to a settlement."""
    return f"guarantee:{settlement_id}"


def settlement_key(settlement_id: str) -> str:
    """Return the key of a settlement's movement."""
    return f"{SETTLEMENT_PREFIX}{settlement_id}"


def settlement_of_key(key: str) -> str:
    """Return the id of the settlement that a movement's key names."""
    return key.removeprefix(SETTLEMENT_PREFIX)


def payout_key(transfer_id: str) -> str:
    """Return the key of the movement of a completed transfer."""
    return f"{PAYOUT_PREFIX}{transfer_id}"


def unclaimed_key(transfer_id: str) -> str:
    """Return the key of the movement of a transfer whose money nobody has claimed."""
    return f"{UNCLAIMED_PREFIX}{transfer_id}"


def transfer_of_key(key: str) -> str | None:
    """Return the id of the transfer that a movement's key names, None for another movement."""
    for prefix in (PAYOUT_PREFIX, UNCLAIMED_PREFIX):
        if key.startswith(prefix):
            return key.removeprefix(prefix)
    return None


def payout_created(
    *,
    transfer_id: str,
    reference: str,
    currency: str,
    lines: Iterable[OwedPayment],
    proof: Proof,
) -> MovementDraft:
    """Return the movement of a completed transfer: one posting for each owed line that it pays."""
    balance = AccountKey(AccountKind.STRIPE_BALANCE, None, currency)
    return MovementDraft(
        kind=MovementKind.PAYOUT_CREATED,
        key=payout_key(transfer_id),
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=_paying(lines, reference, currency, balance),
    )


def payout_failed(
    *, transfer_id: str, attempt_number: int, reference: str, currency: str, proof: Proof
) -> MovementDraft:
    """Return the note of a failed attempt: it moves no money."""
    return MovementDraft(
        kind=MovementKind.PAYOUT_FAILED,
        key=f"{FAILURE_PREFIX}{transfer_id}:{attempt_number}",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(),
    )


def payout_reversed(
    *,
    reversal_ref: str,
    reference: str,
    currency: str,
    lines: Iterable[PayoutReversal],
    proof: Proof,
) -> MovementDraft:
    """Return the movement of a reversed transfer, whole or in part: each posting is owed again."""
    steps: list[Step] = []
    for line in lines:
        step = Step(
            debit=AccountKey(AccountKind.STRIPE_BALANCE, None, currency),
            credit=AccountKey(AccountKind.WINNER_PAYABLE, reference, currency),
            amount_minor=line.amount_minor,
            party=line.party,
            reversed_line=(line.movement_id, line.number),
            reversal_ref=reversal_ref,
        )
        steps.append(step)
    return MovementDraft(
        kind=MovementKind.PAYOUT_REVERSED,
        key=f"reversal:{reversal_ref}",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=tuple(steps),
    )


def unclaimed(
    *,
    transfer_id: str,
    reference: str,
    currency: str,
    lines: Iterable[OwedPayment],
    proof: Proof,
) -> MovementDraft:
    """Return the movement of money that nobody has claimed: it is no longer owed to the party."""
    prizes = AccountKey(AccountKind.UNCLAIMED_PRIZES, None, currency)
    return MovementDraft(
        kind=MovementKind.UNCLAIMED,
        key=unclaimed_key(transfer_id),
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=_paying(lines, reference, currency, prizes),
    )


def reversal_proposed_key(movement_id: str) -> str:
    """Return the key of the note that proposes to reverse a movement."""
    return f"reversal_proposed:{movement_id}"


def reversal_proposed(movement: Movement) -> MovementDraft:
    """Return the note that proposes to reverse a movement; it moves no money."""
    return MovementDraft(
        kind=MovementKind.REVERSAL_PROPOSED,
        key=reversal_proposed_key(movement.id),
        reference=movement.reference,
        currency=movement.currency,
        source=OPERATOR,
        steps=(),
    )


def mirror(
    movement: Movement,
    postings: Iterable[Posting],
    accounts: Mapping[str, Account],
    *,
    source: str = OPERATOR,
) -> MovementDraft:
    """Return the movement that takes another one back: each posting with its accounts exchanged.

    The mirror of an owed line pays it. The mirror of a payout line is owed again.
    """
    key = f"reversal_of:{movement.id}"
    steps: list[Step] = []
    for posting in postings:
        debit = _key_of(accounts[posting.credit_account_id])
        credit = _key_of(accounts[posting.debit_account_id])
        line = (movement.id, posting.number)
        is_owed = debit.kind is AccountKind.WINNER_PAYABLE
        is_payout = credit.kind is AccountKind.WINNER_PAYABLE
        step = Step(
            debit=debit,
            credit=credit,
            amount_minor=posting.amount_minor,
            party=posting.party,
            owed=line if is_owed else None,
            reversed_line=line if is_payout else None,
            reversal_ref=key if is_payout else None,
        )
        steps.append(step)
    return MovementDraft(
        kind=MovementKind.REVERSAL,
        key=key,
        reference=movement.reference,
        currency=movement.currency,
        source=source,
        steps=tuple(steps),
        reverses=movement.id,
    )


def _paying(
    lines: Iterable[OwedPayment], reference: str, currency: str, receiver: AccountKey
) -> tuple[Step, ...]:
    """Return a posting for each owed line, from what is owed to the account that receives it."""
    steps: list[Step] = []
    for line in lines:
        step = Step(
            debit=AccountKey(AccountKind.WINNER_PAYABLE, reference, currency),
            credit=receiver,
            amount_minor=line.amount_minor,
            party=line.party,
            owed=(line.movement_id, line.number),
        )
        steps.append(step)
    return tuple(steps)


def _key_of(account: Account) -> AccountKey:
    return AccountKey(account.kind, account.reference, account.currency)
