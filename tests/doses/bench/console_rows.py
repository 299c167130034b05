"""Rows of a large store, for the pages of the console: copies of concepts, and tasks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from attrs import frozen
from sqlalchemy import Connection, Table
from tests.doses.bench.lives import create_with_versions
from tests.doses.bench.statements import NOTE
from tests.sql.large_spaces import unguarded

from indelible import concepts
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.schema.tables import HISTORY, writable_columns

COPIED: Final = 20  # concepts that the store writes, and that all others are copies of
CHANGES: Final = 10  # of each concept
LARGE_STAGE: Final = "letters"  # it has nine of ten tasks
SECONDS_APART: Final = 600  # the copies of a concept
TASK_SECONDS_APART: Final = 3
STEPS: Final = (
    (concepts.submit_concept, concepts.SubmitConcept),
    (concepts.approve_concept, concepts.ApproveConcept),
    (concepts.publish_concept, concepts.PublishConcept),
)
NUMBERS: Final = """
WITH RECURSIVE numbers(n) AS (
    SELECT 1
    UNION ALL
    SELECT n + 1 FROM numbers WHERE n < {count}
)
"""
COPY_ROWS: Final = """
INSERT INTO {table} ({columns})
{numbers}
SELECT {values}
FROM {table}, numbers
WHERE {condition}
ORDER BY n DESC, {order}
"""
# A task's state follows from its number: of 100, 70 are completed, 20 wait, 5 are dead, 5 canceled.
INSERT_TASKS: Final = """
INSERT INTO {schema}tasks (
    stage, entity_id, fence, attempts, due_at, finished_at,
    lease_owner, lease_until, dead_reason, error_class, cancel_reason)
{numbers},
kinds(n, kind) AS (SELECT n, n / 10 % 100 FROM numbers)
SELECT
    CASE WHEN n % 10 < 9 THEN '{large_stage}' ELSE 'stage-' || (n / 10 % 5) END,
    'task-' || {padded},
    5,
    CASE WHEN kind < 90 THEN 1 ELSE 5 END,
    CASE WHEN kind BETWEEN 70 AND 84 THEN {past} WHEN kind BETWEEN 85 AND 89 THEN {future} END,
    CASE WHEN kind < 70 OR kind >= 95 THEN {past} END,
    CASE WHEN kind = 70 AND n < 100000 THEN 'system:worker' END,
    CASE WHEN kind = 70 AND n < 100000 THEN {in_an_hour} END,
    CASE WHEN kind BETWEEN 90 AND 94 THEN 'the post office is closed until Monday' END,
    CASE WHEN kind BETWEEN 90 AND 94 THEN 'PostOfficeClosed' || (n % 3) END,
    CASE WHEN kind >= 95 THEN 'the letter was sent twice' END
