"""A row that was stored before JSON had limits hides no other finding, and is read with a code."""

import shutil
from collections.abc import Generator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from attrs import frozen
from sqlalchemy import Column, Engine, Table, select
from tests.conftest import POLICY
from tests.databases import temporary_database
from tests.guards.attacks_on_json import insert_of, json_columns, kind_of
from tests.guards.raw_database import Statement, postgresql_engine, run, sqlite_engine
from tests.guards.situated import Situated
from tests.guards.situation import Situation, insert_receipt
from tests.sql.conftest import code, opened
from tests.web.harness import Web, problem

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.contests import CONTEXT as CONTESTS
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.session import Session
from indelible_sql.maintenance.export import export_histories, exported_hashes
from indelible_sql.money import CONTEXT as MONEY
from indelible_sql.projects import CONTEXT as PROJECTS
from indelible_sql.schema.columns import SCHEMA, JsonDomain
from indelible_sql.schema.migrate import downgrade
from indelible_sql.schema.tables import HISTORY, RECEIPTS
from indelible_sql.tokens.tables import SYSTEM_STATES

pytestmark = pytest.mark.slow

BEFORE_LIMITS = "0001"
UNREADABLE = "ROW_UNREADABLE"
TEXTS = {"1,500 levels": "[" * 1_500 + "]" * 1_500, "1e131071": "[1e131071]"}
# A reveal lists tokens: a guard refuses every list of other values.
TOKEN_IDS = {("reveal_transactions", "token_ids")}
# Columns and tables that the first revision does not have.
NEW_COLUMNS = {
    ("mint_events", "batch"),
    ("mint_events", "copies"),
    ("tasks", "arguments"),
    ("tasks", "result"),
}
NEW_TABLES = (
    *PROJECTS.heads,
    *PROJECTS.records,
    *CONTESTS.heads,
    *CONTESTS.records,
    *MONEY.heads,
    *MONEY.records,
)
COLUMNS = [
    item
    for item in json_columns()
    if item[0] not in NEW_TABLES and (item[0].name, item[1].name) not in TOKEN_IDS | NEW_COLUMNS
]


@frozen
class Upgraded:
    """A database that has rows at the first revision, and is upgraded later."""

    url: str
    owner_url: str
    engine: Engine
    situation: Situation

    def store_before_limits(self, *writes: Sequence[Statement]) -> SqlStore:
        """Commit writes as the application at the first revision, and open a store of now."""
        for statements in writes:
            with self.engine.begin() as connection:
                run(connection, statements)

        store = open_store(self.url, policy=POLICY)
        store.upgrade(self.owner_url)
        return store


def downgrade_to_first_revision(url: str, owner_url: str) -> None:
    """Downgrade a database with rows, as its owner does with an export of them."""
    file = BytesIO()
    with opened(url) as store:
        store.read(export_histories, file)

    hashes = exported_hashes(file, CATALOG)
    downgrade(owner_url, SCHEMA, BEFORE_LIMITS, CATALOG, exported=hashes)


@pytest.fixture(scope="module")
def file_before_limits(
    situated_file: Situated[Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a SQLite file with rows at the first revision, to copy from."""
    path = tmp_path_factory.mktemp("unreadable") / "before_limits.db"
    shutil.copy(situated_file.location, path)
    downgrade_to_first_revision(f"sqlite:///{path}", f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def database_before_limits(situated_database: Situated[PostgresServer]) -> Generator[str]:
    """Create a database with rows at the first revision to copy from, and return its name."""
    name = "before_limits"
    template = situated_database.location.url.rpartition("/")[2]
    with temporary_database(situated_database.location, name, template) as database:
        downgrade_to_first_revision(database.url, database.owner_url)
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Upgraded]:
    if request.param == "sqlite":
        file: Situated[Path] = request.getfixturevalue("situated_file")
        path: Path = request.getfixturevalue("file_before_limits")
        url = f"sqlite:///{shutil.copy(path, tmp_path / 'upgraded.db')}"
        engine = sqlite_engine(url, foreign_keys=True)
        yield Upgraded(url, url, engine, file.situation)
        engine.dispose()
        return

    source: Situated[PostgresServer] = request.getfixturevalue("situated_database")
    template: str = request.getfixturevalue("database_before_limits")
    with temporary_database(source.location, "upgraded", template) as database:
        engine = postgresql_engine(database.url)
        yield Upgraded(database.url, database.owner_url, engine, source.situation)
        engine.dispose()


def text_in(kind: str, text: str) -> str:
    """Return a list's text as the text of a value of a kind."""
    return f'{{"a":{text}}}' if kind == "object" else text


def code_of_reading(store: SqlStore, table: Table) -> str:
    """Return the code of reading every row of a table as a repository reads them."""
    with store.engines.reader.connect() as connection:
        session = Session(connection, store.schema)
        return code(session.rows, select(table), {})


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("table", "column", "domain"), COLUMNS, ids=[f"{t.name}.{c.name}" for t, c, _ in COLUMNS]
)
def test_an_unreadable_value_hides_no_other_finding(
    upgraded: Upgraded, table: Table, column: Column[object], domain: JsonDomain, text: str
) -> None:
    s = upgraded.situation
    value = text_in(kind_of(domain), TEXTS[text])
    lie = (insert_receipt(s.receipt, key="a lie", result={"answer": 2}),)

    store = upgraded.store_before_limits(insert_of(table, column, value)(s), lie)
    findings = verify(store)

    unreadable = [each for each in findings if each.detail.startswith("unreadable")]
    assert {each.table for each in unreadable} >= {table.name}
    assert [each.table for each in findings if each.detail.startswith("its hash")] == [
        RECEIPTS.name
    ]
    assert code_of_reading(store, table) == UNREADABLE
    store.dispose()


@pytest.mark.parametrize("text", TEXTS)
def test_a_feed_with_an_unreadable_change_answers_with_a_code(
    upgraded: Upgraded, text: str
) -> None:
    column = HISTORY.c.data
    writes = insert_of(HISTORY, column, text_in("object", TEXTS[text]))(upgraded.situation)
    store = upgraded.store_before_limits(writes)

    answer = Web(store).get("/v1/history?limit=100")

    assert problem(answer) == (503, UNREADABLE)
    assert code(store.feed) == UNREADABLE
    store.dispose()


def test_a_value_beyond_the_limits_of_its_column_only_is_read_with_a_code(
    upgraded: Upgraded,
) -> None:
    value = "[" * 33 + "]" * 33
    writes = insert_of(SYSTEM_STATES, SYSTEM_STATES.c.state_value, value)(upgraded.situation)
    store = upgraded.store_before_limits(writes)

    state_id = upgraded.situation.births[SYSTEM_STATES.name].change.entity_id
    assert code(store.read, lambda tx: tx.tokens.states.get(state_id)) == UNREADABLE
    store.dispose()
