"""Whom a store refuses to work with: a damaged or an old schema, a role that is too strong, keys that are off."""

import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.guards.arena import postgresql_engine
from tests.guards.damages import ON_POSTGRESQL, ON_SQLITE
from tests.guards.places import Place
from tests.guards.situation import Situation, move

from indelible.concepts import get_concept
from indelible.kernel import Change, IndelibleError
from indelible.testing.stores import MAYA, refusal
from indelible_service.embedded import APP, OWNER, PostgresServer, create_database
from indelible_sql import SqlReading, SqlStore, open_store
from indelible_sql.admission import ForeignKeysOff, RoleTooStrong
from indelible_sql.migrate import SchemaDamaged, SchemaOutOfDate

NUMBERS = count(1)
FORBIDDEN = (
    "SET session_replication_role = replica",
    "CREATE TEMP TABLE concepts (id text)",
    "ALTER TABLE indelible.history DISABLE TRIGGER history_no_update",
    "ALTER TABLE indelible.history DISABLE TRIGGER ALL",
    "DROP TRIGGER history_no_update ON indelible.history",
    "CREATE OR REPLACE FUNCTION indelible.history_no_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE FUNCTION indelible.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE RULE hush AS ON UPDATE TO indelible.concepts DO INSTEAD NOTHING",
    "ALTER DOMAIN indelible.sentence DROP CONSTRAINT sentence_check",
    "ALTER TABLE indelible.concepts ALTER CONSTRAINT concepts_shown NOT ENFORCED",
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


def asked(store: SqlStore) -> IndelibleError | None:
    """Why the store's first question is refused."""
    found = refusal(lambda: store.read(get_concept, "nobody"))
    store.dispose()
    return found


def copy_of(server: PostgresServer, place: Place[PostgresServer]) -> PostgresServer:
    return create_database(server, f"admission_{next(NUMBERS)}", place.where.url.rpartition("/")[2])


def by_admin(database: PostgresServer, *statements: str) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_s_role_may_not_touch_the_guards(
    statement: str, situated_database: Place[PostgresServer]
) -> None:
    with (
        psycopg.connect(situated_database.where.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("role", ["owner_url", "admin_url"])
def test_the_owner_and_a_superuser_are_refused(role: str, situated_database: Place[PostgresServer]) -> None:
    assert isinstance(asked(open_store(getattr(situated_database.where, role))), RoleTooStrong)


@pytest.mark.parametrize("power", TOO_MUCH)
def test_a_role_that_could_undo_the_guards_is_refused(
    power: str, server: PostgresServer, situated_database: Place[PostgresServer]
) -> None:
    database, role = copy_of(server, situated_database), f"strong_{next(NUMBERS)}"
    by_admin(database, f"CREATE ROLE {role} LOGIN IN ROLE {APP}")
    url = database.url.replace(APP, role)
    before = asked(open_store(url))
    by_admin(database, TOO_MUCH[power].format(role, database=url.rpartition("/")[2]))

    assert not isinstance(before, RoleTooStrong)
    assert isinstance(asked(open_store(url)), RoleTooStrong)


@pytest.mark.parametrize("damage", ON_POSTGRESQL)
def test_a_damage_to_postgresql_s_schema_is_noticed(
    damage: str, server: PostgresServer, situated_database: Place[PostgresServer]
) -> None:
    database = copy_of(server, situated_database)
    by_admin(database, *ON_POSTGRESQL[damage])

    assert isinstance(asked(open_store(database.url)), SchemaDamaged)


@pytest.mark.parametrize("damage", ON_SQLITE)
def test_a_damage_to_sqlite_s_schema_is_noticed(damage: str, situated_file: Place[Path], tmp_path: Path) -> None:
    path = shutil.copy(situated_file.where, tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ON_SQLITE[damage]:
            connection.execute(statement)

    assert isinstance(asked(open_store(f"sqlite:///{path}")), SchemaDamaged)


def test_an_empty_or_an_old_postgresql_schema_is_refused(
    server: PostgresServer, situated_database: Place[PostgresServer]
) -> None:
    empty = create_database(server, f"admission_{next(NUMBERS)}")
    old = copy_of(server, situated_database)
    by_admin(old, "UPDATE indelible.indelible_version SET version_num = '0000'")

    assert asked(open_store(empty.url)) == SchemaOutOfDate("nothing", needed())
    assert asked(open_store(old.url)) == SchemaOutOfDate("0000", needed())


def test_an_empty_or_an_old_sqlite_file_is_refused(situated_file: Place[Path], tmp_path: Path) -> None:
    path = shutil.copy(situated_file.where, tmp_path / "old.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE indelible_version SET version_num = '0000'")

    assert asked(open_store(f"sqlite:///{tmp_path / 'empty.db'}")) == SchemaOutOfDate("nothing", needed())
    assert asked(open_store(f"sqlite:///{path}")) == SchemaOutOfDate("0000", needed())


def needed() -> str:
    versions = Path(__file__).parents[2] / "packages/adapters/sql/src/indelible_sql/migrations/versions"
    return max(path.name.partition("_")[0] for path in versions.glob("0*.py"))


def test_a_host_s_engine_whose_sqlite_checks_no_keys_is_refused(situated_file: Place[Path]) -> None:
    assert isinstance(asked(open_store(engine=create_engine(f"sqlite:///{situated_file.where}"))), ForeignKeysOff)


@pytest.mark.parametrize("is_known", [False, True], ids=["at first", "after a connection of its own"])
def test_a_host_s_connection_that_checks_no_keys_is_refused(is_known: bool, situated_file: Place[Path]) -> None:  # noqa: FBT001
    store = open_store(f"sqlite:///{situated_file.where}", policy=POLICY)
    if is_known:
        store.read(changes_of, situated_file.situation)
    host = create_engine(f"sqlite:///{situated_file.where}")

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
    database, situation = copy_of(server, situated_database), situated_database.situation
    by_admin(database, "CREATE SCHEMA host", f"GRANT USAGE, CREATE ON SCHEMA host TO {APP}")
    with psycopg.connect(database.url) as connection:
        for kind in ("text", "bigint", "timestamptz"):
            connection.execute(YES.format(kind=kind))  # type: ignore[call-overload]
    store = open_store(database.url)
    earlier = store.read(changes_of, situation)[1]
    store.dispose()
    engine = postgresql_engine(database.url)

    with pytest.raises(DBAPIError, match="concepts_one_step"), engine.begin() as raw:
        raw.execute(text("SET LOCAL search_path = host, pg_catalog"))
        raw.execute(back_to(earlier))
    engine.dispose()


def changes_of(tx: SqlReading, situation: Situation) -> tuple[Change, ...]:
    return tx.history.of("concept", situation.published.entity_id)


def back_to(earlier: Change) -> object:
    return move(earlier)
