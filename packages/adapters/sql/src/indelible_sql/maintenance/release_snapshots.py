"""Compare a live database with the snapshot file of a release, object by object.

The release may be another one than this code: the file says which tables, guards and functions it
has, and they are compared too.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final

from attrs import evolve, frozen

from indelible.kernel import Conflict, Invalid
from indelible_sql.engine.errors import translate_errors
from indelible_sql.maintenance.snapshot_files import BETWEEN, as_paragraphs
from indelible_sql.schema.migrate import SchemaOutOfDate, current_revision, newest
from indelible_sql.schema.partitions import PARTITIONED, shape_of
from indelible_sql.schema.schema_names import SHARED_PREFIXES, FactNames
from indelible_sql.schema.snapshot import facts_about
from indelible_sql.store.kernel_store import AnySqlStore

MAX_FILE_BYTES: Final = 16 * 2**20
MAX_FACTS: Final = 20_000  # each name is a parameter of a statement
TITLE: Final = re.compile(r"-- [^\n]*, revision (\w{1,100})")
KINDS: Final = (
    "column|constraint|domain|edge|function|index|inherits|key trigger|partition|rule|sequence"
    "|table|trigger|view"
)
FACT: Final = re.compile(rf"({KINDS}) (.*\S.*)", re.DOTALL)
SQLITE_NAME: Final = re.compile(r"([^\s\"]+):(?:\s|$)")
# How PostgreSQL writes the name of what a statement creates.
CREATED_NAME: Final = re.compile(r"[^\"]*\bCREATE [A-Z ]*(?:INDEX|TRIGGER|RULE) \"?([^\"\s]+)")
CREATED_KINDS: Final = ("index", "rule", "trigger")
NO_FACTS: Final = Counter[str]()
REVISION: Final = "revision"


@frozen
class SnapshotInvalid(Invalid):
    """A file is no snapshot of a schema."""

    message: ClassVar[str] = "File {path} is no snapshot of a schema: {problem}."
    path: str
    problem: str


@frozen
class SnapshotOfAnotherDatabase(Conflict):
    """A snapshot is of another kind of database, or of the other shape of PostgreSQL."""

    message: ClassVar[str] = "File {path} is a snapshot of {actual}, expected one of {expected}."
    path: str
    actual: str
    expected: str


class DifferenceKind(StrEnum):
    """The ways in which the database differs from the file."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    DIFFERS = "differs"


@frozen
class SchemaObject:
    """A table, column, constraint, index, trigger, function or another part of a schema."""

    kind: str
    name: str


@frozen
class SchemaDifference:
    """An object of which the file and the database state different facts."""

    difference: DifferenceKind
    schema_object: SchemaObject
    expected: tuple[str, ...]
    actual: tuple[str, ...]


@frozen
class Snapshot:
    """The facts in the snapshot file of a release."""

    path: Path
    revision: str
    facts: tuple[str, ...]

    @property
    def shape(self) -> str:
        """Return the shape of the file's store; only PostgreSQL states a fact of each column."""
        kinds = {fact.partition(" ")[0] for fact in self.facts}
        if "partition" in kinds:
            return PARTITIONED
        return "postgresql" if "column" in kinds else "sqlite"


def read_snapshot(path: Path) -> Snapshot:
    """Return the snapshot in a file.

    Raises: OSError, SnapshotInvalid.
    """
    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise SnapshotInvalid(str(path), f"it has more than {MAX_FILE_BYTES} bytes")

    try:
        title, *facts = content.decode().strip("\n").split(BETWEEN)
    except UnicodeDecodeError as error:
        raise SnapshotInvalid(str(path), f"byte {error.start} is not UTF-8") from error

    match = TITLE.fullmatch(title)
    if match is None:
        raise SnapshotInvalid(str(path), "its first line names no revision")
    if len(facts) > MAX_FACTS:
        raise SnapshotInvalid(str(path), f"it has more than {MAX_FACTS} facts")
    for number, fact in enumerate(facts, 1):
        if FACT.fullmatch(fact) is None:
            raise SnapshotInvalid(str(path), f"paragraph {number} states no fact of a schema")
    if not any(fact.startswith("table ") for fact in facts):
        raise SnapshotInvalid(str(path), "it has no table")

    return Snapshot(path, match[1], tuple(facts))


