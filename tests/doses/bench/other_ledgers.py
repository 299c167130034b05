"""The same postings without indelible: by raw SQL, and by pgledger on the same server.

pgledger is a ledger in PL/pgSQL. Its files are not part of this project: the environment variable
PGLEDGER_FILES names a folder with `uuid-to-ulid.sql` and `pgledger.sql` of a copy of it. Without
the variable its rows are left out, and the tables say so.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from attrs import define, field, frozen
from tests.doses.bench.plain_copies import begin
from tests.doses.bench.rounds import Way

PGLEDGER_FILES: Final = "PGLEDGER_FILES"
AMOUNT: Final = 2_501
PLAIN_TABLES: Final = (
    """
    CREATE TABLE plain_accounts (
        id text PRIMARY KEY,
        balance bigint NOT NULL)
    """,
    """
    CREATE TABLE plain_postings (
        key text PRIMARY KEY,
        debit text NOT NULL REFERENCES plain_accounts (id),
        credit text NOT NULL REFERENCES plain_accounts (id),
        amount bigint NOT NULL CHECK (amount > 0))
    """,
    "INSERT INTO plain_accounts VALUES ('stripe', 0), ('escrow', 0)",
)
ONE_STATEMENT: Final = b"""
    WITH posting AS (
        INSERT INTO plain_postings VALUES (%(key)s, 'stripe', 'escrow', %(amount)s)),
    debit AS (
        UPDATE plain_accounts SET balance = balance + %(amount)s WHERE id = 'stripe')
    UPDATE plain_accounts SET balance = balance + %(amount)s WHERE id = 'escrow'
"""
THREE_STATEMENTS: Final = (
    "INSERT INTO plain_postings VALUES (:key, 'stripe', 'escrow', :amount)",
    "UPDATE plain_accounts SET balance = balance + :amount WHERE id = 'stripe'",
    "UPDATE plain_accounts SET balance = balance + :amount WHERE id = 'escrow'",
)
CREATE_ACCOUNTS: Final = """
    SELECT (pgledger_create_account('account ' || number, 'USD')).id
    FROM generate_series(1, %s) AS number
"""
ONE_TRANSFER: Final = "SELECT id FROM pgledger_create_transfer(%s, %s, %s)"
MANY_TRANSFERS: Final = """
    SELECT count(*)
    FROM pgledger_create_transfers((
        SELECT array_agg((%s, winner, 1)::transfer_request)
        FROM unnest(%s::text[]) AS winner))
"""


def pgledger_files() -> Path | None:
    """Return the folder with the files of pgledger, None without one."""
    folder = os.environ.get(PGLEDGER_FILES)
    return None if folder is None else Path(folder)


@frozen
class PlainLedger:
    """Two balances and a table of postings, with foreign keys and without anything else."""

    connection: Any  # of either driver

    def create(self) -> None:
        """Create the tables."""
        for statement in PLAIN_TABLES:
            self.connection.execute(statement)

    def way(self) -> Way:
        """Return the way to post one posting in a transaction."""
        number = 0
        is_postgresql = isinstance(self.connection, psycopg.Connection)

        def post() -> None:
            nonlocal number
            number += 1
            values = {"key": f"payment:{number}", "amount": AMOUNT}
            if is_postgresql:
                self.connection.execute(ONE_STATEMENT, values)
                return
            self.connection.execute(begin(self.connection))
            for statement in THREE_STATEMENTS:
                self.connection.execute(statement, values)
            self.connection.execute("COMMIT")

        return Way(post, self._count)

    def _count(self) -> int:
        (count,) = self.connection.execute("SELECT count(*) FROM plain_postings").fetchone()
        return int(count)


@define
class PgLedger:
    """pgledger in a database of its own; `files` is the folder of its SQL files."""

    url: str
    files: Path
    connection: psycopg.Connection[Any] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.connection = psycopg.connect(self.url, autocommit=True)
        self.connection.execute("CREATE SCHEMA pgledger")
        self.connection.execute("SET search_path = pgledger")
        for name in ("uuid-to-ulid", "pgledger"):
            self.connection.execute((self.files / f"{name}.sql").read_bytes())

    def accounts(self, count: int) -> list[str]:
        """Create accounts, and return their ids."""
        return [row[0] for row in self.connection.execute(CREATE_ACCOUNTS, (count,))]

    def way(self) -> Way:
        """Return the way to make one transfer in a transaction."""
        from_account, to_account = self.accounts(2)

        def post() -> None:
            values = (from_account, to_account, AMOUNT)
            self.connection.execute(ONE_TRANSFER, values).fetchone()

        return Way(post, self.count)

    def pay(self, escrow: str, winners: Sequence[str], *, batch: int) -> None:
        """Transfer from one account to each of many, some in each transaction."""
        for some in _batches(winners, batch):
            row = self.connection.execute(MANY_TRANSFERS, (escrow, some)).fetchone()
            assert row == (len(some),), row

    def count(self) -> int:
        """Return the number of transfers."""
        row = self.connection.execute("SELECT count(*) FROM pgledger_transfers").fetchone()
        assert row is not None
        return int(row[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self.connection):
            pass


def _batches(items: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
