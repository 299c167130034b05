"""Illegal values of every column: NULL, a malformed value, a value of a generated column."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Column, Table, insert
from tests.guards.attack_parts import Kind, Write, edge_row
from tests.guards.attacks_on_breakers import insert_breaker, insert_refusal
from tests.guards.attacks_on_hung_threads import insert_report
from tests.guards.attacks_on_rates import insert_bucket
from tests.guards.attacks_on_runbooks import runbook_step_with
from tests.guards.capture_rows import capture_writes
from tests.guards.column_values import MALFORMED
from tests.guards.contest_steps import CONTEST_RECORDS, contest_record_with
from tests.guards.kernel_records import insert_declaration, insert_payload, insert_rejection
from tests.guards.money_steps import MONEY_RECORDS, money_record_with
from tests.guards.project_rows import PROJECT_RECORDS, record_with
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import NULL, raw
from tests.guards.retention_rows import insert_mark
from tests.guards.situation import (
    Situation,
    insert_receipt,
    insert_seal,
    insert_seal_record,
    insert_version,
    insert_warnings,
)
from tests.guards.subject_rows import insert_subject
from tests.guards.subscriber_rows import insert_cursor
from tests.guards.task_rows import insert_attempt, insert_pruned, insert_task
from tests.guards.writes import insert_change, step_writes, update_head

from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS
from indelible_sql.concepts.tables import VERSIONS, WARNINGS
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.breaker_tables import BREAKERS
from indelible_sql.kernel.hung_thread_tables import HUNG_THREADS
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES
from indelible_sql.kernel.rate_tables import RATE_BUCKETS
from indelible_sql.kernel.rejection_tables import REJECTIONS
from indelible_sql.kernel.runbook_tables import RUNBOOK_STEPS
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.kernel.subject_tables import SUBJECTS
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, writable_columns
from indelible_sql.schema.value_columns import RAW_BYTES

UNCHANGED: Mapping[str, object] = MappingProxyType({})
CAPTURE_TABLES = (ARTIFACTS, CENTROIDS, SIGNALS)
EDIT_TABLES = (VERSIONS, WARNINGS, HISTORY)


def write_with(s: Situation, table: Table, **columns: object) -> Sequence[Statement]:
    """Return a legal write to the table, but with these columns.

    Raises:
        LookupError: No legal write to the table is known here.
    """
    if table in CATALOG.heads:
        return step_writes(s.births[table.name], **columns)
    if table in CAPTURE_TABLES:
        return _capture_with(s, table, columns)
    if table in EDIT_TABLES:
        return _edit_with(s, table, columns)
    if table in (*PROJECT_RECORDS, *CONTEST_RECORDS, *MONEY_RECORDS):
        return _record_with(s, table, columns)

    if table is RUNBOOK_STEPS:
        return runbook_step_with(s.runbook_step, columns)

    inserts = {
        EDGES: insert(EDGES).values({**edge_row("PUBLISHED", "undo", "DRAFT"), **columns}),
        RECEIPTS: insert_receipt(s.receipt, **columns),
        TASKS: insert_task(**columns),
        TASK_ATTEMPTS: insert_attempt(s.attempt, **columns),
        PRUNED_STAGES: insert_pruned(**columns),
        PRUNED_TABLES: insert_mark(**columns),
        RATE_BUCKETS: insert_bucket(**columns),
        BREAKERS: insert_breaker(**columns),
        HUNG_THREADS: insert_report(**columns),
        SUBSCRIBER_CURSORS: insert_cursor(**columns),
        SUBJECTS: insert_subject(**columns),
        SEALS: insert_seal(s.seal, **columns),
        SEAL_RECORDS: insert_seal_record(**columns),
        PAYLOADS: insert_payload(**columns),
        REJECTIONS: insert_rejection(**columns),
        WEBHOOK_REJECTIONS: insert_refusal(**columns),
        DECLARATIONS: insert_declaration(**columns),
    }
    if table not in inserts:
        problem = f"no legal write to table {table.name} of the registration is known"
        raise LookupError(problem)

    return (inserts[table],)


def _record_with(s: Situation, table: Table, columns: Mapping[str, object]) -> Sequence[Statement]:
    """Return a legal step that adds a record, but with these columns in it."""
    if table in PROJECT_RECORDS:
        return record_with(s.projects, table, columns)
    if table in CONTEST_RECORDS:
        return contest_record_with(s.contests, table, columns)
    return money_record_with(s.money, table, columns)


def _capture_with(s: Situation, table: Table, columns: Mapping[str, object]) -> Sequence[Statement]:
    """Return the capture of a new page, with other columns in one of its rows."""
    by_table = {ARTIFACTS: UNCHANGED, CENTROIDS: UNCHANGED, SIGNALS: UNCHANGED, table: columns}
    return capture_writes(
        s.captures.first_visit,
        artifact=by_table[ARTIFACTS],
        centroid=by_table[CENTROIDS],
        **by_table[SIGNALS],
    )


def _edit_with(s: Situation, table: Table, columns: Mapping[str, object]) -> Sequence[Statement]:
    """Return the edit of a concept, with other columns in one of its rows."""
    by_table = {VERSIONS: UNCHANGED, WARNINGS: UNCHANGED, HISTORY: UNCHANGED, table: columns}
    return (
        update_head(s.edit),
        insert_version(s.version, **by_table[VERSIONS]),
        insert_warnings(s.warnings, **by_table[WARNINGS]),
        insert_change(s.edit, **by_table[HISTORY]),
    )


def _column_attack(
    table: Table, column: Column[Any], problem: str, value: object
) -> tuple[str, Write]:
    """Return the name of an attack, and the legal write to the table with this value."""
    columns = {column.name: value}
    return f"{table.name}.{column.name} {problem}", lambda s: write_with(s, table, **columns)


def _missing_values() -> Iterator[tuple[str, Write]]:
    for table in CATALOG.tables:
        for column in writable_columns(table):
            if not column.nullable:
                yield _column_attack(table, column, "is NULL", NULL)


def _malformed_values() -> Iterator[tuple[str, Write]]:
    for table in CATALOG.tables:
        for column in writable_columns(table):
            if not isinstance(column.type, Domain):
                continue
            for letter, value in zip("abc", MALFORMED[column.type], strict=False):
                yield _column_attack(table, column, f"is no {column.type.name} ({letter})", value)


def _generated_values() -> Iterator[tuple[str, Write]]:
    for table in CATALOG.tables:
        for column in table.columns:
            if column.computed is not None:
                value = 7 if isinstance(column.type, BigInteger) else "other"
                yield _column_attack(table, column, "is chosen", value)


def _values_of_another_type() -> Iterator[tuple[str, Write]]:
    for table in CATALOG.tables:
        column = _first_column(table)
        yield _column_attack(table, column, "is a blob", raw("x'00'"))


def _first_column(table: Table) -> Column[Any]:
    """Return the first column of no blobs that is not part of the primary key; in EDGES, any."""
    for column in writable_columns(table):
        has_other_type = not column.primary_key and column.type is not RAW_BYTES
        if has_other_type or table is EDGES:
            return column

    raise LookupError(table.name)


COLUMNS: Mapping[str, Kind] = {
    "a value that is missing": dict(_missing_values()),
    "a value out of its shape": dict(_malformed_values()),
    "a value that the database makes": dict(_generated_values()),
}
TYPES: Kind = dict(_values_of_another_type())
