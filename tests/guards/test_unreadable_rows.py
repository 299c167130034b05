"""A row beyond the limits of JSON hides no other finding, and is read with a code."""

import shutil
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from attrs import frozen
from sqlalchemy import Column, Engine, Table, select
from tests.conftest import POLICY
from tests.databases import name_of, temporary_database
from tests.feeds import ALL
from tests.guards.attacks_on_json import insert_of, json_columns, kind_of
from tests.guards.raw_database import Statement, postgresql_engine, run, sqlite_engine
from tests.guards.repeats import repeated
from tests.guards.situated import Situated
from tests.guards.situation import Situation, insert_receipt
from tests.sql.conftest import code
from tests.web.harness import Web, problem

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.errors import JSON_LIMITS
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session import Session
from indelible_sql.schema.columns import JsonDomain
from indelible_sql.schema.guard import Guard, guard_statements
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.tables import HISTORY, RECEIPTS
from indelible_sql.tokens.tables import SYSTEM_STATES

pytestmark = pytest.mark.slow

UNREADABLE = "ROW_UNREADABLE"
TEXTS = {"1,500 levels": "[" * 1_500 + "]" * 1_500, "1e131071": "[1e131071]"}
# A reveal lists tokens; a new job has no result, and a new execution neither of what it ends with:
# other rules refuse every other value.
REFUSED_ANYWAY = {
    ("reveal_transactions", "token_ids"),
    ("jobs", "result"),
    ("runbook_executions", "system_state_after"),
    ("runbook_executions", "result_json"),
}
STEP = 3
COLUMNS = repeated(
    (item for item in json_columns() if (item[0].name, item[1].name) not in REFUSED_ANYWAY), STEP
)


@frozen
class Unlimited:
    """A database with rows whose owner has lifted the limits of JSON."""

    url: str
    owner_url: str
    engine: Engine
    situation: Situation

    def store_with(self, *writes: Sequence[Statement]) -> SqlStore:
        """Commit writes as the application, restore the limits, and open a store."""
        for statements in writes:
            with self.engine.begin() as connection:
                run(connection, statements)

        restore_limits(self.owner_url)
        return open_store(self.url, policy=POLICY)


def lift_limits(owner_url: str) -> None:
    """Lift what refuses such a value: the limits of domains, and the guards of the tables."""
    with migrating(owner_url, SCHEMA) as (connection, schema):
        if schema is not None:
            for domain in json_domains():
                constraint = f"{domain.name}_{JSON_LIMITS}"
                connection.exec_driver_sql(
                    f"ALTER DOMAIN {SCHEMA}.{domain.name} DROP CONSTRAINT {constraint}"
                )
        for guard in guards_of_json(connection.dialect.name):
            statement = f"DROP TRIGGER {guard.name}"
            if schema is not None:
                statement = f"ALTER TABLE {guard.table} DISABLE TRIGGER {guard.name}"
            connection.exec_driver_sql(statement)


def restore_limits(owner_url: str) -> None:
    """Restore all of it as the schema has it; stored values are not checked."""
    with migrating(owner_url, SCHEMA) as (connection, schema):
        if schema is not None:
            for domain in json_domains():
                connection.exec_driver_sql(domain.create_limits())
        for guard in guards_of_json(connection.dialect.name):
            *_, enable = guard_statements(guard, connection.dialect.name)
            connection.exec_driver_sql(enable)


def guards_of_json(dialect: str) -> list[Guard]:
    """Return the guards of the tables that have a column of JSON."""
    tables = {table for table, _, _ in COLUMNS}
    return [guard for guard in CATALOG.guards(dialect) if guard.table in tables]


def json_domains() -> list[JsonDomain]:
    return [domain for domain in CATALOG.domains if isinstance(domain, JsonDomain)]


