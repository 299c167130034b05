"""Test that a migration is atomic and idempotent, and drops no record unless told to."""

import sqlite3
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Barrier, Timer

import psycopg
import pytest
from attrs import frozen
from sqlalchemy import Engine, event
from tests.conftest import DATABASES
from tests.databases import create_database
from tests.feeds import changes
from tests.sql.conftest import code, opened

from indelible import captures, concepts
from indelible.testing.captures.scenarios import A, worked
from indelible.testing.stores import MAYA, RATIO, create, edit, refusal
from indelible_service.embedded import APP, PostgresServer
from indelible_sql import SqlStore, open_async_store, verify
from indelible_sql.contexts import CATALOG
from indelible_sql.maintenance.export import export_histories, exported_hashes
from indelible_sql.schema.migrate import current_revision, downgrade, migrating, upgrade
from indelible_sql.schema.snapshot import facts

pytestmark = pytest.mark.slow

SCHEMA = "indelible"
MIGRATORS = 4
STOPS = 12
HELD_SECONDS = 0.3


class Killed(Exception):
    """Why a migration of these tests ends."""


@frozen
class Place:
    """An empty database, with the addresses of who uses it and who owns it."""

    url: str
    owner_url: str
    schema: str | None
    objects: Callable[[], list[str]]

    def facts(self) -> tuple[str, ...]:
        """What the database holds of our schema."""
        with migrating(self.owner_url, SCHEMA) as (connection, _):
            return facts(connection, SCHEMA, CATALOG)

    def revision(self) -> str:
        """Where the database is in the history of migrations."""
        with migrating(self.owner_url, SCHEMA) as (connection, _):
            return current_revision(connection, self.schema)

    def opened(self) -> AbstractContextManager[SqlStore]:
        """A store on the database."""
        return opened(self.url)

    def upgrade(self) -> None:
        """Bring it to the newest revision."""
        with self.opened() as store:
            store.upgrade(self.owner_url)


@pytest.fixture
def on_postgresql(server: PostgresServer) -> Place:
    made = create_database(server, f"empty_{next(DATABASES)}")
    relations = (
        "SELECT relname"
        " FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'indelible'"
    )
    schemas = "SELECT nspname FROM pg_namespace WHERE nspname = 'indelible'"

    def objects() -> list[str]:
        with psycopg.connect(made.admin_url) as admin:
            return [name for (name,) in admin.execute(f"{relations} UNION ALL {schemas}")]

    return Place(made.url, made.owner_url, SCHEMA, objects)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Place:
    path = tmp_path / "empty.db"

    def objects() -> list[str]:
        connection = sqlite3.connect(path)
        found = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        connection.close()
        return found

    return Place(f"sqlite:///{path}", f"sqlite:///{path}", None, objects)


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(place: Place) -> None:
    place.upgrade()
    with place.opened() as store:
        saved = create(store)
        before = place.facts()
        store.upgrade(place.owner_url)

        assert (place.facts(), place.revision()) == (before, "0001")
        assert edit(store, saved).seq == 2
        assert verify(store) == ()


def test_up_down_and_up_again_is_up(place: Place) -> None:
    place.upgrade()
    before = place.facts()
    downgrade(place.owner_url, SCHEMA, "base", CATALOG)
    left = [name for name in place.objects() if "indelible_version" not in name and name != SCHEMA]
    place.upgrade()

    assert left == []
    assert place.facts() == before
    with place.opened() as store:
        assert verify(store) == ()
        assert create(store).seq == 1


def test_a_downgrade_that_would_drop_records_is_refused_and_changes_nothing(place: Place) -> None:
    place.upgrade()
    with place.opened() as store:
        saved = edit(store, create(store))
        before, hashes = place.facts(), [change.hash for change in changes(store)]
        refused = [
            refusal(partial(downgrade, place.owner_url, SCHEMA, "base", CATALOG, exported=exported))
            for exported in ((), hashes[:1], ["0" * 64, *hashes[1:]])
        ]

        assert [each and each.code for each in refused] == ["RECORDS_WOULD_BE_LOST"] * 3
        assert [each.detail for each in refused if each] == [{"rows": 2}, {"rows": 1}, {"rows": 1}]
        assert (place.facts(), place.revision()) == (before, "0001")
        assert store.read(concepts.get_concept, saved.concept.id).seq == 2
        assert verify(store) == ()


def test_a_downgrade_that_would_drop_signals_is_refused_without_their_hashes(place: Place) -> None:
    place.upgrade()
    with place.opened() as store:
        reading, *_ = worked(store)
        reading.capture(A)
        before, hashes = place.facts(), [change.hash for change in changes(store)]
        refused = [
            refusal(partial(downgrade, place.owner_url, SCHEMA, "base", CATALOG, exported=exported))
            for exported in ((), hashes)
        ]

        assert [each and each.code for each in refused] == ["RECORDS_WOULD_BE_LOST"] * 2
        assert [each.detail for each in refused if each] == [{"rows": len(hashes) + 1}, {"rows": 1}]
        assert (place.facts(), place.revision()) == (before, "0001")
        assert len(reading.read(captures.recent_captures, reading.space_id)) == 1
        assert verify(store) == ()


