"""Every command prints text or JSON, and every error is one sentence with a code."""

import json
import os
import pwd
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import mkdtemp
from typing import Any

import click
import psycopg
import pytest
from click.testing import CliRunner, Result
from tests.architecture.sources import ROOT
from tests.conftest import copy_cluster, folder

import indelible_service
import indelible_sql
from indelible.captures import ANNEALED
from indelible.concepts import ConceptContent
from indelible.kernel.errors import error_types
from indelible.testing.captures.scenarios import activate, change, code, registered
from indelible.testing.stores import create, edit, published
from indelible_service.cli import main
from indelible_service.cli.output import HINTS, Command
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql.contexts import CATALOG
from indelible_sql.maintenance import snapshot_files
from indelible_sql.maintenance.snapshot_files import NAMES

HEAVY = {"alembic", "flask", "granian", "psycopg", "rich", "sqlalchemy", "waitress"}
CONTROLS = ConceptContent(name="Ratio", definition="red \x1b[31m and a bell \x07")


@pytest.fixture
def environment(sqlite_url: str) -> dict[str, str]:
    """Return the settings of a database with two concepts; one contains control characters."""
    store = indelible_sql.open_store(sqlite_url)
    edit(store, create(store), CONTROLS)
    published(store)
    store.dispose()
    return {"DATABASE_URL": sqlite_url}


def run(*words: str, settings: dict[str, str] | None = None, stdin: bytes | None = None) -> Result:
    return CliRunner(env=settings or {}).invoke(main, words, input=stdin, catch_exceptions=False)


def json_result(*words: str, settings: dict[str, str] | None = None, code: int = 0) -> Any:  # noqa: ANN401 - whatever it is
    """Run a command and return its JSON."""
    result = run(*words, "--json", settings=settings)
    assert (result.exit_code, result.stderr) == (code, "")
    return json.loads(result.stdout)


def error_code(*words: str, settings: dict[str, str] | None = None, exit_code: int = 1) -> str:
    """Run a command that is refused, check the form of the error, and return its code."""
    result = run(*words, settings=settings)
    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (exit_code, ""), result.output
    code, _, sentence = lines[0].partition(": ")
    assert sentence.endswith(".")
    assert all(line.startswith(("  ", "Hint: ")) for line in lines[1:])
    document = json.loads(run(*words, "--json", settings=settings).stderr)
    assert (document["code"], document["message"]) == (code, sentence)
    return code


def ids(settings: dict[str, str]) -> list[str]:
    lines = run("export", settings=settings).stdout_bytes.splitlines()[1:-1]
    return list(dict.fromkeys(json.loads(line)["change"]["entity_id"] for line in lines))


def commands(group: click.Group = main) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield from commands(command) if isinstance(command, click.Group) else (command,)


def test_every_command_supports_json_and_has_a_short_help() -> None:
    all_commands = list(commands())

    assert {type(command) for command in all_commands} == {Command}
    assert all(len((command.help or "").splitlines()[0]) <= 120 for command in all_commands)


def test_help_imports_no_large_library() -> None:
    program = "import sys; from indelible_service.cli import main; print(*sys.modules)"
    done = subprocess.run(
        (sys.executable, "-c", program), check=True, capture_output=True, text=True
    )

    assert not HEAVY & set(done.stdout.split())


def test_help_names_the_exit_codes() -> None:
    assert "3 unavailable" in " ".join(run("--help").stdout.split())


def test_a_new_database_is_created_once_and_passes_the_checks() -> None:
    assert json_result("db", "upgrade") == {"revision": "0001"}
    assert json_result("db", "upgrade") == {"revision": "0001"}
    assert json_result("db", "check") == []
    assert json_result("verify") == []
    assert json_result("rebuild") == [
        {"table": table, "rows": 0, "changed": []}
        for table in (*(head.name for head in CATALOG.heads), "artifacts", "centroids")
    ]
    assert sorted(path.name for path in Path("indelible-data").iterdir()) == ["indelible.db"]


