"""The domain decides; the databases enforce it again; and nothing of that is written by hand.

That raw SQL is refused with the domain bypassed is shown in test_attacks.py.
"""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text
from tests.conftest import POLICY
from tests.guards.arena import postgresql_engine
from tests.guards.lifting import DROPS, RULES, PostgresLifting, drop_rules
from tests.guards.lifting_sqlite import image, rules
from tests.guards.mutations import Report, every_attack
from tests.guards.places import Place

from indelible.testing.concepts import ConceptsConformance
from indelible.testing.kernel import KernelConformance
from indelible.testing.repository import RepositoryConformance
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible_service.embedded import ADMIN, PostgresServer, create_database
from indelible_sql import SqlStore, open_store
from indelible_sql.guards import Guard
from indelible_sql.migrate import newest
from indelible_sql.schema import ddl, guards
from indelible_sql.snapshot import digest_of, facts

DEPLOYED = text(
    """
    SELECT tgname, tgenabled::text AS enabled, pg_get_triggerdef(t.oid) AS trigger, prosrc AS body
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid
    WHERE NOT tgisinternal AND relnamespace = 'indelible'::regnamespace
    """
)
# What nothing but a foreign key refuses: a superuser in replica mode puts those to sleep.
BY_KEYS_ALONE = {
    "a TEMP table of edges",
    "a birth in REVIEW",
    "a birth without a version",
    "a birth without remarks",
    "a change of an undeclared lifecycle",
    "a head alone in an undeclared state",
    "a head that goes back alone",
    "a head that is born late",
    "a head that is born without its change",
    "a head that moves without its change",
    "a head that shows another's change",
    "a head that shows no change",
    "a head that skips a state alone",
    "a key born revoked",
    "a key that is granted without its change",
    "a name's key that is not its version's",
    "a key that is revoked twice over",
    "a key that is revoked without its change",
    "a padded state",
    "a predecessor in another state",
    "a published birth without anything",
    "a published concept that is approved again",
    "a publishing from a state it was not in",
    "a remark on no version",
    "a review that is a draft again",
    "a review that is published",
    "a revoked key that is active again",
    "a state in small letters",
    "a submission taken backward",
    "a version out of nowhere",
    "a wrong predecessor",
    "an approval that adds a version",
    "an approval that publishes",
    "an edit of a published concept",
    "an edit without remarks",
    "an edit that adds none",
    "an edit that goes on after a gap",
    "an edit that says it was in review",
    "an edit that skips a version",
    "an edit without a version",
    "an undeclared action",
    "an undeclared state",
    "another's predecessor",
    "two steps with one change",
    "two steps, of which the first leaves no change",
}


class Conformance(ConceptsConformance, RepositoryConformance, KernelConformance):
    """All suites, on a store whose database refuses nothing."""


def opened(url: str) -> Generator[SqlStore]:
    store = open_store(url, policy=POLICY, clock=TickingClock(), ids=CountedIds())
    # The schema check would refuse a database without guards, and rightly: here the domain must do without it.
    store._is_admitted = True  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    yield store
    store.dispose()


@pytest.fixture(scope="session")
def unguarded_bytes(template_file: Path) -> bytes:
    with closing(sqlite3.connect(template_file)) as connection:
        connection.execute("PRAGMA wal_checkpoint")
    return image(template_file, rules(template_file))


@pytest.fixture(scope="session")
def unguarded_template(server: PostgresServer, template: PostgresServer) -> str:
    made = create_database(server, "guards_none", template.url.rpartition("/")[2])
    engine = postgresql_engine(made.admin_url)
    with engine.begin() as connection:
        drop_rules(connection)
        assert not [row.guard for row in connection.execute(DROPS) if row.kind in RULES]
    engine.dispose()
    return "guards_none"


class TestSqliteWithoutGuards(Conformance):
    @pytest.fixture
    def store(self, unguarded_bytes: bytes, tmp_path: Path) -> Generator[AnyStore]:
        (tmp_path / "none.db").write_bytes(unguarded_bytes)
        yield from opened(f"sqlite:///{tmp_path / 'none.db'}")


