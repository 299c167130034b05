"""Queries on money; none of them writes."""

from collections.abc import Mapping

from attrs import frozen

from indelible.kernel.transaction import single_statement
from indelible.money.commands.results import ChargeSaved
from indelible.money.entities.charges import Charge
from indelible.money.entities.ledger import Account, Posting
from indelible.money.entities.lines import BalanceSum, LedgerLine, OwedLine
from indelible.money.entities.values import Side
from indelible.money.errors.payouts import PayeeNotFound
from indelible.money.ports.ledger import (
    MAX_ROWS_PER_PAGE,
)
from indelible.money.repositories.transactions import MoneyRead

PAGE_SIZE = 50


@frozen(kw_only=True)
class AccountLine:
    """A posting of an account with its cause: on which side it is, and the other account."""

    line: LedgerLine
    side: Side
    other_account_id: str

    @property
    def position(self) -> str:
        """Return the position after which the list goes on."""
        return self.line.position


@frozen(kw_only=True)
class PartyStatement:
    """The last postings that name a party, newest first, and what it is owed by currency."""

    party: str
    lines: tuple[LedgerLine, ...]
    owed_minor: Mapping[str, int]


def balances(tx: MoneyRead) -> tuple[BalanceSum, ...]:
    """Return the sum of the balances of all accounts by kind and currency."""
    return tx.money.accounts.joins.sums()


@single_statement
def get_account(tx: MoneyRead, account_id: str) -> Account:
    """Return an account, or raise AccountNotFound."""
    return tx.money.accounts.get(account_id).entity


@single_statement
def list_account_lines(
    tx: MoneyRead, account_id: str, *, before: str = "", limit: int = PAGE_SIZE
) -> tuple[AccountLine, ...]:
    """Return the last postings of an account before a position with their causes."""
    lines: list[AccountLine] = []
    for line in tx.money.movements.joins.lines_of_account(account_id, before=before, limit=limit):
        posting = line.posting
        side, other = Side.CREDIT, posting.debit_account_id
        if posting.debit_account_id == account_id:
            side, other = Side.DEBIT, posting.credit_account_id
        lines.append(AccountLine(line=line, side=side, other_account_id=other))
    return tuple(lines)


@single_statement
def list_postings(
    tx: MoneyRead, movement_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[Posting, ...]:
    """Return the next postings of a movement after a number, in order."""
    return tx.money.movements.postings(movement_id, after=after, limit=limit)


@single_statement
def statement(
    tx: MoneyRead, party: str, *, before: str = "", limit: int = PAGE_SIZE
) -> tuple[LedgerLine, ...]:
    """Return the last postings that name a party before a position, newest first."""
    return tx.money.movements.joins.lines_of_party(party, before=before, limit=limit)


@single_statement
def owed_lines(
    tx: MoneyRead,
    *,
    reference: str | None = None,
    party: str | None = None,
    unpaid: bool = True,
    after: tuple[str, int] = ("", 0),
    limit: int = PAGE_SIZE,
) -> tuple[OwedLine, ...]:
    """Return the next owed lines after a name: all of them, or those that nobody has paid."""
    return tx.money.movements.joins.owed_lines(
        reference=reference, party=party, unpaid=unpaid, after=after, limit=limit
    )


def party_statement(tx: MoneyRead, party: str, *, limit: int = PAGE_SIZE) -> PartyStatement:
    """Return the last postings that name a party, and what it is owed now.

    Raises:
        PayeeNotFound: No posting names the party, and it is no payee.
    """
    lines = tx.money.movements.joins.lines_of_party(party, before="", limit=limit)
    if not lines and tx.money.payees.of_party(party) is None:
        raise PayeeNotFound(party)

    return PartyStatement(party=party, lines=lines, owed_minor=_owed_minor(tx, party))


def _owed_minor(tx: MoneyRead, party: str) -> dict[str, int]:
    """Return the sums of a party's unpaid owed lines, by currency."""
    sums: dict[str, int] = {}
    after = ("", 0)
    while True:
        page = tx.money.movements.joins.owed_lines(
            party=party, unpaid=True, after=after, limit=MAX_ROWS_PER_PAGE
        )
        for line in page:
            sums[line.currency] = sums.get(line.currency, 0) + line.amount_minor
        if len(page) < MAX_ROWS_PER_PAGE:
            return dict(sorted(sums.items()))
        after = page[-1].name


@single_statement
def get_charge(tx: MoneyRead, charge_id: str, *, party: str | None = None) -> ChargeSaved:
    """Return a charge, or raise ChargeNotFound; with `party` also where it is another one's."""
    head = tx.money.charges.get(charge_id)
    if party is not None:
        head.entity.require_party(party)
    return ChargeSaved(charge=head.entity, seq=head.revision.seq)


@single_statement
def charge_of_item(tx: MoneyRead, item: str) -> Charge | None:
    """Return the charge of an item, None if it has none."""
    head = tx.money.charges.of_item(item)
    return None if head is None else head.entity