def test_a_history_shows_actor_action_and_reason(environment: dict[str, str]) -> None:
    concept_id = ids(environment)[0]
    changes = json_result("history", concept_id, settings=environment)
    text = run("history", concept_id, settings=environment).stdout

    assert [(change["seq"], change["action"], change["actor"]) for change in changes] == [
        (1, "create", "user:maya"),
        (2, "edit", "user:maya"),
    ]
    assert all(word in text for word in ("edit", "user:maya", "a test", changes[1]["hash"][:12]))


def test_a_diff_escapes_control_characters(
    environment: dict[str, str],
) -> None:
    concept_id = ids(environment)[0]
    document = json_result("diff", concept_id, "1", "2", settings=environment)
    text = run("diff", concept_id, "1", "2", settings=environment).stdout

    assert document["diff"]["fields"][0]["field"] == "definition"
    assert "[-" in text
    assert "{+" in text
    assert "\\u001b[31m and a bell \\u0007" in text
    assert (
        run("diff", concept_id, "1", "1", settings=environment).stdout
        == "The versions are equal.\n"
    )


def test_an_export_to_a_private_file_is_imported_from_standard_input(
    environment: dict[str, str],
) -> None:
    piped = run("export", settings=environment).stdout_bytes
    summary = json_result("export", "all.jsonl", settings=environment)

    assert Path("all.jsonl").read_bytes() == piped
    assert Path("all.jsonl").stat().st_mode & 0o777 == 0o600
    assert summary["entities"] == 2
    assert sorted(path.name for path in Path().iterdir() if path.name.endswith("jsonl")) == [
        "all.jsonl"
    ]

    run("db", "upgrade")
    assert "2 entities with 6 changes" in run("import", "-", stdin=piped).stdout
    assert json_result("import", "all.jsonl")["entities_already_there"] == 2
    assert run("export").stdout_bytes == piped


def test_a_key_is_printed_once_listed_without_its_secret_and_revoked() -> None:
    run("db", "upgrade")
    created = json_result(
        "key",
        "create",
        "--owner",
        "user:maya",
        "--scope",
        "concepts:read",
        "--scope",
        "history:read",
    )
    plain = run(
        "key",
        "create",
        "--owner",
        "user:noor",
        "--scope",
        "admin",
        "--expires",
        "2100-01-31T12:00+02:00",
    )
    listed = json_result("key", "list")

    assert created["text"].startswith(f"ind_{created['id']}_")
    assert [(key["owner"], key["scopes"], key["expires_at"]) for key in listed] == [
        ("user:maya", ["concepts:read", "history:read"], None),
        ("user:noor", ["admin"], "2100-01-31T10:00:00.000000+00:00"),
    ]
    assert created["text"].rpartition("_")[2] not in run("key", "list").stdout + json.dumps(listed)
    assert plain.stdout.startswith(f"ind_{listed[1]['id']}_")
    assert json_result("key", "revoke", created["id"])["status"] == "REVOKED"
    assert error_code("key", "revoke", created["id"]) == "INVALID_TRANSITION"
    assert [key["status"] for key in json_result("key", "list")] == ["REVOKED", "ACTIVE"]


def test_a_secret_is_created_once_in_a_private_file() -> None:
    run("db", "upgrade")
    run("key", "create", "--owner", "user:maya", "--scope", "admin")
    secret = Path("indelible-data/secret")
    first = secret.read_text()
    run("key", "create", "--owner", "user:maya", "--scope", "admin")

    assert secret.read_text() == first
    assert len(first) >= 32
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.parent.stat().st_mode & 0o777 == 0o700


def test_a_downgrade_that_drops_records_needs_an_export_of_them(
    environment: dict[str, str],
) -> None:
    json_result("export", "all.jsonl", settings=environment)
    create(indelible_sql.open_store(environment["DATABASE_URL"]))

    assert error_code("db", "downgrade", "base", settings=environment) == "RECORDS_WOULD_BE_LOST"
    late = ("db", "downgrade", "base", "--after-export", "all.jsonl")
    assert error_code(*late, settings=environment) == "RECORDS_WOULD_BE_LOST"

    json_result("export", "all.jsonl", settings=environment)
    assert json_result(*late, settings=environment) == {"revision": "base"}
    assert json_result("db", "upgrade", settings=environment)
    assert json_result("import", "all.jsonl", settings=environment)["entities"] == 3
    assert run("export", settings=environment).stdout_bytes == Path("all.jsonl").read_bytes()


