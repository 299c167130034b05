"""An embedded PostgreSQL applies settings, keeps its data, and leaves no process behind."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from subprocess import PIPE
from typing import LiteralString
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from psycopg import errors
from tests.conftest import copy_cluster, folder
from tests.databases import create_database, name_of
from tests.service.processes import free_port

from indelible_service.embedded import PostgresServer, ServerFailed, postgres, postgresql
from indelible_service.files.access import FileUnusable

ACCOUNT = "nobody" if os.geteuid() == 0 else None


class CallerError(Exception):
    """An error in the code of the caller."""


@pytest.fixture
def directory(cluster: Path, empty: Path) -> Path:
    """Create a folder in which a server was started and stopped."""
    return copy_cluster(cluster, empty)


@pytest.fixture(scope="module")
def server() -> Generator[PostgresServer]:
    """Run one server for all tests that do not restart it."""
    with folder() as path, postgres(path, durable=False) as running:
        yield running


def query_value(url: str, query: LiteralString) -> object:
    """Return the first value of a query."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()

    if row is None:
        return None
    return row[0]


def run_statement(url: str, statement: LiteralString) -> None:
    """Run a statement outside a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def processes(directory: Path, admin_url: str) -> set[int]:
    """Return the process ids of a running server."""
    with psycopg.connect(admin_url) as connection:
        children = {pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity")}
    return children | {postmaster(directory)}


def postmaster(directory: Path) -> int:
    """Return the process id of the server's first process."""
    return int((directory / "data" / "postmaster.pid").read_text().split()[0])


def write_lock(directory: Path, pid: int) -> None:
    """Write another process id into the lock of a server that was killed."""
    lock = directory / "data" / "postmaster.pid"
    _, *other_lines = lock.read_text().splitlines()
    lock.write_text("\n".join((str(pid), *other_lines)))


def is_alive(pid: int) -> bool:
    """Return whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


SETTINGS: LiteralString = """
    SELECT concat_ws(
        ' ',
        current_setting('listen_addresses'),
        current_setting('unix_socket_directories'),
        current_setting('timezone'),
        current_setting('max_connections'),
        pg_encoding_to_char(encoding),
        datcollate
    )
    FROM pg_database
    WHERE datname = 'indelible'
"""
STRONG_ROLES: LiteralString = """
    SELECT count(*)
    FROM pg_roles
    WHERE rolname LIKE 'indelible%'
      AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
"""
FORBIDDEN: tuple[LiteralString, ...] = (
    "CREATE SCHEMA mine",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE DATABASE mine",
    "SET session_replication_role = replica",
)


@pytest.mark.dose
def test_the_server_is_local_and_its_roles_can_do_what_they_need(server: PostgresServer) -> None:
    assert str(query_value(server.url, "SHOW server_version")).startswith("18.")
    assert query_value(server.admin_url, SETTINGS) == "127.0.0.1  UTC 300 UTF8 C.UTF-8"
    assert query_value(server.url, "SHOW transaction_timeout") == "1min"
    assert query_value(server.url, "SHOW idle_in_transaction_session_timeout") == "30s"

    name: LiteralString = "SELECT current_user || '@' || current_database()"
    assert query_value(server.url, name) == "indelible_app@indelible"
    assert query_value(server.owner_url, name) == "indelible_owner@indelible"
    assert query_value(server.url, STRONG_ROLES) == 0
    run_statement(server.owner_url, "CREATE SCHEMA own")
    for statement in FORBIDDEN:
        with pytest.raises(errors.InsufficientPrivilege):
            run_statement(server.url, statement)
    for database in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.url.removesuffix("/indelible") + f"/{database}")


@pytest.mark.dose
def test_a_new_database_is_the_owners_copy_of_its_template(server: PostgresServer) -> None:
    template = create_database(server, "model")
    run_statement(template.owner_url, "CREATE SCHEMA words")
    run_statement(template.owner_url, "CREATE TABLE words.word AS SELECT 'seed' AS word")

    copy = create_database(server, "copy", template=name_of(template))

    assert query_value(copy.owner_url, "SELECT word FROM words.word") == "seed"
    assert query_value(copy.url, "SELECT current_database()") == name_of(copy)
    with pytest.raises(errors.InsufficientPrivilege):
        run_statement(copy.url, "CREATE TEMPORARY TABLE mine (id int)")


@pytest.mark.dose
def test_each_start_keeps_the_data_below_a_directory_of_its_user_alone(empty: Path) -> None:
    below = empty / "private" / "data"
    below.parent.mkdir(mode=0o700)
    with postgres(below) as server:
        run_statement(server.owner_url, "CREATE TABLE words AS SELECT 'first' AS word")
    assert below.stat().st_mode & 0o777 == 0o700
    with postgres(below, durable=False) as server:
        run_statement(server.owner_url, "INSERT INTO words VALUES ('committed')")
        os.kill(postmaster(below), SIGKILL)
    with postgres(below, durable=False) as server:
        assert query_value(server.owner_url, "SELECT count(*) FROM words") == 2


@pytest.mark.dose
def test_the_end_of_the_block_and_an_exception_in_it_leave_no_process(directory: Path) -> None:
    for error in (None, CallerError):
        seen: set[int] = set()
        with suppress(CallerError), postgres(directory, durable=False) as server:
            seen |= processes(directory, server.admin_url)
            if error is not None:
                raise error

        assert len(seen) > 1
        assert not [pid for pid in seen if is_alive(pid)]


@pytest.mark.dose
def test_the_server_stops_when_its_program_is_killed(directory: Path) -> None:
    program = """
