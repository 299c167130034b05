"""The statements of an edit as a driver got them, and the values with which a bare driver sends them again."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve, frozen

from indelible.concepts import ConceptContent
from indelible.concepts.entities import name_key

PLACEHOLDER: Final = re.compile(r"(\w+)\"? ?= ?\?")
CONTENT: Final = ConceptContent(
    name="Equivalent fractions",
    definition="Fractions that name the same amount, though their numerators and denominators differ.",
    explanation="Multiply or divide both parts by the same number: the amount stays, and only its name changes. " * 4,
    examples=("1/2 = 2/4 = 50/100", "6/9 = 2/3, dividing both by 3"),
    learning_objective="Rename a fraction without changing its amount.",
    misconceptions=("A fraction with larger numbers is a larger fraction.",),
    scope_boundaries="Positive fractions only.",
)
PRAGMAS: Final = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000")
NOTE: Final = "one of many edits"
OWN: Final = evolve(CONTENT, name="Fractions of one value")  # names that are the same would be looked up
INSTANTS: Final = ("concepts_updated_at", "concept_versions_created_at", "concept_warnings_computed_at", "history_at")


@frozen
class Sent:
    """A statement as the driver got it, and the values that went with it."""

    text: str
    values: Any


@frozen
class Statements:
    """The statements of one edit: the load and the writes."""

    load: Sent
    writes: tuple[Sent, ...]

    @classmethod
    def of(cls, sent: list[Sent]) -> "Statements":
        """The statements of an edit, told apart."""
        (load,) = (each for each in sent if each.text.startswith("SELECT"))
        return cls(load, tuple(each for each in sent if each.text.startswith(("WITH", "UPDATE", "INSERT"))))

    def texts(self) -> Iterator[str]:
        """What to print."""
        yield from (each.text for each in (self.load, *self.writes))


def revised(number: int, name: str = CONTENT.name) -> ConceptContent:
    """The content that the edit of this number gives."""
    return evolve(CONTENT, name=name, explanation=f"{CONTENT.explanation} Revision {number}.")


def following(concept_id: str, seq: int, version: int, last: str, number: int) -> Mapping[str, Any]:
    """The values of the concept's next change that differ from one edit to another."""
    digest = f"{number:064x}"
    return {
        "concepts_id": concept_id,
        "concepts_name_key": name_key(OWN.name),
        "concepts_seq": seq + 1,
        "concepts_old_seq": seq,
        "concepts_current_version": version + 1,
        "concepts_hash": digest,
        "concept_versions_id": f"{concept_id}-{number}",
        "concept_versions_concept_id": concept_id,
        "concept_versions_version_number": version + 1,
        "concept_versions_name": OWN.name,
        "concept_versions_name_key": name_key(OWN.name),
        "concept_versions_search_key": f"{name_key(OWN.name)}\n{name_key(OWN.definition)}",
        "concept_warnings_concept_id": concept_id,
        "concept_warnings_version_number": version + 1,
        "history_entity_id": concept_id,
        "history_seq": seq + 1,
        "history_version": version + 1,
        "history_prev_hash": last,
        "history_hash": digest,
    }


def connected(path: str) -> sqlite3.Connection:
    """A connection as durable as the store's, and as careful with foreign keys."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def columns_of(text: str) -> list[str]:
    """The name of each parameter of a write, as the fused statement calls it."""
    table = re.search(r"(?:INTO|UPDATE) (?:main\.)?(\w+)", text)
    assert table is not None
    if text.startswith("UPDATE"):
        *moved, key, old = PLACEHOLDER.findall(text)
        return [f"{table[1]}_{name}" for name in (*moved, key, f"old_{old}")]
    inside = text[text.index("(") + 1 : text.index(")")].replace('"', "")
    return [f"{table[1]}_{name.strip()}" for name in inside.split(",")]
