"""A transaction with one snapshot deletes nothing and saves no seal on PostgreSQL.

Its guards would not see a retention or a seal that is stored after its first statement.
"""

from collections.abc import Generator
from typing import Final

import pytest
from attrs import asdict
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.guards.cases import recorded_tapes
from tests.guards.guard_names import guard_of
from tests.guards.raw import RawDatabase
from tests.guards.tapes import INSERT, Row, Tape, Write

from indelible.kernel import AuditContext, SystemClock
from indelible.kernel.seals import next_seal
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, open_store
from indelible_sql.kernel.seal_tables import SEALS
from indelible_sql.maintenance.seals import read_unsealed

pytestmark = pytest.mark.slow

ONE_SNAPSHOT: Final = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", ())
OF_RETENTION: Final = {"pruned_tables_retained", "task_attempts_prune", "tasks_prune"}


def refusing_guard(raw: RawDatabase, tape: Tape) -> str:
    """Return the guard that refuses a write of a tape in a transaction with one snapshot."""
    raw.begin()
    raw.run(ONE_SNAPSHOT)
    try:
        for transaction in tape:
            for write in transaction:
                raw.run(raw.statement(write))
    except DBAPIError as error:
        return guard_of(error)
    return ""


@pytest.fixture
def raw(database: PostgresServer) -> Generator[RawDatabase]:
    raw = RawDatabase(database.url)
    yield raw
    raw.close()


def test_a_transaction_with_one_snapshot_deletes_nothing(raw: RawDatabase) -> None:
    guards = {refusing_guard(raw, tape) for tape in recorded_tapes().values()}

    assert guards - {""} <= OF_RETENTION
    assert len(guards) > 1


def test_a_transaction_with_one_snapshot_saves_no_seal(
    populated_database: PostgresServer,
) -> None:
    store = open_store(populated_database.url, policy=POLICY)
    seal = Write(SEALS, INSERT, store.read(next_seal_row))
    store.dispose()
    raw = RawDatabase(populated_database.url)
    guard = refusing_guard(raw, [[seal]])
    raw.close()

    assert guard == "seals_finished"


def next_seal_row(tx: SqlReading) -> Row:
    """Return the row of the seal that follows the stored ones."""
    unsealed = read_unsealed(tx)
    audit = AuditContext(actor=MAYA, reason="a raw write", request_id=None)
    return asdict(
        next_seal(audit, unsealed.newest, unsealed.stretch, now=SystemClock().now()), recurse=False
    )
