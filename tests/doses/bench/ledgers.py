"""Measure postings: one by one, and those of a settlement, on both databases and beside others."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from attrs import evolve
from tests.doses.bench.contest_stores import POSTGRESQL, SQLITE, Rows
from tests.doses.bench.other_ledgers import AMOUNT, PgLedger, PlainLedger, pgledger_files
from tests.doses.bench.plain_copies import PlainCopy, clear, plain_connection
from tests.doses.bench.rounds import MILLISECONDS, Dose, Measured, Table, Way, measure_in_turns
from tests.doses.chaos.testbed import Testbed

from indelible.kernel import Actor
from indelible.money.commands.ledger import Settle
from indelible.money.entities.values import AccountKind, account_id
from indelible.money.handlers.ledger import post_movement, settle
from indelible.money.rules.ledger.drafts import Proof, SettlementLine
from indelible.money.rules.ledger.payments import entry_fee
from indelible_sql import SqlStore, open_store
from indelible_sql.money.tables.ledger import POSTINGS

ACTOR, REASON = Actor.system("bench"), "a posting"
REFERENCE, CURRENCY = "contest-1", "USD"
SETTLEMENT: Final = "settlement-1"
SIZES: Final = (1_000, 100_000)
FEW_SIZES: Final = (30,)
ROUNDS: Final = 3  # each fills new databases
MAX_REPEATED: Final = 1_000  # postings of a settlement that is measured more than once
PGLEDGER_BATCH: Final = 1_000
OTHER_POSTINGS: Final = 2  # the first one, and the one that has filled the escrow
OURS, RAW, PGLEDGER = "indelible", "raw SQL", "pgledger"
STATEMENT, LOOP, TRANSACTION = "one statement", "row loop", "indelible, without preparing"
BATCHED: Final = f"pgledger, {PGLEDGER_BATCH:,} in a transaction"
POSTING_COPY: Final = PlainCopy(POSTINGS)
WITHOUT_PGLEDGER: Final = (
    " pgledger is measured where PGLEDGER_FILES names a folder with its files; without it, its"
    " rows are absent."
)
SINGLE: Final = (
    "One entry fee in a transaction, by one client, from the same account to the same account."
    " indelible sends nine statements to PostgreSQL in two round trips: BEGIN, the number of the"
    " transaction, the lock of both accounts and, under it, the look-ups of the key and the fact;"
    " then three writes and COMMIT. The writes store a movement with its posting and two accounts,"
    " each with its change in the hash chain of the history, under all guards. Python, triggers"
    " and the disk take the time. *Raw SQL*"
    " inserts a row and adds to two balances: in one statement on PostgreSQL, in three on SQLite;"
    " it keeps no history, and an edit of a row leaves no trace. pgledger is a function of"
    " PL/pgSQL on the same server: it locks both accounts, and stores a transfer and two entries"
    " with the balances after them."
) + WITHOUT_PGLEDGER
MANY: Final = (
    "A settlement in one transaction: indelible prepares the rows and their digest, then stores"
    " one movement, all postings, and one change of each account, whatever the number of postings."
    " Up to half of its time is the preparation, before the transaction: Python checks each value,"
    " and writes each posting as JSON for the digest that the history holds. The transaction is"
    " nearly one statement: the database reads the rows from JSON, inserts them, and runs the"
    " guards; they compare the sums of the postings with the balances. A small settlement costs as"
    " much as any write. *One statement* and *row loop* add the same rows, already in a table, to"
    " another one with the same constraints and indexes: that is what the insertion alone takes,"
    " without guards, balances and history. pgledger changes two balances for each transfer, and"
    " within a transaction each change of the paying account reads the earlier ones: 30,000"
    " transfers in one took 290 times as long as 1,000. So it has a transaction for each thousand,"
    " which is no settlement: a fault leaves some winners with money and some without."
) + WITHOUT_PGLEDGER


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure single postings and settlements."""
    yield Table(
        name="money-postings",
        title="Posting one by one",
        description=SINGLE,
        rows=tuple(_single_rows(bed, dose)),
        baseline=OURS,
    )
    found = Rows("postings/s")
    for database in (POSTGRESQL, SQLITE):
        for size in SIZES if dose.heavy else FEW_SIZES:
            rounds = min(dose.rounds, ROUNDS) if size <= MAX_REPEATED else 1
            for _ in range(rounds):
                for name, seconds in _settlement(bed, database, size).items():
                    found.add(f"{database}, {size:,} postings", name, size / seconds)
    yield Table(
        name="money-settlements",
        title="Posting a settlement",
        description=MANY,
        rows=found.measured(),
        baseline=OURS,
    )


