"""Fill a small file system in memory, where this process may mount one."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from shutil import copy
from tempfile import TemporaryDirectory

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from tests.databases import give_to_server
from tests.doses.chaos.fault_runs import FaultCase, FaultReport, run_under_fault
from tests.doses.chaos.faults import filled
from tests.doses.chaos.open_stores import StoreUnderTest, open_for_test
from tests.doses.chaos.testbed import Testbed

SQLITE_DISK_SIZE = "8m"
POSTGRESQL_DISK_SIZE = "96m"
ALLOWED_CODES = frozenset({"STORE_FULL", "STALE"})
PROOF = frozenset({"STORE_FULL"})


@contextmanager
def disk(size: str) -> Generator[Path | None]:
    """Mount an empty disk of this size; yield None where this process may not."""
    with TemporaryDirectory(prefix="indelible-disk-") as folder:
        mount = ("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder)
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            yield None
            return

        try:
            yield Path(folder)
        finally:
            unmount = ("umount", "--lazy", folder)
            subprocess.run(unmount, check=True)


def full_disk_under_sqlite(bed: Testbed, chance: Random, rounds: int) -> FaultReport | None:
    """Run commands on a file whose disk is full; return None where no disk can be mounted."""
    with disk(SQLITE_DISK_SIZE) as small:
        if small is None:
            return None

        path = small / "concepts.db"
        copy(bed.file, path)
        with open_for_test(f"sqlite:///{path}") as tested:
            return run_under_fault(tested, _full_disk_case(small), chance, rounds)


def full_disk_under_postgresql(bed: Testbed, chance: Random, rounds: int) -> FaultReport | None:
    """Run commands on a tablespace whose disk is full; the log has room on another one."""
    with disk(POSTGRESQL_DISK_SIZE) as small:
        if small is None:
            return None

        give_to_server(small)
        database = bed.postgresql()
        name = database.url.rpartition("/")[2]
        with psycopg.connect(bed.server.admin_url, autocommit=True) as admin:
            admin.execute(SQL("CREATE TABLESPACE small LOCATION {}").format(Literal(str(small))))
            try:
                admin.execute(
                    SQL("ALTER DATABASE {} SET TABLESPACE small").format(Identifier(name))
                )
                with open_for_test(database) as tested:
                    return run_under_fault(tested, _full_disk_case(small), chance, rounds)
            finally:
                admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
                admin.execute("CHECKPOINT")
                admin.execute("DROP TABLESPACE small")


def _full_disk_case(small: Path) -> FaultCase:
    @contextmanager
    def fault(_: StoreUnderTest, __: Random) -> Generator[None]:
        with filled(small):
            yield

    return FaultCase(fault=fault, allowed_codes=ALLOWED_CODES, proof=PROOF)
