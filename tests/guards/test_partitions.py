"""The guards of a partitioned history, also where a statement names a partition itself.

Each attack on history runs once for each partition, as the owner: its statements name the partition
in place of history. A legal write shows that the partition of its rows accepts it.
"""

import re
from collections.abc import Generator, Iterator
from typing import Final

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.event import listen
from tests.databases import create_database
from tests.guards.attack_parts import Kind
from tests.guards.attacks import LEGAL, all_attacks
from tests.guards.raw_database import RawPostgresDatabase, postgresql_engine
from tests.guards.repeats import repeated
from tests.guards.situated import Situated, settle_database
from tests.guards.situation import Situation

from indelible_service.embedded import PostgresServer
from indelible_sql import open_store

pytestmark = pytest.mark.slow

NUMBER: Final = 2
STEP: Final = 12  # of the gate
WRITES: Final = re.compile(
    r"(INSERT INTO|MERGE INTO|UPDATE|DELETE FROM|TRUNCATE) indelible\.history\b"
)
NAME: Final = re.compile(r"\bindelible\.history\b")
# The trigger has drawn a position before the row's partition is compared.
OF_ANOTHER: Final = "moving row to another partition during a BEFORE FOR EACH ROW trigger"
# A position that is not given is drawn: the database itself leaves it open here.
DRAWN: Final = {"no position"}
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


class DirectDatabase:
    """A partitioned database whose statements name one of its partitions in place of history."""

    def __init__(self, engine: Engine) -> None:
        self.raw = RawPostgresDatabase(engine)
        self.partition = ""
        self.is_direct = False
        listen(engine, "before_cursor_execute", self._name_partition, retval=True)

    def refusing_guards(self, named: Kind, situation: Situation) -> Iterator[tuple[str, list[str]]]:
        """Yield the attacks that write to history, with the guard of each partition."""
        for name, write in named.items():
            guards: list[str] = []
            for number in range(NUMBER):
                self.partition = f"indelible.history_p{number:02}"
                self.is_direct = False
                guards.append(self.raw.refusing_guard(write(situation)))
                if not self.is_direct:
                    break
            else:
                yield name, guards

    def _name_partition(
        self, _connection: object, _cursor: object, statement: str, parameters: object, *_: object
    ) -> tuple[str, object]:
        match = WRITES.match(statement.strip())
        if match is None:
            return statement, parameters

        self.is_direct = True
        # The columns of an INSERT have no table; its query may read other partitions.
        count = 1 if match[1].startswith(("INSERT", "MERGE")) else 0
        return NAME.sub(self.partition, statement, count=count), parameters


@pytest.fixture(scope="module")
def situated(server: PostgresServer) -> Situated[PostgresServer]:
    """Return a partitioned database with the situation, in which nothing more is committed."""
    database = create_database(server, "partitions_situated")
    store = open_store(database.url)
    store.upgrade(database.owner_url, history_partitions=NUMBER)
    store.dispose()
    return settle_database(database)


@pytest.fixture(scope="module")
def direct(situated: Situated[PostgresServer]) -> Generator[DirectDatabase]:
    engine = postgresql_engine(situated.location.owner_url)
    yield DirectDatabase(engine)
    engine.dispose()


def test_every_illegal_write_to_a_partition_is_refused(
    direct: DirectDatabase, situated: Situated[PostgresServer]
) -> None:
    attacks = dict(repeated(all_attacks("postgresql").items(), STEP))
    guards = dict(direct.refusing_guards(attacks, situated.situation))
    accepted = {name for name, refusing in guards.items() if not all(refusing)}
    of_another = {
        name for name, refusing in guards.items() if all(OF_ANOTHER in guard for guard in refusing)
    }

    assert accepted <= DRAWN
    assert len(guards) - len(of_another) > MIN_ATTACKS


def test_a_legal_write_is_accepted_by_the_partition_of_its_rows_alone(
    direct: DirectDatabase, situated: Situated[PostgresServer]
) -> None:
    guards = dict(direct.refusing_guards(LEGAL, situated.situation))
    accepted = {name for name, refusing in guards.items() if not all(refusing)}

    for name in accepted:
        assert sorted(OF_ANOTHER in guard for guard in guards[name]) == [False, True], name
    # The others write changes of two aggregates, whose partitions differ.
    for name in guards.keys() - accepted:
        assert all(OF_ANOTHER in guard for guard in guards[name]), name
    assert len(accepted) > len(guards) * 0.8


@pytest.mark.parametrize("statement", ALONE)
def test_a_partition_refuses_what_names_it(
    statement: str, situated: Situated[PostgresServer]
) -> None:
    raw = RawPostgresDatabase(postgresql_engine(situated.location.owner_url))
    with psycopg.connect(situated.location.url) as connection:
        version = connection.info.server_version
    if statement.startswith("MERGE") and version < FIRST_WITH_MERGE:
        assert raw.refusing_guard([text(statement)]).startswith("syntax error")
    else:
        assert raw.refusing_guard([text(statement)]) == ALONE[statement]
    raw.engine.dispose()


@pytest.mark.parametrize("statement", OF_THE_APPLICATION)
def test_the_application_cannot_name_a_partition(
    statement: str, situated: Situated[PostgresServer]
) -> None:
    with (
        psycopg.connect(situated.location.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("position", ["1", "0", "-1", "currval('indelible.history_position_seq')"])
def test_no_position_is_given(position: str, situated: Situated[PostgresServer]) -> None:
    statement = SAME_POSITION.format(columns=COLUMNS, position=position)
    raw = RawPostgresDatabase(postgresql_engine(situated.location.owner_url))
    draw = text("SELECT nextval('indelible.history_position_seq')")

    assert raw.refusing_guard([draw, text(statement)]) == "history_no_position"
    raw.engine.dispose()
