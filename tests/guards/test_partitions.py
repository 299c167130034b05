"""The guards of a partitioned history, also where a statement names a partition itself.

Each attack on history runs once for each partition, as the owner: its statements name the partition
in place of history. A legal write shows that the partition of its rows accepts it.
"""

from collections.abc import Generator
from typing import Final

import psycopg
import pytest
from sqlalchemy import Table
from tests.databases import create_database
from tests.guards.cases import recorded_tapes
from tests.guards.forgeries import OTHER_VALUE, Attack, attacks_on
from tests.guards.population import populate_database
from tests.guards.raw import RawDatabase
from tests.guards.tapes import Transaction

from indelible_service.embedded import PostgresServer
from indelible_sql import open_store
from indelible_sql.schema.tables import HISTORY

pytestmark = pytest.mark.slow

NUMBER: Final = 2
# The trigger has drawn a position before the row's partition is compared.
OF_ANOTHER: Final = "moving row to another partition during a BEFORE FOR EACH ROW trigger"
MIN_ATTACKS: Final = 30
# Statements about a partition that need no row, and the guards that refuse them.
ALONE: Final = {
    "UPDATE indelible.history_p00 SET reason = 'other'": "history_no_update",
    "UPDATE ONLY indelible.history_p01 SET reason = 'other' WHERE FALSE": "history_no_update",
    "UPDATE indelible.history SET entity_id = entity_id || 'x'": "history_no_update",
    "DELETE FROM indelible.history_p00": "history_no_delete",
    "DELETE FROM ONLY indelible.history_p01 WHERE FALSE": "history_no_delete",
    "TRUNCATE indelible.history_p00 CASCADE": "history_no_truncate",
    "TRUNCATE indelible.history CASCADE": "history_no_truncate",
    "MERGE INTO indelible.history_p00 AS t USING (SELECT 1) AS s ON TRUE"
    " WHEN MATCHED THEN UPDATE SET reason = 'other'": "history_no_update",
    "MERGE INTO indelible.history_p00 AS t USING (SELECT 1) AS s ON TRUE"
    " WHEN MATCHED THEN DELETE": "history_no_delete",
    "INSERT INTO indelible.history_positions VALUES (1000)": "history_positions_no_insert",
    "UPDATE indelible.history_positions SET position = 1000": "history_positions_no_update",
    "DELETE FROM indelible.history_positions WHERE FALSE": "history_positions_no_delete",
    "TRUNCATE indelible.history_positions": "history_positions_no_truncate",
}
FIRST_WITH_MERGE: Final = 150_000
OF_THE_APPLICATION: Final = (
    "SELECT * FROM indelible.history_p00",
    "UPDATE indelible.history_p00 SET reason = 'other'",
    "DELETE FROM indelible.history_p00",
    "TRUNCATE indelible.history_p00",
    "INSERT INTO indelible.history_p00 (entity_id) VALUES ('a')",
    "COPY indelible.history_p00 (entity_id) FROM STDIN",
    "LOCK indelible.history_p00",
    "ALTER TABLE indelible.history DETACH PARTITION indelible.history_p00",
    "INSERT INTO indelible.history_positions VALUES (1000)",
    "UPDATE indelible.history_positions SET position = 1000",
    "DELETE FROM indelible.history_positions",
    "TRUNCATE indelible.history_positions",
    "SELECT nextval('indelible.history_position_seq')",
    "SELECT setval('indelible.history_position_seq', 1)",
)
# A copy of a change with a position of its writer's choice.
SAME_POSITION: Final = """
    INSERT INTO indelible.history (position, {columns})
    SELECT {position}, {columns}
    FROM indelible.history
    WHERE seq = 1
    LIMIT 1
"""
COLUMNS: Final = (
    "lifecycle, entity_id, seq, action, from_state, to_state, adds_version, version, actor, reason,"
    " at, data, prev_hash, hash"
)


class DirectDatabase(RawDatabase):
    """A partitioned database whose statements name one of its partitions in place of history."""

    partition = ""

    def name(self, table: Table) -> str:
        """Return the table's name, or that of the partition."""
        return self.partition if table is HISTORY and self.partition else super().name(table)

    def refusing_guards(self, attack: Attack, rest: Transaction) -> list[str]:
        """Return the guard of each partition."""
        guards: list[str] = []
        for number in range(NUMBER):
            self.partition = f"indelible.history_p{number:02}"
            guards.append(self.refusing_guard(*attack.statements(self, rest)))
        self.partition = ""
        return guards


@pytest.fixture(scope="module")
def partitioned_database(server: PostgresServer) -> PostgresServer:
    """Return a populated database with its history in partitions."""
    database = create_database(server, "guards_partitions")
    store = open_store(database.url)
    store.upgrade(database.owner_url, history_partitions=NUMBER)
    store.dispose()
    populate_database(database)
    return database


@pytest.fixture(scope="module")
def direct(partitioned_database: PostgresServer) -> Generator[DirectDatabase]:
    raw = DirectDatabase(partitioned_database.owner_url)
    yield raw
    raw.close()


def test_each_partition_refuses_what_history_refuses(server: PostgresServer) -> None:
    database = create_database(server, "guards_empty_partitions")
    store = open_store(database.url)
    store.upgrade(database.owner_url, history_partitions=NUMBER)
    store.dispose()
    raw = DirectDatabase(database.owner_url)
    accepted: list[str] = []
    tried: set[str] = set()
    for transaction in max(recorded_tapes().values(), key=len):
        for number, write in enumerate(transaction):
            rest = transaction[number:]
            if write.table is HISTORY:
                legal = raw.refusing_guards(Attack("", ""), rest)
                of_another = [OF_ANOTHER in guard for guard in legal]
                assert sorted(of_another) == [False, True] or all(of_another)
                for attack in attacks_on(write, transaction, raw):
                    if attack.kind != OTHER_VALUE and attack.name not in tried:
                        tried.add(attack.name)
                        if not all(raw.refusing_guards(attack, rest)):
                            accepted.append(attack.name)
            raw.run(raw.statement(write))
    raw.close()

    assert accepted == []
    assert len(tried) >= MIN_ATTACKS


@pytest.mark.parametrize("statement", ALONE)
def test_a_partition_refuses_what_names_it(statement: str, direct: DirectDatabase) -> None:
    version = direct.connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    guard = direct.refusing_guard((statement, ()))
    if statement.startswith("MERGE") and int(version) < FIRST_WITH_MERGE:
        assert guard.startswith("syntax error")
    else:
        assert guard == ALONE[statement]


@pytest.mark.parametrize("statement", OF_THE_APPLICATION)
def test_the_application_cannot_name_a_partition(
    statement: str, partitioned_database: PostgresServer
) -> None:
    with (
        psycopg.connect(partitioned_database.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("position", ["1", "0", "-1", "currval('indelible.history_position_seq')"])
def test_no_position_is_given(position: str, direct: DirectDatabase) -> None:
    statement = SAME_POSITION.format(columns=COLUMNS, position=position)

    draw = "SELECT nextval('indelible.history_position_seq')"

    assert direct.refusing_guard((draw, ()), (statement, ())) == "history_no_position"
