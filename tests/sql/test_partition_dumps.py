"""A store with its history in partitions is dumped and restored by PostgreSQL's programs."""

from pathlib import Path

import pytest
from attrs import evolve
from tests.conftest import tested_version as server_version  # pytest collects `test*`
from tests.databases import create_database
from tests.feeds import changes, wait_for_complete_feed
from tests.sql.conftest import opened
from tests.sql.test_partitions import fill

from indelible.testing.stores import MAYA, RATIO, create
from indelible_service.backups.programs import run_program
from indelible_service.embedded import PostgresServer
from indelible_sql import seal, verify
from indelible_sql.maintenance.snapshot_files import differences

pytestmark = pytest.mark.slow


def test_a_dump_is_restored_as_a_partitioned_store(
    partitioned: PostgresServer, server: PostgresServer, tmp_path: Path
) -> None:
    with opened(partitioned.url) as store:
        fill(store)
        sealed = seal(wait_for_complete_feed(store), actor=MAYA, reason="a backup")
        assert sealed is not None
        before = [change.hash for change in changes(store)]
    restored = create_database(server, "restored")
    dump = tmp_path / "dump"
    version = server_version()
    dumping = (f"--file={dump}", "--format=custom")
    run_program("pg_dump", dumping, partitioned.admin_url, tmp_path, version)
    restoring = ("--exit-on-error", str(dump))
    run_program("pg_restore", restoring, restored.admin_url, tmp_path, version)

    with opened(restored.url) as copy:
        assert differences(copy) == {}
        assert [change.hash for change in changes(copy)] == before
        assert verify(copy, against=sealed.reference) == ()
        create(copy, evolve(RATIO, name="after the restore"))
        assert len(changes(copy)) == len(before) + 1
