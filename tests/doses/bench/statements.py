"""Record the statements of an edit, and compute the values to send them again by a bare driver."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, cast

from attrs import evolve, frozen

from indelible.concepts import ConceptContent, ConceptSaved
from indelible.concepts.entities import name_key
from indelible.concepts.rules.warnings.content import RULESET
from indelible.kernel import instant_text, to_json_value
from indelible.kernel.digest_schemes import DIGEST_SCHEME
from indelible.testing.stores import MAYA
from indelible_sql.engine.collecting import TRANSACTION_NUMBER

ASSIGNMENT: Final = re.compile(r"(\w+)\"? ?= ?\?")
EXPLANATION: Final = (
    "Multiply or divide both parts by the same number: the amount stays, and only its name changes."
)
CONTENT: Final = ConceptContent(
    name="Equivalent fractions",
    definition=(
        "Fractions that name the same amount, though their numerators and denominators differ."
    ),
    explanation=f"{EXPLANATION} " * 4,
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
# With a name of its own, so that no equal names are compared.
UNIQUE_CONTENT: Final = evolve(CONTENT, name="Fractions of one value")
UNIQUE_KEY: Final = name_key(UNIQUE_CONTENT.name)
STORED_CONTENT: Final[Mapping[str, Any]] = cast("Mapping[str, Any]", to_json_value(UNIQUE_CONTENT))
CHANGE: Final = {
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
WARNINGS: Final = "concept_warnings_warnings"
INSTANTS: Final = (
    "concepts_updated_at",
    "concept_versions_created_at",
    "concept_warnings_computed_at",
    "history_at",
)


@frozen
class Sent:
    """A statement as the driver received it, with its values."""

    text: str
    values: Any

    def values_with(self, names: Sequence[str], changed: Mapping[str, Any]) -> list[Any]:
        """Return the values in order, those of the named columns changed."""
        pairs = zip(names, self.values, strict=True)
        return [changed.get(name, value) for name, value in pairs]


@frozen
class Statements:
    """The statements of one edit: the load and the writes."""

    load: Sent
    writes: tuple[Sent, ...]

    @classmethod
    def of(cls, sent: list[Sent]) -> "Statements":
        """Separate the load from the writes."""
        loads = [one for one in sent if one.text.startswith("SELECT")]
        loads = [one for one in loads if one.text != TRANSACTION_NUMBER]
        verbs = ("WITH", "UPDATE", "INSERT")
        writes = tuple(statement for statement in sent if statement.text.startswith(verbs))
        (load,) = loads
        return cls(load, writes)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts without spaces at the ends of lines."""
        texts: list[str] = []
        for statement in (self.load, *self.writes):
            lines = [line.rstrip() for line in statement.text.splitlines()]
            texts.append("\n".join(lines))

        return tuple(texts)


def revised(number: int, name: str = CONTENT.name) -> ConceptContent:
    """Return the content of the edit of this number."""
    return evolve(CONTENT, name=name, explanation=f"{CONTENT.explanation} Revision {number}.")


@frozen(kw_only=True)
class EditValues:
    """The values of the edits of one concept; `verify` finds no fault in the rows.

    `version` is the JSON form of the concept's first version. Each edit replaces what differs in
    it, which is faster than a record's own `digest()`. `instant` converts an instant for the
    driver.
    """

    concept_id: str
    version: Mapping[str, Any]
    warnings: Sequence[Mapping[str, Any]]
    instant: Callable[[datetime], Any]

    @classmethod
    def for_psycopg(cls, statements: Statements, own: ConceptSaved) -> "EditValues":
        """Return the values for PostgreSQL, whose driver converts instants."""
        warnings = json.loads(statements.writes[0].values[WARNINGS])
        return cls(
            concept_id=own.concept.id,
            version=version_json(own),
            warnings=warnings,
            instant=lambda instant: instant,
        )

    @classmethod
    def for_sqlite3(cls, statements: Statements, own: ConceptSaved) -> "EditValues":
        """Return the values for SQLite, which stores instants as text."""
        inserts = [write for write in statements.writes if "concept_warnings" in write.text]
        (insert,) = inserts
        recorded = dict(zip(columns_of(insert.text), insert.values, strict=True))
        return cls(
            concept_id=own.concept.id,
            version=version_json(own),
            warnings=json.loads(recorded[WARNINGS]),
            instant=instant_text,
        )

    def next(self, seq: int, version: int, last_hash: str, now: datetime) -> dict[str, Any]:
        """Return the values of the next edit that differ between edits, with three digests."""
        content = dict(STORED_CONTENT)
        content["explanation"] = f"{CONTENT.explanation} Revision {version}."
        data = self._change_data(version, content, now)
        change = {
            **CHANGE,
            "entity_id": self.concept_id,
            "seq": seq + 1,
            "version": version + 1,
            "prev_hash": last_hash,
        }
        change_hash = _digest({**change, "at": instant_text(now), "data": data})

        values: dict[str, Any] = {f"history_{name}": value for name, value in change.items()}
        values.update(dict.fromkeys(INSTANTS, self.instant(now)))
        values.update(
            history_data=ENCODER.encode(data),
            history_hash=change_hash,
            concepts_id=self.concept_id,
            concepts_name_key=UNIQUE_KEY,
            concepts_seq=seq + 1,
            concepts_old_seq=seq,
            concepts_current_version=version + 1,
            concepts_hash=change_hash,
            concept_versions_id=f"{self.concept_id}-{version}",
            concept_versions_concept_id=self.concept_id,
            concept_versions_version_number=version + 1,
            concept_versions_name=UNIQUE_CONTENT.name,
            concept_versions_name_key=UNIQUE_KEY,
            concept_versions_search_key=f"{UNIQUE_KEY}\n{name_key(UNIQUE_CONTENT.definition)}",
            concept_versions_explanation=content["explanation"],
            concept_warnings_concept_id=self.concept_id,
            concept_warnings_version_number=version + 1,
        )
        return values

    def _change_data(
        self, version: int, content: Mapping[str, Any], now: datetime
    ) -> dict[str, object]:
        created_at = instant_text(now)
        stored_version = {
            **self.version,
            "id": f"{self.concept_id}-{version}",
            "version_number": version + 1,
            "content": content,
            "created_at": created_at,
            "change_note": NOTE,
        }
        stored_warnings = [self.concept_id, version + 1, created_at, RULESET, self.warnings]
        return {
            "version": _digest(stored_version),
            "ruleset": RULESET,
            "warnings": _digest(stored_warnings),
        }


def version_json(saved: ConceptSaved) -> Mapping[str, Any]:
    """Return the form of a version that its digest covers."""
    form = cast("Mapping[str, Any]", to_json_value(saved.version))
    assert _digest(form) == saved.version.digest(DIGEST_SCHEME), (
        "the digest of a version has another form"
    )
    return form


def _digest(value: object) -> str:
    return sha256(ENCODER.encode(value).encode()).hexdigest()


def connected(path: str) -> sqlite3.Connection:
    """Open a connection as durable as the store's, with foreign keys."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")

    return connection


def columns_of(text: str) -> list[str]:
    """Return the name of each parameter of a write, as the fused statement names it."""
    match = re.search(r"(?:INTO|UPDATE) (?:main\.)?(\w+)", text)
    assert match is not None
    table = match[1]
    if text.startswith("UPDATE"):
        *assigned, key, old = ASSIGNMENT.findall(text)
        return [f"{table}_{name}" for name in (*assigned, key, f"old_{old}")]

    columns = text[text.index("(") + 1 : text.index(")")].replace('"', "")
    return [f"{table}_{name.strip()}" for name in columns.split(",")]
