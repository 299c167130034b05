"""Concepts in SQL."""

from collections.abc import Iterable
from typing import Any

from attrs import asdict, fields, frozen
from sqlalchemy import (
    Column,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.schema import Computed

from indelible.concepts import CONCEPT, ConceptFilter, ConceptSummary
from indelible.concepts.entities import (
    Concept,
    ConceptContent,
    ConceptNode,
    ConceptVersion,
    Warnings,
    name_key,
)
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.rules.warnings import RelatedNames, related_name_keys
from indelible.kernel import Change, Head, digest, to_json_value
from indelible_sql.engine.atomic_write import atomic_write, row, step
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import ROWS, change_row, every, one
from indelible_sql.kernel.repository import revision_columns, revision_of
from indelible_sql.schema.columns import (
    ACTOR,
    C_COLLATED_TEXT,
    CONTENT,
    IDENTIFIER,
    INSTANT,
    NAME_KEY,
    ORDINAL,
    TEXTS,
    WHOLE,
    required,
)
from indelible_sql.schema.expressions import in_json_list, json_array_agg
from indelible_sql.schema.tables import HISTORY, RecordDigest, head, key, page_by, rows_by, table

VERSION_KEY = ("concept_id", "version_number")
CONCEPTS = head(
    "concepts",
    CONCEPT,
    required("name_key", NAME_KEY),
    key(
        "concepts_version",
        ["id", "current_version", "name_key"],
        "concept_versions",
        [*VERSION_KEY, "name_key"],
        deferred=True,
    ),
    key(
        "concepts_warnings",
        ["id", "current_version"],
        "concept_warnings",
        VERSION_KEY,
        deferred=True,
    ),
    Index("concepts_name_key", "name_key"),
    version=required("current_version", ORDINAL),
)
VERSIONS = table(
    "concept_versions",
    required("id", IDENTIFIER),
    required("concept_id", IDENTIFIER),
    required("version_number", ORDINAL),
    Column("previous_number", WHOLE, Computed("NULLIF(version_number - 1, 0)", persisted=True)),
    required("name", C_COLLATED_TEXT),
    required("definition", CONTENT),
    required("explanation", CONTENT),
    required("examples", TEXTS),
    required("prerequisites", TEXTS),
    required("learning_objective", CONTENT),
    required("misconceptions", TEXTS),
    Column("scope_boundaries", CONTENT),
    required("created_by", ACTOR),
    required("created_at", INSTANT),
    Column("change_note", CONTENT),
    required("name_key", NAME_KEY),
    required("search_key", CONTENT),
    PrimaryKeyConstraint(*VERSION_KEY, name="concept_versions_number"),
    UniqueConstraint("id", name="concept_versions_id"),
    UniqueConstraint(*VERSION_KEY, "created_at", name="concept_versions_instant"),
    UniqueConstraint(*VERSION_KEY, "name_key", name="concept_versions_named"),
    key("concept_versions_concept", ["concept_id"], "concepts", ["id"]),
    key(
        "concept_versions_previous",
        ["concept_id", "previous_number"],
        "concept_versions",
        VERSION_KEY,
    ),
    has_rowid=False,
)
WARNINGS = table(
    "concept_warnings",
    required("concept_id", IDENTIFIER),
    required("version_number", ORDINAL),
    required("computed_at", INSTANT),
    required("ruleset", ORDINAL),
    required("warnings", TEXTS),
    PrimaryKeyConstraint(*VERSION_KEY, name="concept_warnings_number"),
    key(
        "concept_warnings_version",
        [*VERSION_KEY, "computed_at"],
        "concept_versions",
        [*VERSION_KEY, "created_at"],
    ),
    has_rowid=False,
)

BESIDE = "version_"  # begins the names of a version's columns beside its concept's, which has some of the same
CONTENT_NAMES = [each.name for each in fields(ConceptContent)]
OWN_NAMES = [each.name for each in fields(ConceptVersion) if each.name != "content"]
CURRENT = and_(
    VERSIONS.c.concept_id == CONCEPTS.c.id, VERSIONS.c.version_number == CONCEPTS.c.current_version
)
IS_ENTITY = CONCEPTS.c.id == bindparam("concept_id")
NODE = select(CONCEPTS.c.id, VERSIONS.c.name, CONCEPTS.c.status, VERSIONS.c.prerequisites).join(
    VERSIONS, CURRENT
)

# Else PostgreSQL may read every version that the concept ever had, to find the one by its number.
SEEN = CONCEPTS.alias("seen")
IS_CURRENT = VERSIONS.c.version_number == (
    select(SEEN.c.current_version).where(SEEN.c.id == bindparam("concept_id")).scalar_subquery()
)
FIND = (
    select(CONCEPTS, *(each.label(f"{BESIDE}{each.name}") for each in VERSIONS.columns))
    .join(VERSIONS, CURRENT)
    .where(IS_ENTITY, IS_CURRENT)
)
# The expected seq is part of the condition: a row that moved while we waited for its lock is not joined again.
LOAD = FIND.where(CONCEPTS.c.seq == bindparam("expected_seq")).with_for_update(of=CONCEPTS)
OTHERS, THEIR = CONCEPTS.alias("others"), VERSIONS.alias("their")
# Asked for each of the few, and not joined: a plan for a join that was made while tables were small reads them whole.
THEIR_NAME = (
    select(THEIR.c.name)
    .where(THEIR.c.concept_id == OTHERS.c.id, THEIR.c.version_number == OTHERS.c.current_version)
    .scalar_subquery()
)
NAMES = (
    select(json_array_agg(THEIR_NAME).label("names"))
    .select_from(OTHERS)
    .where(in_json_list(OTHERS.c.name_key, "keys"), OTHERS.c.id != bindparam("concept_id"))
)
LOAD_TO_EDIT = LOAD.add_columns(NAMES.scalar_subquery().label("names"))
GET = select(CONCEPTS).where(IS_ENTITY)
GET_VERSION = rows_by(VERSIONS, *VERSION_KEY)
GET_LATEST = rows_by(VERSIONS, "concept_id").order_by(VERSIONS.c.version_number.desc()).limit(1)
LIST_VERSIONS = rows_by(VERSIONS, "concept_id").order_by(VERSIONS.c.version_number)
NEXT_VERSIONS = page_by(VERSIONS, ("concept_id",), ("version_number",))
GET_WARNINGS = rows_by(WARNINGS, *VERSION_KEY)
APPROVED = (
    rows_by(HISTORY, "lifecycle", "entity_id", "action")
    .with_only_columns(HISTORY.c.version)
    .order_by(HISTORY.c.seq.desc())
    .limit(1)
)
PAGE = (
    select(CONCEPTS, VERSIONS.c.name, VERSIONS.c.definition)
    .join(VERSIONS, CURRENT)
    .where(
        CONCEPTS.c.id > bindparam("after"),
        VERSIONS.c.search_key.like(bindparam("pattern"), escape="\\"),
        or_(bindparam("status") == "", CONCEPTS.c.status == bindparam("status")),
    )
    .order_by(CONCEPTS.c.id)
    .limit(bindparam("limit"))
)
NAMES_NEAR = (
    select(VERSIONS.c.name, CONCEPTS.c.name_key)
    .join(CONCEPTS, CURRENT)
    .where(CONCEPTS.c.name_key >= bindparam("first"), CONCEPTS.c.name_key < bindparam("past"))
    .distinct()
    .order_by(CONCEPTS.c.name_key, VERSIONS.c.name)
    .limit(50)
)
NODES = NODE.order_by(CONCEPTS.c.id).limit(bindparam("limit"))
NODES_NAMED = NODE.where(
    or_(in_json_list(CONCEPTS.c.id, "ids"), in_json_list(CONCEPTS.c.name_key, "keys"))
).order_by(CONCEPTS.c.id)

CREATE = atomic_write(CONCEPTS, row(CONCEPTS), VERSIONS, WARNINGS, HISTORY)
EDIT = atomic_write(CONCEPTS, step(CONCEPTS), VERSIONS, WARNINGS, HISTORY)
STEP = atomic_write(CONCEPTS, step(CONCEPTS, "name_key"), HISTORY)

LONGEST_KEY = 200  # characters of a name's key that are kept: names that begin the same are told apart afterwards


@frozen
class SqlConcepts:
    """Concepts, to be looked at and to be changed."""

    _session: Session

    def get_concept(self, concept_id: str) -> Concept | None:
        """The concept as it stands, or None."""
        return one(self._session, Concept, GET, {"concept_id": concept_id})

    def get_latest_version(self, concept_id: str) -> ConceptVersion | None:
        """The version that the concept points at, or None."""
        return _version_or_none(self._session.first(GET_LATEST, {"concept_id": concept_id}))

    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None:
        """One version, or None."""
        values = {"concept_id": concept_id, "version_number": version_number}
        return _version_or_none(self._session.first(GET_VERSION, values))

    def list_versions(self, concept_id: str) -> list[ConceptVersion]:
        """Every version, oldest first; none for an unknown concept."""
        return [
            _version(found)
            for found in self._session.rows(LIST_VERSIONS, {"concept_id": concept_id})
        ]

    def versions(self, concept_id: str, *, after: int, limit: int) -> tuple[ConceptVersion, ...]:
        """The next `limit` versions after a number."""
        values = {"concept_id": concept_id, "after": after, "limit": limit}
        return tuple(_version(found) for found in self._session.rows(NEXT_VERSIONS, values))

    def find(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion]:
        """The concept as it stands and the version it points at, or ConceptNotFound."""
        found = self._session.first(FIND, {"concept_id": concept_id})
        if found is None:
            raise ConceptNotFound(concept_id)
        return _head(found), _version(found, BESIDE)

    def load(self, concept_id: str, *, expected_seq: int) -> tuple[Head[Concept], ConceptVersion]:
        """The concept, locked until the transaction ends, and its version; ConceptNotFound or Stale."""
        found = self._session.first(LOAD, {"concept_id": concept_id, "expected_seq": expected_seq})
        return self._loaded(found, concept_id, expected_seq)

    def load_to_edit(
        self, concept_id: str, content: ConceptContent, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, RelatedNames]:
        """As `load`, and in the same look the other concepts' names that the new content is like."""
        values = {
            "concept_id": concept_id,
            "expected_seq": expected_seq,
            "keys": _keys(related_name_keys(content)),
        }
        found = self._session.first(LOAD_TO_EDIT, values)
        head, version = self._loaded(found, concept_id, expected_seq)
        return head, version, RelatedNames.among(content, found["names"] if found else ())

    def record(
        self,
        change: Change,
        concept: Concept,
        version: ConceptVersion | None = None,
        warnings: Warnings = (),
    ) -> None:
        """Move the head and add the records that say so; Stale when another was first."""
        moved, history = (
            asdict(concept, recurse=False) | revision_columns(change),
            change_row(change),
        )
        if version is None:
            self._session.write(STEP, change, {CONCEPTS: moved, HISTORY: history})
            return
        row = _version_row(version)
        moved["name_key"] = row["name_key"]
        remarked = _warnings_row(version, change.data["ruleset"], warnings)
        rows = {CONCEPTS: moved, VERSIONS: row, WARNINGS: remarked, HISTORY: history}
        self._session.write(CREATE if change.seq == 1 else EDIT, change, rows)

    def warnings(self, concept_id: str, version_number: int) -> Warnings:
        """The warnings that were kept with a version."""
        values = {"concept_id": concept_id, "version_number": version_number}
        found = self._session.rows(GET_WARNINGS, values)[0]
        return ROWS.structure(found["warnings"], Warnings)

    def approved_version(self, concept_id: str) -> int | None:
        """The version that the newest approval saw, None before any."""
        values = {"lifecycle": CONCEPT.name, "entity_id": concept_id, "action": "approve"}
        found = self._session.first(APPROVED, values)
        return None if found is None else int(found["version"])

    def page(self, wanted: ConceptFilter, *, after: str, limit: int) -> tuple[ConceptSummary, ...]:
        """The next `limit` concepts after an id, in order of id."""
        literal = (
            name_key(wanted.text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        )
        values = {
            "after": after,
            "limit": limit,
            "pattern": f"%{literal}%",
            "status": wanted.status or "",
        }
        rows = self._session.rows(PAGE, values)
        return tuple(ROWS.structure({**found, "concept": found}, ConceptSummary) for found in rows)

    def related_names(self, version: ConceptVersion) -> RelatedNames:
        """Other concepts' names that equal the version's name, or occur in its definition."""
        values = {
            "keys": _keys(related_name_keys(version.content)),
            "concept_id": version.concept_id,
        }
        return RelatedNames.among(version.content, self._session.rows(NAMES, values)[0]["names"])

    def names_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """A bounded number of names whose key begins with the prefix."""
        rows = self._session.rows(NAMES_NEAR, {"first": prefix, "past": f"{prefix}\U0010ffff"})
        return tuple(found["name"] for found in rows)

    def nodes(self, *, limit: int) -> tuple[ConceptNode, ...]:
        """The first `limit` concepts in order of id, as the graph sees them."""
        return every(self._session, ConceptNode, NODES, {"limit": limit})

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]:
        """The concepts that any of the texts names, by id or by name."""
        keys = set(map(name_key, texts))
        nodes = every(self._session, ConceptNode, NODES_NAMED, {"ids": texts, "keys": _keys(keys)})
        return tuple(node for node in nodes if node.id in texts or name_key(node.name) in keys)

    def _loaded(
        self, found: Row | None, concept_id: str, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion]:
        head, version = (
            self.find(concept_id) if found is None else (_head(found), _version(found, BESIDE))
        )
        return head.expected(expected_seq), version


def _head(found: Row) -> Head[Concept]:
    return Head(
        entity=ROWS.structure(found, Concept), revision=revision_of(found, "current_version")
    )


def _version(found: Row, prefix: str = "") -> ConceptVersion:
    content: dict[str, Any] = {name: _unlisted(found[prefix + name]) for name in CONTENT_NAMES}
    own: dict[str, Any] = {name: found[prefix + name] for name in OWN_NAMES}
    return ConceptVersion(content=ConceptContent(**content), **own)


def _unlisted(value: Any) -> object:
    return value if isinstance(value, str | None) else tuple(value)


def _version_or_none(found: Row | None) -> ConceptVersion | None:
    return None if found is None else _version(found)


def _keys(keys: Iterable[str]) -> list[str]:
    return sorted({key[:LONGEST_KEY] for key in keys})


def _version_row(version: ConceptVersion) -> dict[str, Any]:
    content = version.content
    keys = _search_keys(content.name, content.definition)
    return asdict(version, recurse=False) | asdict(content, recurse=False) | keys


def _search_keys(name: str, definition: str) -> dict[str, str]:
    key = name_key(name)
    return {"name_key": key[:LONGEST_KEY], "search_key": f"{key}\n{name_key(definition)}"}


def _warnings_row(version: ConceptVersion, ruleset: int, warnings: Warnings) -> dict[str, Any]:
    return {
        "concept_id": version.concept_id,
        "version_number": version.version_number,
        "computed_at": version.created_at,
        "ruleset": ruleset,
        "warnings": to_json_value(warnings),
    }


def _kept_version(found: Row) -> str:
    return digest(_version(found))


def _derived_of_version(found: Row) -> dict[str, Any]:
    keys: dict[str, Any] = _search_keys(found["name"], found["definition"])
    return keys | {"previous_number": found["version_number"] - 1 or None}


def _kept_warnings(found: Row) -> str:
    if to_json_value(ROWS.structure(found["warnings"], Warnings)) != found["warnings"]:
        raise ValueError("not warnings as they are written")
    place = [found["concept_id"], found["version_number"], found["computed_at"], found["ruleset"]]
    return digest([*place, found["warnings"]])


RECORDED = (
    RecordDigest(table=VERSIONS, kept="version", digest=_kept_version, derived=_derived_of_version),
    RecordDigest(table=WARNINGS, kept="warnings", digest=_kept_warnings),
)
