"""A transaction with one snapshot deletes nothing and saves no seal on PostgreSQL.

Its guards would not see a retention or a seal that is stored after its first statement.
"""

from collections.abc import Generator
from typing import Final

import pytest
from sqlalchemy import Engine, text
from tests.guards.attack_parts import Kind
from tests.guards.raw_database import RawPostgresDatabase, postgresql_engine
from tests.guards.retention_rows import delete_attempts, insert_mark, prune_done, update_mark
from tests.guards.situated import Situated
from tests.guards.situation import insert_seal
from tests.guards.task_rows import NOW, PRUNED_TASK

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow

ONE_SNAPSHOT: Final = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
# Legal writes in a transaction that is READ COMMITTED, by the guards that refuse them in another.
WRITES: Final[Kind] = {
    "pruned_tables_retained": lambda _: (insert_mark(),),
    "pruned_tables_rises": lambda _: (update_mark(pruned_before=NOW, deleted_rows=7),),
    "task_attempts_prune": lambda _: (delete_attempts(PRUNED_TASK),),
    "tasks_prune": lambda _: prune_done(),
    "seals_finished": lambda s: (insert_seal(s.seal, ends_at=s.seal["starts_after"]),),
}


@pytest.fixture(scope="module")
def engine(situated_database: Situated[PostgresServer]) -> Generator[Engine]:
    engine = postgresql_engine(situated_database.location.url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("guard", WRITES)
def test_a_transaction_with_one_snapshot_is_refused(
    situated_database: Situated[PostgresServer], engine: Engine, guard: str
) -> None:
    raw = RawPostgresDatabase(engine)
    writes = WRITES[guard](situated_database.situation)

    assert raw.refusing_guard(writes) == ""
    assert raw.refusing_guard((ONE_SNAPSHOT, *writes)) == guard