@pytest.fixture(scope="module")
def unlimited_file(situated_file: Situated[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with rows and without limits, to copy from."""
    path = tmp_path_factory.mktemp("unreadable") / "unlimited.db"
    shutil.copy(situated_file.location, path)
    lift_limits(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def unlimited_database(situated_database: Situated[PostgresServer]) -> Generator[str]:
    """Create a database with rows and without limits to copy from, and return its name."""
    template = situated_database.location.url.rpartition("/")[2]
    with temporary_database(situated_database.location, "unlimited", template) as database:
        lift_limits(database.owner_url)
        yield name_of(database)


@pytest.fixture(params=["sqlite", "postgresql"])
def unlimited(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Unlimited]:
    if request.param == "sqlite":
        file: Situated[Path] = request.getfixturevalue("situated_file")
        path: Path = request.getfixturevalue("unlimited_file")
        url = f"sqlite:///{shutil.copy(path, tmp_path / 'unlimited.db')}"
        engine = sqlite_engine(url, foreign_keys=True)
        yield Unlimited(url, url, engine, file.situation)
        engine.dispose()
        return

    source: Situated[PostgresServer] = request.getfixturevalue("situated_database")
    template: str = request.getfixturevalue("unlimited_database")
    with temporary_database(source.location, "unlimited_copy", template) as database:
        engine = postgresql_engine(database.url)
        yield Unlimited(database.url, database.owner_url, engine, source.situation)
        engine.dispose()


def text_in(kind: str, text: str) -> str:
    """Return a list's text as the text of a value of a kind."""
    return f'{{"a":{text}}}' if kind == "object" else text


def code_of_reading(store: SqlStore, table: Table) -> str:
    """Return the code of reading every row of a table as a repository reads them."""
    with store.engines.reader.connect() as connection:
        session = Session(connection, store.schema)
        return code(session.rows, select(table), {})


@pytest.mark.dose
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("table", "column", "domain"), COLUMNS, ids=[f"{t.name}.{c.name}" for t, c, _ in COLUMNS]
)
def test_an_unreadable_value_hides_no_other_finding(
    unlimited: Unlimited, table: Table, column: Column[object], domain: JsonDomain, text: str
) -> None:
    s = unlimited.situation
    value = text_in(kind_of(domain), TEXTS[text])
    lie = (insert_receipt(s.receipt, key="a lie", result={"answer": 2}),)

    store = unlimited.store_with(insert_of(table, column, value)(s), lie)
    findings = verify(store)

    unreadable = [each for each in findings if each.detail.startswith("unreadable")]
    assert {each.table for each in unreadable} >= {table.name}
    assert [each.table for each in findings if each.detail.startswith("its hash")] == [
        RECEIPTS.name
    ]
    assert code_of_reading(store, table) == UNREADABLE
    store.dispose()


@pytest.mark.dose
@pytest.mark.parametrize("text", TEXTS)
def test_a_feed_with_an_unreadable_change_answers_with_a_code(
    unlimited: Unlimited, text: str
) -> None:
    column = HISTORY.c.data
    writes = insert_of(HISTORY, column, text_in("object", TEXTS[text]))(unlimited.situation)
    store = unlimited.store_with(writes)

    answer = Web(store).get("/v1/history?lifecycle=concept&limit=100")

    assert problem(answer) == (503, UNREADABLE)
    assert code(store.feed, limit=ALL) == UNREADABLE
    store.dispose()


@pytest.mark.dose
def test_a_value_beyond_the_limits_of_its_column_only_is_read_with_a_code(
    unlimited: Unlimited,
) -> None:
    value = "[" * 33 + "]" * 33
    writes = insert_of(SYSTEM_STATES, SYSTEM_STATES.c.state_value, value)(unlimited.situation)
    store = unlimited.store_with(writes)

    state_id = unlimited.situation.births[SYSTEM_STATES.name].change.entity_id
    assert code(store.read, lambda tx: tx.tokens.states.get(state_id)) == UNREADABLE
    store.dispose()