def test_a_downgrade_that_is_shown_an_export_of_everything_is_done(place: Place) -> None:
    place.upgrade()
    with place.opened() as store:
        create(store)
        reading, *_ = worked(store)
        reading.capture(A)
        out = BytesIO()
        store.read(export_histories, out)
        exported = exported_hashes(out, CATALOG)
        downgrade(place.owner_url, SCHEMA, "base", CATALOG, exported=exported)
    with place.opened() as store:
        assert code(store.feed) == "SCHEMA_OUT_OF_DATE"


def test_migrators_that_begin_together_are_one(place: Place) -> None:
    start = Barrier(MIGRATORS)

    def migrate(_: int) -> None:
        start.wait()
        place.upgrade()

    with ThreadPoolExecutor(MIGRATORS) as threads:
        list(threads.map(migrate, range(MIGRATORS)))
    with place.opened() as store:
        assert verify(store) == ()
        assert create(store).seq == 1


@contextmanager
def held(path: Path) -> Generator[None]:
    """Switch the file out of WAL, and hold its write lock from the start for `HELD_SECONDS`."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN IMMEDIATE")
    release = Timer(HELD_SECONDS, other.execute, ["ROLLBACK"])
    release.start()
    yield
    release.join()
    other.close()


def test_who_turns_a_file_to_wal_waits_for_who_writes_to_it(tmp_path: Path) -> None:
    path = tmp_path / "restored.db"
    url = f"sqlite:///{path}"
    with held(path):
        upgrade(url, SCHEMA, CATALOG, role=None)
    with held(path), opened(url) as store:
        assert create(store).seq == 1


async def test_who_opens_a_restored_file_in_an_event_loop_waits_for_who_writes_to_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "restored.db"
    url = f"sqlite:///{path}"
    upgrade(url, SCHEMA, CATALOG, role=None)
    store = open_async_store(url)
    with held(path):
        command = concepts.CreateConcept(content=RATIO)
        saved = await store.run(concepts.create_concept, command, actor=MAYA, reason="a test")
    await store.dispose()

    assert saved.seq == 1


@contextmanager
def killed_at(stop: int) -> Generator[list[str]]:
    """Every engine of this process raises at its so-manieth statement."""
    seen: list[str] = []

    def before(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)
        if len(seen) == stop:
            raise Killed

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def stops(work: Callable[[], object]) -> list[int]:
    """Places all along the statements of a migration, the last one among them."""
    with killed_at(0) as seen:
        work()
    begin = next(
        at
        for at, each in enumerate(seen, 2)
        if each.startswith(("BEGIN IMMEDIATE", "CREATE SCHEMA"))
    )
    return sorted({*range(begin, len(seen) + 1, max(1, len(seen) // STOPS)), len(seen)})


def test_a_migration_that_is_killed_anywhere_leaves_nothing(place: Place) -> None:
    def up() -> None:
        upgrade(place.owner_url, SCHEMA, CATALOG, role=None)

    up()
    downgrade(place.owner_url, SCHEMA, "base", CATALOG)
    remains, places = sorted(place.objects()), stops(up)
    downgrade(place.owner_url, SCHEMA, "base", CATALOG)
    for stop in places:
        with killed_at(stop), pytest.raises(Killed):
            up()

        assert sorted(place.objects()) == remains
    place.upgrade()
    with place.opened() as store:
        assert verify(store) == ()


def test_a_first_migration_that_is_killed_leaves_an_empty_database(place: Place) -> None:
    with killed_at(40), pytest.raises(Killed):
        place.upgrade()

    assert place.objects() == []


def test_a_downgrade_that_is_killed_anywhere_leaves_everything(place: Place) -> None:
    place.upgrade()
    before = place.facts()

    def down() -> None:
        downgrade(place.owner_url, SCHEMA, "base", CATALOG)

    places = stops(down)
    place.upgrade()
    for stop in places:
        with killed_at(stop), pytest.raises(Killed):
            down()

        assert (place.facts(), place.revision()) == (before, "0001")


async def test_an_address_may_name_its_driver(tmp_path: Path) -> None:
    store = open_async_store(f"sqlite+aiosqlite:///{tmp_path / 'named.db'}")
    try:
        await store.upgrade()

        assert (await store.feed()).changes == ()
    finally:
        await store.dispose()


def test_a_downgrade_of_what_does_not_answer_says_so(unused_tcp_port: int) -> None:
    url = f"postgresql://indelible_owner@127.0.0.1:{unused_tcp_port}/indelible"

    assert code(downgrade, url, SCHEMA, "base", CATALOG) == "STORE_UNREACHABLE"


def test_a_role_that_could_undo_the_guards_is_refused(database: PostgresServer) -> None:
    for url in (database.owner_url, database.admin_url):
        with opened(url) as store:
            assert code(create, store) == "ROLE_TOO_STRONG"


@pytest.mark.parametrize(
    "granted", ["UPDATE (reason) ON indelible.history", "UPDATE (result) ON indelible.receipts"]
)
def test_a_role_that_may_change_one_column_of_a_record_is_refused(
    database: PostgresServer, granted: str
) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(f"GRANT {granted} TO {APP}".encode())
    with opened(database.url) as store:
        assert code(create, store) == "ROLE_TOO_STRONG"


def test_a_role_that_may_not_migrate_is_told_so(on_postgresql: Place) -> None:
    with on_postgresql.opened() as store:
        assert code(store.upgrade) == "ACCESS_DENIED"
    assert on_postgresql.objects() == []
