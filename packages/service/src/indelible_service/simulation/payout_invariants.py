"""The invariants of prizes and payouts, for each contest and each party."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, Final

from indelible.contests.rules.settlement import document_of_lines
from indelible.kernel import Head
from indelible.kernel.json import digest
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import AccountKind
from indelible.money.rules.ledger.drafts import OPERATOR, Proof
from indelible.money.rules.payouts import transfer_group
from indelible.reactions.settlements import settlement_id
from indelible_service.simulation.observed import Observed
from indelible_service.simulation.operator import is_halted
from indelible_service.simulation.plan import HOUR, PAYING
from indelible_service.simulation.prizes import Result
from indelible_service.simulation.reference import CURRENCY, CountedEntries, PaidEntry

MAX_LINES: Final = 500
TRANSFERS_OF_A_PAGE: Final = 500
PARTY_METADATA: Final = "party"  # of an account at Stripe
Balances = Mapping[AccountKind, int]
GroupParty = tuple[str, str]  # a group of transfers at Stripe, and a party


def only_paid_entries_count(observed: Observed) -> Iterator[str]:
    """Yield the entries that a settlement counts, and that Stripe has no payment of.

    Nor has it one that was returned an hour before the lock or earlier.
    """
    paid: set[str] = set()
    for one in observed.reference.paid:
        if one.returned_at is None or not _is_known_at_lock(observed, one, one.returned_at):
            paid.add(one.entry.name)
    for contest, names in counted_entries(observed).items():
        for name in sorted(names - paid):
            yield f"{name} counts in {contest}, and was not paid"


def paid_entries_count(observed: Observed) -> Iterator[str]:
    """Yield the entries that were paid an hour before the lock or earlier, and do not count.

    Nobody has asked for their money back.
    """
    counted = counted_entries(observed)
    for paid in observed.reference.paid:
        names = counted.get(paid.entry.contest)
        if names is None or paid.entry.name in names or paid.entry.fate not in PAYING:
            continue
        if _is_known_at_lock(observed, paid, paid.at):
            yield f"{paid.entry.name} was paid in time, and does not count in {paid.entry.contest}"


def prizes_are_won(observed: Observed) -> Iterator[str]:
    """Yield each line of a settlement with another result than the reference computes."""
    for contest, results in observed.settled.items():
        expected = observed.reference.prizes.results(contest, results)
        for name in sorted(results):
            if results[name] != expected[name]:
                yield f"{name} of {contest} has {results[name]}, expected {expected[name]}"


def results_have_their_digest(observed: Observed) -> Iterator[str]:
    """Yield the new settlements whose lines and sums have another digest than they name."""
    for change in observed.new_changes:
        if change.lifecycle == "settlement_run" and change.action == "complete":
            run, lines = observed.store.read(_settlement, change.entity_id)
            expected = digest(document_of_lines(run, lines))
            if run.result_digest != expected:
                yield f"run {run.id} has the digest {run.result_digest}, expected {expected}"


def movements_name_their_source(observed: Observed) -> Iterator[str]:
    """Yield the new movements whose source does not exist.

    It is stored, or a transaction of Stripe's balance, or the settlement of a contest.
    """
    known = {OPERATOR}
    known.update(one["id"] for one in observed.stripe.objects("balance_transaction"))
    for contest_id in observed.people.contest_ids.values():
        known.add(Proof.by_settlement(settlement_id(contest_id)).source)
    for change in observed.new_changes:
        if change.lifecycle != "movement" or change.prev_hash:
            continue
        movement = observed.store.read(_movement, change.entity_id)
        if movement.source not in known and not observed.store.read(_is_stored, movement.source):
            yield f"movement {movement.id} names {movement.source}, which does not exist"


def paid_is_won(observed: Observed) -> Iterator[str]:
    """Yield each party to which Stripe has transferred more for a contest than it has won.

    What a restore has lost is not counted: `one-payout` sees to it.
    """
    lost = {one["id"] for one in observed.people.losses.transfers(observed.stripe)}
    won = won_minor(observed)
    for group_party, amount in sorted(transferred_minor(observed, lost).items()):
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
    won = won_minor(observed)
    transferred = transferred_minor(observed)
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
    return {name: frozenset(results) for name, results in observed.settled.items()}


def stored_results(observed: Observed) -> dict[str, dict[str, Result]]:
    """Return the results of the stored lines of each complete contest, by names of the plan."""
    names = {entry_id: name for name, entry_id in observed.people.entry_ids.items()}
    settled: dict[str, dict[str, Result]] = {}
    for contest, lines in observed.store.read(_lines, observed.people.contest_ids).items():
        results: dict[str, Result] = {}
        for line in lines:
            results[names[line.entry_id]] = Result(
                rank=line.rank, score=line.score, prize_minor=line.payout_minor
            )
        settled[contest] = results
    return settled


def _is_known_at_lock(observed: Observed, paid: PaidEntry, epoch_seconds: int) -> bool:
    """Return True if Stripe has done something an hour before the lock of an entry, or earlier.

    What a restore has lost between the two may come too late.
    """
    clock = observed.world.clock
    at = epoch_seconds - int(clock.now().timestamp()) + clock.seconds
    lock_at = next(one.lock_at for one in observed.plan.contests if one.name == paid.entry.contest)
    for restore in observed.plan.restores:
        if restore.at >= at and restore.backup_at <= lock_at:
            return False
    return at <= lock_at - HOUR


def stored_transfers(observed: Observed) -> list[Transfer]:
    """Return all transfers, in order of id."""
    transfers: list[Transfer] = []
    while True:
        page = observed.store.read(_transfers, len(transfers))
        transfers.extend(head.entity for head in page)
        if len(page) < TRANSFERS_OF_A_PAGE:
            return transfers


def _transfers(tx: Any, offset: int) -> Sequence[Head[Transfer]]:  # noqa: ANN401 - of the store
    find = tx.money.transfers.find
    heads: Sequence[Head[Transfer]] = find({}, limit=TRANSFERS_OF_A_PAGE, offset=offset)
    return heads


def won_minor(observed: Observed) -> Counter[GroupParty]:
    """Return by the reference what each party has won, without those who have won nothing."""
    users = {entry.name: entry.user for entry in observed.plan.entries}
    won: Counter[GroupParty] = Counter()
    for contest, counted in counted_entries(observed).items():
        group = transfer_group(observed.people.contest_ids[contest])
        for name, prize in observed.reference.prizes.prizes(contest, counted).items():
            if prize:
                won[group, users[name]] += prize
    return won


def transferred_minor(
    observed: Observed, without: Container[str] = frozenset[str]()
) -> Counter[GroupParty]:
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


def _lines(
    tx: Any,  # noqa: ANN401 - of the store
    contest_ids: Mapping[str, str],
) -> dict[str, Any]:
    """Return the lines of the settlement of each contest that has one, by name."""
    lines: dict[str, Any] = {}
    for contest, contest_id in contest_ids.items():
        run = tx.contests.runs.completed(contest_id)
        if run is not None:
            lines[contest] = tx.contests.runs.joins.lines(run.entity.id, after=0, limit=MAX_LINES)
    return lines


def _movement(tx: Any, movement_id: str) -> Any:  # noqa: ANN401 - of the store
    return tx.money.movements.get(movement_id).entity


def _is_stored(tx: Any, source: str) -> bool:  # noqa: ANN401 - of the store
    """Return True if a store has what a movement names, such as `transfer:` and its id."""
    kind, _, entity_id = source.rpartition(":")
    repositories = {
        "": (tx.money.events, tx.money.refunds, tx.money.disputes),
        "charge": (tx.money.charges,),
        "reconciliation": (tx.money.reconciliations,),
        "transfer": (tx.money.transfers,),
    }
    return any(one.find({"id": entity_id}, limit=1) for one in repositories.get(kind, ()))


def _settlement(tx: Any, run_id: str) -> Any:  # noqa: ANN401 - of the store
    """Return a settlement run and its lines."""
    run = tx.contests.runs.get(run_id).entity
    return run, tx.contests.runs.joins.lines(run_id, after=0, limit=MAX_LINES)


def _balances(
    tx: Any,  # noqa: ANN401 - of the store
    contest_ids: Mapping[str, str],
) -> dict[str, Balances]:
    """Return the balances of the accounts of each contest, by name."""
    books: dict[str, Balances] = {}
    for contest, contest_id in contest_ids.items():
        heads = tx.money.accounts.of_reference(contest_id)
        books[contest] = {head.entity.kind: head.entity.balance_minor for head in heads}
    return books


HOURLY: Final = {
    "only-paid-entries-count": only_paid_entries_count,
    "paid-entries-count": paid_entries_count,
    "prizes-are-won": prizes_are_won,
    "results-have-their-digest": results_have_their_digest,
    "movements-name-their-source": movements_name_their_source,
    "paid-is-won": paid_is_won,
}
ENDS: Final = {"winners-are-paid": winners_are_paid}
