"""Run commands in this process, and check the form of their output and of their errors."""

import json
import sqlite3
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from click.testing import CliRunner, Result

import indelible_evm
import indelible_service
import indelible_sql.maintenance
from indelible_service.cli import main

CREATE_KEY = ("key", "create", "--owner", "user:maya", "--scope", "admin")


def run(*words: str, settings: dict[str, str] | None = None, stdin: bytes | None = None) -> Result:
    """Run a command."""
    runner = CliRunner(env=settings or {})
    return runner.invoke(main, words, input=stdin, catch_exceptions=False)


def json_result(*words: str, settings: dict[str, str] | None = None, code: int = 0) -> Any:  # noqa: ANN401 - each command's own
    """Run a command and return its JSON."""
    result = run(*words, "--json", settings=settings)

    assert result.stderr == ""
    assert result.exit_code == code
    return json.loads(result.stdout)


def error_code(*words: str, settings: dict[str, str] | None = None, exit_code: int = 1) -> str:
    """Run a command that is refused, check the form of the error, and return its code."""
    result = run(*words, settings=settings)
    assert result.exit_code == exit_code, result.output
    assert result.stdout == ""

    lines = result.stderr.splitlines()
    code, _, sentence = lines[0].partition(": ")
    assert sentence.endswith(".")
    for line in lines[1:]:
        assert line.startswith(("  ", "Hint: "))

    document = json.loads(run(*words, "--json", settings=settings).stderr)
    assert document["code"] == code
    assert document["message"] == sentence
    return code


def concept_ids(settings: dict[str, str]) -> list[str]:
    """Return the ids of the exported concepts, in the order of their creation."""
    lines = run("export", settings=settings).stdout_bytes.splitlines()[1:-1]
    ids: dict[str, None] = {}
    for line in lines:
        ids[json.loads(line)["change"]["entity_id"]] = None
    return list(ids)


def tamper(path: Path, *statements: str) -> None:
    """Run statements on a SQLite file, past the library."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def import_all_modules() -> None:
    """Import every module of the service, and those of adapters that it imports late."""
    for package in (indelible_service, indelible_evm, indelible_sql.maintenance):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
