"""Test what a store refuses: a damaged or old schema, too strong a role, no foreign keys."""

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine
from tests.conftest import POLICY
from tests.databases import create_database
from tests.guards.damages import ON_POSTGRESQL, ON_SQLITE
from tests.guards.places import Place

from indelible.kernel import IndelibleError
from indelible.kernel.keys import list_keys
from indelible.testing.stores import MAYA, refusal
from indelible_service.embedded import APP, OWNER, PostgresServer
from indelible_sql import SqlStore, open_store
from indelible_sql.schema.admission import ForeignKeysOff, RoleTooStrong
from indelible_sql.schema.migrate import SchemaDamaged, SchemaOutOfDate

NUMBERS = count(1)
FORBIDDEN = (
    "SET session_replication_role = replica",
    "CREATE TEMP TABLE concepts (id text)",
    "ALTER TABLE indelible.history DISABLE TRIGGER history_no_update",
    "ALTER TABLE indelible.history DISABLE TRIGGER ALL",
    "DROP TRIGGER history_no_update ON indelible.history",
    (
        "CREATE OR REPLACE FUNCTION indelible.history_no_update() RETURNS trigger"
        " LANGUAGE plpgsql AS 'BEGIN END'"
    ),
    "CREATE FUNCTION indelible.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE RULE hush AS ON UPDATE TO indelible.concepts DO INSTEAD NOTHING",
    "ALTER DOMAIN indelible.nonblank_text DROP CONSTRAINT nonblank_text_check",
    "ALTER TABLE indelible.concepts ALTER CONSTRAINT concepts_history NOT ENFORCED",
    "SELECT nextval('indelible.history_position_seq')",
    "LOCK TABLE indelible.history IN ACCESS EXCLUSIVE MODE",
    f"SET ROLE {OWNER}",
)
TOO_MUCH = {
    "may update history": "GRANT UPDATE ON indelible.history TO {}",
    "may delete history": "GRANT DELETE ON indelible.history TO {}",
    "may truncate history": "GRANT TRUNCATE ON indelible.history TO {}",
    "may hang triggers on history": "GRANT TRIGGER ON indelible.history TO {}",
    "may create in the schema": "GRANT CREATE ON SCHEMA indelible TO {}",
    "may create TEMP tables": "GRANT TEMP ON DATABASE {database} TO {}",
    "may enter replica mode": "GRANT SET ON PARAMETER session_replication_role TO {}",
    "is the owner's deputy": f"GRANT {OWNER} TO {{}}",
    "may copy the cluster": "ALTER ROLE {} REPLICATION",
}
YES = """
    CREATE FUNCTION host.yes({kind}, {kind}) RETURNS boolean LANGUAGE sql AS 'SELECT true';
    CREATE OPERATOR host.= (FUNCTION = host.yes, LEFTARG = {kind}, RIGHTARG = {kind});
    CREATE OPERATOR host.> (FUNCTION = host.yes, LEFTARG = {kind}, RIGHTARG = {kind});
"""

OLDER = "UPDATE {}indelible_version SET version_num = '0000'"
BACK = """
    UPDATE indelible.concepts AS head
    SET status = earlier.to_state, seq = earlier.seq, current_version = earlier.version,
      hash = earlier.hash, updated_at = earlier.at
    FROM indelible.history AS earlier
    WHERE head.id OPERATOR(pg_catalog.=) %(id)s
      AND earlier.entity_id OPERATOR(pg_catalog.=) %(id)s AND earlier.seq OPERATOR(pg_catalog.=) 2
"""


def asked(store: SqlStore) -> IndelibleError | None:
    """Why the store's first question is refused."""
    found = refusal(lambda: store.read(list_keys))
    store.dispose()
    return found


def in_file(url: str, *statements: str) -> None:
    with closing(
        sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    ) as connection:
        for statement in statements:
            connection.execute(statement)


