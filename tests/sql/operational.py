"""Old operational rows, their deletion, and writes past the guards."""

import os
import sqlite3
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from signal import SIGKILL
from typing import Any, Final

import psycopg
from attrs import define
from tests.conftest import POLICY
from tests.feeds import wait_for_complete_feed

from indelible.app import WriteTx
from indelible.kernel import Actor
from indelible.kernel.retention import (
    OperationalTable,
    PrunedRows,
    PruneRows,
    SetRetention,
    prune_rows,
    set_retention,
)
from indelible.kernel.seals import Seal
from indelible.kernel.task_retention import PruneTasks, prune_tasks
from indelible.kernel.tasks import Lease
from indelible.testing.kernel.webhooks import rejection_of
from indelible.testing.stores import BEGINNING, MAYA, within
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, seal
from indelible_sql.engine.failpoints import Failpoint

ATTEMPTS: Final = OperationalTable.ATTEMPTS
REJECTIONS: Final = OperationalTable.WEBHOOK_REJECTIONS
PRUNER: Final = Actor.system("pruner")
RUNS: Final = 12  # of one task
STAYING: Final = 2  # attempts of a finished task: its first start, and its last run
HOUR_SECONDS: Final = 3_600
LONGEST_SECONDS: Final = 10**9 - 1
ENABLE_GUARDS: Final = """
    DO $$ DECLARE guard name; BEGIN
      FOR guard IN SELECT tgname FROM pg_trigger
        WHERE tgrelid = 'indelible.{table}'::regclass AND NOT tgisinternal
      LOOP
        EXECUTE format('ALTER TABLE indelible.{table} ENABLE ALWAYS TRIGGER %I', guard);
      END LOOP;
    END $$
"""


@define
class OldClock:
    """A clock that stands long before the database's."""

    def now(self) -> datetime:
        """Return the time."""
        return BEGINNING


def open_old(url: str) -> SqlStore:
    """Open a store whose clock stands long before the database's."""
    return open_store(url, policy=POLICY, clock=OldClock())


def fill(store: SqlStore) -> None:
    """Run a task often, long ago, and refuse as many webhook requests."""
    old = open_old(store.own_url)
    for number in range(RUNS):
        within(old, partial(_run, number=number))
    old.dispose()


def _run(tx: WriteTx, number: int) -> None:
    tx.tasks.complete([start(tx)])
    tx.webhook_rejections.add(rejection_of(f"rejection-{number}", seconds=number))


def start(tx: WriteTx) -> Lease:
    """Begin a run of the task."""
    tx.tasks.enqueue("work", {"often": BEGINNING})
    (lease,) = tx.tasks.claim("work", limit=1, until=BEGINNING + timedelta(hours=1))
    tx.tasks.record_start([lease])
    return lease


def retain(store: SqlStore, table: OperationalTable, seconds: int) -> None:
    """Set the retention of a table."""
    command = SetRetention(table=table, seconds=seconds)
    store.run(set_retention, command, actor=PRUNER, reason="our policy")


def consider(store: SqlStore, command: PruneRows) -> PrunedRows:
    """Delete old rows of a table."""
    return store.run(prune_rows, command, actor=PRUNER, reason="retention")


def prune(store: SqlStore, table: OperationalTable, limit: int = 1_000) -> int:
    """Delete the first old rows of a table, and return how many."""
    return consider(store, PruneRows(table=table, limit=limit)).number


def prune_any(store: SqlStore, table: OperationalTable) -> int:
    """Delete old rows of a table, which may be that of tasks, and return how many."""
    if table is OperationalTable.TASKS:
        command = PruneTasks(stage="work")
        return store.run(prune_tasks, command, actor=PRUNER, reason="retention")

    return prune(store, table)


def stored_rows(store: SqlStore) -> tuple[int, int]:
    """Return the numbers of attempts and of rejections."""
    attempts = store.read(lambda tx: tx.tasks.attempts_of("work", "often", limit=500))
    rejections = store.read(lambda tx: tx.webhook_rejections.page(limit=500))
    return len(attempts), len(rejections)


def seal_all(store: SqlStore) -> Seal | None:
    """Seal everything that is stored."""
    return seal(wait_for_complete_feed(store), actor=MAYA, reason="a test")


@define
class Tampering:
    """Raw SQL of the owner of a database, past its guards."""

    store: SqlStore
    server: PostgresServer | None  # None for SQLite

    def run(self, table: str, *statements: str) -> None:
        """Run statements while a table has no guard; `{}` stands for the schema and its dot."""
        if self.server is None:
            self._run_on_sqlite(table, statements)
            return

        with psycopg.connect(self.server.admin_url, autocommit=True) as owner:
            owner.execute(f"ALTER TABLE indelible.{table} DISABLE TRIGGER USER".encode())
            for statement in statements:
                owner.execute(statement.format("indelible.").encode())
            owner.execute(ENABLE_GUARDS.format(table=table).encode())

    def _run_on_sqlite(self, table: str, statements: tuple[str, ...]) -> None:
        path = self.store.own_url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path)
        with connection:
            query = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?"
            guards = connection.execute(query, [table]).fetchall()
            for name, _ in guards:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement.format(""))
            for _, text in guards:
                connection.execute(text)
        connection.close()


def prune_and_die(url: str, table: OperationalTable, number: int, end: Any) -> None:  # noqa: ANN401 - a pipe's end
    """Delete old rows, and kill this process at a failpoint after sending it to the pipe."""
    reached = count(1)

    def stop_at(failpoint: Failpoint) -> None:
        if next(reached) == number:
            end.send(failpoint)
            os.kill(os.getpid(), SIGKILL)

    store = open_store(url, policy=POLICY, at_failpoint=stop_at)
    prune(store, table, limit=5)
    end.send(None)
