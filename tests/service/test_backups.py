"""Back up and restore: a backup is whole or absent, and a restore replaces nothing."""

import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Final

import psycopg
import pyrage
import pytest
from attrs import evolve
from psycopg import sql
from tests.conftest import POLICY, copy_cluster, folder
from tests.databases import give_to_server
from tests.service.commands import error_code, json_result, run

from indelible.kernel import IndelibleError
from indelible.testing.stores import create, edit
from indelible_service.backups import sqlite
from indelible_service.backups.folders import UNFINISHED
from indelible_service.backups.making import BackupPlan, make_backup
from indelible_service.backups.manifest import MANIFEST, POSTGRESQL_BASE, read_manifest
from indelible_service.backups.postgresql import recovery_settings
from indelible_service.backups.programs import connection_of, find_program
from indelible_service.backups.restoring import RestorePlan, restore
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, open_store, verify

KEY_FILE: Final = "# created by a test\n{}\n"


@contextmanager
def opened(url: str) -> Generator[SqlStore]:
    store = open_store(url, policy=POLICY)
    try:
        yield store
    finally:
        store.dispose()


def code(attempt: Callable[[], object]) -> str:
    with pytest.raises(IndelibleError) as refused:
        attempt()
    return refused.value.code


def plan(url: str = "", **options: str) -> BackupPlan:
    return evolve(BackupPlan(url=url), **options)


@pytest.fixture
def file_store(sqlite_url: str) -> Generator[SqlStore]:
    with opened(sqlite_url) as store:
        edit(store, create(store))
        yield store


@pytest.mark.slow
def test_a_backup_of_a_file_is_restored_while_others_write(
    file_store: SqlStore, tmp_path: Path
) -> None:
    stopped = Event()

    def write() -> None:
        while not stopped.is_set():
            create(file_store)

    writer = Thread(target=write)
    writer.start()
    try:
        manifest = make_backup(file_store, plan(), tmp_path / "backup")
    finally:
        stopped.set()
        writer.join()

    target = tmp_path / "restored.db"
    restore(tmp_path / "backup", RestorePlan(target=f"sqlite:///{target}"))
    with opened(f"sqlite:///{target}") as restored:
        assert verify(restored) == ()
        restored.feed(after=manifest.cursor)  # Every change up to there is in the backup.
        changes = restored.feed(limit=10_000).changes
    assert changes == file_store.feed(limit=len(changes)).changes
    assert sorted(path.name for path in tmp_path.glob("backup/*")) == [sqlite.COPY, MANIFEST]


@pytest.mark.slow
def test_the_commands_back_up_and_restore(environment: dict[str, str], tmp_path: Path) -> None:
    manifest = json_result("backup", "night-1", settings=environment)
    restored = json_result("restore", "night-1", f"sqlite:///{tmp_path}/again.db")

    assert manifest == restored
    assert manifest["method"] == "sqlite"
    again = {**environment, "DATABASE_URL": f"sqlite:///{tmp_path}/again.db"}
    assert json_result("verify", settings=again) == []
    assert error_code("backup", "night-1", settings=environment) == "BACKUP_EXISTS"
    assert error_code("restore", "night-1", again["DATABASE_URL"]) == "RESTORE_TARGET_EXISTS"
    assert error_code("restore", "night-1", "a-folder") == "RESTORE_TARGET_WRONG"
    assert run("restore", "no-folder", again["DATABASE_URL"]).exit_code == 2


@pytest.mark.parametrize("ending", ["", "-journal", "-shm", "-wal"])
def test_a_file_of_an_older_database_is_in_the_way(
    file_store: SqlStore, tmp_path: Path, ending: str
) -> None:
    make_backup(file_store, plan(), tmp_path / "backup")
    (tmp_path / f"old.db{ending}").touch()

    attempt = RestorePlan(target=f"sqlite:///{tmp_path}/old.db")
    assert code(lambda: restore(tmp_path / "backup", attempt)) == "RESTORE_TARGET_EXISTS"


@pytest.mark.slow
def test_an_encrypted_backup_needs_its_own_secret_key(file_store: SqlStore, tmp_path: Path) -> None:
    backup, target = tmp_path / "backup", tmp_path / "restored.db"
    keys = [pyrage.x25519.Identity.generate() for _ in range(2)]
    own, other = [tmp_path / name for name in ("own", "other")]
    own.write_text(KEY_FILE.format(keys[0]))
    other.write_text(KEY_FILE.format(keys[1]))

    make_backup(file_store, plan(recipient=str(keys[0].to_public())), backup)
    attempt = RestorePlan(target=f"sqlite:///{target}")

    assert b"SQLite format" not in (backup / f"{sqlite.COPY}.age").read_bytes()
    for identity in (None, other, backup / MANIFEST):
        refused = evolve(attempt, identity=identity)
        assert code(partial(restore, backup, refused)) == "BACKUP_KEY_WRONG"
    assert not target.exists()
    restore(backup, evolve(attempt, identity=own))
    assert target.stat().st_mode & 0o777 == 0o600
    with opened(attempt.target) as restored:
        assert verify(restored) == ()


