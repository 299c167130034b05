"""Change one byte of a stored value.

On SQLite, the byte is changed in the file; on PostgreSQL, as far as the type of the column allows.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from attrs import frozen
from sqlalchemy import CheckConstraint, Column, Table, TextClause, text
from tests.guards.breaker_rows import STORED_REFUSAL
from tests.guards.contest_rows import FOREIGN, LIVE, SCHEDULED, SETTLED
from tests.guards.contest_steps import (
    contest_of_column,
    entry_of_column,
    event_of_column,
    fetch_of_column,
    run_of_column,
)
from tests.guards.kernel_records import STORED_PAYLOAD, STORED_REJECTION
from tests.guards.lifting_sqlite import all_guards, image, trigger_names
from tests.guards.money_steps import money_id_of_column, money_row_of_column
from tests.guards.project_rows import job_of_column
from tests.guards.situation import Situation
from tests.guards.task_rows import LEASED

from indelible_sql import Finding
from indelible_sql.contests import CONTEXT as CONTESTS_CONTEXT
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.breaker_tables import BREAKERS
from indelible_sql.kernel.hung_thread_tables import HUNG_THREADS
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES
from indelible_sql.kernel.rate_tables import RATE_BUCKETS
from indelible_sql.kernel.subject_tables import SUBJECTS
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS
from indelible_sql.kernel.task_tables import PRUNED_STAGES, STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.money import CONTEXT as MONEY_CONTEXT
from indelible_sql.projects import CONTEXT as PROJECTS_CONTEXT
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.tables import writable_columns
from indelible_sql.tokens import CONTEXT as TOKENS_CONTEXT
from indelible_sql.tokens.tables import TOKENS, UPLOADS

Columns = Mapping[str, tuple[Table, Column[Any]]]

NOT_DIGESTED = (
    TASKS,
    PRUNED_STAGES,
    PRUNED_TABLES,
    RATE_BUCKETS,
    BREAKERS,
    HUNG_THREADS,
    SUBSCRIBER_CURSORS,
    SUBJECTS,
)
# The columns that all heads share are not tried again in these heads.
SIMILAR_HEADS = (STAGES, *(head for head in TOKENS_CONTEXT.heads if head is not TOKENS))
SHARED_COLUMNS = ("id", "lifecycle", "version", "seq", "hash", "created_at", "updated_at")

# Differences that readers ignore: a small t, a comma for a point, an escape in capitals, and an
# unknown field.
IGNORED_DIFFERENCES = (
    (b"T", b"t"),
    (b".", b","),
    (b"\\u001f", b"\\u001F"),
    (b'"params":[]', b'"paramr":[]'),
)
INSTANT_BYTES = len("2026-01-01T00:00:00.000000+00:00")
MASKS = (1, 2, 4, 8)
NUMBERS = ("integer", "real")
CHECKS_OFF = "PRAGMA ignore_check_constraints = ON"
CHECKS_ON = "PRAGMA ignore_check_constraints = OFF"


def _named_columns(columns_of: Callable[[Table], Iterable[Column[Any]]]) -> Columns:
    """Return these columns of each table that digests cover, by table and column name."""
    columns: dict[str, tuple[Table, Column[Any]]] = {}
    for table in CATALOG.tables:
        if table in NOT_DIGESTED:
            continue
        for column in columns_of(table):
            is_similar = table in SIMILAR_HEADS and column.name in SHARED_COLUMNS
            if not is_similar:
                columns[f"{table.name}.{column.name}"] = (table, column)
    return columns


def _computed_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.computed is not None]


WRITTEN_COLUMNS = _named_columns(writable_columns)
GENERATED_COLUMNS = _named_columns(_computed_columns)


@frozen
class Flip:
    """A changed value, and the statements that change it."""

    table: str
    value: str
    statements: tuple[TextClause, ...]

    def is_named(self, findings: list[Finding], entity_id: str) -> bool:
        """Return whether a finding names the table and the entity, by its old or its new id."""
        entity_ids = {finding.entity_id for finding in findings if finding.table == self.table}
        return entity_id in entity_ids or self.value in entity_ids


def row_of(table: Table, column: Column[Any], s: Situation) -> tuple[str, str]:
    """Return the condition that selects the row to change a column of, and the id of its entity.

    The row belongs to the middle of a history.
    """
    concept_id = s.reviewed.entity_id
    job_id = s.projects.completed_id
    of_second_version = f"concept_id = '{concept_id}' AND version_number = 2"
    rows = {
        "lifecycle_edges": (
            "lifecycle = 'concept' AND from_state = 'REVIEW' AND action = 'edit'",
            "",
        ),
        "history": (
            f"lifecycle = 'concept' AND entity_id = '{concept_id}' AND seq = 2",
            concept_id,
        ),
        "seals": ("number = 2", "2"),
        "seal_records": ("record_table = 'receipts'", "1"),
        "task_attempts": (f"entity_id = '{LEASED}' AND outcome = 'STARTED'", LEASED),
        "payloads": (f"digest = '{STORED_PAYLOAD.digest}'", STORED_PAYLOAD.digest),
        "rejections": (f"id = '{STORED_REJECTION.id}'", STORED_REJECTION.id),
        "webhook_rejections": (f"id = '{STORED_REFUSAL.id}'", STORED_REFUSAL.id),
        "declarations": ("lifecycle = 'parcel'", "parcel"),
        "receipts": ("key = 'order-1'", str(s.receipt["owner"])),
        "concept_versions": (of_second_version, concept_id),
        "concept_warnings": (of_second_version, concept_id),
        "project_prompts": (
            f"project_id = '{s.projects.project_id}' AND number = 2",
            s.projects.project_id,
        ),
        "job_specs": (f"job_id = '{job_id}'", job_id),
        "job_outputs": (f"job_id = '{job_id}' AND number = 3", job_id),
        "contest_configurations": (f"contest_id = '{FOREIGN}' AND version = 2", FOREIGN),
        "rosters": (f"entry_id = '{SCHEDULED}-noor' AND number = 2", f"{SCHEDULED}-noor"),
        "contest_events": event_of_column(column.name),
        "event_faults": (f"entity_id = '{LIVE}' AND number = 2", LIVE),
        "provider_fetches": fetch_of_column(column.name),
        "runbook_execution_steps": (
            f"entity_id = '{s.ended_execution_id}' AND number = 1",
            s.ended_execution_id,
        ),
        "settlement_lines": (f"entity_id = '{SETTLED}-run' AND number = 2", f"{SETTLED}-run"),
        "signals": (f"artifact_id = '{s.captures.artifact_id}'", s.captures.artifact_id),
    }
    if table.name in rows:
        return rows[table.name]
    money_row = money_row_of_column(table.name, column.name)
    if money_row is not None:
        return money_row

    entity_id = _entity_id(table, column, s)
    return f"id = '{entity_id}'", entity_id


def _entity_id(head: Table, column: Column[Any], s: Situation) -> str:
    """Return the id of an entity of the head with a value in the column."""
    entity_ids = {
        "jobs": job_of_column(s.projects, column.name),
        "contests": contest_of_column(column.name),
        "entries": entry_of_column(column.name),
        "contest_logs": FOREIGN if column.name == "cancelled_number" else LIVE,
        "runbook_executions": s.ended_execution_id,
        "settlement_runs": run_of_column(column.name),
        "subspaces": s.captures.subspace_id,
        "artifacts": s.captures.artifact_id,
        "centroids": s.captures.subspace_id,
    }
    if head.name in entity_ids:
        return entity_ids[head.name]
    money_id = money_id_of_column(head.name, column.name)
    if money_id is not None:
        return money_id

    return s.stored_id(head.name)


def is_text(column: Column[Any]) -> bool:
    """Return whether SQLite stores the column as text."""
    return column.type.compile(dialect=DIALECTS["sqlite"]) == "TEXT"


def flip_bits(value: bytes, index: int, mask: int) -> bytes:
    """Return the bytes with some bits of one byte inverted."""
    changed = bytearray(value)
    changed[index] ^= mask
    return bytes(changed)


def small_flips(value: bytes) -> Iterator[bytes]:
    """Yield the bytes with one low bit inverted, from the last byte on."""
    for index in reversed(range(len(value))):
        for mask in MASKS:
            yield flip_bits(value, index, mask)


def ignored_flips(value: bytes) -> Iterator[bytes]:
    """Yield bytes that a reader takes for the same value."""
    for old, new in IGNORED_DIFFERENCES:
        is_instant = len(value) == INSTANT_BYTES
        if old in value and (is_instant or len(old) > 1):
            yield value.replace(old, new, 1)


class FileFlips:
    """Flips of a column's value in a SQLite file."""

    def __init__(self, path: Path, table: Table, column: Column[Any], where: str) -> None:
        self._path = path
        self._table = table
        self._update = f'UPDATE {table.name} SET "{column.name}" = {{}} WHERE {where}'
        value_query = (
            f'SELECT typeof("{column.name}"), CAST("{column.name}" AS BLOB)'
            f" FROM {table.name}"
            f" WHERE {where}"
        )
        with closing(sqlite3.connect(path)) as connection:
            self.kind, self._value = connection.execute(value_query).fetchone()

    def small(self) -> Flip:
        """Return the first small flip that breaks no key."""
        for value in self._candidates():
            flip = self._flip(value)
            if self._is_accepted(flip):
                return flip

        raise LookupError(self._update)

    def unreadable(self) -> Flip:
        """Return a flip to a byte that no text in UTF-8 has there."""
        return self._flip(flip_bits(self._value, 0, 0x80))

    def ignored(self) -> list[Flip]:
        """Return flips that a reader takes for the old value."""
        return [self._flip(value) for value in ignored_flips(self._value)]

    def _candidates(self) -> Iterator[bytes]:
        if self.kind == "real":
            for mask in MASKS:
                yield repr(float(self._value) / 2 + mask / 64).encode()
        elif self.kind == "integer":
            for mask in MASKS:
                yield str(int(self._value) ^ mask).encode()
        else:
            yield from small_flips(self._value)

    def _flip(self, value: bytes) -> Flip:
        """Return the flip to a value, whatever the checks of the table say."""
        shown_value = value.decode(errors="replace")
        if self.kind in NUMBERS:
            literal = shown_value
        elif self.kind == "blob":
            literal = f"x'{value.hex()}'"
        else:
            literal = f"CAST(x'{value.hex()}' AS TEXT)"

        statements = (CHECKS_OFF, self._update.format(literal), CHECKS_ON)
        return Flip(
            self._table.name, shown_value, tuple(text(statement) for statement in statements)
        )

    def _is_accepted(self, flip: Flip) -> bool:
        with closing(sqlite3.connect(self._path)) as connection:
            try:
                for statement in flip.statements:
                    connection.execute(str(statement))
            except sqlite3.IntegrityError:
                return False
            return True


