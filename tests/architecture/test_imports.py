"""The import contracts hold, and each reports a planted violation."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT, SOURCES, modules, parsed

from indelible_sql.contexts import CONTEXTS

PLANTS = [
    ("rings", "indelible/policy.py", "import indelible_sql"),
    ("rings", "indelible_sql/schema/tables.py", "import indelible_web"),
    ("rings", "indelible_web/__init__.py", "import indelible_sql"),
    ("rings", "indelible_sql/schema/tables.py", "import indelible_service"),
    ("rings", "indelible_evm/__init__.py", "import indelible_wordllama"),
    ("rings", "indelible_git/__init__.py", "import indelible_sql"),
    ("rings", "indelible_stripe/__init__.py", "import indelible_sql"),
    ("rings", "indelible_wordllama/__init__.py", "import indelible_sql"),
    ("core", "indelible/memory/store.py", "import sqlalchemy"),
    ("core", "indelible/concepts/handlers.py", "import flask"),
    ("core", "indelible/testing/own/suites.py", "import hypothesis"),
    ("contexts", "indelible/captures/__init__.py", "import indelible.concepts"),
    ("contexts", "indelible/kernel/history.py", "import indelible.policy"),
    ("contexts", "indelible/helpers.py", ""),
    ("floors", "indelible/concepts/entities.py", "import indelible.concepts.rules"),
    ("floors", "indelible/concepts/queries.py", "import indelible.concepts.handlers"),
    ("floors", "indelible/concepts/commands.py", "import indelible.concepts.ports"),
    ("floors", "indelible/concepts/errors.py", "import indelible.concepts.lifecycle"),
    ("floors", "indelible/concepts/sending.py", ""),
    ("testing", "indelible_sql/store/kernel_store.py", "import indelible.testing"),
    ("testing", "indelible/memory/store.py", "import indelible.testing"),
    ("memory", "indelible/concepts/handlers.py", "import indelible.memory"),
    ("reactions", "indelible/kernel/feed_stage.py", "import indelible.reactions"),
    ("reactions", "indelible/memory/store.py", "import indelible.reactions"),
    ("reactions", "indelible/money/handlers/refunds.py", "import indelible.reactions"),
    ("reactions", "indelible_workers/worker.py", "import indelible.reactions"),
    ("contests", "indelible/contests/rules/payout.py", "import stripe"),
    ("contests", "indelible/contests/queries.py", "import smtplib"),
    ("money", "indelible/money/handlers/charges.py", "import indelible.contests"),
    ("money", "indelible/money/rules/charges.py", "import indelible.contests.lifecycle"),
    ("money", "indelible/money/tasks/sending.py", "import stripe"),
    ("money", "indelible/money/queries/payouts.py", "import smtplib"),
    ("settlement", "indelible/contests/rules/scoring.py", "import indelible.contests.lifecycle"),
    ("settlement", "indelible/contests/rules/settlement.py", "import indelible.contests.handlers"),
    ("simulator", "indelible_stripe/gateway.py", "import indelible_stripe.simulator"),
    ("simulator", "indelible_service/__init__.py", "import indelible_stripe.simulator"),
    ("web", "indelible_web/app.py", "import indelible_web.captures"),
    ("web", "indelible_web/console/layout.py", "import indelible.tokens"),
    ("web", "indelible_web/http/paging.py", "import indelible_web.concepts"),
    ("sql-floors", "indelible_sql/engine/session.py", "import indelible_sql.concepts"),
    ("sql-floors", "indelible_sql/schema/catalog.py", "import indelible_sql.tokens.tables"),
    ("sql-floors", "indelible_sql/kernel/history.py", "import indelible_sql.captures"),
    ("sql-floors", "indelible_sql/schema/migrations/env.py", "import indelible_sql.contexts"),
    ("sql-floors", "indelible_sql/maintenance/verify.py", "import indelible_sql.captures.verify"),
    ("sql-floors", "indelible_sql/store/kernel_store.py", "import indelible_sql.contexts"),
    ("sql-floors", "indelible_sql/engine/session.py", "import indelible_sql.schema.tables"),
    ("sql-floors", "indelible_sql/captures/export.py", "import indelible_sql.tokens.tables"),
]
# What composes the contexts, and the one module with behavior across them.
KNOW_CONTEXTS = ("app.py", "memory/store.py", "policy.py", "reactions/__init__.py")
# What a module imports that needs an extra.
OF_EXTRAS: dict[str, set[str]] = {
    "testing/own/machines.py": {"hypothesis", "hypothesis.stateful", "hypothesis.strategies"}
}
CORE_MAY_IMPORT = {
    "attr",
    "attrs",
    "cattrs",
    "indelible",
    "typing_extensions",
} | sys.stdlib_module_names


def lint_imports(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a copy of the repository."""
    sources = os.pathsep.join(
        str(folder / path.parent.relative_to(ROOT)) for path in SOURCES.values()
    )
    return subprocess.run(
        (Path(sys.executable).with_name("lint-imports"), "--no-cache", *options),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": sources},
        check=False,
        capture_output=True,
        text=True,
    )