def _single_rows(bed: Testbed, dose: Dose) -> Iterator[Measured]:
    """Measure postings per second of each ledger, in turns."""
    server = bed.postgresql()
    file = bed.sqlite()
    addresses = {POSTGRESQL: (server.url, server.admin_url), SQLITE: (file, bed.sqlite())}
    for group, (url, plain_url) in addresses.items():
        with ExitStack() as stack:
            store = open_store(url)
            stack.callback(store.dispose)
            plain = PlainLedger(stack.enter_context(plain_connection(plain_url)))
            plain.create()
            ways = {OURS: _own_way(store), RAW: plain.way()}
            files = pgledger_files()
            if group == POSTGRESQL and files is not None:
                ledger = stack.enter_context(PgLedger(bed.postgresql().admin_url, files))
                ways[PGLEDGER] = ledger.way()
            for row in measure_in_turns(ways, dose, group).values():
                rates = tuple(MILLISECONDS / value for value in row.values)
                yield evolve(row, unit="postings/s", values=rates)


def _own_way(store: SqlStore, reference: str = REFERENCE) -> Way:
    """Return the way to post one entry fee."""
    number = 0

    def post() -> None:
        nonlocal number
        number += 1
        draft = entry_fee(
            charge_id=f"charge-{number}",
            reference=reference,
            party="ada",
            amount_minor=AMOUNT,
            currency=CURRENCY,
            proof=Proof.by_event(f"evt_{number}"),
        )
        store.run(post_movement, draft, actor=ACTOR, reason=REASON)

    return Way(post, lambda: _escrow_minor(store) // AMOUNT)


def _escrow_minor(store: SqlStore) -> int:
    """Return the balance of the escrow, which the postings have filled."""
    escrow = account_id(AccountKind.ESCROW, REFERENCE, CURRENCY)
    heads = store.read(lambda tx: tx.money.accounts.of_reference(REFERENCE))
    return sum(head.entity.balance_minor for head in heads if head.entity.id == escrow)


def _settlement(bed: Testbed, database: str, size: int) -> dict[str, float]:
    """Return the seconds of each way to store the postings of one settlement."""
    url = owner_url = bed.sqlite()
    if database == POSTGRESQL:
        server = bed.postgresql()
        url, owner_url = server.url, server.owner_url
    store = open_store(url)
    _own_way(store, "contest-0").act()  # fills caches
    lines = [SettlementLine(party=f"winner-{n}", amount_minor=1) for n in range(size)]
    began_at = time.perf_counter()
    command = _settle_of(lines)
    prepared_at = time.perf_counter()
    saved = store.run(settle, command, actor=ACTOR, reason=REASON)
    ended_at = time.perf_counter()
    store.dispose()
    assert saved.movement.posting_count == size

    seconds = {OURS: ended_at - began_at, TRANSACTION: ended_at - prepared_at}
    with plain_connection(owner_url) as connection:
        seconds |= _plain_seconds(connection, size)
    files = pgledger_files()
    if database == POSTGRESQL and files is not None:
        seconds |= _pgledger_seconds(bed, files, size)
    return seconds


def _settle_of(lines: list[SettlementLine]) -> Settle:
    return Settle(
        settlement_id=SETTLEMENT,
        reference=REFERENCE,
        currency=CURRENCY,
        lines=tuple(lines),
        rake_minor=0,
        rounding_minor=0,
        retained_minor=0,
        top_up_minor=len(lines),
        items=(),
    )


def _plain_seconds(connection: Any, size: int) -> dict[str, float]:  # noqa: ANN401 - of either driver
    POSTING_COPY.create(connection)
    seconds: dict[str, float] = {}
    ways = {STATEMENT: POSTING_COPY.by_one_statement, LOOP: POSTING_COPY.by_row_loop}
    for name, way in ways.items():
        seconds[name] = way(connection).seconds
        clear(connection, size + OTHER_POSTINGS)
    return seconds


def _pgledger_seconds(bed: Testbed, files: Path, size: int) -> dict[str, float]:
    """Return the seconds of transfers to a thousand accounts in turns."""
    with PgLedger(bed.postgresql().admin_url, files) as ledger:
        escrow, *accounts = ledger.accounts(PGLEDGER_BATCH + 1)
        winners = [accounts[number % len(accounts)] for number in range(size)]
        began_at = time.perf_counter()
        ledger.pay(escrow, winners, batch=PGLEDGER_BATCH)
        seconds = time.perf_counter() - began_at
        assert ledger.count() == size
    return {BATCHED: seconds}
