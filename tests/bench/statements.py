"""The statements of an edit as a driver got them, and the values with which a bare driver sends them again."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, cast

from attrs import evolve, frozen
from psycopg.types.json import Jsonb

from indelible.concepts import ConceptContent, ConceptSaved
from indelible.concepts.entities import name_key
from indelible.concepts.rules.warnings import RULESET
from indelible.kernel import instant_text, to_json_value
from indelible.testing.stores import MAYA

PLACEHOLDER: Final = re.compile(r"(\w+)\"? ?= ?\?")
CONTENT: Final = ConceptContent(
    name="Equivalent fractions",
    definition="Fractions that name the same amount, though their numerators and denominators differ.",
    explanation="Multiply or divide both parts by the same number: the amount stays, and only its name changes. "
    * 4,
    examples=("1/2 = 2/4 = 50/100", "6/9 = 2/3, dividing both by 3"),
    learning_objective="Rename a fraction without changing its amount.",
    misconceptions=("A fraction with larger numbers is a larger fraction.",),
    scope_boundaries="Positive fractions only.",
)
PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "busy_timeout = 5000",
)
NOTE: Final = "one of many edits"
OWN: Final = evolve(
    CONTENT, name="Fractions of one value"
)  # names that are the same would be looked up
OWN_KEY: Final = name_key(OWN.name)
KEPT: Final[Mapping[str, Any]] = cast("Mapping[str, Any]", to_json_value(OWN))
SIGNED: Final = {"created_by": str(MAYA), "change_note": NOTE}
SAID: Final = {
    "lifecycle": "concept",
    "action": "edit",
    "from_state": "DRAFT",
    "to_state": "DRAFT",
    "adds_version": 1,
    "actor": str(MAYA),
    "reason": NOTE,
    "request_id": None,
}
ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
REMARKS: Final = "concept_warnings_warnings"
INSTANTS: Final = (
    "concepts_updated_at",
    "concept_versions_created_at",
    "concept_warnings_computed_at",
    "history_at",
)


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
        return cls(
            load, tuple(each for each in sent if each.text.startswith(("WITH", "UPDATE", "INSERT")))
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """What to print: no line of it ends in a space."""
        return tuple(
            "\n".join(map(str.rstrip, each.text.splitlines())) for each in (self.load, *self.writes)
        )


def revised(number: int, name: str = CONTENT.name) -> ConceptContent:
    """The content that the edit of this number gives."""
    return evolve(CONTENT, name=name, explanation=f"{CONTENT.explanation} Revision {number}.")


@frozen(kw_only=True)
class Edited:
    """One concept's edits, their values made by hand: `verify` finds nothing wrong with the rows."""

    concept_id: str
    remarks: Sequence[Mapping[str, Any]]
    instant: Callable[[datetime], Any]  # how the driver is given an instant, and JSON
    document: Callable[[Mapping[str, object]], Any]

    @classmethod
    def by_psycopg(cls, statements: Statements, mine: ConceptSaved) -> "Edited":
        """On PostgreSQL, whose driver knows instants and JSON."""
        remarks = statements.writes[0].values[REMARKS].obj
        return cls(
            concept_id=mine.concept.id, remarks=remarks, instant=lambda at: at, document=Jsonb
        )

    @classmethod
    def by_sqlite3(cls, statements: Statements, mine: ConceptSaved) -> "Edited":
        """On SQLite, where both are texts."""
        (remarked,) = (each for each in statements.writes if "concept_warnings" in each.text)
        remarks = json.loads(
            dict(zip(columns_of(remarked.text), remarked.values, strict=True))[REMARKS]
        )
        return cls(
            concept_id=mine.concept.id,
            remarks=remarks,
            instant=instant_text,
            document=ENCODER.encode,
        )

    def following(self, seq: int, version: int, last: str, at: datetime) -> dict[str, Any]:
        """The values of the next edit that differ from one to another, its three digests among them."""
        version_id, when, kept = f"{self.concept_id}-{version}", instant_text(at), {**KEPT}
        kept["explanation"] = f"{CONTENT.explanation} Revision {version}."
        numbered = {"concept_id": self.concept_id, "version_number": version + 1}
        data: dict[str, object] = {
            "version": _digest(
                {**numbered, "id": version_id, "content": kept, "created_at": when, **SIGNED}
            ),
            "ruleset": RULESET,
            "warnings": _digest([self.concept_id, version + 1, when, RULESET, self.remarks]),
        }
        change = {
            **SAID,
            "entity_id": self.concept_id,
            "seq": seq + 1,
            "version": version + 1,
            "prev_hash": last,
        }
        sealed = _digest({**change, "at": when, "data": data})
        values: dict[str, Any] = {f"history_{name}": value for name, value in change.items()}
        return values | {
            "concepts_id": self.concept_id,
            "concepts_name_key": OWN_KEY,
            "concepts_seq": seq + 1,
            "concepts_old_seq": seq,
            "concepts_current_version": version + 1,
            "concepts_hash": sealed,
            "concept_versions_id": version_id,
            "concept_versions_concept_id": self.concept_id,
            "concept_versions_version_number": version + 1,
            "concept_versions_name": OWN.name,
            "concept_versions_name_key": OWN_KEY,
            "concept_versions_search_key": f"{OWN_KEY}\n{name_key(OWN.definition)}",
            "concept_versions_explanation": kept["explanation"],
            "concept_warnings_concept_id": self.concept_id,
            "concept_warnings_version_number": version + 1,
            "history_data": self.document(data),
            "history_hash": sealed,
            **dict.fromkeys(INSTANTS, self.instant(at)),
        }


def _digest(value: object) -> str:
    return sha256(ENCODER.encode(value).encode()).hexdigest()


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