class TestPostgresqlWithoutGuards(Conformance):
    @pytest.fixture
    def store(
        self, server: PostgresServer, unguarded_template: str, request: pytest.FixtureRequest
    ) -> Generator[AnyStore]:
        name = f"none_{abs(hash(request.node.nodeid))}"
        yield from opened(create_database(server, name, unguarded_template).url)


def test_sqlite_without_guards_has_no_trigger_no_check_and_no_key(unguarded_bytes: bytes) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(unguarded_bytes)
        texts = "".join(row[0] or "" for row in connection.execute("SELECT sql FROM sqlite_master"))

    assert [word for word in ("CREATE TRIGGER", "CHECK", "FOREIGN KEY") if word in texts] == []


def test_sqlite_s_triggers_are_the_declared_ones_to_the_letter(template_file: Path) -> None:
    with closing(sqlite3.connect(template_file)) as connection:
        deployed = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))

    assert deployed == {guard.name: guard.on_sqlite()[0] for guard in guards("sqlite")}


def test_postgresql_s_triggers_are_the_declared_ones_and_always_fire(postgresql: SqlStore) -> None:
    with postgresql.engines.writer.connect() as connection:
        deployed = {row.tgname: (row.enabled, row.trigger, row.body) for row in connection.execute(DEPLOYED)}

    assert deployed == {guard.name: ("A", declared_trigger(guard), body(guard)) for guard in guards("postgresql")}


def declared_trigger(guard: Guard) -> str:
    return guard.on_postgresql()[1].replace("\n", " ")


def body(guard: Guard) -> str:
    return guard.function().split("$$")[1]


def test_the_declarations_say_the_same_however_often_they_are_asked() -> None:
    before = {dialect: list(ddl(dialect)) for dialect in ("sqlite", "postgresql")}

    assert {dialect: list(ddl(dialect)) for dialect in ("postgresql", "sqlite")} == before


def test_a_migrated_sqlite_file_is_what_the_declarations_make(template_file: Path) -> None:
    made = create_engine("sqlite://")
    with made.begin() as connection, create_engine(f"sqlite:///{template_file}", poolclass=NullPool).connect() as other:
        for statement in ddl("sqlite"):
            connection.exec_driver_sql(statement)

        assert_same(connection, other, "sqlite")
    made.dispose()


def test_a_migrated_postgresql_database_is_what_the_declarations_make(
    server: PostgresServer, database: PostgresServer
) -> None:
    bare = create_database(server, "guards_from_declarations")
    made, migrated = postgresql_engine(bare.owner_url), postgresql_engine(database.owner_url)
    with made.begin() as connection, migrated.connect() as other:
        connection.exec_driver_sql("CREATE SCHEMA indelible")
        for statement in ddl("postgresql"):
            connection.exec_driver_sql(statement)

        assert_same(connection, other, "postgresql")
    made.dispose()
    migrated.dispose()


def assert_same(made: Connection, migrated: Connection, dialect: str) -> None:
    assert facts(made, "indelible") == facts(migrated, "indelible")
    assert digest_of(facts(made, "indelible")) == newest()[1][dialect]


def test_in_replica_mode_a_superuser_passes_the_foreign_keys_and_nothing_else(report: Report) -> None:
    assert report.replica.keys() == BY_KEYS_ALONE


def test_what_a_superuser_writes_in_replica_mode_is_named_by_verify(report: Report) -> None:
    assert [name for name, finding in report.replica.items() if not finding] == []


def test_without_replica_mode_a_superuser_meets_the_owner_s_guards(
    report: Report, situated_database: Place[PostgresServer]
) -> None:
    engine = postgresql_engine(situated_database.where.admin_url)
    lifting = PostgresLifting(engine, ADMIN)
    written = every_attack("postgresql")
    met = {name: lifting.refusal(tuple(write(situated_database.situation)), ()) for name, write in written.items()}
    engine.dispose()

    assert met == report.holdings["postgresql"].first
