"""The movements of payments, refunds and disputes, one builder for each kind."""

from indelible.money.entities.values import AccountKind, MovementKind
from indelible.money.rules.ledger.drafts import AccountKey, MovementDraft, Proof, Step


def entry_fee(
    *,
    charge_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    proof: Proof,
) -> MovementDraft:
    """Return the movement of a paid charge: from the payer into the escrow of its reference."""
    step = Step(
        debit=AccountKey(AccountKind.STRIPE_BALANCE, None, currency),
        credit=AccountKey(AccountKind.ESCROW, reference, currency),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.ENTRY_FEE,
        key=f"{proof.key_prefix}:ENTRY_FEE",
        fact_key=f"payment:{charge_id}:ENTRY_FEE",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def payment_quarantined(
    *,
    charge_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    proof: Proof,
) -> MovementDraft:
    """Return the movement of money that is not the charge's: it waits for its refund only."""
    step = Step(
        debit=AccountKey(AccountKind.STRIPE_BALANCE, None, currency),
        credit=AccountKey(AccountKind.REFUND_CLEARING, reference, currency),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.PAYMENT_QUARANTINED,
        key=f"{proof.key_prefix}:PAYMENT_QUARANTINED",
        fact_key=f"payment:{charge_id}:PAYMENT_QUARANTINED",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def processing_fee(
    *, transaction_id: str, fee_minor: int, currency: str, proof: Proof
) -> MovementDraft:
    """Return the movement of Stripe's fee of a balance transaction; a negative one is given back.

    `fee_minor` must not be 0.
    """
    fees = AccountKey(AccountKind.STRIPE_FEES, None, currency)
    balance = AccountKey(AccountKind.STRIPE_BALANCE, None, currency)
    step = Step(debit=fees, credit=balance, amount_minor=abs(fee_minor))
    if fee_minor < 0:
        step = Step(debit=balance, credit=fees, amount_minor=abs(fee_minor))
    return MovementDraft(
        kind=MovementKind.PROCESSING_FEE,
        key=f"fee:{transaction_id}",
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def refund_requested(
    *,
    refund_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    is_covered: bool,
    proof: Proof,
) -> MovementDraft:
    """Return the movement that sets a refund's money aside.

    Escrow gives it, or goodwill if a settlement has counted the charge's item (`is_covered`).
    """
    step = Step(
        debit=_refund_source(reference, currency, is_covered=is_covered),
        credit=AccountKey(AccountKind.REFUND_CLEARING, reference, currency),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.REFUND_REQUESTED,
        key=f"refund:{refund_id}:REQ",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def refund_succeeded_key(refund_id: str) -> str:
    """Return the key of the movement by which the money of a refund has left."""
    return f"refund:{refund_id}:OK"


def refund_succeeded(
    *,
    refund_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    proof: Proof,
) -> MovementDraft:
    """Return the movement of a refund that Stripe has made."""
    step = Step(
        debit=AccountKey(AccountKind.REFUND_CLEARING, reference, currency),
        credit=AccountKey(AccountKind.STRIPE_BALANCE, None, currency),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.REFUND_SUCCEEDED,
        key=refund_succeeded_key(refund_id),
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def refund_failed(
    *,
    refund_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    is_covered: bool,
    proof: Proof,
) -> MovementDraft:
    """Return the movement that gives the money of a failed refund back to where it came from."""
    step = Step(
        debit=AccountKey(AccountKind.REFUND_CLEARING, reference, currency),
        credit=_refund_source(reference, currency, is_covered=is_covered),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.REFUND_FAILED,
        key=f"refund:{refund_id}:FAIL",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def dispute_opened(
    *,
    dispute_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    fee_minor: int,
    currency: str,
    proof: Proof,
) -> MovementDraft:
    """Return the movement of money that Stripe has withdrawn for a dispute, with its fee."""
    balance = AccountKey(AccountKind.STRIPE_BALANCE, None, currency)
    amount = Step(
        debit=AccountKey(AccountKind.DISPUTE_RECEIVABLE, None, currency),
        credit=balance,
        amount_minor=amount_minor,
        party=party,
    )
    steps = [amount]
    if fee_minor > 0:
        losses = AccountKey(AccountKind.DISPUTE_LOSSES, None, currency)
        steps.append(Step(debit=losses, credit=balance, amount_minor=fee_minor))
    return MovementDraft(
        kind=MovementKind.DISPUTE_OPENED,
        key=f"dispute:{dispute_id}:OPEN",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=tuple(steps),
    )


def dispute_won(
    *,
    dispute_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    proof: Proof,
) -> MovementDraft:
    """Return the movement of money that Stripe has given back after a dispute; its fee stays."""
    step = Step(
        debit=AccountKey(AccountKind.STRIPE_BALANCE, None, currency),
        credit=AccountKey(AccountKind.DISPUTE_RECEIVABLE, None, currency),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.DISPUTE_WON,
        key=f"dispute:{dispute_id}:WON",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def dispute_lost(
    *,
    dispute_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    is_absorbed: bool,
    proof: Proof,
) -> MovementDraft:
    """Return the movement of a lost dispute: the escrow loses the money.

    The platform loses it (`is_absorbed`) if a settlement has counted the charge's item, or if the
    escrow has given the money for a refund before.
    """
    loser = AccountKey(AccountKind.ESCROW, reference, currency)
    if is_absorbed:
        loser = AccountKey(AccountKind.DISPUTE_LOSSES, None, currency)
    step = Step(
        debit=loser,
        credit=AccountKey(AccountKind.DISPUTE_RECEIVABLE, None, currency),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.DISPUTE_LOST,
        key=f"dispute:{dispute_id}:LOST",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def dispute_residue(
    *,
    dispute_id: str,
    reference: str,
    party: str,
    amount_minor: int,
    currency: str,
    proof: Proof,
) -> MovementDraft:
    """Return the movement of a fee that a settlement left out because of a dispute, now won."""
    step = Step(
        debit=AccountKey(AccountKind.ESCROW, reference, currency),
        credit=AccountKey(AccountKind.PLATFORM_RAKE, None, currency),
        amount_minor=amount_minor,
        party=party,
    )
    return MovementDraft(
        kind=MovementKind.DISPUTE_RESIDUE,
        key=f"dispute:{dispute_id}:RESIDUE",
        reference=reference,
        currency=currency,
        source=proof.source,
        steps=(step,),
    )


def _refund_source(reference: str, currency: str, *, is_covered: bool) -> AccountKey:
    """Return the account that gives the money of a refund."""
    if is_covered:
        return AccountKey(AccountKind.GOODWILL, None, currency)
    return AccountKey(AccountKind.ESCROW, reference, currency)
