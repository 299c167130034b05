"""A dump restored into another server: its feed before and after the documented step."""

import re
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.architecture.sources import ROOT
from tests.conftest import POLICY, copy_cluster, folder
from tests.docs.outside import PROGRAMS
from tests.feeds import wait_for_complete_feed

from indelible.testing.stores import MAYA, create, edit
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, open_store, seal, verify

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "how-to" / "backup.md"
STEP = re.compile(r"<<'SQL'\n(DO .*?END \$\$;)\n", re.DOTALL)
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


def test_a_younger_server_shows_the_restored_changes_once_it_has_counted_past_them(
    database: PostgresServer, younger: PostgresServer, tmp_path: Path
) -> None:
    as_admin(database, BURN)
    with opened(database) as store:
        saved = edit(store, create(store))
        sealed = seal(wait_for_complete_feed(store), actor=MAYA, reason="a backup")
        assert sealed is not None
    dump = tmp_path / "dump"
    subprocess.run(
        (PROGRAMS / "pg_dump", "--format=custom", f"--file={dump}", database.admin_url), check=True
    )
    subprocess.run(
        (PROGRAMS / "pg_restore", "--exit-on-error", f"--dbname={younger.admin_url}", dump),
        check=True,
    )
    (step,) = STEP.findall(PAGE.read_text(encoding="utf-8"))
    with opened(younger) as store:
        assert (verify(store, against=sealed.reference), store.feed().changes) == ((), ())

        as_admin(younger, step)
        edit(store, saved)

        assert [each.seq for each in store.feed().changes] == [1, 2, 3]
        assert verify(store, against=sealed.reference) == ()