def test_the_owner_installs_an_algorithm(
    environment: dict[str, str], database: PostgresServer
) -> None:
    on_postgresql = {"DATABASE_URL": database.url, "INDELIBLE_OWNER_URL": database.owner_url}
    for settings in (environment, on_postgresql):
        store = indelible_sql.open_store(settings["DATABASE_URL"])
        version = registered(store, "annealed-1", ANNEALED)
        assert code(partial(activate, store, version)) == (
            "" if settings is environment else "ALGORITHM_NOT_INSTALLED"
        )
        created = [
            json_result("db", "install-algorithm", "annealed-1", settings=settings)["function"]
            for _ in range(2)
        ]
        if settings is on_postgresql:
            assert activate(store, version).algorithm.status == "ACTIVE"
        store.dispose()

        assert (created[0], len(set(created))) == ("" if settings is environment else created[1], 1)
        assert (
            error_code("db", "install-algorithm", "nowhere", settings=settings)
            == "ALGORITHM_NOT_FOUND"
        )


def test_a_setting_is_exported(environment: dict[str, str]) -> None:
    before = run("export", settings=environment).stdout_bytes
    change(indelible_sql.open_store(environment["DATABASE_URL"]), "exact_search_artifacts", "100")

    after = run("export", settings=environment).stdout_bytes

    assert b'"exact_search_artifacts"' in after
    assert b'"exact_search_artifacts"' not in before
    assert json_result("db", "index", settings=environment) == []


def test_a_dropped_guard_is_listed_and_other_commands_are_refused(
    environment: dict[str, str], tmp_path: Path
) -> None:
    tamper(tmp_path / "test.db", "DROP TRIGGER history_no_update")

    (difference,) = json_result("db", "check", settings=environment, code=1)
    assert (difference["is"], difference["fact"].split(":")[0]) == (
        "missing",
        "trigger history_no_update",
    )
    assert "history_no_update" in run("db", "check", settings=environment).stdout
    assert error_code("export", settings=environment, exit_code=3) == "SCHEMA_DAMAGED"
    assert error_code("db", "upgrade", settings=environment, exit_code=3) == "SCHEMA_DAMAGED"


def test_no_second_secret_is_created_for_a_database_with_keys(
    environment: dict[str, str], tmp_path: Path
) -> None:
    words = ("key", "create", "--owner", "user:maya", "--scope", "admin")
    here, elsewhere = (
        {**environment, "INDELIBLE_DATA_DIR": str(tmp_path / name)}
        for name in ("here", "elsewhere")
    )
    assert run(*words, settings=here).exit_code == 0

    assert error_code(*words, settings=elsewhere, exit_code=3) == "SECRET_MISSING"
    assert not (tmp_path / "elsewhere" / "secret").exists()
    shutil.copytree(tmp_path / "here", tmp_path / "elsewhere")
    assert run(*words, settings=elsewhere).exit_code == 0


def test_a_missing_snapshot_is_an_error(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_files, "PLACES", (tmp_path,))
    monkeypatch.setattr(snapshot_files, "INSTALLED", tmp_path)

    assert error_code("db", "check", settings=environment, exit_code=3) == "FILE_UNUSABLE"


def test_a_changed_record_is_listed(environment: dict[str, str], tmp_path: Path) -> None:
    concept_id = ids(environment)[0]
    with sqlite3.connect(tmp_path / "test.db") as connection:
        (guard,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'history_no_update'"
        ).fetchone()
    tamper(
        tmp_path / "test.db",
        "DROP TRIGGER history_no_update",
        "UPDATE history SET reason = 'another' WHERE position = 1",
        guard,
    )

    findings = json_result("verify", settings=environment, code=1)
    assert {(row["fault"], row["entity_id"], row["seq"]) for row in findings} == {
        ("CHANGE", concept_id, 1)
    }
    assert concept_id in run("verify", settings=environment).stdout


