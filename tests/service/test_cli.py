"""Every command prints text or JSON, creates what it says, and shows what is stored."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click
import pytest
from tests.architecture.sources import ROOT, modules
from tests.service.commands import CREATE_KEY, concept_ids, error_code, json_result, run, tamper

import indelible_sql
from indelible.captures import ANNEALED
from indelible.testing.captures.scenarios import activate, change, code, registered
from indelible.testing.stores import create
from indelible_service.cli import COMMANDS, main
from indelible_service.cli.output import Command
from indelible_service.contexts import service_scopes
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.generated_revisions import NEXT, OWN, apply_later
from indelible_sql.schema.installed_files import DECLARED, SNAPSHOTS

INSTALL_ALGORITHM = ("db", "install-algorithm")
LARGE_LIBRARIES = {"alembic", "flask", "granian", "psycopg", "rich", "sqlalchemy", "waitress"}


def commands(group: click.Group = main) -> Iterator[click.Command]:
    """Yield every command of the group and of its groups."""
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command


def test_every_command_supports_json_and_has_a_short_help() -> None:
    all_commands = list(commands())

    assert {type(command) for command in all_commands} == {Command}
    assert all(len((command.help or "").splitlines()[0]) <= 120 for command in all_commands)
    assert "3 unavailable" in " ".join(run("--help").stdout.split())


def imported_by(*modules: str) -> set[str]:
    """Return the names of all modules that a process has after these imports."""
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    command = (sys.executable, "-c", program)
    result = subprocess.run(command, check=True, capture_output=True, text=True)

    return set(result.stdout.split())


def imported_for(*words: str) -> set[str]:
    """Return the names of all modules that a process has after this command."""
    program = f"""
