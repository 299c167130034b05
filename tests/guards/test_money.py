"""Books that do not balance, and settlements in part, are refused by both databases.

Each attack changes several rows of one transaction, so that only the rules between rows refuse it.
`test_attacks.py` changes each value alone.
"""

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen
from tests.guards.cases import recorded_tapes
from tests.guards.raw import Raw, RawDatabase, RawFile, Statement
from tests.guards.tapes import INSERT, Row, Transaction, Write

from indelible.money.entities.values import DEBIT_KINDS, REFERENCE_KINDS
from indelible_service.embedded import PostgresServer
from indelible_sql.contests import CONTEXT as CONTESTS_CONTEXT
from indelible_sql.money.tables.ledger import ACCOUNTS, MOVEMENTS, POSTINGS
from indelible_sql.schema.tables import HISTORY

pytestmark = pytest.mark.slow

CONTEST_TABLES: Final = {table.name: table for table in CONTESTS_CONTEXT.heads}
CONTESTS, RUNS = CONTEST_TABLES["contests"], CONTEST_TABLES["settlement_runs"]
OVERDRAFT: Final = "an account with less than nothing"
MIN_KINDS: Final = 8
MIN_ATTACKS: Final = 100


@frozen(eq=False)
class Forgery:
    """A transaction with other values in some writes, without some, and with more at the end."""

    name: str
    values: dict[Write, Row]
    left_out: tuple[Write, ...] = ()
    added: tuple[Write, ...] = ()

    def statements(self, raw: Raw, transaction: Transaction) -> list[Statement]:
        """Return the statements of the transaction; a new row comes behind the one it copies."""
        statements: list[Statement] = []
        for write in transaction:
            if write not in self.left_out:
                statements.append(raw.statement(write, self.values.get(write, {})))
            for added in self.added:
                if write.table is added.table and write.row["number"] == added.row["number"] - 100:
                    statements.append(raw.statement(added))
        return statements


def of(transaction: Transaction, *tables: object) -> list[Write]:
    """Return the writes to some tables."""
    return [write for write in transaction if write.table in tables]


def with_change(head: Write, transaction: Transaction) -> tuple[Write, ...]:
    """Return the write of a head and that of its change."""
    changes = of(transaction, HISTORY)
    key = (head.row["id"], head.row["seq"])
    return head, *(each for each in changes if (each.row["entity_id"], each.row["seq"]) == key)


def ledger_forgeries(transaction: Transaction) -> Iterator[Forgery]:
    """Yield movements that do not balance, or of which a part is missing."""
    (movement, *_), accounts = of(transaction, MOVEMENTS), of(transaction, ACCOUNTS)
    postings = of(transaction, POSTINGS)
    moved = [account for account in accounts if account.row["last_movement_id"]]
    total = int(movement.row["total_minor"])
    if not postings:
        yield Forgery("a note with money", {movement: {"total_minor": 1, "posting_count": 1}})
        return

    posting = postings[0]
    amount = int(posting.row["amount_minor"])
    debit, credit = posting.row["debit_account_id"], posting.row["credit_account_id"]
    higher = {"amount_minor": amount + 1}
    yield Forgery("a posting of more", {posting: higher})
    yield Forgery("a movement of more", {posting: higher, movement: {"total_minor": total + 1}})
    yield Forgery("a posting of nothing", {posting: {"amount_minor": 0}})
    yield Forgery("a posting of less than nothing", {posting: {"amount_minor": -amount}})
    swapped = {"debit_account_id": credit, "credit_account_id": debit}
    yield Forgery("a posting the wrong way", {posting: swapped})
    yield Forgery("a posting to its own account", {posting: {"credit_account_id": debit}})
    yield Forgery("a posting from no account", {posting: {"debit_account_id": "nothing"}})
    yield Forgery("a posting of another movement", {posting: {"entity_id": "nothing"}})
    again = Write(POSTINGS, INSERT, {**posting.row, "number": posting.row["number"] + 100})
    counted = {
        "posting_count": movement.row["posting_count"] + 1,
        "total_minor": total + amount,
    }
    yield Forgery("a posting twice", {}, added=(again,))
    yield Forgery("a posting twice, counted", {movement: counted}, added=(again,))
    fewer = {
        "posting_count": movement.row["posting_count"] - 1,
        "total_minor": total - amount,
    }
    yield Forgery("a posting less", {}, left_out=(posting,))
    yield Forgery("a posting less, counted", {movement: fewer}, left_out=(posting,))
    yield Forgery("another currency", {movement: {"currency": "EUR"}})
    books = (*postings, *with_change(movement, transaction))
    yield Forgery("accounts without their movement", {}, left_out=books)
    yield from overdrafts(movement, postings, moved)

    for account in moved:
        yield Forgery("a movement without an account", {}, with_change(account, transaction))
        for sum_name, sign in (("debited_minor", -1), ("credited_minor", 1)):
            other_sum = int(account.row[sum_name]) + 1
            for side in (sign, -sign):
                balance = {"balance_minor": int(account.row["balance_minor"]) + side}
                other = {account: {sum_name: other_sum, **balance}}
                yield Forgery(f"an account with more {sum_name}, {side}", other)
        assert account.before is not None, account
        unmoved = {name: account.before[name] for name in ("balance_minor", "last_movement_id")}
        yield Forgery("an account that stays", {account: unmoved})


