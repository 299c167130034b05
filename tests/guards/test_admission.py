"""Test that a store refuses a damaged or old schema, a strong role, and foreign keys off."""

import sqlite3
from contextlib import closing
from itertools import count

import psycopg
import pytest
from sqlalchemy import create_engine
from tests.conftest import POLICY
from tests.guards.damages import ON_POSTGRESQL, ON_SQLITE

from indelible.kernel import IndelibleError
from indelible.kernel.keys import list_keys
from indelible.testing.stores import MAYA, published, refusal
from indelible_service.embedded import APP, OWNER, PostgresServer
from indelible_sql import SqlStore, open_store
from indelible_sql.schema.admission import ForeignKeysOff, RoleTooStrong
from indelible_sql.schema.migrate import RevisionNotReleased, SchemaDamaged

pytestmark = pytest.mark.slow

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
POWERS = {
    "may update history": "GRANT UPDATE ON indelible.history TO {}",
    "may update a column of history": "GRANT UPDATE (reason) ON indelible.history TO {}",
    "may update a column of receipts": "GRANT UPDATE (result) ON indelible.receipts TO {}",
    "may delete history": "GRANT DELETE ON indelible.history TO {}",
    "may truncate history": "GRANT TRUNCATE ON indelible.history TO {}",
    "may create triggers on history": "GRANT TRIGGER ON indelible.history TO {}",
    "may create in the schema": "GRANT CREATE ON SCHEMA indelible TO {}",
    "may create TEMP tables": "GRANT TEMP ON DATABASE {database} TO {}",
    "may enter replica mode": "GRANT SET ON PARAMETER session_replication_role TO {}",
    "may draw positions": "GRANT USAGE ON SEQUENCE indelible.history_position_seq TO {}",
    "may set positions back": "GRANT UPDATE ON SEQUENCE indelible.history_position_seq TO {}",
    "is a member of the owner": f"GRANT {OWNER} TO {{}}",
    "may copy the cluster": "ALTER ROLE {} REPLICATION",
}
# Operators of a host's schema that say yes to every comparison.
OPERATORS = """
    CREATE FUNCTION host.yes({type}, {type}) RETURNS boolean LANGUAGE sql AS 'SELECT true';
    CREATE OPERATOR host.= (FUNCTION = host.yes, LEFTARG = {type}, RIGHTARG = {type});
    CREATE OPERATOR host.> (FUNCTION = host.yes, LEFTARG = {type}, RIGHTARG = {type});
"""
OLD_VERSION = "UPDATE {}indelible_version SET version_num = '0006'"
# Moves a published concept back to its second change.
MOVE_BACK = """
    UPDATE indelible.concepts AS head
    SET
      status = earlier.to_state,
      seq = earlier.seq,
      current_version = earlier.version,
      hash = earlier.hash,
      updated_at = earlier.at
    FROM indelible.history AS earlier
    WHERE head.id OPERATOR(pg_catalog.=) %(id)s
      AND earlier.entity_id OPERATOR(pg_catalog.=) %(id)s
      AND earlier.seq OPERATOR(pg_catalog.=) 2
"""


def first_refusal(store: SqlStore) -> IndelibleError | None:
    """Return the error of the store's first query, or None; then close the store."""
    error = refusal(lambda: store.read(list_keys))
    store.dispose()
    return error


def run_in_file(url: str, *statements: str) -> None:
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def run_as_admin(database: PostgresServer, *statements: str) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_role_may_not_touch_the_guards(
    statement: str, database: PostgresServer
) -> None:
    with (
        psycopg.connect(database.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.slow
@pytest.mark.parametrize("role", ["owner_url", "admin_url"])
def test_the_owner_and_a_superuser_are_refused(role: str, database: PostgresServer) -> None:
    store = open_store(getattr(database, role))

    assert isinstance(first_refusal(store), RoleTooStrong)


@pytest.mark.slow
@pytest.mark.parametrize("power", POWERS)
def test_a_role_that_could_undo_the_guards_is_refused(power: str, database: PostgresServer) -> None:
    role = f"strong_{next(NUMBERS)}"
    run_as_admin(database, f"CREATE ROLE {role} LOGIN IN ROLE {APP}")
    url = database.url.replace(APP, role)
    error_before = first_refusal(open_store(url))

    grant = POWERS[power].format(role, database=url.rpartition("/")[2])
    run_as_admin(database, grant)

    assert error_before is None
    assert isinstance(first_refusal(open_store(url)), RoleTooStrong)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ON_POSTGRESQL)
def test_a_damage_to_postgresql_s_schema_is_noticed(damage: str, database: PostgresServer) -> None:
    run_as_admin(database, *ON_POSTGRESQL[damage])

    assert isinstance(first_refusal(open_store(database.url)), SchemaDamaged)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ON_SQLITE)
def test_a_damage_to_sqlite_s_schema_is_noticed(damage: str, sqlite_url: str) -> None:
    run_in_file(sqlite_url, *ON_SQLITE[damage])

    assert isinstance(first_refusal(open_store(sqlite_url)), SchemaDamaged)


def test_a_revision_that_was_never_released_is_refused(
    database: PostgresServer, sqlite_url: str
) -> None:
    """Nothing upgrades a schema of a revision before the first one."""
    run_as_admin(database, OLD_VERSION.format("indelible."))
    run_in_file(sqlite_url, OLD_VERSION.format(""))

    for url in (database.url, sqlite_url):
        error = first_refusal(open_store(url))
        assert isinstance(error, RevisionNotReleased)
        assert error.revision == "0006"


@pytest.mark.parametrize("queries", [0, 1])
def test_a_host_connection_that_checks_no_keys_is_refused(queries: int, sqlite_url: str) -> None:
    """A store that has used its own connections has not checked the host's."""
    store = open_store(sqlite_url, policy=POLICY)
    host = create_engine(sqlite_url)
    for _ in range(queries):
        store.read(list_keys)

    with (
        host.connect() as connection,
        pytest.raises(ForeignKeysOff),
        store.transaction(actor=MAYA, reason="a host's own", connection=connection),
    ):
        pass
    store.dispose()
    host.dispose()


def test_operators_of_a_role_do_not_change_a_guard(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    """A host's role may create operators in a schema of the host's."""
    published_id = published(postgresql).concept.id
    run_as_admin(database, "CREATE SCHEMA host", f"GRANT USAGE, CREATE ON SCHEMA host TO {APP}")

    with psycopg.connect(database.url) as connection:
        for sql_type in ("text", "bigint", "timestamptz"):
            connection.execute(OPERATORS.format(type=sql_type).encode())
        connection.commit()
        connection.execute("SET search_path = host, pg_catalog")

        with pytest.raises(psycopg.errors.CheckViolation, match="concepts_one_step"):
            connection.execute(MOVE_BACK, {"id": published_id})
