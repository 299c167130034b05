"""Drafts of movements: all that the ledger needs to post one, prepared without a transaction."""

from collections.abc import Iterable, Mapping
from typing import Final, Self

from attrs import Factory, field, frozen

from indelible.kernel.bulk import AnyBulk, Bulk
from indelible.kernel.kinds import Identifier, kinds
from indelible.money.entities.ids import movement_id
from indelible.money.entities.ledger import CoveredItem, Posting
from indelible.money.entities.values import (
    AccountKind,
    Amount,
    MovementKind,
    Side,
    account_id,
)

OPERATOR: Final = "operator"


@frozen(order=True)
class AccountKey:
    """The kind, reference and currency of an account."""

    kind: AccountKind
    reference: str | None
    currency: str

    @property
    def id(self) -> str:
        """Return the id of the account."""
        return account_id(self.kind, self.reference, self.currency)


@frozen
class Proof:
    """The proof of a movement: its source, and the beginning of the movement's key."""

    source: str
    key_prefix: str

    @classmethod
    def by_event(cls, event_id: str) -> Self:
        """Return the proof by an event of Stripe."""
        return cls(event_id, f"stripe_event:{event_id}")

    @classmethod
    def by_reconciliation(cls, reconciliation_id: str, subject: str) -> Self:
        """Return the proof by a reconciliation that has read a subject at Stripe."""
        source = f"reconciliation:{reconciliation_id}"
        return cls(source, f"{source}:{subject}")

    @classmethod
    def by_settlement(cls, settlement_id: str) -> Self:
        """Return the proof by a settlement."""
        source = f"settlement:{settlement_id}"
        return cls(source, source)

    @classmethod
    def by_operator(cls, subject: str) -> Self:
        """Return the proof by an operator's command about a subject."""
        return cls(OPERATOR, f"{OPERATOR}:{subject}")


@frozen(kw_only=True, field_transformer=kinds)
class SettlementLine:
    """An amount that a party is owed by a settlement."""

    party: Identifier
    amount_minor: Amount


@frozen(kw_only=True)
class OwedPayment:
    """The payment of a whole owed line."""

    movement_id: str
    number: int
    party: str
    amount_minor: int


@frozen(kw_only=True)
class PayoutReversal:
    """The reversal of a payout line, whole or in part."""

    movement_id: str
    number: int
    party: str
    amount_minor: int


@frozen(kw_only=True)
class Step:
    """One posting of a draft, before it has a number."""

    debit: AccountKey
    credit: AccountKey
    amount_minor: int
    party: str | None = None
    owed: tuple[str, int] | None = None
    reversed_line: tuple[str, int] | None = None
    reversal_ref: str | None = None

    def posting(self, number: int) -> Posting:
        """Return the posting with its number."""
        owed_movement_id, owed_number = self.owed or (None, None)
        reversed_movement_id, reversed_number = self.reversed_line or (None, None)
        return Posting(
            number=number,
            debit_account_id=self.debit.id,
            credit_account_id=self.credit.id,
            amount_minor=self.amount_minor,
            party=self.party,
            owed_movement_id=owed_movement_id,
            owed_number=owed_number,
            reversed_movement_id=reversed_movement_id,
            reversed_number=reversed_number,
            reversal_ref=self.reversal_ref,
        )


@frozen(kw_only=True)
class AccountSums:
    """The sums that the postings of a movement debit and credit to one account."""

    debited_minor: int = 0
    credited_minor: int = 0
    posting_count: int = 0

    def balance_minor(self, side: Side) -> int:
        """Return the balance that these sums make of nothing, on the side of the account."""
        balance = self.debited_minor - self.credited_minor
        return balance if side is Side.DEBIT else -balance


def _postings_of(draft: "MovementDraft") -> Bulk[Posting]:
    postings = [step.posting(number) for number, step in enumerate(draft.steps, start=1)]
    return Bulk.of(Posting, postings)


def _items_of(draft: "MovementDraft") -> Bulk[CoveredItem]:
    items = [CoveredItem(number=number, item=item) for number, item in enumerate(draft.items, 1)]
    return Bulk.of(CoveredItem, items)


@frozen(kw_only=True)
class MovementDraft:
    """A movement before it is posted; its rows are prepared when it is created.

    `fact_key` names the fact that the movement books, so that two keys of one fact post once.
    """

    kind: MovementKind
    key: str
    currency: str
    source: str
    steps: tuple[Step, ...]
    reference: str | None = None
    fact_key: str | None = None
    items: tuple[str, ...] = ()
    reverses: str | None = None
    postings: Bulk[Posting] = field(init=False, default=Factory(_postings_of, takes_self=True))
    covered: Bulk[CoveredItem] = field(init=False, default=Factory(_items_of, takes_self=True))

    @property
    def id(self) -> str:
        """Return the id of the movement."""
        return movement_id(self.key)

    @property
    def action(self) -> str:
        """Return the action that creates the movement."""
        if self.kind is MovementKind.SETTLEMENT:
            return "settle"
        return "post" if self.steps else "note"

    @property
    def bulk(self) -> tuple[AnyBulk, ...]:
        """Return the rows that the movement's change adds."""
        if self.action == "settle":
            return (self.postings, self.covered)
        return (self.postings,) if self.action == "post" else ()

    @property
    def total_minor(self) -> int:
        """Return the sum of the postings."""
        return sum([step.amount_minor for step in self.steps])

    @property
    def accounts(self) -> tuple[AccountKey, ...]:
        """Return the accounts of the postings, in order of their ids."""
        keys: dict[str, AccountKey] = {}
        for step in self.steps:
            keys[step.debit.id] = step.debit
            keys[step.credit.id] = step.credit

        return tuple(keys[account] for account in sorted(keys))

    @property
    def digests(self) -> tuple[str, str]:
        """Return the digests of the postings and of the covered items."""
        return self.postings.digest, self.covered.digest


def account_sums(postings: Iterable[Posting]) -> Mapping[str, AccountSums]:
    """Return what postings debit and credit, by the ids of the accounts."""
    debited: dict[str, int] = {}
    credited: dict[str, int] = {}
    counts: dict[str, int] = {}
    for posting in postings:
        debit, credit = posting.debit_account_id, posting.credit_account_id
        debited[debit] = debited.get(debit, 0) + posting.amount_minor
        credited[credit] = credited.get(credit, 0) + posting.amount_minor
        counts[debit] = counts.get(debit, 0) + 1
        counts[credit] = counts.get(credit, 0) + 1

    sums: dict[str, AccountSums] = {}
    for account, count in counts.items():
        sums[account] = AccountSums(
            debited_minor=debited.get(account, 0),
            credited_minor=credited.get(account, 0),
            posting_count=count,
        )
    return sums
