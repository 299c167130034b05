"""Every table of the adapter and what guards it: the declarations from which all DDL is written."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, Table, make_url
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, ExecutableDDLElement

from indelible.captures import ALGORITHM, SETTING, SPACE, SUBSPACE
from indelible.concepts import CONCEPT
from indelible.kernel import Lifecycle
from indelible.kernel.keys import KEY
from indelible.kernel.stages import STAGE
from indelible.tokens import AUTHOR, IMAGE_JOB, MINT, REVEAL, SYSTEM_STATE, TOKEN, UPLOAD
from indelible_sql.captures.functions import functions
from indelible_sql.captures.tables import (
    ALGORITHMS,
    DERIVED_HEADS,
    SETTINGS,
    SIGNALS,
    SPACES,
    SUBSPACES,
    own_guards,
)
from indelible_sql.captures.tables import SHOWN as OF_SIGNALS
from indelible_sql.concepts.store import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.concepts.store import RECORDED as OF_CONCEPTS
from indelible_sql.kernel.keys import KEYS
from indelible_sql.kernel.tasks import SHOWN as OF_ATTEMPTS
from indelible_sql.kernel.tasks import STAGES, TASK_ATTEMPTS, TASKS, task_guards
from indelible_sql.schema.columns import DOMAINS, SCHEMA
from indelible_sql.schema.guards import (
    Guard,
    RecordHeadRule,
    edge_guards,
    head_guards,
    record_guards,
    shown_guard,
    statements,
)
from indelible_sql.schema.tables import EDGE, EDGES, HISTORY, RECEIPTS, RecordDigest
from indelible_sql.tokens.tables import (
    AUTHORS,
    IMAGE_JOBS,
    MINT_EVENTS,
    REVEALS,
    SYSTEM_STATES,
    TOKENS,
    UPLOADS,
)
from indelible_sql.tokens.tables import own_guards as token_guards

HEADS: Mapping[Table, Lifecycle[StrEnum]] = {
    CONCEPTS: CONCEPT,
    KEYS: KEY,
    SPACES: SPACE,
    SUBSPACES: SUBSPACE,
    ALGORITHMS: ALGORITHM,
    SETTINGS: SETTING,
    STAGES: STAGE,
    AUTHORS: AUTHOR,
    MINT_EVENTS: MINT,
    TOKENS: TOKEN,
    IMAGE_JOBS: IMAGE_JOB,
    UPLOADS: UPLOAD,
    REVEALS: REVEAL,
    SYSTEM_STATES: SYSTEM_STATE,
}
SHOWN = (
    RecordHeadRule(
        record=VERSIONS,
        head=CONCEPTS,
        columns={
            "id": "concept_id",
            "current_version": "version_number",
            "updated_at": "created_at",
        },
    ),
    RecordHeadRule(
        record=WARNINGS,
        head=CONCEPTS,
        columns={
            "id": "concept_id",
            "current_version": "version_number",
            "updated_at": "computed_at",
        },
    ),
    *OF_SIGNALS,
    OF_ATTEMPTS,
)
# What verify looks at and an export carries; keys are in neither: they mean nothing without their store.
RECORDED: Mapping[Table, tuple[RecordDigest, ...]] = {CONCEPTS: OF_CONCEPTS}
RECORDS = (HISTORY, RECEIPTS, VERSIONS, WARNINGS, SIGNALS, TASK_ATTEMPTS)
TABLES = (
    EDGES,
    HISTORY,
    RECEIPTS,
    *HEADS,
    VERSIONS,
    WARNINGS,
    *DERIVED_HEADS,
    SIGNALS,
    TASKS,
    TASK_ATTEMPTS,
)
MOVING = (*HEADS, *DERIVED_HEADS, TASKS)
DIALECTS: Mapping[str, Dialect] = {
    name: make_url(f"{name}://").get_dialect()() for name in ("postgresql", "sqlite")
}

# SQLAlchemy knows no xid8, and SQLite needs none: there, the order of positions is the order of commits.
TXID = (
    "ALTER TABLE indelible.history ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE UNIQUE INDEX history_feed ON indelible.history (txid, position)",
)


def guards(dialect: str) -> Iterator[Guard]:
    """Every guard of ours."""
    yield from edge_guards(dialect)
    for record in RECORDS:
        yield from record_guards(record, dialect)
    for shows in SHOWN:
        yield shown_guard(shows, dialect)
    for head, lifecycle in HEADS.items():
        yield from head_guards(head, lifecycle, dialect)
    for head in DERIVED_HEADS:
        yield from head_guards(head, None, dialect)
    yield from own_guards(dialect)
    yield from task_guards(dialect)
    yield from token_guards(dialect)


def edge_rows(lifecycle: Lifecycle[StrEnum], prefix: str) -> str:
    """The statement that declares a lifecycle's edges; `prefix` stands before the table's name."""
    rows = ", ".join(
        f"('{lifecycle.name}', '{edge.from_state}', '{edge.action}', '{edge.to_state}', {edge.adds_version})"
        for edge in lifecycle.edges
    )
    return f"INSERT INTO {prefix}{EDGES.name} ({', '.join(EDGE)}) VALUES {rows}"


def ddl(dialect: str) -> Iterator[str]:
    """Every statement that makes the schema in an empty database; PostgreSQL's names are in the symbolic schema."""
    is_sqlite = dialect == "sqlite"
    if not is_sqlite:
        for domain in DOMAINS:
            yield domain.create(domain.native.compile(dialect=DIALECTS[dialect]))
    yield from _tables(dialect)
    yield from () if is_sqlite else TXID
    for lifecycle in HEADS.values():
        yield edge_rows(lifecycle, "" if is_sqlite else f"{SCHEMA}.")
    yield from statements(guards(dialect), dialect)
    yield from () if is_sqlite else functions()


def _tables(dialect: str) -> Iterator[str]:
    options: dict[str, Any] = {"dialect": DIALECTS[dialect]}
    if dialect == "sqlite":
        options["schema_translate_map"] = {SCHEMA: None}
    for table in TABLES:
        yield _text(CreateTable(table), options)
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield _text(CreateIndex(index), options)
    if dialect == "postgresql":  # SQLite has the keys that point forward in its tables already
        late = [key for table in TABLES for key in table.foreign_key_constraints if key.use_alter]
        for key in sorted(late, key=lambda each: str(each.name)):
            yield _text(AddConstraint(key, isolate_from_table=False), options)


def _text(element: ExecutableDDLElement, options: Mapping[str, Any]) -> str:
    lines = (
        str(element.compile(**options)).replace(f"__[SCHEMA_{SCHEMA}].", "").strip().splitlines()
    )
    return "\n".join(line.rstrip() for line in lines)
