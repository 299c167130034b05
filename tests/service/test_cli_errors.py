"""Every error of a command is one sentence with a code, a hint and an exit code."""

import os
import pwd
import shutil
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from sqlalchemy import make_url
from tests.conftest import copy_cluster, folder
from tests.service.commands import CREATE_KEY, error_code, import_all_modules, json_result, run
from tests.service.processes import free_port

from indelible.kernel.errors import error_types
from indelible_service.cli.output import HINTS
from indelible_service.embedded import PostgresServer, postgres


@pytest.fixture(scope="module")
def strict_server(cluster: Path) -> Generator[PostgresServer]:
    """Run a PostgreSQL that requires passwords."""
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, passwords=True) as server,
    ):
        yield server


@pytest.mark.slow
def test_a_wrong_password_is_an_error(strict_server: PostgresServer) -> None:
    url = make_url(strict_server.url).set(password="wrong")  # noqa: S106 - it is refused
    settings = {"DATABASE_URL": url.render_as_string(hide_password=False)}

    for words in (("verify",), ("db", "upgrade"), ("up",)):
        assert error_code(*words, settings=settings, exit_code=3) == "ACCESS_DENIED"


@pytest.mark.slow
def test_the_owner_migrates_and_the_application_role_works(
    strict_server: PostgresServer,
) -> None:
    settings = {"DATABASE_URL": strict_server.url, "INDELIBLE_OWNER_URL": strict_server.owner_url}
    assert error_code("key", "list", settings=settings, exit_code=3) == "SCHEMA_OUT_OF_DATE"
    json_result("db", "upgrade", settings=settings)

    assert json_result("db", "check", settings=settings) == []
    assert json_result("verify", settings=settings) == []
    assert json_result(*CREATE_KEY, settings=settings)["seq"] == 1
    rebuilt = {row["table"]: row for row in json_result("rebuild", settings=settings)}
    assert rebuilt["keys"] == {"table": "keys", "rows": 1, "changed": []}

    with psycopg.connect(strict_server.admin_url) as connection:
        connection.execute("ALTER TABLE indelible.history DISABLE TRIGGER history_no_update")

    differences = json_result("db", "check", settings=settings, code=1)
    assert {row["is"] for row in differences} == {"missing", "unexpected"}
    for row in differences:
        assert "history_no_update" in row["fact"]
    assert error_code("history", "x", settings=settings, exit_code=3) == "SCHEMA_DAMAGED"


def test_an_unreachable_database_is_an_error_with_host_port_and_cause() -> None:
    port = free_port()
    settings = {"DATABASE_URL": f"postgresql://maya:hunter2@127.0.0.1:{port}/x"}
    for words in (("verify",), ("db", "upgrade"), ("export",), ("up",), ("serve",)):
        assert error_code(*words, settings=settings, exit_code=3) == "STORE_UNREACHABLE"
    assert not list(Path().rglob("*.db"))

    unknown = {
        "DATABASE_URL": "postgresql://maya:hunter2@no-such-host.invalid:5432/x",
        "INDELIBLE_PLAIN_DATABASE": "on",
    }
    for variables, parts in (
        (settings, ("127.0.0.1", str(port), "Connection refused")),
        (unknown, ("no-such-host.invalid", "5432")),
    ):
        text = run("verify", settings=variables).stderr
        assert all(part in text for part in parts)
        assert "hunter2" not in text


def test_no_file_is_created_without_a_database() -> None:
    for words in (
        ("verify",),
        ("db", "check"),
        ("db", "downgrade", "base"),
        ("history", "x"),
        ("export",),
        ("rebuild",),
        ("key", "list"),
    ):
        assert error_code(*words, exit_code=3) == "NO_DATABASE"
    assert not list(Path().iterdir())


def test_a_foreign_file_is_an_error() -> None:
    Path("indelible-data").mkdir()
    database = Path("indelible-data/indelible.db")
    database.touch()
    assert error_code("export", exit_code=3) == "SCHEMA_OUT_OF_DATE"

    database.write_bytes(b"a text that is long enough to be read as a database" * 100)
    assert error_code("export", exit_code=3) == "STORE_DAMAGED"


def test_a_directory_that_cannot_be_created_is_an_error() -> None:
    Path("file").touch()

    for folder_path in ("/proc/indelible", "file/data"):
        settings = {"INDELIBLE_DATA_DIR": folder_path}
        assert error_code("up", settings=settings, exit_code=3) == "FILE_UNUSABLE"
        assert error_code("db", "upgrade", settings=settings, exit_code=3) == "FILE_UNUSABLE"


def test_a_log_file_that_cannot_be_written_is_an_error() -> None:
    Path("indelible-data").mkdir()
    Path("indelible-data/logs").touch()

    for words in (("up",), ("up", "--full")):
        result = run(*words)
        assert (result.exit_code, result.stdout) == (3, "")
        assert "FILE_UNUSABLE: File indelible-data/logs/up.log cannot" in result.stderr