def differences_from(store: AnySqlStore, snapshot: Snapshot) -> list[SchemaDifference]:
    """Return each object that differs between the database and the file, in order.

    The database may be at any revision; another one than that of the file is a difference.

    Raises: SnapshotOfAnotherDatabase, SchemaOutOfDate for a database that is not migrated at all.
    """
    with translate_errors(), store.engines.reader.connect() as connection:
        shape = shape_of(connection, store.schema)
        if snapshot.shape != shape:
            raise SnapshotOfAnotherDatabase(str(snapshot.path), snapshot.shape, shape)
        revision = current_revision(connection, store.schema)
        if not revision:
            raise SchemaOutOfDate("nothing", newest()[0])
        names = _names_in(snapshot.facts, store.schema_catalog.names.facts)
        actual_facts = as_paragraphs(facts_about(connection, store.schema, names))

    expected = _by_object([*snapshot.facts, f"{REVISION} {snapshot.revision}"])
    actual = _by_object([*actual_facts, f"{REVISION} {revision}"])
    differences: list[SchemaDifference] = []
    for schema_object in sorted({*expected, *actual}, key=lambda part: (part.kind, part.name)):
        difference = _difference(
            schema_object,
            expected.get(schema_object, NO_FACTS),
            actual.get(schema_object, NO_FACTS),
        )
        if difference is not None:
            differences.append(difference)

    return differences


def _difference(
    schema_object: SchemaObject, expected: Counter[str], actual: Counter[str]
) -> SchemaDifference | None:
    missing = tuple(sorted((expected - actual).elements()))
    unexpected = tuple(sorted((actual - expected).elements()))
    if not missing and not unexpected:
        return None

    difference = DifferenceKind.DIFFERS
    if not actual:
        difference = DifferenceKind.MISSING
    elif not expected:
        difference = DifferenceKind.UNEXPECTED
    return SchemaDifference(difference, schema_object, missing, unexpected)


def _by_object(facts: Iterable[str]) -> Mapping[SchemaObject, Counter[str]]:
    """Map each object to its facts; a domain has one for each of its rules."""
    by_object: dict[SchemaObject, Counter[str]] = {}
    for fact in facts:
        by_object.setdefault(object_of(fact), Counter()).update((fact,))

    return by_object


def object_of(fact: str) -> SchemaObject:
    """Return the object that a fact is about."""
    match = FACT.match(fact)
    if match is None:
        return SchemaObject(REVISION, "")

    kind, text = match[1], match[2]
    if kind in ("edge", "key trigger"):  # all but the last word is the name
        return SchemaObject(kind, text.rpartition(" ")[0])

    named = SQLITE_NAME.match(text)
    if named is None and kind in CREATED_KINDS:
        named = CREATED_NAME.match(text)
    if named is not None:
        return SchemaObject(kind, named[1])

    return SchemaObject(kind, text.split(maxsplit=1)[0])


def _names_in(facts: Iterable[str], names: FactNames) -> FactNames:
    """Return the names with those of a file's facts, which another release may have written."""
    tables, guards = set(names.tables), set(names.guards)
    lifecycles, functions = set(names.lifecycles), set(names.functions)
    for fact in facts:
        schema_object = object_of(fact)
        if schema_object.kind == "table":
            tables.add(schema_object.name)
        elif schema_object.kind == "function":
            functions.add(schema_object.name)
        elif schema_object.kind == "edge":
            lifecycles.add(schema_object.name.partition(" ")[0])
        elif schema_object.name.startswith(SHARED_PREFIXES):
            guards.add(schema_object.name)

    return evolve(
        names,
        tables=tuple(tables),
        guards=tuple(guards),
        lifecycles=tuple(lifecycles),
        functions=tuple(functions),
    )
