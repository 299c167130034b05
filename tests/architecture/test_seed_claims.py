"""Claims of the seeds about the structure of the code, each shown to find a planted violation."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
from tests.architecture.sources import ROOT, SOURCES, parsed

from indelible import captures
from indelible.captures.rules.formulas import parse_formulas
from indelible.tokens import repositories
from indelible_sql.captures.functions import capture_function

CONTEXTS = ("captures", "concepts", "projects", "tokens")
REPOSITORIES = (
    repositories.AuthorRepository,
    repositories.TokenRepository,
    repositories.MintEventRepository,
    repositories.ImageGenerationJobRepository,
    repositories.IPFSUploadRecordRepository,
    repositories.RevealTransactionRepository,
    repositories.SystemStateRepository,
)
SQL_STATEMENT = re.compile(
    r"\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\s",
    re.DOTALL,
)
COMPUTING = (ast.BinOp, ast.Compare, ast.UnaryOp, ast.BoolOp, ast.AugAssign)


def sql_statements(module: ast.Module) -> Iterator[str]:
    """Yield the string constants of a module that contain a statement of SQL."""
    for node in ast.walk(module):
        value = getattr(node, "value", None)
        if isinstance(value, str) and SQL_STATEMENT.search(value):
            yield value


def domain_modules() -> list[Path]:
    """Return the modules of every context of core."""
    paths: list[Path] = []
    for context in CONTEXTS:
        paths += sorted((SOURCES["indelible"] / context).rglob("*.py"))

    return paths


def computations(module: ast.Module, name: str) -> list[str]:
    """Return the expressions of a function or class that compute or compare something."""
    (definition,) = [node for node in module.body if getattr(node, "name", "") == name]
    return [ast.unparse(node) for node in ast.walk(definition) if isinstance(node, COMPUTING)]


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda cls: cls.__name__)
def test_a_repository_of_tokens_has_no_base_class(repository: type) -> None:
    assert repository.__mro__ == (repository, object)


@pytest.mark.slow
def test_the_domain_contains_no_statement_of_sql() -> None:
    found = {path.name: list(sql_statements(parsed(path))) for path in domain_modules()}

    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "'SELECT id FROM tokens '",
        "'INSERT INTO tokens VALUES (1)'",
        "'''UPDATE tokens\nSET x = 1'''",
    ],
)
def test_a_planted_statement_is_reported(planted: str) -> None:
    assert len(list(sql_statements(ast.parse(repr(planted))))) == 1


@pytest.mark.parametrize("name", ["capture_artifact", "CaptureHandler"])
def test_the_handler_of_captures_computes_nothing(name: str) -> None:
    module = parsed(SOURCES["indelible"] / "captures" / "handlers.py")

    assert computations(module, name) == []
    assert hasattr(captures, name)


def test_a_planted_computation_is_reported() -> None:
    module = ast.parse("def capture_artifact(tx):\n    return tx.margin - 1 > 0\n")

    assert computations(module, "capture_artifact") == ["tx.margin - 1 > 0", "tx.margin - 1"]


def test_postgresql_computes_from_the_registered_text_of_the_formulas() -> None:
    changed = captures.SPHERICAL.replace("300.0", "301.0")

    assert parse_formulas(changed) != parse_formulas(captures.SPHERICAL)
    assert "300.0" in capture_function(captures.SPHERICAL)
    assert "301.0" in capture_function(changed)
    assert "300.0" not in capture_function(changed)


def test_the_hand_off_was_committed_under_the_name_of_the_seed() -> None:
    command = ["git", "log", "--format=%s", "--", "docs/INFRA_HANDOFF.md"]
    log = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)

    assert "docs: add infrastructure handoff and invariants" in log.stdout.splitlines()


@pytest.mark.slow
def test_alembic_upgrades_an_empty_database_to_head(tmp_path: Path) -> None:
    database = tmp_path / "indelible.db"
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    environment = {"DATABASE_URL": f"sqlite:///{database}", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    with closing(connect(database)) as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'history'")
        assert tables.fetchone() == (1,)
