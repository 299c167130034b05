"""Compute the statements of a revision: from the frozen files to what is declared now.

Tables that are new, indexes, functions, guards and edges follow from the declarations. How an
existing table or domain changes is written by hand, in `tests/sql/revisions/`.

Every function that is given a folder named `written` reads or writes there what a revision needs
beside the files that run: `NNNN.<database>.up.sql` and `.down.sql` are written by hand,
`NNNN.<database>.declared.sql` has all statements of the declarations.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum, auto
from pathlib import Path

from attrs import frozen

from indelible_sql.schema import revision_files
from indelible_sql.schema.migrations.frozen import DOWN, SEPARATOR, UP

WRITTEN = Path(__file__).parent / "revisions"
# It creates everything, so that its file and its declarations are the same text.
FIRST = "0006"
EDGES_GUARD = "lifecycle_edges_no_insert"
# The triggers without which statements by hand remove a lifecycle with its changes, the tasks of
# its aggregates, and the seals that cover them.
REMOVAL_GUARDS = (
    "lifecycle_edges_no_delete",
    "history_no_delete",
    "history_no_update",
    "tasks_prune",
    "task_attempts_prune",
    "task_attempts_needed",
    "seals_no_delete",
    "seal_records_no_delete",
)


class Kind(StrEnum):
    """The kinds of objects, in the order in which they are created."""

    DOMAIN = auto()
    LIMITS = auto()
    TABLE = auto()
    KEY = auto()
    EDGES = auto()
    INDEX = auto()
    FUNCTION = auto()
    TRIGGER = auto()


@frozen(order=True)
class Name:
    """The name of an object; `table` is the table of a trigger, index or key, or a domain."""

    kind: Kind
    name: str
    table: str = ""


Objects = Mapping[Name, tuple[str, ...]]

PATTERNS = {
    Kind.DOMAIN: re.compile(r"CREATE DOMAIN (?P<name>\S+)"),
    Kind.LIMITS: re.compile(r"ALTER DOMAIN (?P<table>\S+) ADD CONSTRAINT (?P<name>\S+)"),
    Kind.TABLE: re.compile(r"CREATE TABLE (?P<name>\S+)"),
    Kind.KEY: re.compile(r"ALTER TABLE (?P<table>\S+) ADD (CONSTRAINT|COLUMN) (?P<name>\S+)"),
    Kind.EDGES: re.compile(r"INSERT INTO \S+ \(.*\) VALUES \('(?P<name>[^']+)'"),
    Kind.INDEX: re.compile(r"CREATE (UNIQUE )?INDEX (?P<name>\S+) ON (?P<table>\S+)"),
    Kind.FUNCTION: re.compile(r"CREATE FUNCTION (?P<name>[^\s(]+)"),
    Kind.TRIGGER: re.compile(r"CREATE TRIGGER (?P<name>\S+)[^;]*? ON (?P<table>\S+)"),
}
ENABLED = re.compile(r"ALTER TABLE (?P<table>\S+) ENABLE ALWAYS TRIGGER (?P<name>\S+)")
CREATED_BEFORE_WRITTEN = (Kind.DOMAIN, Kind.TABLE)
DROPPED_AFTER_WRITTEN = (Kind.TABLE, Kind.DOMAIN)
GONE_WITH_TABLE = (Kind.TRIGGER, Kind.INDEX)
REBUILT = re.compile(r"DROP TABLE (?P<name>\S+)")
NEEDS_HANDWRITING = (Kind.DOMAIN, Kind.TABLE, Kind.KEY, Kind.EDGES)


class ChangeNotWritten(Exception):
    """An existing object has changed, and no statements by hand say how."""


def read_statements(path: Path) -> list[str]:
    """Return the statements of a frozen file."""
    statements = path.read_text(encoding="utf-8").split(SEPARATOR)
    return [statement.strip() for statement in statements if statement.strip()]


def objects_of(statements: Iterable[str]) -> Objects:
    """Map each object to the statements that create it, in their order."""
    objects: dict[Name, tuple[str, ...]] = {}
    for statement in statements:
        enabled = ENABLED.match(statement)
        if enabled:
            name = Name(Kind.TRIGGER, enabled["name"], enabled["table"])
            objects[name] = (*objects[name], statement)
            continue
        name = _name_of(statement)
        if name in objects:
            raise ValueError(f"two statements create {name}")
        objects[name] = (statement,)

    return objects


def _name_of(statement: str) -> Name:
    for kind, pattern in PATTERNS.items():
        match = pattern.match(statement)
        if match:
            parts = match.groupdict()
            return Name(kind, parts["name"], parts.get("table", ""))
    raise ValueError(f"no object is created by {statement[:80]!r}")


def steps_between(
    before: Objects, after: Objects, written: Sequence[str], dialect: str
) -> Iterator[str]:
    """Yield the statements that lead from some objects to others.

    Raises:
        ChangeNotWritten: A table, domain, key or edge differs, and `written` is empty.
    """
    _check_written(before, after, written)
    lost = _lost_objects(before, written)
    replaced = _replaced_triggers(before, after)

    yield from _drops(before, after, replaced - lost, dialect)
    for name, statements in after.items():
        if name.kind in CREATED_BEFORE_WRITTEN and name not in before:
            yield from statements
    yield from written
    yield from _creations(before, after, replaced | lost)
    for name in reversed(tuple(before)):
        if name.kind in DROPPED_AFTER_WRITTEN and name not in after:
            yield _drop(name, dialect)


def _replaced_triggers(before: Objects, after: Objects) -> set[Name]:
    """Return the triggers that go or change, and those that are lifted while edges come or go."""
    lifted: list[str] = []
    if _has_other_edges(after, before):
        lifted.append(EDGES_GUARD)
    if _has_other_edges(before, after):
        lifted.extend(REMOVAL_GUARDS)

    replaced: set[Name] = set()
    for name in before:
        if name.kind is not Kind.TRIGGER:
            continue
        if _differs(name, before, after) or name.name in lifted:
            replaced.add(name)

    return replaced


def _has_other_edges(own: Objects, other: Objects) -> bool:
    """Return whether the objects have edges of a lifecycle that the others lack."""
    return any(name.kind is Kind.EDGES and name not in other for name in own)


def _lost_objects(before: Objects, written: Sequence[str]) -> set[Name]:
    """Return the triggers and indexes of tables that the statements by hand create again."""
    rebuilt: set[str] = set()
    for statement in written:
        match = REBUILT.match(statement)
        if match:
            rebuilt.add(match["name"])

    return {name for name in before if name.kind in GONE_WITH_TABLE and name.table in rebuilt}


def _drops(before: Objects, after: Objects, replaced: set[Name], dialect: str) -> Iterator[str]:
    for name in sorted(replaced):
        yield _drop(name, dialect)
    for name in before:
        if name.kind is Kind.LIMITS and _differs(name, before, after):
            yield _drop(name, dialect)
    for name in before:
        if name.kind in (Kind.INDEX, Kind.FUNCTION) and _is_dropped(name, before, after):
            yield _drop(name, dialect)
    for name in before:
        if name.kind is Kind.KEY and name not in after:
            yield _drop(name, dialect)


def _creations(before: Objects, after: Objects, replaced: set[Name]) -> Iterator[str]:
    for name, statements in after.items():
        if name.kind in CREATED_BEFORE_WRITTEN:
            continue
        if name in replaced or _differs(name, after, before):
            yield from _created(name, statements, before)


def _check_written(before: Objects, after: Objects, written: Sequence[str]) -> None:
    if written:
        return
    for name in before:
        is_table = name.kind in NEEDS_HANDWRITING
        if is_table and name in after and before[name] != after[name]:
            raise ChangeNotWritten(name)


def _differs(name: Name, own: Objects, other: Objects) -> bool:
    """Return whether an object is missing in the others, or created by other statements."""
    return own[name] != other.get(name)


def _is_dropped(name: Name, before: Objects, after: Objects) -> bool:
    """Return whether an index or function goes; a function that stays is replaced in place."""
    if name.kind is Kind.FUNCTION:
        return name not in after
    return _differs(name, before, after)


def _created(name: Name, statements: tuple[str, ...], before: Objects) -> Iterator[str]:
    if name.kind is Kind.FUNCTION and name in before:
        yield statements[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
        return
    yield from statements


def _drop(name: Name, dialect: str) -> str:
    if name.kind is Kind.TRIGGER and dialect == "postgresql":
        return f"DROP TRIGGER {name.name} ON {name.table}"
    if name.kind is Kind.LIMITS:
        return f"ALTER DOMAIN {name.table} DROP CONSTRAINT {name.name}"
    if name.kind is Kind.KEY:
        return f"ALTER TABLE {name.table} DROP CONSTRAINT {name.name}"
    if name.kind is Kind.INDEX and dialect == "postgresql":
        return f"DROP INDEX indelible.{name.name}"
    return f"DROP {name.kind.upper()} {name.name}"


def versions() -> Path:
    """Return the folder with the files that run."""
    return revision_files.FOLDER / "versions"


def written_by_hand(written: Path, revision: str, dialect: str, direction: str) -> list[str]:
    """Return the statements that were written by hand for a revision; none where there are none."""
    path = written / f"{revision}.{dialect}.{direction}.sql"
    if not path.exists():
        return []
    return read_statements(path)


def declared_path(written: Path, revision: str, dialect: str) -> Path:
    """Return the file with every statement of the declarations at a revision."""
    if revision == FIRST:
        return versions() / f"{FIRST}.{dialect}.sql"
    return written / f"{revision}.{dialect}.declared.sql"


def freeze_steps(
    written: Path, declared: Sequence[str], dialect: str, *, previous: str, revision: str
) -> None:
    """Write the steps from the previous revision to the declared statements, and back."""
    before = objects_of(read_statements(declared_path(written, previous, dialect)))
    after = objects_of(declared)

    by_hand = written_by_hand(written, revision, dialect, UP)
    up = steps_between(before, after, by_hand, dialect)
    write_statements(versions() / f"{revision}.{dialect}.sql", up)

    by_hand = written_by_hand(written, revision, dialect, DOWN)
    down = steps_between(after, before, by_hand, dialect)
    write_statements(versions() / f"{revision}.{dialect}.{DOWN}.sql", down)


def write_statements(path: Path, statements: Iterable[str]) -> None:
    """Write statements as they are read from a frozen file."""
    path.write_text(SEPARATOR.join(statements) + "\n", encoding="utf-8")