def by_admin(database: PostgresServer, *statements: str) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_s_role_may_not_touch_the_guards(
    statement: str, database: PostgresServer
) -> None:
    with (
        psycopg.connect(database.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("role", ["owner_url", "admin_url"])
def test_the_owner_and_a_superuser_are_refused(role: str, database: PostgresServer) -> None:
    assert isinstance(asked(open_store(getattr(database, role))), RoleTooStrong)


@pytest.mark.parametrize("power", TOO_MUCH)
def test_a_role_that_could_undo_the_guards_is_refused(power: str, database: PostgresServer) -> None:
    role = f"strong_{next(NUMBERS)}"
    by_admin(database, f"CREATE ROLE {role} LOGIN IN ROLE {APP}")
    url = database.url.replace(APP, role)
    before = asked(open_store(url))
    by_admin(database, TOO_MUCH[power].format(role, database=url.rpartition("/")[2]))

    assert not isinstance(before, RoleTooStrong)
    assert isinstance(asked(open_store(url)), RoleTooStrong)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ON_POSTGRESQL)
def test_a_damage_to_postgresql_s_schema_is_noticed(damage: str, database: PostgresServer) -> None:
    by_admin(database, *ON_POSTGRESQL[damage])

    assert isinstance(asked(open_store(database.url)), SchemaDamaged)


@pytest.mark.parametrize("damage", ON_SQLITE)
def test_a_damage_to_sqlite_s_schema_is_noticed(damage: str, sqlite_url: str) -> None:
    in_file(sqlite_url, *ON_SQLITE[damage])

    assert isinstance(asked(open_store(sqlite_url)), SchemaDamaged)


def test_an_empty_or_an_old_postgresql_schema_is_refused(
    server: PostgresServer, database: PostgresServer
) -> None:
    empty = create_database(server, f"admission_{next(NUMBERS)}")
    by_admin(database, OLDER.format("indelible."))

    assert found_in(empty.url) == "nothing"
    assert found_in(database.url) == "0000"


def test_an_empty_or_an_old_sqlite_file_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    in_file(sqlite_url, OLDER.format(""))

    assert found_in(f"sqlite:///{tmp_path / 'empty.db'}") == "nothing"
    assert found_in(sqlite_url) == "0000"


def found_in(url: str) -> str:
    refused = asked(open_store(url))
    assert isinstance(refused, SchemaOutOfDate)
    return refused.revision


def test_a_host_s_engine_whose_sqlite_checks_no_keys_is_refused(sqlite_url: str) -> None:
    host = create_engine(sqlite_url)

    assert isinstance(asked(open_store(engine=host)), ForeignKeysOff)
    host.dispose()


@pytest.mark.parametrize("questions", [0, 1])
def test_a_host_s_connection_that_checks_no_keys_is_refused(
    questions: int, sqlite_url: str
) -> None:
    """A store that has been at work on connections of its own has not seen the host's."""
    store, host = open_store(sqlite_url, policy=POLICY), create_engine(sqlite_url)
    for _ in range(questions):
        store.read(list_keys)

    with (
        host.connect() as connection,
        pytest.raises(ForeignKeysOff),
        store.transaction(actor=MAYA, reason="a host's own", connection=connection),
    ):
        pass
    store.dispose()
    host.dispose()


def test_a_role_s_own_operators_do_not_bend_a_guard(
    server: PostgresServer, situated_database: Place[PostgresServer]
) -> None:
    """A host's role may well create things in a schema of the host's."""
    source, s = situated_database.where.url.rpartition("/")[2], situated_database.situation
    database = create_database(server, f"admission_{next(NUMBERS)}", source)
    by_admin(database, "CREATE SCHEMA host", f"GRANT USAGE, CREATE ON SCHEMA host TO {APP}")
    with psycopg.connect(database.url) as connection:
        for kind in ("text", "bigint", "timestamptz"):
            connection.execute(YES.format(kind=kind).encode())
        connection.commit()
        connection.execute("SET search_path = host, pg_catalog")

        with pytest.raises(psycopg.errors.CheckViolation, match="concepts_one_step"):
            connection.execute(BACK, {"id": s.published.entity_id})