def test_a_read_only_directory_is_an_error(environment: dict[str, str]) -> None:
    data_dir = Path(mkdtemp(prefix="indelible-"))
    database = environment["DATABASE_URL"].removeprefix("sqlite:///")
    shutil.copy(database, data_dir / "indelible.db")
    settings = {"INDELIBLE_DATA_DIR": str(data_dir)}
    export = ("export", str(data_dir / "all.jsonl"))
    import_all_modules()  # another user may be unable to read the interpreter's files

    try:
        with read_only(data_dir):
            key_error = error_code(*CREATE_KEY, settings=settings, exit_code=3)
            up_error = error_code("up", settings=settings, exit_code=3)
            export_error = error_code(*export, settings=settings, exit_code=3)
    finally:
        shutil.rmtree(data_dir)

    assert key_error in {"STORE_READ_ONLY", "FILE_UNUSABLE"}
    assert up_error == "FILE_UNUSABLE"  # the lock of the instance
    assert export_error in {"STORE_READ_ONLY", "FILE_UNUSABLE"}


@contextmanager
def read_only(folder_path: Path) -> Generator[None]:
    """Make the folder read-only; root becomes another user, because root may write anyway."""
    user = os.geteuid()
    folder_path.chmod(0o555)
    for path in folder_path.iterdir():
        path.chmod(0o444)
    if user == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)

    try:
        yield
    finally:
        os.seteuid(user)
        folder_path.chmod(0o755)


def test_a_port_in_use_is_an_error_and_leaves_no_database(
    environment: dict[str, str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = {"INDELIBLE_PORT": str(listener.getsockname()[1])}
        serve_settings = {**environment, **settings}

        assert error_code("up", settings=settings, exit_code=3) == "CANNOT_LISTEN"
        assert error_code("serve", settings=serve_settings, exit_code=3) == "CANNOT_LISTEN"
        assert "Address already in use" in run("up", settings=settings).stderr
    assert not Path("indelible-data/indelible.db").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_of_another_machine_is_an_error(host: str) -> None:
    settings = {"INDELIBLE_HOST": host}

    assert error_code("up", settings=settings, exit_code=3) == "CANNOT_LISTEN"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("history", "unknown"), "HISTORY_NOT_FOUND"),
        (("diff", "unknown", "1", "2"), "CONCEPT_NOT_FOUND"),
        (("key", "revoke", "unknown"), "KEY_NOT_FOUND"),
        (("key", "create", "--owner", "maya", "--scope", "admin"), "INVALID_ACTOR"),
        (("import", "export.jsonl", "--by", "nobody"), "INVALID_ACTOR"),
        (("import", "export.jsonl"), "BAD_LINE"),
        (("db", "upgrade", "--history-partitions", "4"), "PARTITIONS_UNSUPPORTED"),
    ],
)
def test_a_refused_command_has_its_error_code(
    environment: dict[str, str], words: tuple[str, ...], code: str
) -> None:
    Path("export.jsonl").write_text("no export\n")

    assert error_code(*words, settings=environment) == code


@pytest.mark.parametrize(
    "words",
    [
        ("import", "missing.jsonl"),
        ("import", "/proc/self/mem"),  # it opens, and cannot be read
        ("db", "downgrade", "base", "--after-export", "missing.jsonl"),
        ("export", "missing/all.jsonl"),
    ],
)
def test_an_unusable_file_is_an_error(environment: dict[str, str], words: tuple[str, ...]) -> None:
    assert error_code(*words, settings=environment, exit_code=3) == "FILE_UNUSABLE"


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("history", "--limit", "0"),
        ("diff", "id", "0", "1"),
        ("diff", "id", "one", "2"),
        ("serve", "--workers", "0"),
        ("key", "create", "--owner", "user:maya"),
        ("key", "create", "--owner", "user:maya", "--scope", "admin", "--expires", "tomorrow"),
        ("demo", "everything"),
        ("db", "downgrade"),
        ("import", "."),
        ("money", "reconcile"),
        ("money", "statement"),
        ("money", "statement", "ann", "--limit", "0"),
        ("money", "statement", "ann", "--limit", "501"),
        ("money", "backfill", "--since", "yesterday"),
    ],
)
def test_wrong_usage_prints_the_usage(words: tuple[str, ...]) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr


@pytest.mark.slow
def test_an_unknown_revision_is_wrong_usage(environment: dict[str, str]) -> None:
    assert run("db", "downgrade", "nothing", settings=environment).exit_code == 2
    assert json_result("db", "check", settings=environment) == []


def test_every_hint_belongs_to_an_existing_error() -> None:
    import_all_modules()

    assert set(HINTS) <= {error.code for error in error_types()}
