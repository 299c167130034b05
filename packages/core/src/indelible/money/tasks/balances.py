"""Read our balance and Stripe's at the same times, for rule R2 of a reconciliation.

Stripe changes its balance before our books do in two cases: a fee is posted by a task of its own,
and a refund is posted when it has succeeded, which may take days. Neither is a difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field, frozen

from indelible.money.entities.refunds import Refund
from indelible.money.entities.stripe_objects import BalanceTransaction
from indelible.money.entities.values import AccountKind, account_id
from indelible.money.lifecycle.payments import RefundStatus
from indelible.money.ports.gateway import StripeGateway
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.queries import reconciliation as reads
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.rules.ledger.payments import refund_succeeded_key
from indelible.money.rules.reconciliation import CUTS, GRACE, BalanceCuts
from indelible.money.tasks.outages import RETRY_SECONDS
from indelible.money.tasks.states import MoneyStore

# After an outage of Stripe a fee is posted within this time.
FEES_WITHIN: Final = timedelta(seconds=RETRY_SECONDS)
PAYMENT_TYPES: Final = frozenset({"charge", "payment"})
REFUND_FAILURES: Final = frozenset({"refund_failure", "payment_failure_refund"})
# The states of a refund that Stripe has taken from its balance, and that we have not posted.
ACCEPTED: Final = (RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION)
Changes = tuple[tuple[datetime, int], ...]


@frozen(kw_only=True)
class OwnBalance:
    """Our balance in one currency, with its last changes by the time at which they occurred."""

    total_minor: int = 0
    changes: Changes = ()

    def at(self, until: datetime) -> int:
        """Return the balance at a time."""
        return self.total_minor - sum(minor for at, minor in self.changes if at >= until)


@define(kw_only=True)
class BookedBalances:
    """Our books as one transaction has read them.

    `unposted` are Stripe's ids of the refunds that our books do not have, because they have not
    succeeded or never will. `accepted_minor` are the sums of those that Stripe has taken from its
    balance until now. `late_fees_minor` are the fees to come, by their balance transactions.
    """

    own: dict[str, OwnBalance] = field(factory=dict[str, OwnBalance])
    late_fees_minor: dict[str, int] = field(factory=dict[str, int])
    unposted: set[str] = field(factory=set[str])
    accepted_minor: dict[str, int] = field(factory=dict[str, int])


def read_balances(
    store: MoneyStore, gateway: StripeGateway, now: datetime
) -> tuple[BalanceCuts, ...]:
    """Return our balance and Stripe's at several times of the last hour."""
    totals = {one.currency: one.total_minor for one in gateway.retrieve_balance()}
    since = now - max(CUTS)
    changes = list(gateway.list_balance_transactions(since=now - FEES_WITHIN))
    booked = store.read(_booked_balances, changes, since=since, now=now)
    balances: list[BalanceCuts] = []
    for currency in sorted({*totals, *booked.own}):
        own = booked.own.get(currency, OwnBalance())
        own_changes = [change for change in changes if change.currency == currency]
        total_minor = totals.get(currency, 0) + booked.accepted_minor.get(currency, 0)
        cuts: list[tuple[int, int]] = []
        for age in CUTS:
            until = now - age
            stripes = total_minor + _changed_since(own_changes, booked, until)
            cuts.append((own.at(until), stripes))
        balances.append(BalanceCuts(currency=currency, cuts=tuple(cuts)))
    return tuple(balances)


def _changed_since(
    changes: Sequence[BalanceTransaction], booked: BookedBalances, until: datetime
) -> int:
    """Return what turns Stripe's balance now into the one that our books should have had then."""
    minor = 0
    for change in changes:
        if change.source in booked.unposted:
            continue
        if change.created >= until:
            minor -= change.net_minor
        else:
            minor += booked.late_fees_minor.get(change.id, 0)
    return minor


def _booked_balances(
    tx: MoneyRead, changes: Sequence[BalanceTransaction], *, since: datetime, now: datetime
) -> BookedBalances:
    booked = BookedBalances(own=_own_balances(tx, since), late_fees_minor=_late_fees(tx, changes))
    booked.unposted.update(_failed_refunds(tx, changes))
    for refund in _accepted_refunds(tx):
        stripe_id = refund.stripe_refund_id
        # A young one may be missing in Stripe's answers, and is in none of the compared times.
        is_young = now - _taken_at(refund, changes) < GRACE
        if stripe_id is None or stripe_id in booked.unposted or is_young:
            continue
        booked.unposted.add(stripe_id)
        before_minor = booked.accepted_minor.get(refund.currency, 0)
        booked.accepted_minor[refund.currency] = before_minor + refund.amount_minor
    return booked


def _taken_at(refund: Refund, changes: Sequence[BalanceTransaction]) -> datetime:
    """Return when Stripe has taken a refund from its balance, as far as that is known."""
    for change in changes:
        if change.source is not None and change.source == refund.stripe_refund_id:
            return change.created
    return refund.created_at


def _own_balances(tx: MoneyRead, since: datetime) -> dict[str, OwnBalance]:
    """Return our balance by currency, with its changes that were posted since a time."""
    balances: dict[str, OwnBalance] = {}
    for balance in tx.money.accounts.joins.sums():
        if balance.kind is not AccountKind.STRIPE_BALANCE:
            continue
        account = account_id(AccountKind.STRIPE_BALANCE, None, balance.currency)
        changes: list[tuple[datetime, int]] = []
        for line in reads.lines_since(tx, account, since):
            sign = 1 if line.posting.debit_account_id == account else -1
            changes.append((line.movement.occurred_at, sign * line.posting.amount_minor))
        own = OwnBalance(total_minor=balance.balance_minor, changes=tuple(changes))
        balances[balance.currency] = own
    return balances


def _late_fees(tx: MoneyRead, changes: Sequence[BalanceTransaction]) -> dict[str, int]:
    """Return the fees of payments that are not posted yet, by their balance transactions."""
    fees: dict[str, int] = {}
    for change in changes:
        is_of_payment = change.type in PAYMENT_TYPES and change.fee_minor != 0
        if is_of_payment and tx.money.movements.of_key(f"fee:{change.id}") is None:
            fees[change.id] = change.fee_minor
    return fees


def _accepted_refunds(tx: MoneyRead) -> Iterator[Refund]:
    """Yield the refunds that Stripe has accepted, and that have not ended."""
    for status in ACCEPTED:
        where: Mapping[str, object] = {"status": status}
        offset = 0
        while True:
            heads = tx.money.refunds.find(where, limit=MAX_ROWS_PER_PAGE, offset=offset)
            for head in heads:
                yield head.entity
            if len(heads) < MAX_ROWS_PER_PAGE:
                break
            offset += MAX_ROWS_PER_PAGE


def _failed_refunds(tx: MoneyRead, changes: Sequence[BalanceTransaction]) -> Iterator[str]:
    """Yield Stripe's ids of refunds that have failed lately without having succeeded before."""
    for change in changes:
        if change.type not in REFUND_FAILURES or change.source is None:
            continue
        head = tx.money.refunds.of_stripe(change.source)
        if head is None:
            continue
        key = refund_succeeded_key(head.entity.id)
        if tx.money.movements.of_key(key) is not None:
            continue
        yield change.source