def tamper(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


# Errors


@pytest.fixture(scope="module")
def strict_server(cluster: Path) -> Generator[PostgresServer]:
    """Run a PostgreSQL that requires passwords."""
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, passwords=True) as server,
    ):
        yield server


def test_a_wrong_password_is_an_error(strict_server: PostgresServer) -> None:
    before, _, after = strict_server.url.rpartition(":")[0].rpartition(":")
    wrong = f"{before}:wrong@{after.partition('@')[2]}:{strict_server.port}/indelible"

    for words in (("verify",), ("db", "upgrade"), ("up",)):
        assert error_code(*words, settings={"DATABASE_URL": wrong}, exit_code=3) == "ACCESS_DENIED"


@pytest.mark.slow
def test_the_owner_migrates_and_the_application_role_works(
    strict_server: PostgresServer,
) -> None:
    settings = {"DATABASE_URL": strict_server.url, "INDELIBLE_OWNER_URL": strict_server.owner_url}
    assert error_code("key", "list", settings=settings, exit_code=3) == "SCHEMA_OUT_OF_DATE"
    json_result("db", "upgrade", settings=settings)

    assert json_result("db", "check", settings=settings) == []
    assert json_result("verify", settings=settings) == []
    assert (
        json_result("key", "create", "--owner", "user:maya", "--scope", "admin", settings=settings)[
            "seq"
        ]
        == 1
    )
    rebuilt = {row["table"]: row for row in json_result("rebuild", settings=settings)}
    assert rebuilt["keys"] == {"table": "keys", "rows": 1, "changed": []}

    with psycopg.connect(strict_server.admin_url) as connection:
        connection.execute("ALTER TABLE indelible.history DISABLE TRIGGER history_no_update")
    (missing, unexpected) = sorted(
        json_result("db", "check", settings=settings, code=1), key=lambda row: str(row["is"])
    )
    assert "history_no_update" in missing["fact"]
    assert "history_no_update" in unexpected["fact"]
    assert error_code("history", "x", settings=settings, exit_code=3) == "SCHEMA_DAMAGED"


def test_an_unreachable_database_is_an_error() -> None:
    settings = {"DATABASE_URL": f"postgresql://maya:hunter2@127.0.0.1:{free_port()}/x"}

    for words in (
        ("verify",),
        ("db", "upgrade"),
        ("history", "x"),
        ("export",),
        ("up",),
        ("serve",),
    ):
        assert error_code(*words, settings=settings, exit_code=3) == "STORE_UNREACHABLE"
    assert not list(Path().rglob("*.db"))


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

    database.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    assert error_code("export", exit_code=3) == "STORE_DAMAGED"


def test_a_directory_that_cannot_be_created_is_an_error() -> None:
    Path("file").touch()

    for folder_path in ("/proc/indelible", "file/data"):
        settings = {"INDELIBLE_DATA_DIR": folder_path}
        assert error_code("up", settings=settings, exit_code=3) == "FILE_UNUSABLE"
        assert error_code("db", "upgrade", settings=settings, exit_code=3) == "FILE_UNUSABLE"


def test_a_read_only_directory_is_an_error(environment: dict[str, str]) -> None:
    folder_path = Path(mkdtemp(prefix="indelible-"))
    shutil.copy(
        environment["DATABASE_URL"].removeprefix("sqlite:///"), folder_path / "indelible.db"
    )
    settings = {"INDELIBLE_DATA_DIR": str(folder_path)}
    import_everything()  # the interpreter itself may be root's alone
    try:
        with read_only(folder_path):
            assert error_code(
                "key",
                "create",
                "--owner",
                "user:a",
                "--scope",
                "admin",
                settings=settings,
                exit_code=3,
            ) in (
                "STORE_READ_ONLY",
                "FILE_UNUSABLE",
            )
            assert error_code("up", settings=settings, exit_code=3) == "STORE_READ_ONLY"
            assert error_code(
                "export", str(folder_path / "all.jsonl"), settings=settings, exit_code=3
            ) in (
                "STORE_READ_ONLY",
                "FILE_UNUSABLE",
            )
    finally:
        shutil.rmtree(folder_path)