FROM kinds
"""
INSERT_ATTEMPTS: Final = """
INSERT INTO {schema}task_attempts (stage, entity_id, fence, outcome, actor, reason, at, hash)
SELECT stage, entity_id, fence, 'DEAD', 'system:worker', dead_reason, {now}, '{digest}'
FROM {schema}tasks
WHERE dead_reason IS NOT NULL
"""
DIGEST: Final = "ab" * 32


@frozen(kw_only=True)
class Expressions:
    """Expressions of a database: the number with leading zeros, and instants."""

    padded: str
    now: str
    moved: str  # a column of the copied row, `seconds` earlier for each copy
    after_now: str


POSTGRESQL: Final = Expressions(
    padded="lpad(n::text, 8, '0')",
    now="timestamptz '{now}'",
    moved="{column} - n * interval '{seconds} s'",
    after_now="timestamptz '{now}' + {seconds} * interval '1 s'",
)
SQLITE: Final = Expressions(
    padded="printf('%08d', n)",
    now="'{now}.000000+00:00'",
    moved=(
        "strftime('%Y-%m-%dT%H:%M:%S', {column}, '-' || (n * {seconds}) || ' seconds')"
        " || substr({column}, 20)"
    ),
    after_now=(
        "strftime('%Y-%m-%dT%H:%M:%S', '{now}', ({seconds}) || ' seconds') || '.000000+00:00'"
    ),
)


def fill_concepts(store: SqlStore, url: str, count: int) -> None:
    """Create concepts with ten changes each, in every status; most are copies by SQL.

    The URL is that of a user who may disable guards.
    """
    for number in range(COPIED):
        _create_concept(store, number)

    copies = count // COPIED - 1
    if copies < 1:
        return
    with unguarded(url, HISTORY, CONCEPTS, VERSIONS, WARNINGS) as connection:
        sql = _expressions(connection)
        new_id = f"{sql.padded} || substr({{column}}, 9)"
        numbered = "{column} || ' ' || n"
        times = {"created_at", "updated_at", "at", "computed_at"}
        ids = {"entity_id", "concept_id", "id"}
        names = {"name", "name_key", "search_key"}
        for table, order in (
            (HISTORY, "position"),
            (CONCEPTS, "id"),
            (VERSIONS, "id"),
            (WARNINGS, "concept_id"),
        ):
            changed: dict[str, str] = {}
            for column in writable_columns(table):
                if column.name in times:
                    changed[column.name] = sql.moved.replace("{seconds}", str(SECONDS_APART))
                elif column.name in ids:
                    changed[column.name] = new_id
                elif column.name in names:
                    changed[column.name] = numbered
            _copy(connection, table, changed, copies, order)


def fill_tasks(url: str, count: int) -> None:
    """Insert tasks in every state, most of them into one stage, and the attempts of dead ones.

    The URL is that of a user who may disable guards.
    """
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    with unguarded(url, TASKS, TASK_ATTEMPTS) as connection:
        sql = _expressions(connection)
        is_sqlite = connection.dialect.name == "sqlite"
        values = {
            "schema": "" if is_sqlite else "indelible.",
            "numbers": NUMBERS.format(count=count),
            "large_stage": LARGE_STAGE,
            "padded": sql.padded,
            "now": _text(sql.now, now),
            "past": _text(sql.after_now, now, f"-n * {TASK_SECONDS_APART}"),
            "future": _text(sql.after_now, now, f"n * {TASK_SECONDS_APART}"),
            "in_an_hour": _text(sql.after_now, now, "3600"),
            "digest": DIGEST,
        }
        for statement in (INSERT_TASKS, INSERT_ATTEMPTS):
            connection.exec_driver_sql(statement.format(**values).replace("%", _percent(sql)))


def _create_concept(store: SqlStore, number: int) -> None:
    """Create a concept with ten changes, of which up to three are steps."""
    step_count = number % (len(STEPS) + 1)
    saved = create_with_versions(store, CHANGES - step_count)
    for handler, command_class in STEPS[:step_count]:
        command = command_class(concept_id=saved.concept.id, expected_seq=saved.seq)
        saved = store.run(handler, command, actor=MAYA, reason=NOTE)  # type: ignore[arg-type] # each with its own


def _copy(
    connection: Connection, table: Table, changed: Mapping[str, str], count: int, order: str
) -> None:
    """Copy all rows of concepts so many times, with these columns changed, the oldest first."""
    columns = [column.name for column in writable_columns(table)]
    values = [changed.get(name, "{column}").replace("{column}", name) for name in columns]
    is_sqlite = connection.dialect.name == "sqlite"
    statement = COPY_ROWS.format(
        table=table.name if is_sqlite else f"indelible.{table.name}",
        columns=", ".join(columns),
        values=", ".join(values),
        numbers=NUMBERS.format(count=count),
        condition="lifecycle = 'concept'" if table is HISTORY else "true",
        order=order,
    )
    connection.exec_driver_sql(statement.replace("%", _percent(_expressions(connection))))


def _expressions(connection: Connection) -> Expressions:
    return SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL


def _text(expression: str, now: str, seconds: str = "") -> str:
    if expression.startswith("timestamptz"):
        now = f"{now}Z"
    return expression.replace("{now}", now).replace("{seconds}", seconds)


def _percent(sql: Expressions) -> str:
    """Return the percent sign as the driver wants it."""
    return "%" if sql is SQLITE else "%%"