def imported_contexts(module: ast.Module) -> set[str]:
    """Return the contexts of core from which a module imports."""
    names: list[str] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "indelible":
            names.extend(f"indelible.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")

    parts = [name.split(".") for name in names if name.startswith("indelible.")]
    return {part[1] for part in parts if part[1] in CONTEXTS}


def contracts() -> dict[str, str]:
    """Return the names of the contracts by their ids."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {
        contract["id"]: contract["name"]
        for contract in settings["tool"]["importlinter"]["contracts"]
    }


def forbidden_imports(module: ast.Module) -> Iterator[str]:
    """Yield the imports that core must not have, also those that no contract lists."""
    for node in ast.walk(module):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.partition(".")[0] not in CORE_MAY_IMPORT:
                yield name


@cache
def output_with_violations(contract: str, tree: Path) -> subprocess.CompletedProcess[str]:
    """Copy the sources, plant every violation of a contract, and check the contract."""
    for path in SOURCES.values():
        shutil.copytree(
            path, tree / path.relative_to(ROOT), ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tree)

    for broken, file, line in PLANTS:
        if broken != contract:
            continue
        package, _, name = file.partition("/")
        planted = tree / SOURCES[package].relative_to(ROOT) / name
        planted.parent.mkdir(exist_ok=True)
        with planted.open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")

    return lint_imports(tree, "--contract", contract)


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trees")


@pytest.mark.slow
def test_every_contract_holds() -> None:
    done = lint_imports(ROOT)

    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(contracts())} kept, 0 broken" in done.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert {plant[0] for plant in PLANTS} == set(contracts())


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "file", "line"), PLANTS)
def test_a_contract_reports_its_planted_violation(
    trees: Path, contract: str, file: str, line: str
) -> None:
    done = output_with_violations(contract, trees / contract)
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    named = line.replace("import", f"- +{module} ->") + r" \(" if line else f"- {module}\n"

    assert done.returncode == 1, done.stdout
    assert f"{contracts()[contract]} BROKEN" in done.stdout
    assert re.search(named, done.stdout)


@pytest.mark.slow
def test_only_reactions_and_compositions_of_core_import_two_contexts() -> None:
    for path in modules("indelible"):
        name = path.relative_to(SOURCES["indelible"]).as_posix()
        if name in KNOW_CONTEXTS or name.startswith(("testing/", "reactions/")):
            continue
        assert len(imported_contexts(parsed(path))) < 2, path

    for name in KNOW_CONTEXTS:
        assert (SOURCES["indelible"] / name).exists(), name


def test_a_planted_second_context_is_reported() -> None:
    planted = ast.parse(
        "import indelible.tokens\nfrom indelible import concepts, kernel\n"
        "from indelible.contests.ports import ContestsRead\n"
    )

    assert imported_contexts(planted) == {"tokens", "concepts", "contests"}


@pytest.mark.slow
def test_core_imports_nothing_but_attrs_cattrs_and_the_standard_library() -> None:
    for path in modules("indelible"):
        imports = set(forbidden_imports(parsed(path)))
        assert imports <= OF_EXTRAS.get(path.relative_to(SOURCES["indelible"]).as_posix(), set()), (
            path
        )


def test_a_planted_import_is_reported() -> None:
    allowed = "import attrs, json\nfrom indelible import kernel\n"
    planted = ast.parse(f"{allowed}from yaml.loader import Loader\n")

    assert list(forbidden_imports(planted)) == ["yaml.loader"]