def import_everything() -> None:
    for module in walk_packages(indelible_service.__path__, "indelible_service."):
        import_module(module.name)


@contextmanager
def read_only(folder_path: Path) -> Generator[None]:
    """Make the folder read-only, as another user where this one is root."""
    user = os.geteuid()
    folder_path.chmod(0o555)
    for path in folder_path.iterdir():
        path.chmod(0o444)
    os.seteuid(pwd.getpwnam("nobody").pw_uid if user == 0 else user)
    try:
        yield
    finally:
        os.seteuid(user)
        folder_path.chmod(0o755)


def test_a_port_in_use_is_an_error_and_leaves_no_database(
    environment: dict[str, str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {"INDELIBLE_PORT": str(taken.getsockname()[1])}

        assert error_code("up", settings=settings, exit_code=3) == "CANNOT_LISTEN"
        assert error_code("serve", settings=environment | settings, exit_code=3) == "CANNOT_LISTEN"
        assert "Address already in use" in run("up", settings=settings).stderr
    assert not Path("indelible-data/indelible.db").exists()


def test_an_address_of_another_machine_is_an_error() -> None:
    assert (
        error_code("up", settings={"INDELIBLE_HOST": "192.0.2.1"}, exit_code=3) == "CANNOT_LISTEN"
    )
    assert (
        error_code("up", settings={"INDELIBLE_HOST": "nowhere.invalid"}, exit_code=3)
        == "CANNOT_LISTEN"
    )


def test_every_wrong_setting_is_named_without_its_value() -> None:
    settings = {
        "INDELIBLE_PORT": "hunter2",
        "DATABASE_URL": "hunter2",
        "INDELIBLE_SECRET": "hunter2",
    }

    for words in (
        ("up",),
        ("serve",),
        ("verify",),
        ("db", "upgrade"),
        ("key", "list"),
        ("export",),
        ("demo",),
    ):
        assert error_code(*words, settings=settings, exit_code=2) == "SETTINGS_WRONG"
    text = run("up", settings=settings).stderr
    assert all(name in text for name in settings)
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("history", "unknown"), "CONCEPT_NOT_FOUND"),
        (("diff", "unknown", "1", "2"), "CONCEPT_NOT_FOUND"),
        (("key", "revoke", "unknown"), "KEY_NOT_FOUND"),
        (("key", "create", "--owner", "maya", "--scope", "admin"), "INVALID_ACTOR"),
        (("key", "create", "--owner", "user:maya", "--scope", "Everything!"), "INVALID_SCOPE"),
        (("import", "export.jsonl", "--by", "nobody"), "INVALID_ACTOR"),
        (("import", "export.jsonl"), "BAD_LINE"),
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


def test_a_folder_in_place_of_a_file_is_wrong_usage(environment: dict[str, str]) -> None:
    assert run("import", ".", settings=environment).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("history",),
        ("diff", "id", "0", "1"),
        ("diff", "id", "one", "2"),
        ("serve", "--workers", "0"),
        ("key", "create", "--owner", "user:maya"),
        ("key", "create", "--owner", "user:maya", "--scope", "admin", "--expires", "tomorrow"),
        ("demo", "everything"),
        ("db", "downgrade"),
    ],
)
def test_wrong_usage_prints_the_usage(words: tuple[str, ...]) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_an_unknown_revision_is_wrong_usage(environment: dict[str, str]) -> None:
    assert run("db", "downgrade", "nothing", settings=environment).exit_code == 2
    assert json_result("db", "check", settings=environment) == []


def test_every_hint_belongs_to_an_existing_error() -> None:
    import_everything()

    assert set(HINTS) <= {error.code for error in error_types()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.mark.slow
def test_the_committed_snapshots_match_the_migrations(tmp_path: Path) -> None:
    json_result("db", "snapshot", "--iteration", "7", "--into", str(tmp_path))
    for name in NAMES.values():
        title, *facts = (tmp_path / name).read_text().splitlines()
        assert re.fullmatch(r"-- iteration 7, 20\d\d-\d\d-\d\d, revision 0001", title)
        assert facts == (ROOT / "packages" / "adapters" / "sql" / name).read_text().splitlines()[1:]