import sys, time
from pathlib import Path
from indelible_service.embedded import postgres
with postgres(Path(sys.argv[1]), durable=False) as server:
    print(server.admin_url, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(
        (sys.executable, "-c", program, directory), stdout=PIPE, text=True
    ) as starter:
        assert starter.stdout
        pids = processes(directory, starter.stdout.readline().strip())
        starter.kill()

    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert len(pids) > 1
    assert not [pid for pid in pids if is_alive(pid)]
    with postgres(directory, durable=False) as server:
        assert query_value(server.url, "SELECT 1") == 1


@pytest.mark.dose
@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_the_server_stops_when_its_program_is_killed_during_the_start(
    name: str, directory: Path
) -> None:
    # The first sleep comes before the server is ready.
    program = f"""
import sys, time
from pathlib import Path
from indelible_service import embedded
time.sleep = lambda _: (print('starting', flush=True), sys.stdin.read())
with embedded.{name}(Path(sys.argv[1])):
    time.sleep(60)
"""
    with subprocess.Popen(
        (sys.executable, "-c", program, directory), stdin=PIPE, stdout=PIPE, text=True
    ) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == "starting\n"
        children = psutil.Process(starter.pid).children(recursive=True)
        starter.kill()
    _, alive = psutil.wait_procs(children, timeout=20)
    for process in alive:
        process.kill()

    assert children
    assert not alive


@pytest.mark.dose
def test_the_server_starts_although_another_program_has_the_process_id_of_its_lock(
    directory: Path,
) -> None:
    with postgres(directory, durable=False):
        os.kill(postmaster(directory), SIGKILL)

    with subprocess.Popen(("/bin/sleep", "60"), user=ACCOUNT) as other:
        write_lock(directory, other.pid)
        with postgres(directory, durable=False) as server:
            assert query_value(server.url, "SELECT 1") == 1
        other.kill()


@pytest.mark.dose
def test_the_server_starts_although_another_server_has_the_process_id_of_its_lock(
    directory: Path, cluster: Path
) -> None:
    with folder() as elsewhere, postgres(copy_cluster(cluster, elsewhere), durable=False) as other:
        with postgres(directory, durable=False):
            os.kill(postmaster(directory), SIGKILL)

        write_lock(directory, other.child.pid)
        with postgres(directory, durable=False) as server:
            assert query_value(server.url, "SELECT 1") == 1
            assert query_value(other.url, "SELECT 1") == 1


@pytest.mark.dose
def test_a_second_server_in_the_same_directory_is_refused(directory: Path) -> None:
    with (
        postgres(directory, durable=False) as first,
        pytest.raises(ServerFailed, match=r"postmaster\.pid"),
        postgres(directory, durable=False),
    ):
        pass

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.url)


@pytest.mark.dose
def test_an_interrupted_initialization_is_repeated(empty: Path) -> None:
    with postgres(empty, durable=False):
        pass
    (empty / "data").rename(empty / "data.new")

    with postgres(empty, durable=False) as server:
        assert query_value(server.url, "SELECT 1") == 1


@pytest.mark.slow
def test_a_slow_machine_initializes_too(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "POLL_SECONDS", 0)

    with postgres(empty, durable=False) as server:
        assert query_value(server.url, "SELECT 1") == 1


def test_an_unknown_setting_is_an_error(directory: Path) -> None:
    with (
        pytest.raises(ServerFailed, match="no_such_setting"),
        postgres(directory, durable=False, settings={"no_such_setting": "1"}),
    ):
        pass


@pytest.mark.dose
def test_settings_and_port_of_the_caller_are_used(directory: Path) -> None:
    port = free_port()

    with postgres(directory, durable=False, port=port, settings={"work_mem": "7MB"}) as server:
        assert server.port == port
        assert query_value(server.url, "SHOW work_mem") == "7MB"


@pytest.mark.dose
def test_a_port_in_use_is_refused(directory: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(ServerFailed, match="Address already in use"),
        postgres(directory, durable=False, port=listener.getsockname()[1]),
    ):
        pass


@pytest.mark.dose
def test_a_wrong_password_is_refused(directory: Path) -> None:
    with postgres(directory, durable=False, passwords=True) as server:
        password = str(urlsplit(server.url).password)
        with_wrong_password = server.url.replace(password, "wrong")
        without_password = server.url.replace(f":{password}", "")

        assert query_value(server.url, "SELECT current_user") == "indelible_app"
        for url in (with_wrong_password, without_password):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(url)


@pytest.mark.dose
def test_passwords_are_hidden_and_apply_to_an_existing_cluster(empty: Path) -> None:
    with postgres(empty, durable=False) as trusting:
        password = str(urlsplit(trusting.url).password)
        assert query_value(trusting.url.replace(password, "any"), "SELECT 1") == 1

    with postgres(empty, durable=False, passwords=True) as server:
        assert query_value(server.admin_url, "SELECT current_user") == "postgres"
        assert "://" not in repr(server)
    assert (empty / "passwords").stat().st_mode & 0o777 == 0o600


@pytest.mark.dose
def test_missing_passwords_are_an_error(directory: Path) -> None:
    (directory / "passwords").unlink()

    with (
        pytest.raises(FileUnusable, match=str(directory / "passwords")),
        postgres(directory, durable=False),
    ):
        pass
