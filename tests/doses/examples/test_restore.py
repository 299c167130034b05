"""A dump restored into another server, whose feed needs no further step."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.conftest import POLICY, copy_cluster, folder
from tests.docs.outside import PROGRAMS
from tests.feeds import wait_for_complete_feed

from indelible.kernel.errors import ForeignCursor
from indelible.testing.stores import MAYA, create, edit
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, open_store, seal, verify

pytestmark = pytest.mark.slow

BURN = "DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"


@contextmanager
def opened(server: PostgresServer) -> Generator[SqlStore]:
    store = open_store(server.url, policy=POLICY)
    try:
        yield store
    finally:
        store.dispose()


def as_admin(server: PostgresServer, statement: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(statement.encode())


@pytest.fixture
def younger(cluster: Path) -> Generator[PostgresServer]:
    """A server that has counted few transactions."""
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False) as running,
    ):
        yield running


def refused_cursor(store: SqlStore, cursor: str) -> str:
    """Return the code with which the store refuses a cursor."""
    with pytest.raises(ForeignCursor) as refused:
        store.feed(after=cursor)
    return refused.value.code


def test_a_younger_server_shows_the_restored_changes_and_accepts_cursors_up_to_the_backup(
    database: PostgresServer, younger: PostgresServer, tmp_path: Path
) -> None:
    as_admin(database, BURN)
    with opened(database) as store:
        saved = edit(store, create(store))
        sealed = seal(wait_for_complete_feed(store), actor=MAYA, reason="a backup")
        assert sealed is not None
        cursor = store.feed(limit=1).cursor
    dump = tmp_path / "dump"
    subprocess.run(
        (PROGRAMS / "pg_dump", "--format=custom", f"--file={dump}", database.admin_url), check=True
    )
    subprocess.run(
        (PROGRAMS / "pg_restore", "--exit-on-error", f"--dbname={younger.admin_url}", dump),
        check=True,
    )
    with opened(database) as store:
        edit(store, saved)
        lost_cursor = wait_for_complete_feed(store).feed().cursor
    with opened(younger) as store:
        assert verify(store, against=sealed.reference) == ()
        assert [each.seq for each in store.feed().changes] == [1, 2]
        assert refused_cursor(store, lost_cursor) == "FOREIGN_CURSOR"
        edit(store, saved)

        assert [each.seq for each in store.feed(after=cursor).changes] == [2, 3]
        assert refused_cursor(store, lost_cursor) == "FOREIGN_CURSOR"  # its position has a change
        assert [each.seq for each in store.feed().changes] == [1, 2, 3]
        assert seal(store, actor=MAYA, reason="after the restore") is not None
        assert verify(store, against=sealed.reference) == ()
