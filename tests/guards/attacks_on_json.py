"""JSON values that exceed a limit, in every JSON column of every table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import Column, ColumnElement, Table, Text, bindparam
from sqlalchemy.types import NullType
from tests.guards.attack_parts import Kind, Write
from tests.guards.attacks_on_columns import write_with
from tests.guards.raw_database import Statement
from tests.guards.situation import Situation
from tests.guards.task_rows import LEASED, complete_task
from tests.guards.writes import step_writes
from tests.json_cases import small_cases

from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.task_tables import TASK_ARGUMENTS, TASKS
from indelible_sql.schema.columns import JSON_ARRAY, JSON_DETAILS, JSON_OBJECT, JsonDomain
from indelible_sql.schema.expressions import DialectExpression

KIND_BY_DOMAIN: Mapping[JsonDomain, str] = {
    JSON_OBJECT: "object",
    JSON_ARRAY: "array",
    JSON_DETAILS: "object",
    TASK_ARGUMENTS: "object",
}


class Document(DialectExpression):
    """A text that is sent as JSON, whatever its content."""

    type = NullType()
    inherit_cache = True
    templates: ClassVar = {"sqlite": "{}", "postgresql": "CAST({} AS jsonb)"}


def document(text: str) -> ColumnElement[Any]:
    """Return a JSON text as a value that the type of the column does not convert."""
    return Document(bindparam(None, text, type_=Text()))


def json_columns() -> Iterator[tuple[Table, Column[Any], JsonDomain]]:
    """Yield every JSON column of every registered context, with its type."""
    for table in CATALOG.tables:
        for column in table.columns:
            if isinstance(column.type, JsonDomain):
                yield table, column, column.type


def kind_of(domain: JsonDomain) -> str:
    """Return the kind of values that a domain takes."""
    return KIND_BY_DOMAIN.get(domain, "value")


def insert_of(table: Table, column: Column[Any], text: str) -> Write:
    """Return a legal insert into the table, but with this JSON text in the column.

    A result is stored by the completion of a task, and by no insert.
    """
    if column is TASKS.c.result:
        return lambda _: (complete_task(LEASED, result=document(text)),)
    return lambda s: write_with(s, table, **{column.name: document(text)})


def update_of(head: Table, column: Column[Any], text: str) -> Write:
    """Return a legal step of a head, but with this JSON text in the column."""

    def write(s: Situation) -> Sequence[Statement]:
        return step_writes(s.steps[head.name], **{column.name: document(text)})

    return write


def _beyond_limits() -> Iterator[tuple[str, Write]]:
    for table, column, domain in json_columns():
        for name, case in small_cases(domain.limits, kind_of(domain)).items():
            if name not in ("depth", "digits of a whole number"):
                continue
            label = f"{table.name}.{column.name}: too large by its {name}"
            yield f"{label}, inserted", insert_of(table, column, case.beyond)
            if table in CATALOG.heads:
                yield f"{label}, updated", update_of(table, column, case.beyond)


JSON_LIMITS: Mapping[str, Kind] = {"a JSON value beyond a limit": dict(_beyond_limits())}