def test_a_recipient_that_is_no_public_key_is_refused_before_anything_is_read(
    file_store: SqlStore, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    assert code(lambda: make_backup(file_store, plan(recipient="age1"), backup)) == (
        "BACKUP_KEY_WRONG"
    )
    assert not list(tmp_path.glob("*backup*"))
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))


def flip(backup: Path) -> None:
    path = backup / sqlite.COPY
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def hostile(name: str, value: object) -> Callable[[Path], object]:
    """Return what changes one value of the manifest."""

    def change(backup: Path) -> None:
        document = json.loads((backup / MANIFEST).read_text())
        document[name] = value
        (backup / MANIFEST).write_text(json.dumps(document))

    return change


UNREADABLE: Final = "manifest.json is unreadable"
DAMAGES: Final[dict[str, tuple[Callable[[Path], object], str | None]]] = {
    "a changed bit": (flip, "is not as it was written"),
    "a missing file": (lambda backup: (backup / sqlite.COPY).unlink(), "is missing"),
    "a further file": (lambda backup: (backup / "more").touch(), "does not belong to it"),
    "no manifest": (lambda backup: (backup / MANIFEST).unlink(), "manifest.json is missing"),
    "a list": (lambda backup: (backup / MANIFEST).write_text("[]"), UNREADABLE),
    "another format": (hostile("format", 2), "is of another format"),
    "a method": (hostile("method", "tar"), None),
    "methods": (hostile("method", ["sqlite"]), None),
    "no files": (hostile("files", []), None),
    "a file elsewhere": (hostile("files", [{"name": "../x", "bytes": 1, "sha256": ""}]), None),
    "a file without a size": (hostile("files", [{"name": sqlite.COPY, "sha256": ""}]), None),
    "roles in one text": (hostile("connecting_roles", {"a": 1}), None),
    "a number of a recipient": (hostile("recipient", 7), None),
    "a time": (hostile("began_at", "yesterday"), None),
    "a further value": (hostile("more", 1), None),
    "depth": (lambda backup: (backup / MANIFEST).write_text("[" * 100_000), None),
    "bytes": (lambda backup: (backup / MANIFEST).write_bytes(b"\xff\xfe"), None),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_is_restored(
    file_store: SqlStore, tmp_path: Path, name: str
) -> None:
    backup, target = tmp_path / "backup", tmp_path / "restored.db"
    make_backup(file_store, plan(), backup)
    damage, problem = DAMAGES[name]
    damage(backup)

    with pytest.raises(IndelibleError, match=problem) as refused:
        restore(backup, RestorePlan(target=f"sqlite:///{target}"))

    assert refused.value.code == "BACKUP_DAMAGED"
    assert not target.exists()


def test_a_corrupt_file_makes_no_backup(file_store: SqlStore, tmp_path: Path) -> None:
    file = Path(str(file_store.engines.reader.url.database))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = bytearray(file.read_bytes())
    page[8 * 4096 : 12 * 4096] = bytes(4 * 4096)
    corrupt = tmp_path / "corrupt.db"
    corrupt.write_bytes(page)
    (tmp_path / "into").mkdir()

    assert code(lambda: sqlite.copy_database(corrupt, tmp_path / "into")) == "DATABASE_CORRUPT"


def test_a_file_that_is_gone_is_not_backed_up_as_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    attempt = partial(sqlite.copy_database, tmp_path / "gone.db", tmp_path / "into")

    assert code(attempt) == "FILE_UNUSABLE"
    assert not (tmp_path / "gone.db").exists()


def test_a_plan_that_does_not_fit_the_backup_is_refused(
    file_store: SqlStore, tmp_path: Path
) -> None:
    make_backup(file_store, plan(), tmp_path / "backup")
    fitting = RestorePlan(target=f"sqlite:///{tmp_path}/a.db")
    plans = [(evolve(fitting, identity=tmp_path / "any"), "BACKUP_KEY_WRONG")]
    until = evolve(fitting, until=datetime(2026, 11, 25, tzinfo=UTC))  # which needs a log
    targets = ("sqlite://", "sqlite:///", "http://host/name", "mysql://host/name", "://")
    for refused in (until, *(RestorePlan(target=target) for target in targets)):
        plans.append((refused, "RESTORE_TARGET_WRONG"))

    for refused, expected in plans:
        assert code(partial(restore, tmp_path / "backup", refused)) == expected, refused
    with pytest.raises(IndelibleError, match="RESTORE_TARGET_WRONG") as error:
        restore(tmp_path / "backup", RestorePlan(target="postgresql://me:hidden@host/name"))
    assert "hidden" not in str(error.value)


def test_a_restore_over_a_network_in_plain_text_is_refused(
    file_store: SqlStore, tmp_path: Path
) -> None:
    make_backup(file_store, plan(), tmp_path / "backup")
    words = ("restore", "backup", "postgresql://me:hidden@db.invalid/name")

    assert error_code(*words, exit_code=2) == "SETTINGS_WRONG"
    assert "hidden" not in run(*words).output
    allowed = {"INDELIBLE_PLAIN_DATABASE": "on"}
    assert "SETTINGS_WRONG" not in run(*words, settings=allowed).stderr


def _hang(_: Path, folder: Path) -> None:
    (folder / "half").write_bytes(b"half of a database")
    signal.pause()


def _back_up_slowly(url: str, backup: Path) -> None:
    setattr(sqlite, sqlite.copy_database.__name__, _hang)
    with opened(url) as store:
        make_backup(store, plan(), backup)


@pytest.mark.dose
def test_a_killed_backup_is_no_backup_and_the_next_one_is_whole(
    file_store: SqlStore, sqlite_url: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    process = multiprocessing.get_context("spawn").Process(
        target=_back_up_slowly, args=(sqlite_url, backup)
    )
    process.start()
    while not (halves := list(tmp_path.glob(f"{UNFINISHED}*/half"))):
        assert process.is_alive()
        time.sleep(0.01)

    assert code(lambda: make_backup(file_store, plan(), backup)) == "BACKUP_RUNNING"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert halves[0].exists()
    assert not backup.exists()

    make_backup(file_store, plan(), tmp_path / "of-the-next-night")
    assert read_manifest(tmp_path / "of-the-next-night").files
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))


