"""The invariants of prizes and payouts, for each contest and each party."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from indelible.money.entities.values import AccountKind
from indelible.money.rules.payouts import transfer_group
from indelible_service.simulation.observed import Observed
from indelible_service.simulation.operator import is_halted
from indelible_service.simulation.plan import HOUR, PAYING
from indelible_service.simulation.reference import CURRENCY, CountedEntries

MAX_LINES: Final = 500
PARTY_METADATA: Final = "party"  # of an account at Stripe
Balances = Mapping[AccountKind, int]
GroupParty = tuple[str, str]  # a group of transfers at Stripe, and a party


def paid_entries_count(observed: Observed) -> Iterator[str]:
    """Yield the entries that were paid an hour before the lock or earlier, and do not count.

    Nobody has asked for their money back. What a restore has lost meanwhile may come too late.
    """
    start = observed.world.clock.now().timestamp() - observed.world.clock.seconds
    counted = counted_entries(observed)
    contests = {contest.name: contest for contest in observed.plan.contests}
    for paid in observed.reference.paid:
        names = counted.get(paid.entry.contest)
        if names is None or paid.entry.name in names or paid.entry.fate not in PAYING:
            continue
        paid_at = int(paid.at - start)
        lock_at = contests[paid.entry.contest].lock_at
        if paid_at <= lock_at - HOUR and not _is_restored(observed, paid_at, lock_at):
            yield f"{paid.entry.name} was paid in time, and does not count in {paid.entry.contest}"


def prizes_are_won(observed: Observed) -> Iterator[str]:
    """Yield each line of a settlement with another payout than the reference computes."""
    for contest, payouts in observed.settled.items():
        prizes = observed.reference.prizes.prizes(contest, payouts)
        for name in sorted(payouts):
            if payouts[name] != prizes[name]:
                yield f"{name} of {contest} wins {payouts[name]}, expected {prizes[name]}"


def paid_is_won(observed: Observed) -> Iterator[str]:
    """Yield each party to which Stripe has transferred more for a contest than it has won.

    What a restore has lost is not counted: `one-payout` sees to it.
    """
    lost = {one["id"] for one in observed.people.losses.transfers(observed.stripe)}
    won = _won(observed)
    for group_party, amount in sorted(_transferred(observed, lost).items()):
        if amount > won[group_party]:
            group, party = group_party
            yield f"{party} has received {amount} of {group}, expected {won[group_party]} at most"


def winners_are_paid(observed: Observed) -> Iterator[str]:
    """Yield each party to which Stripe has not transferred exactly what it has won in a contest.

    A party waits that has not enrolled, or for which Stripe's balance is too low: fees of disputes
    may take more than the rake. While payments are halted, all wait: `payments-resumed` sees to it.
    """
    is_waiting = bool(observed.store.read(is_halted))
    available = observed.stripe.available_minor(CURRENCY)
    won = _won(observed)
    transferred = _transferred(observed, frozenset[str]())
    for group_party in sorted({*won, *transferred}):
        group, party = group_party
        missing = won[group_party] - transferred[group_party]
        can_be_paid = missing <= available and party in observed.people.enrolled
        if missing < 0 or (missing > 0 and can_be_paid and not is_waiting):
            amount = transferred[group_party]
            yield f"{party} has received {amount} of {group}, expected {won[group_party]}"


def contest_differences(observed: Observed, counted: CountedEntries) -> Iterator[str]:
    """Yield the differences between the books of contests and the reference, at rest."""
    books = observed.store.read(_balances, observed.people.contest_ids)
    yield from observed.reference.contest_differences(books, counted)


def counted_entries(observed: Observed) -> CountedEntries:
    """Return the entries that count in each complete contest, by the names of the plan."""
    return {name: frozenset(payouts) for name, payouts in observed.settled.items()}


def settled_payouts(observed: Observed) -> dict[str, dict[str, int]]:
    """Return the payouts of the stored lines of each complete contest, by names of the plan."""
    names = {entry_id: name for name, entry_id in observed.people.entry_ids.items()}
    settled: dict[str, dict[str, int]] = {}
    for contest, lines in observed.store.read(_lines, observed.people.contest_ids).items():
        settled[contest] = {names[line.entry_id]: line.payout_minor for line in lines}
    return settled


def _is_restored(observed: Observed, first: int, last: int) -> bool:
    """Return True if a restore has lost a part of a time; seconds since the start."""
    for restore in observed.plan.restores:
        if restore.at >= first and restore.backup_at <= last:
            return True
    return False


def _won(observed: Observed) -> Counter[GroupParty]:
    """Return by the reference what each party has won, without those who have won nothing."""
    users = {entry.name: entry.user for entry in observed.plan.entries}
    won: Counter[GroupParty] = Counter()
    for contest, counted in counted_entries(observed).items():
        group = transfer_group(observed.people.contest_ids[contest])
        for name, prize in observed.reference.prizes.prizes(contest, counted).items():
            if prize:
                won[group, users[name]] += prize
    return won


def _transferred(observed: Observed, without: Container[str]) -> Counter[GroupParty]:
    """Return what Stripe has transferred without what was reversed, except some transfers."""
    accounts = observed.stripe.objects("account")
    parties = {account["id"]: account["metadata"][PARTY_METADATA] for account in accounts}
    transferred: Counter[GroupParty] = Counter()
    for transfer in observed.stripe.objects("transfer"):
        if transfer["id"] not in without:
            party = parties[transfer["destination"]]
            amount = transfer["amount"] - transfer["amount_reversed"]
            transferred[transfer["transfer_group"], party] += amount
    return transferred


def _lines(tx: Any, contest_ids: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401 - of the store
    """Return the lines of the settlement of each contest that has one, by name."""
    lines: dict[str, Any] = {}
    for contest, contest_id in contest_ids.items():
        run = tx.contests.runs.completed(contest_id)
        if run is not None:
            lines[contest] = tx.contests.runs.joins.lines(run.entity.id, after=0, limit=MAX_LINES)
    return lines


def _balances(tx: Any, contest_ids: Mapping[str, str]) -> dict[str, Balances]:  # noqa: ANN401 - of the store
    """Return the balances of the accounts of each contest, by name."""
    books: dict[str, Balances] = {}
    for contest, contest_id in contest_ids.items():
        heads = tx.money.accounts.of_reference(contest_id)
        books[contest] = {head.entity.kind: head.entity.balance_minor for head in heads}
    return books


HOURLY: Final = {
    "paid-entries-count": paid_entries_count,
    "prizes-are-won": prizes_are_won,
    "paid-is-won": paid_is_won,
}
ENDS: Final = {"winners-are-paid": winners_are_paid}
