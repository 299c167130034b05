"""A program loads the kernel and the contexts that it uses; an upgrade loads all."""

import subprocess
import sys

import pytest
from tests.architecture.sources import ROOT

from indelible_sql.contexts import CATALOG, CONTEXTS
from indelible_sql.schema.catalog import Catalog

OPENS = """
store = indelible_sql.open_store(url, contexts=contexts)
"""
UPGRADES = "store.upgrade()"
USES_OWN = """
ticket = store.run(
    tickets.execute, Ticket.open(number="1", title="broken"), actor=maya, reason="a test"
)
assert store.read(tickets.get, ticket.entity.id).entity == ticket.entity
assert store.feed().changes
"""
USES_CONCEPTS = """
from indelible import concepts
from indelible.concepts.entities import ConceptContent
content = ConceptContent(name="ratio")
command = concepts.CreateConcept(content=content)
saved = store.run(concepts.create_concept, command, actor=maya, reason="a test")
assert store.read(concepts.list_history, saved.concept.id)
"""


def loaded(url: str, *parts: str, contexts: str = "()") -> set[str]:
    """Run a program on a database, and return the names of the modules that it has loaded."""
    program = "\n".join(
        (
            "import sys",
            "import indelible, indelible_sql",
            "from indelible.kernel import Actor",
            "maya = Actor.user('maya')",
            f"url = {url!r}",
            "from tests.examples.tickets import Ticket, tickets" if contexts != "()" else "",
            f"contexts = {contexts}",
            *parts,
            "print(*sys.modules)",
        )
    )
    result = subprocess.run(
        (sys.executable, "-c", program), check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert result.returncode == 0, result.stderr

    return set(result.stdout.split())


def contexts_in(modules: set[str]) -> set[str]:
    """Return the names of the contexts that indelible ships of which a module is loaded."""
    parts = [name.split(".") for name in modules if name.startswith("indelible")]
    return {part[1] for part in parts if len(part) > 1 and part[1] in CONTEXTS}


@pytest.mark.slow
def test_a_store_is_opened_without_any_context(sqlite_url: str) -> None:
    modules = loaded(sqlite_url, OPENS)

    assert contexts_in(modules) == set()
    assert not any(name.startswith(("sqlalchemy.orm", "alembic")) for name in modules)


@pytest.mark.slow
def test_a_host_with_its_own_lifecycle_loads_none_of_the_contexts(sqlite_url: str) -> None:
    loaded(sqlite_url, OPENS, UPGRADES, contexts="(tickets,)")

    modules = loaded(sqlite_url, OPENS, USES_OWN, contexts="(tickets,)")

    assert contexts_in(modules) == set()


@pytest.mark.slow
def test_a_program_loads_the_one_context_that_it_uses(sqlite_url: str) -> None:
    modules = loaded(sqlite_url, OPENS, USES_CONCEPTS)

    assert contexts_in(modules) == {"concepts"}


def test_the_names_of_contexts_that_are_not_loaded_are_those_that_they_register() -> None:
    declared = Catalog(CATALOG.contexts)

    assert CATALOG.names == declared.names, "run `indelible db snapshot --iteration N`"
    assert dict(CATALOG.stages) == declared.stages
    assert dict(CATALOG.settings) == declared.settings