import sys
from indelible_service.__main__ import main
main({words!r}, standalone_mode=False)
print()
print(*sys.modules)
"""
    command = (sys.executable, "-c", program)
    result = subprocess.run(command, check=True, capture_output=True, text=True)

    return set(result.stdout.splitlines()[-1].split())


@pytest.mark.slow
def test_help_imports_no_large_library() -> None:
    assert not LARGE_LIBRARIES & imported_for("--help")


def test_the_version_imports_no_command() -> None:
    imported = imported_for("--version")

    assert {name for name in imported if name.startswith("indelible")} == {
        "indelible_service",
        "indelible_service.__main__",
        "indelible_service.cli",
        "indelible_service.cli.escapes",
    }
    assert len(imported) < 300


@pytest.mark.slow
@pytest.mark.parametrize("command", ["verify", "history", "contests", "money", "recover-events"])
def test_the_help_of_a_command_imports_no_other_command_and_no_settings(command: str) -> None:
    imported = imported_for(command, "--help")

    module_name, _ = COMMANDS[command]
    others = {f"indelible_service.cli.{name}" for name, _ in COMMANDS.values()}
    assert imported & others == {f"indelible_service.cli.{module_name}"}
    assert "indelible_service.settings.service" not in imported


@pytest.mark.dose
@pytest.mark.parametrize(
    ("processes", "needed", "unneeded"),
    [
        (
            ("processes.workers", "processes.full"),
            {"indelible_workers"},
            {"flask", "granian", "indelible_web", "waitress", "werkzeug"},
        ),
        (
            ("serving.single_process", "processes.workers"),  # on SQLite
            {"indelible_web", "indelible_workers"},
            {"flask_smorest", "psycopg", "redis", "sqlalchemy.orm"},
        ),
        (
            ("serving.server_processes",),
            {"granian"},
            {"flask", "indelible_web", "waitress", "werkzeug"},
        ),
    ],
)
def test_a_process_imports_what_it_needs(
    processes: tuple[str, ...], needed: set[str], unneeded: set[str]
) -> None:
    imported = imported_by(*(f"indelible_service.{name}" for name in processes))

    assert needed <= imported
    assert not unneeded & imported


@pytest.mark.slow
def test_a_new_database_is_created_once_and_passes_the_checks() -> None:
    assert json_result("db", "upgrade") == {"revision": OWN}
    assert json_result("db", "upgrade") == {"revision": OWN}
    assert json_result("db", "check") == []
    assert json_result("verify") == []
    tables = [head.name for head in CATALOG.heads] + ["artifacts", "centroids"]
    unchanged: list[dict[str, object]] = []
    for table in tables:
        unchanged.append({"table": table, "rows": 0, "changed": []})
    assert json_result("rebuild") == unchanged
    assert sorted(path.name for path in Path("indelible-data").iterdir()) == ["indelible.db"]


@pytest.mark.slow
def test_a_history_shows_actor_action_and_reason(environment: dict[str, str]) -> None:
    concept_id = concept_ids(environment)[0]
    changes = json_result("history", concept_id, settings=environment)
    text = run("history", concept_id, settings=environment).stdout
    assert [(change["seq"], change["action"], change["actor"]) for change in changes] == [
        (1, "create", "user:maya"),
        (2, "edit", "user:maya"),
    ]
    assert all(word in text for word in ("edit", "user:maya", "a test", changes[1]["hash"][:12]))

    # That of no concept shows the newest changes of all.
    newest = json_result("history", settings=environment)
    (last,) = json_result("history", "--limit", "1", settings=environment)
    assert {change["entity_id"] for change in newest} >= set(concept_ids(environment))
    assert last == newest[-1]
    assert last["entity_id"] in run("history", "--limit", "1", settings=environment).stdout
    assert run("history", "--limit", "1001", settings=environment).exit_code == 2


@pytest.mark.slow
def test_a_diff_escapes_control_characters(
    environment: dict[str, str],
) -> None:
    concept_id = concept_ids(environment)[0]
    document = json_result("diff", concept_id, "1", "2", settings=environment)
    text = run("diff", concept_id, "1", "2", settings=environment).stdout

    assert document["diff"]["fields"][0]["field"] == "definition"
    assert "[-" in text
    assert "{+" in text
    assert "\\u001b[31m and a bell \\u0007" in text

    result = run("diff", concept_id, "1", "1", settings=environment)
    assert result.stdout == "The versions are equal.\n"


@pytest.mark.slow
def test_an_export_to_a_private_file_is_imported_from_standard_input(
    environment: dict[str, str],
) -> None:
    piped = run("export", settings=environment).stdout_bytes
    summary = json_result("export", "all.jsonl", settings=environment)

    assert Path("all.jsonl").read_bytes() == piped
    assert Path("all.jsonl").stat().st_mode & 0o777 == 0o600
    assert summary["entities"] == 2
    assert [path.name for path in Path().glob("*jsonl*")] == ["all.jsonl"]

    run("db", "upgrade")
    assert "2 entities with 6 changes" in run("import", "-", stdin=piped).stdout
    assert json_result("import", "all.jsonl")["entities_already_there"] == 2
    assert run("export").stdout_bytes == piped


def test_a_key_has_scopes_that_a_route_requires_and_help_lists_them() -> None:
    required = {"admin", "console", "ops"}
    for path in modules("indelible_web"):
        constants = re.findall(r': Final = "([a-z]+:[a-z]+)"', path.read_text(encoding="utf-8"))
        required.update(constants)
    help_text = "".join(run("key", "create", "--help").stdout.split())

    assert set(service_scopes()) == required
    assert all(scope in help_text for scope in required)
    for scope in ("concepts:raed", "concept:read", "everything"):
        result = run("key", "create", "--owner", "user:maya", "--scope", scope)
        assert result.exit_code == 2
        assert "concepts:read" in result.stderr


@pytest.mark.slow
def test_concepts_are_listed_filtered_and_ordered(environment: dict[str, str]) -> None:
    first, second = sorted(concept_ids(environment))
    concepts = json_result("list", settings=environment)
    text = run("list", settings=environment).stdout
    assert [concept["id"] for concept in concepts] == [first, second]
    assert all(concept["id"] in text and concept["name"] in text for concept in concepts)
    assert [concept["status"] for concept in concepts] == ["DRAFT", "PUBLISHED"]

    def listed(*options: str) -> list[str]:
        return [concept["id"] for concept in json_result("list", *options, settings=environment)]

    assert listed("--limit", "1") == [first]
    assert listed("--order", "newest") == [second, first]
    assert listed("--status", "DRAFT") == [first]
    assert listed("--since", "2026-01-01", "--order", "oldest") == [first, second]
    assert listed("--until", "2026-01-01") == []
    assert listed("--actor", "user:nobody") == []
    assert listed("--name-prefix", "no such name") == []
    wrong = run("list", "--order", "upwards", settings=environment)
    assert wrong.exit_code == 2
    assert "oldest" in wrong.stderr


@pytest.mark.slow
def test_a_key_is_printed_once_listed_without_its_secret_and_revoked() -> None:
    run("db", "upgrade")
    scopes = ("--scope", "concepts:read", "--scope", "history:read")
    expiry = ("--expires", "2100-01-31T12:00+02:00")

    created = json_result("key", "create", "--owner", "user:maya", *scopes)
    text = run("key", "create", "--owner", "user:noor", "--scope", "admin", *expiry).stdout
    listed = json_result("key", "list")

    assert created["text"].startswith(f"ind_{created['id']}_")
    assert [(key["owner"], key["scopes"], key["expires_at"]) for key in listed] == [
        ("user:maya", ["concepts:read", "history:read"], None),
        ("user:noor", ["admin"], "2100-01-31T10:00:00.000000+00:00"),
    ]
    secret = created["text"].rpartition("_")[2]
    assert secret not in json.dumps(listed)
    assert secret not in run("key", "list").stdout
    assert text.startswith(f"ind_{listed[1]['id']}_")
    assert json_result("key", "revoke", created["id"])["status"] == "REVOKED"
    assert error_code("key", "revoke", created["id"]) == "INVALID_TRANSITION"
    assert [key["status"] for key in json_result("key", "list")] == ["REVOKED", "ACTIVE"]


@pytest.mark.dose
def test_a_downgrade_that_drops_records_needs_an_export_of_them(
    environment: dict[str, str],
) -> None:
    json_result("export", "all.jsonl", settings=environment)
    create(indelible_sql.open_store(environment["DATABASE_URL"]))

    assert error_code("db", "downgrade", "base", settings=environment) == "RECORDS_WOULD_BE_LOST"
    downgrade = ("db", "downgrade", "base", "--after-export", "all.jsonl")
    assert error_code(*downgrade, settings=environment) == "RECORDS_WOULD_BE_LOST"

    assert error_code("export", "all.jsonl", settings=environment) == "BACKUP_EXISTS"
    Path("all.jsonl").unlink()
    json_result("export", "all.jsonl", settings=environment)
    assert json_result(*downgrade, settings=environment) == {"revision": "base"}
    assert json_result("db", "upgrade", settings=environment)
    assert json_result("import", "all.jsonl", settings=environment)["entities"] == 3
    assert run("export", settings=environment).stdout_bytes == Path("all.jsonl").read_bytes()


@pytest.mark.slow
def test_postgresql_needs_the_function_of_an_algorithm(database: PostgresServer) -> None:
    settings = {"DATABASE_URL": database.url, "INDELIBLE_OWNER_URL": database.owner_url}
    store = indelible_sql.open_store(database.url)
    version = registered(store, "annealed-1", ANNEALED)
    assert code(partial(activate, store, version)) == "ALGORITHM_NOT_INSTALLED"

    first = json_result(*INSTALL_ALGORITHM, "annealed-1", settings=settings)
    second = json_result(*INSTALL_ALGORITHM, "annealed-1", settings=settings)

    assert first["function"] != ""
    assert second == first
    assert activate(store, version).algorithm.status == "ACTIVE"
    assert error_code(*INSTALL_ALGORITHM, "nowhere", settings=settings) == "ALGORITHM_NOT_FOUND"
    store.dispose()


@pytest.mark.slow
def test_sqlite_needs_no_function_of_an_algorithm(environment: dict[str, str]) -> None:
    store = indelible_sql.open_store(environment["DATABASE_URL"])
    version = registered(store, "annealed-1", ANNEALED)
    assert code(partial(activate, store, version)) == ""
    store.dispose()

    result = json_result(*INSTALL_ALGORITHM, "annealed-1", settings=environment)

    assert result["function"] == ""
    assert error_code(*INSTALL_ALGORITHM, "nowhere", settings=environment) == "ALGORITHM_NOT_FOUND"


@pytest.mark.slow
def test_a_setting_is_exported(environment: dict[str, str]) -> None:
    before = run("export", settings=environment).stdout_bytes
    change(indelible_sql.open_store(environment["DATABASE_URL"]), "exact_search_artifacts", "100")

    after = run("export", settings=environment).stdout_bytes

    assert b'"exact_search_artifacts"' in after
    assert b'"exact_search_artifacts"' not in before
    assert json_result("db", "index", settings=environment) == []


@pytest.mark.slow
def test_a_check_says_what_it_leaves_out_at_a_revision_of_the_next_release(
    environment: dict[str, str],
) -> None:
    apply_later(environment["DATABASE_URL"])

    assert NEXT in run("db", "check", settings=environment).stdout
    assert json_result("db", "upgrade", settings=environment) == {"revision": NEXT}


@pytest.mark.slow
def test_a_dropped_guard_is_listed_and_other_commands_are_refused(
    environment: dict[str, str], tmp_path: Path
) -> None:
    tamper(tmp_path / "test.db", "DROP TRIGGER history_no_update")

    (difference,) = json_result("db", "check", settings=environment, code=1)
    assert difference["is"] == "missing"
    assert difference["fact"].startswith("trigger history_no_update:")
    assert "history_no_update" in run("db", "check", settings=environment).stdout
    assert error_code("export", settings=environment, exit_code=3) == "SCHEMA_DAMAGED"
    assert error_code("db", "upgrade", settings=environment, exit_code=3) == "SCHEMA_DAMAGED"


@pytest.mark.slow
def test_one_secret_is_created_for_a_database_with_keys_in_a_private_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    first_settings = {**environment, "INDELIBLE_DATA_DIR": str(tmp_path / "first")}
    second_settings = {**environment, "INDELIBLE_DATA_DIR": str(tmp_path / "second")}
    assert run(*CREATE_KEY, settings=first_settings).exit_code == 0
    secret = tmp_path / "first" / "secret"
    text = secret.read_text()
    assert run(*CREATE_KEY, settings=first_settings).exit_code == 0
    assert secret.read_text() == text
    assert len(text) >= 32
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.parent.stat().st_mode & 0o777 == 0o700

    assert error_code(*CREATE_KEY, settings=second_settings, exit_code=3) == "SECRET_MISSING"
    assert not (tmp_path / "second" / "secret").exists()
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    assert run(*CREATE_KEY, settings=second_settings).exit_code == 0


def test_a_missing_snapshot_is_an_error(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SNAPSHOTS, "sqlite", "missing.sql")
    tamper(tmp_path / "test.db", "DROP TRIGGER history_no_update")

    assert error_code("db", "check", settings=environment, exit_code=3) == "FILE_UNUSABLE"


@pytest.mark.slow
def test_a_changed_record_is_listed(environment: dict[str, str], tmp_path: Path) -> None:
    concept_id = concept_ids(environment)[0]
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


@pytest.mark.slow
def test_the_committed_files_are_those_that_are_generated(tmp_path: Path) -> None:
    json_result("db", "snapshot", "--iteration", "7", "--into", str(tmp_path))
    expected = rf"-- iteration 7, 20\d\d-\d\d-\d\d, revision {OWN}"
    committed = ROOT / "packages" / "adapters" / "sql"
    for name in SNAPSHOTS.values():
        title, *statements = (tmp_path / name).read_text().splitlines()
        assert re.fullmatch(expected, title)
        assert statements == (committed / name).read_text().splitlines()[1:]
    assert (tmp_path / DECLARED).read_text() == (committed / DECLARED).read_text()
