"""Disks that are full: a file system in memory, as small as we like, where this process may mount one."""

import os
import pwd
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from shutil import copy
from tempfile import TemporaryDirectory

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from tests.chaos.faults import filled
from tests.chaos.places import Place, place_on
from tests.chaos.suffering import Kind, Suffered, suffer
from tests.chaos.testbed import Testbed

SMALL, LARGE = "8m", "96m"
TOLD = frozenset({"STORE_FULL", "STALE"})
PROOF = frozenset({"STORE_FULL"})


@contextmanager
def disk(size: str) -> Generator[Path | None]:
    """An empty disk of this size, or None where nobody lets us mount one."""
    with TemporaryDirectory(prefix="indelible-disk-") as place:
        mount = ("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", place)
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(place)
        finally:
            subprocess.run(("umount", "--lazy", place), check=True)  # noqa: S607 - where it is differs


def full_disk_under_sqlite(bed: Testbed, chance: Random, rounds: int) -> Suffered | None:
    """Commands on a file whose disk is full; None where no disk can be made."""
    with disk(SMALL) as small:
        if small is None:
            return None
        with place_on(f"sqlite:///{copy(bed.file, small / 'concepts.db')}") as place:
            return suffer(place, _full(small), chance, rounds)


def full_disk_under_postgresql(bed: Testbed, chance: Random, rounds: int) -> Suffered | None:
    """Commands on a database in a tablespace of its own, whose disk is full; the log's disk has room."""
    with disk(LARGE) as small:
        if small is None:
            return None
        _give_away(small)
        database = bed.postgresql()
        name = database.url.rpartition("/")[2]
        with psycopg.connect(bed.server.admin_url, autocommit=True) as admin:
            admin.execute(SQL("CREATE TABLESPACE small LOCATION {}").format(Literal(str(small))))
            try:
                admin.execute(
                    SQL("ALTER DATABASE {} SET TABLESPACE small").format(Identifier(name))
                )
                with place_on(database) as place:
                    return suffer(place, _full(small), chance, rounds)
            finally:
                admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
                admin.execute("CHECKPOINT")
                admin.execute("DROP TABLESPACE small")


def _full(small: Path) -> Kind:
    @contextmanager
    def fault(_: Place, __: Random) -> Generator[None]:
        with filled(small):
            yield

    return Kind(fault=fault, told=TOLD, proof=PROOF)


def _give_away(place: Path) -> None:
    """To the account that the embedded server runs under when we are root."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
