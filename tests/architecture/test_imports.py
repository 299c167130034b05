"""The import contracts hold, and each reports a planted violation."""

import sys
from copy import deepcopy
from functools import cache
from typing import Any, Final

import grimp
import pytest
from grimp import ImportGraph
from importlinter import Contract
from importlinter.api import read_configuration  # pyright: ignore[reportUnknownVariableType]
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from tests.architecture.sources import ROOT

from indelible_sql.contexts import CONTEXTS

TYPES: Final = {"forbidden": ForbiddenContract, "layers": LayersContract}
# The library declares a bare dict.
OPTIONS: Final[dict[str, Any]] = read_configuration(str(ROOT / "pyproject.toml"))  # pyright: ignore[reportUnknownVariableType]
CONTRACTS: Final[dict[str, Any]] = {each["id"]: each for each in OPTIONS["contracts_options"]}
# The id of a contract, with an import that breaks it, or with a module that has no layer.
PLANTS: Final = [
    ("rings", "indelible.policy", "indelible_sql"),
    ("rings", "indelible_sql.schema.tables", "indelible_web"),
    ("rings", "indelible_sql.schema.tables", "indelible_service"),
    ("rings", "indelible_stripe", "indelible_sql"),
    ("core", "indelible.memory.store", "sqlalchemy"),
    ("core", "indelible.testing.own.suites", "hypothesis"),
    ("contexts", "indelible.captures", "indelible.concepts"),
    ("contexts", "indelible.kernel.history", "indelible.policy"),
    ("contexts", "indelible.helpers", ""),
    ("floors", "indelible.concepts.entities", "indelible.concepts.rules"),
    ("floors", "indelible.concepts.queries", "indelible.concepts.handlers"),
    ("floors", "indelible.concepts.sending", ""),
    ("testing", "indelible_sql.store.kernel_store", "indelible.testing"),
    ("memory", "indelible.concepts.handlers", "indelible.memory"),
    ("reactions", "indelible.money.handlers.refunds", "indelible.reactions"),
    ("reactions", "indelible_workers.worker", "indelible.reactions"),
    ("contests", "indelible.contests.rules.payout", "stripe"),
    ("money", "indelible.money.handlers.charges", "indelible.contests"),
    ("money", "indelible.money.tasks.sending", "stripe"),
    ("settlement", "indelible.contests.rules.scoring", "indelible.contests.lifecycle"),
    ("simulator", "indelible_stripe.gateway", "indelible_stripe.simulator"),
    ("web", "indelible_web.app", "indelible_web.captures"),
    ("web", "indelible_web.console.layout", "indelible.tokens"),
    ("sql-floors", "indelible_sql.engine.session", "indelible_sql.schema.tables"),
    ("sql-floors", "indelible_sql.store.kernel_store", "indelible_sql.contexts"),
    ("sql-floors", "indelible_sql.captures.export", "indelible_sql.tokens.tables"),
]
CORE_MAY_IMPORT: Final = {
    "attr",
    "attrs",
    "cattrs",
    "typing_extensions",
    *sys.stdlib_module_names,
}


@cache
def graph() -> ImportGraph:
    """Return the imports of all distributions."""
    packages: list[str] = OPTIONS["session_options"]["root_packages"]
    return grimp.build_graph(*packages, include_external_packages=True, cache_dir=None)


def is_kept(contract_id: str, imports: ImportGraph) -> bool:
    """Return whether a contract holds in a graph, which the check changes."""
    options = CONTRACTS[contract_id]
    contract: Contract = TYPES[options["type"]](
        name=options["name"],
        session_options=OPTIONS["session_options"],
        contract_options=options,
    )
    return contract.check(deepcopy(imports), verbose=False).kept


def with_plant(module: str, imported: str) -> ImportGraph:
    """Return the graph with one more import, or with one more module."""
    planted = deepcopy(graph())
    if imported:
        planted.add_import(importer=module, imported=imported, line_number=1, line_contents="-")
    else:
        planted.add_module(module)
    return planted


def foreign_imports(imports: ImportGraph) -> set[tuple[str, str]]:
    """Return the imports of core that it must not have, also those that no contract lists."""
    found: set[tuple[str, str]] = set()
    for module in imports.modules:
        if module.partition(".")[0] != "indelible":
            continue
        for imported in imports.find_modules_directly_imported_by(module):
            if imported.partition(".")[0] not in CORE_MAY_IMPORT | {"indelible"}:
                found.add((module, imported))

    return found


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_a_contract_holds(contract_id: str) -> None:
    assert is_kept(contract_id, graph())


@pytest.mark.parametrize(("contract_id", "module", "imported"), PLANTS)
def test_a_planted_violation_breaks_its_contract(
    contract_id: str, module: str, imported: str
) -> None:
    assert imported == "" or module in graph().modules
    assert not is_kept(contract_id, with_plant(module, imported))


@pytest.mark.slow
def test_core_imports_nothing_but_attrs_cattrs_and_the_standard_library() -> None:
    of_extras = ("indelible.testing.own.machines", "hypothesis")

    assert foreign_imports(graph()) == {of_extras}


def test_the_workers_import_no_context() -> None:
    contexts = {f"indelible.{name}" for name in CONTEXTS}
    for module in graph().find_descendants("indelible_workers"):
        for imported in graph().find_modules_directly_imported_by(module):
            assert ".".join(imported.split(".")[:2]) not in contexts, module