def test_a_full_disk_leaves_nothing(
    file_store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_: Path, folder: Path) -> None:
        (folder / "half").touch()
        Path("/dev/full").write_bytes(b"x")

    monkeypatch.setattr(sqlite, "copy_database", fill)
    assert code(lambda: make_backup(file_store, plan(), tmp_path / "backup")) == "DISK_FULL"
    assert not list(tmp_path.glob("*backup*"))
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))


# PostgreSQL


def admin_url(database: PostgresServer) -> str:
    """Return the superuser's address of a test's database; `database.admin_url` leads elsewhere."""
    return f"{database.admin_url.rpartition('/')[0]}/{database.url.rpartition('/')[2]}"


@pytest.mark.slow
def test_a_dump_is_restored_into_an_empty_database(
    database: PostgresServer, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    with opened(database.url) as store:
        edit(store, create(store))
        manifest = make_backup(store, plan(admin_url(database)), backup)
        expected = store.feed(limit=100).changes

    name = f"{database.url.rpartition('/')[2]}_restored"
    target = f"{database.admin_url.rpartition('/')[0]}/{name}"
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER indelible_owner".encode())
        try:
            restore(backup, RestorePlan(target=target))
            with opened(f"{database.url.rpartition('/')[0]}/{name}") as restored:
                assert verify(restored) == ()
                assert restored.feed(limit=100).changes == expected
                restored.feed(after=manifest.cursor)
            again = RestorePlan(target=target)
            assert code(lambda: restore(backup, again)) == "RESTORE_TARGET_EXISTS"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.slow
def test_the_address_of_another_database_makes_no_backup(
    database: PostgresServer, cluster: Path, tmp_path: Path
) -> None:
    elsewhere = f"{database.admin_url.rpartition('/')[0]}/postgres"
    with (
        opened(database.url) as store,
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False) as other,
    ):
        for url in (elsewhere, other.admin_url):
            attempt = partial(make_backup, store, plan(url), tmp_path / "backup")
            assert code(attempt) == "BACKUP_SOURCE_WRONG"
    assert not (tmp_path / "backup").exists()