def drop_guards(url: str) -> None:
    """Disable every trigger of a database, and drop the checks that refuse flips."""
    guards_off = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in CATALOG.tables]
    for head in CATALOG.heads:
        guards_off.append(f"ALTER TABLE {head} DROP CONSTRAINT {head.name}_times")
    checked = [*PROJECTS_CONTEXT.heads, *PROJECTS_CONTEXT.records]
    checked += [*CONTESTS_CONTEXT.heads, *CONTESTS_CONTEXT.records]
    checked += [*MONEY_CONTEXT.heads, *MONEY_CONTEXT.records]
    for table in checked:
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                guards_off.append(
                    f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint.name}"
                )
    guards_off.append(f"ALTER TABLE {PAYLOADS} DROP CONSTRAINT payloads_size_matches")
    guards_off.append(f"ALTER TABLE {UPLOADS} DROP CONSTRAINT ipfs_upload_records_type_known")
    guards_off.append(f"ALTER TABLE {TASK_ATTEMPTS} DROP CONSTRAINT task_attempts_outcome_known")
    with psycopg.connect(url) as connection:
        for statement in guards_off:
            connection.execute(statement.encode())


def database_flip(url: str, table: Table, column: Column[Any], where: str) -> Flip:
    """Return the first small flip that PostgreSQL accepts and stores as another value.

    The database is one whose guards were dropped.
    """
    value_query = (
        "SELECT format_type(atttypid, atttypmod),"
        f" (SELECT {column.name}::text FROM {table} WHERE {where})"
        " FROM pg_attribute"
        f" WHERE attrelid = '{table}'::regclass AND attname = '{column.name}'"
    )

    with psycopg.connect(url) as connection:
        sql_type, stored_value = connection.execute(value_query.encode()).fetchone() or ("", "")
        for flipped in small_flips(stored_value.encode()):
            if not flipped.isascii():
                continue

            value = flipped.decode()
            quoted = value.replace("'", "''")
            update = (
                f"UPDATE {table} SET {column.name} = '{quoted}'::text::{sql_type} WHERE {where}"
            )
            returning = f"{update} RETURNING {column.name}::text"
            if _changes(connection, returning, stored_value):
                return Flip(table.name, value, (_text(update),))

    raise LookupError(table.name, column.name)


def _changes(connection: psycopg.Connection[Any], statement: str, stored_value: str) -> bool:
    """Return whether the statement is accepted and returns another value."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement.encode()).fetchone() != (stored_value,)
    except psycopg.Error:
        return False


def _text(statement: str) -> TextClause:
    """Return a statement for SQLAlchemy, which would read a colon as the start of a parameter."""
    return text(statement.replace(":", "\\:"))


def unguarded_copy(source: Path, target: Path) -> Path:
    """Copy the file without its triggers, and with generated columns that can be written."""
    lifted = set(trigger_names(source))
    for guard in all_guards(source):
        if guard.endswith(" generated"):
            lifted.add(guard)

    target.write_bytes(image(source, frozenset(lifted)))
    return target
