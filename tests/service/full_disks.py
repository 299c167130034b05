"""Let starts and migrations meet a full disk: a file system in memory of a mount namespace.

Each scenario is a process of its own, because only processes of the namespace see the disk:
`python -m tests.service.full_disks DISK SCENARIO`. Root needs the right to mount; another user gets
it in a user namespace. Not every machine grants it, so `nox -s doses -- chaos` runs the
scenarios, and the gate limits the sizes of files instead (`test_full_disks.py`).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen
from tests.service.conftest import foreign_variables
from tests.service.processes import (
    free_port,
    get,
    read_json_line,
    start_command,
    stop_command,
    wait_until_ready,
)

from indelible.kernel import StoreFull
from indelible_service.embedded import postgres

KIBIBYTE: Final = 1024
DISK_SIZE: Final = "256m"
ENOUGH: Final = 128 * 1024  # KiB
# Sizes in KiB of a disk on which a start ends in the folders of the cluster, in its first tables,
# in the start of the finished cluster, and near the end of the migration.
FULL_START: Final = (4, 20 * 1024, 54 * 1024, 63_900)
SMALL_START: Final = (4, 550)  # before the migration, and where the secret is saved
MIGRATION: Final = (0, 512, 1024)  # KiB of free space
FULL: Final = {"DISK_FULL", "STORE_FULL"}
UNAVAILABLE: Final = 3
COMMAND_SECONDS: Final = 300
SCENARIO_SECONDS: Final = 3 * COMMAND_SECONDS
MOUNT: Final = 'mount -t tmpfs -o "size=$1,mode=0711" tmpfs "$2" && shift 2 && exec "$@"'


def namespace_words(disk: Path) -> Sequence[str]:
    """Return the words before a command that sees an empty disk at the directory."""
    mount = ("sh", "-c", MOUNT, "mount", DISK_SIZE, str(disk))
    if os.geteuid() == 0:
        return "unshare", "--mount", *mount

    user = ("unshare", "--user", f"--map-user={os.getuid()}", f"--map-group={os.getgid()}")
    return "unshare", "--user", "--map-root-user", "--mount", *mount, *user


@frozen
class SmallDisk:
    """A disk whose free space is what a ballast file leaves."""

    folder: Path

    @property
    def data_dir(self) -> Path:
        """Return the data directory of the instance on the disk."""
        return self.folder / "data"

    def leave(self, kibibytes: int) -> None:
        """Leave this much free space, whatever is stored already."""
        ballast = self.folder / "ballast"
        ballast.unlink(missing_ok=True)
        free = os.statvfs(self.folder)
        size = free.f_bavail * free.f_frsize - kibibytes * KIBIBYTE
        with ballast.open("wb") as file:
            if size > 0:
                os.posix_fallocate(file.fileno(), 0, size)

    def grow(self, size: int) -> None:
        """Leave what a disk of this many KiB would have left beside the stored files."""
        used = sum(path.stat().st_blocks for path in self.data_dir.rglob("*")) // 2
        self.leave(max(0, size - used))


def start(disk: SmallDisk, cwd: Path, *words: str) -> str:
    """Start an instance; return the code of its error, '' where it serves with a working key."""
    (cwd / "log").unlink(missing_ok=True)
    settings = {"INDELIBLE_DATA_DIR": str(disk.data_dir)}
    with start_command(*words, "--json", cwd=cwd, **settings) as process:
        assert process.stdout
        line = process.stdout.readline()
        if line:
            started = json.loads(line)
            assert get(started["address"], "/v1/concepts", started["key"])[0] == 200
            assert Path(started["key_file"]).read_text() == started["key"]
            assert stop_command(process) == 0
            return ""

        exit_code = process.wait(COMMAND_SECONDS)

    log = (cwd / "log").read_text()
    assert exit_code == UNAVAILABLE, (exit_code, log)
    return code_of(log)


def code_of(log: str) -> str:
    """Return the code of the error in the last line; no line is a traceback."""
    assert "Traceback" not in log, log
    code: str = json.loads(log.splitlines()[-1])["code"]
    return code


def start_on_growing_disk(disk: SmallDisk, sizes: Sequence[int], *words: str) -> None:
    """Start on a disk that is too small, then on greater ones, and at last with enough space."""
    code = ""
    with TemporaryDirectory() as cwd:
        for size in sizes:
            disk.grow(size)
            code = start(disk, Path(cwd), *words)
            assert code in {*FULL, ""}, (size, code)

        disk.leave(ENOUGH)
        if code:
            assert start(disk, Path(cwd), *words) == ""


def full_start(disk: SmallDisk) -> None:
    """Run `up --full` on a disk that grows."""
    start_on_growing_disk(disk, FULL_START, "up", "--full")


def small_start(disk: SmallDisk) -> None:
    """Run `up` on a disk that grows."""
    start_on_growing_disk(disk, SMALL_START, "up")


def sqlite_migration(disk: SmallDisk) -> None:
    """Run `db upgrade` of a SQLite file on a disk that grows."""
    migrate(disk, {"DATABASE_URL": f"sqlite:///{disk.folder}/own.db"})


def postgresql_migration(disk: SmallDisk) -> None:
    """Run `db upgrade` of a running PostgreSQL whose disk grows."""
    with postgres(disk.folder / "server", durable=False) as server:
        migrate(disk, {"DATABASE_URL": server.url, "INDELIBLE_OWNER_URL": server.owner_url})


def migrate(disk: SmallDisk, settings: dict[str, str]) -> None:
    """Run `db upgrade` with too little free space, and at last with enough."""
    with TemporaryDirectory() as cwd:
        codes = [upgrade(disk, Path(cwd), free, settings) for free in MIGRATION]
        assert codes[0] == "STORE_FULL"
        assert set(codes) <= {"STORE_FULL", ""}
        assert upgrade(disk, Path(cwd), ENOUGH, settings) == ""

        with start_command("db", "check", "--json", cwd=Path(cwd), **settings) as process:
            assert not read_json_line(process)  # no difference
            assert process.wait(COMMAND_SECONDS) == 0


def upgrade(disk: SmallDisk, cwd: Path, free: int, settings: dict[str, str]) -> str:
    """Run `db upgrade` with this many KiB of free space; return the code of its error or ''."""
    disk.leave(free)
    (cwd / "log").unlink(missing_ok=True)
    with start_command("db", "upgrade", "--json", cwd=cwd, **settings) as process:
        exit_code = process.wait(COMMAND_SECONDS)

    if exit_code == 0:
        return ""

    assert exit_code == UNAVAILABLE
    return code_of((cwd / "log").read_text())


def sqlite_health(disk: SmallDisk) -> None:
    """Ask `/health` of an instance whose SQLite file is on the disk."""
    check_health(disk, {"DATABASE_URL": f"sqlite:///{disk.folder}/own.db"})


def postgresql_health(disk: SmallDisk) -> None:
    """Ask `/health` of an instance whose PostgreSQL is on the disk."""
    with postgres(disk.folder / "server", durable=False) as server:
        check_health(disk, {"DATABASE_URL": server.url, "INDELIBLE_OWNER_URL": server.owner_url})


def check_health(disk: SmallDisk, settings: dict[str, str]) -> None:
    """Fill the disk and empty it again: each time `/health` says so, and no file is left."""
    with TemporaryDirectory() as folder:
        cwd = Path(folder)
        port = str(free_port())
        settings = {**settings, "INDELIBLE_DATA_DIR": folder, "INDELIBLE_PORT": port}
        address = f"http://127.0.0.1:{port}"
        with start_command("db", "upgrade", "--json", cwd=cwd, **settings) as process:
            assert process.wait(COMMAND_SECONDS) == 0

        with start_command("serve", "--json", cwd=cwd, **settings) as process:
            wait_until_ready(address)
            assert get(address, "/health")[0] == 200

            disk.leave(0)
            body = wait_for_health(address, 503)
            assert json.loads(body)["error"]["code"] == "DATABASE_FULL"
            status, ready = get(address, "/health/ready")
            assert (status, json.loads(ready)["problems"]) == (200, [f"database: {StoreFull()}"])

            disk.leave(ENOUGH)
            wait_for_health(address, 200)
            files = sorted(disk.folder.rglob("*"))
            assert not [path for path in files if "pgsql_tmp" in path.name and path.is_file()]
            assert stop_command(process) == 0


def wait_for_health(address: str, status: int) -> bytes:
    """Return the body of `/health` once it has this status."""
    deadline = time.monotonic() + COMMAND_SECONDS
    while time.monotonic() < deadline:
        answer, body = get(address, "/health")
        if answer == status:
            return body
        time.sleep(1)
    raise AssertionError(f"/health is never {status}")


SCENARIOS: Final[dict[str, Callable[[SmallDisk], None]]] = {
    "up --full": full_start,
    "up": small_start,
    "db upgrade on SQLite": sqlite_migration,
    "db upgrade on PostgreSQL": postgresql_migration,
    "health on SQLite": sqlite_health,
    "health on PostgreSQL": postgresql_health,
}


def run_scenario(name: str) -> str:
    """Run a scenario in a namespace of its own; return its output where it failed, otherwise ''."""
    with TemporaryDirectory() as folder:
        process = subprocess.run(
            (*namespace_words(Path(folder)), sys.executable, "-m", __name__, folder, name),
            cwd=Path(__file__).parents[2],
            env=foreign_variables(),
            capture_output=True,
            text=True,
            check=False,
            timeout=SCENARIO_SECONDS,
        )
        assert not list(Path(folder).iterdir())  # the disk was that of the namespace

    return "" if process.returncode == 0 else process.stdout + process.stderr


if __name__ == "__main__":
    SCENARIOS[sys.argv[2]](SmallDisk(Path(sys.argv[1])))