@pytest.mark.slow
def test_a_target_without_the_roles_stays_empty_and_closed_to_all(
    database: PostgresServer, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    role = 'a "role"'
    identifier = sql.Identifier(role)
    name = database.url.rpartition("/")[2]
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {}").format(identifier))
        grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
        admin.execute(grant.format(sql.Identifier(name), identifier))
        with opened(database.url) as store:
            manifest = make_backup(store, plan(admin_url(database)), backup)
        revoke = sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}")
        admin.execute(revoke.format(sql.Identifier(name), identifier))
        admin.execute(sql.SQL("DROP ROLE {}").format(identifier))
        admin.execute(f"CREATE DATABASE {name}_empty".encode())
        target = f"{database.admin_url.rpartition('/')[0]}/{name}_empty"
        try:
            attempt = partial(restore, backup, RestorePlan(target=target))
            assert code(attempt) == "RESTORE_TARGET_WRONG"
            with psycopg.connect(target) as connection:
                found = connection.execute("SELECT to_regnamespace('indelible')").fetchone()
        finally:
            admin.execute(f"DROP DATABASE {name}_empty WITH (FORCE)".encode())

    assert role in manifest.connecting_roles
    assert found == (None,)


def test_a_program_that_fails_is_named_with_its_error_and_without_the_password(
    database: PostgresServer, tmp_path: Path
) -> None:
    with opened(database.url) as store, pytest.raises(IndelibleError) as refused:
        make_backup(store, plan(database.url, method=POSTGRESQL_BASE), tmp_path / "backup")

    assert refused.value.code == "PROGRAM_FAILED"
    assert "pg_basebackup" in str(refused.value)
    password = database.url.partition("@")[0].rpartition(":")[2]
    assert password not in str(refused.value)
    assert not list(tmp_path.glob("*backup*"))
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))


@pytest.mark.slow
def test_a_base_backup_with_its_log_is_restored_to_a_point_in_time(
    cluster: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    with folder() as lost, folder() as log, folder() as rescued:
        log.chmod(0o755)
        with postgres(copy_cluster(cluster, lost), durable=False) as running:
            with opened(running.url) as store:
                store.upgrade(running.owner_url)
                create(store)
                receiver = receive_log(running, log)
                base = plan(running.admin_url, method=POSTGRESQL_BASE)
                make_backup(store, base, backup)
                kept = [create(store), create(store)]
                until = time_of(running)
                lost_later = create(store)
                wait_for_log(running)
            receiver.terminate()
            receiver.wait()

        data = rescued / "data"
        restore(backup, RestorePlan(target=str(data), log_folder=log, until=until))
        shutil.copy(lost / "passwords", rescued)
        give_to_server(data, log)
        with postgres(rescued, durable=False) as running, opened(running.url) as store:
            wait_for_promotion(running)
            assert verify(store) == ()
            ids = {change.entity_id for change in store.feed(limit=100).changes}

    assert {saved.concept.id for saved in kept} <= ids
    assert lost_later.concept.id not in ids


def receive_log(server: PostgresServer, log: Path) -> subprocess.Popen[bytes]:
    """Archive the server's log as it is written; the slot keeps it until it is archived."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_create_physical_replication_slot('archive')")
    program = str(find_program("pg_receivewal"))
    address, variables = connection_of(server.admin_url)
    options = (f"--directory={log}", "--slot=archive", "--synchronous", f"--dbname={address}")
    return subprocess.Popen((program, *options), env=variables)


def time_of(server: PostgresServer) -> datetime:
    """Return the server's time, which is after each COMMIT before it."""
    with psycopg.connect(server.admin_url) as admin:
        row = admin.execute("SELECT clock_timestamp()").fetchone()
    assert row
    now: datetime = row[0]
    return now


def wait_for_log(server: PostgresServer) -> None:
    """Wait until the archive has all of the log."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        while True:
            row = admin.execute(
                "SELECT flush_lsn >= pg_current_wal_flush_lsn() FROM pg_stat_replication"
            ).fetchone()
            if row and row[0]:
                return
            time.sleep(0.05)


def wait_for_promotion(server: PostgresServer) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        while admin.execute("SELECT pg_is_in_recovery()").fetchone() != (False,):
            time.sleep(0.05)


def test_a_folder_of_any_name_is_quoted_for_the_shell_and_for_the_settings() -> None:
    text = recovery_settings(Path("/a b/it's 100% $HOME"), None)
    command = text.partition("restore_command = '")[2].partition("'\n")[0].replace("''", "'")

    shown = subprocess.run(
        ("/bin/sh", "-c", command.replace("test -f", "echo").partition("&&")[0].replace("%%", "%")),
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "/a b/it's 100% $HOME/%f\n"