def overdrafts(movement: Write, postings: list[Write], moved: list[Write]) -> Iterator[Forgery]:
    """Yield books that balance, in which an account has one minor unit less than nothing."""
    accounts = {account.row["id"]: account for account in moved}
    for posting in postings:
        debited = accounts[posting.row["debit_account_id"]]
        credited = accounts[posting.row["credit_account_id"]]
        if debited.row["kind"] not in REFERENCE_KINDS:  # all of them grow by credits
            continue
        more = int(debited.row["balance_minor"]) + 1
        growth = -more if credited.row["kind"] in DEBIT_KINDS else more
        values = {
            debited: {
                "balance_minor": -1,
                "debited_minor": int(debited.row["debited_minor"]) + more,
            },
            credited: {
                "balance_minor": int(credited.row["balance_minor"]) + growth,
                "credited_minor": int(credited.row["credited_minor"]) + more,
            },
            posting: {"amount_minor": int(posting.row["amount_minor"]) + more},
            movement: {"total_minor": int(movement.row["total_minor"]) + more},
        }
        yield Forgery(OVERDRAFT, values)


def settlement_forgeries(transaction: Transaction) -> Iterator[Forgery]:
    """Yield settlements of which a part is missing, or that pay another sum."""
    runs, contests = of(transaction, RUNS), of(transaction, CONTESTS)
    lines = [write for write in transaction if write.table.name == "settlement_lines"]
    run, line = runs[-1], lines[0]
    payout = int(line.row["payout_minor"])
    yield Forgery("a line less", {}, left_out=(line,))
    fewer = {"line_count": len(lines) - 1}
    yield Forgery("a line less, counted", {run: fewer}, left_out=(line,))
    again = Write(line.table, INSERT, {**line.row, "number": line.row["number"] + 100})
    yield Forgery("a line twice", {}, added=(again,))
    yield Forgery("a line twice, counted", {run: {"line_count": len(lines) + 1}}, added=(again,))
    yield Forgery("a line of more", {line: {"payout_minor": payout + 1}})
    yield Forgery("a line of less than nothing", {line: {"payout_minor": -1}})
    yield Forgery("a line of another entry", {line: {"entry_id": "nothing"}})
    if contests:
        yield Forgery("a settlement of no contest", {}, with_change(contests[-1], transaction))
        settled = with_change(run, transaction)
        yield Forgery("a contest without its settlement", {}, (*settled, *lines))
    yield Forgery("a settlement without lines", {}, tuple(lines))


def forgeries(transaction: Transaction) -> tuple[str, list[Forgery]]:
    """Return the kind of a transaction of money, and its forgeries; '' for another one."""
    movements = of(transaction, MOVEMENTS)
    if len(movements) == 1:
        kind = str(movements[0].row["kind"])
        accounts = len(of(transaction, ACCOUNTS))
        return f"{kind}, {accounts} accounts", [*ledger_forgeries(transaction)]
    if any(write.table.name == "settlement_lines" for write in transaction):
        return "a settlement run", [*settlement_forgeries(transaction)]
    return "", []


@pytest.fixture(params=["sqlite", "postgresql"])
def raw(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Raw]:
    opened: Raw
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("template_file")
        opened = RawFile(Path(shutil.copy(template, tmp_path / "money.db")))
    else:
        database: PostgresServer = request.getfixturevalue("database")
        opened = RawDatabase(database.url)
    yield opened
    opened.close()


def test_books_balance_and_settlements_are_whole(raw: Raw) -> None:
    kinds: set[str] = set()
    accepted: list[str] = []
    names: list[str] = []
    for tape in recorded_tapes().values():
        raw.begin()
        for transaction in tape:
            kind, forged = forgeries(transaction)
            if kind and kind not in kinds:
                kinds.add(kind)
                names += [forgery.name for forgery in forged]
                for forgery in forged:
                    if not raw.refusing_guard(*forgery.statements(raw, transaction)):
                        accepted.append(f"{kind}: {forgery.name}")
            for write in transaction:
                raw.run(raw.statement(write))

    assert accepted == []
    assert "a settlement run" in kinds
    assert len(kinds) >= MIN_KINDS, kinds
    assert len(names) >= MIN_ATTACKS
    assert OVERDRAFT in names
