"""A walk over every row of a table, whatever its values have become, and what is said of what does not follow."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from attrs import frozen
from cattrs import BaseValidationError
from sqlalchemy import ColumnElement, FromClause, Table, select, type_coerce
from sqlalchemy.types import NullType

from indelible.kernel import IndelibleError
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.schema.columns import Domain

PAGE = 1_000
UNREADABLE = (
    IndelibleError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    BaseValidationError,
)


class Fault(StrEnum):
    """What can be wrong with a database that was written to around its guards."""

    SCHEMA = "SCHEMA"
    DATABASE = "DATABASE"
    EDGE = "EDGE"
    CHANGE = "CHANGE"
    HEAD = "HEAD"
    RECORD = "RECORD"
    RECEIPT = "RECEIPT"
    POSITION = "POSITION"
    FUTURE = "FUTURE"


@frozen(kw_only=True)
class Finding:
    """One thing that does not follow: where, and what."""

    fault: Fault
    table: str
    entity_id: str = ""
    seq: int = 0
    detail: str = ""


def check_rows(
    fault: Fault,
    table: Table,
    found: Iterable[Row],
    check: Callable[[Row], str],
    place: tuple[str, str],
) -> Iterator[Finding]:
    """What a check says of the rows of which it says something, and which of them cannot be read."""
    for row in found:
        try:
            detail = check(row)
        except UNREADABLE as error:
            detail = f"unreadable: {error}"
        if detail:
            entity_id, seq = str(row[place[0]]), row[place[1]]
            yield Finding(
                fault=fault, table=table.name, entity_id=entity_id, seq=seq, detail=detail
            )


def describe(
    session: Session, fault: Fault, table: Table, question: Query, detail: str
) -> Iterator[Finding]:
    """The same detail of each row that a question finds: an entity's id and a seq, in this order."""
    for row in session.rows(question, {}):
        entity_id, seq = row.values()
        yield Finding(fault=fault, table=table.name, entity_id=entity_id, seq=seq, detail=detail)


def rows(
    session: Session,
    table: Table,
    key: tuple[str, ...],
    source: FromClause | None = None,
    beside: Sequence[Any] = (),
) -> Iterator[Row]:
    """Every row in order of the key, a page at a time, as the driver gives it: a bad value must not end the walk."""
    statement: Query = (
        select(*(undecoded(column, column.name) for column in table.columns), *beside)
        .select_from(table if source is None else source)
        .order_by(*(table.c[name] for name in key))
    )
    return session.stream(statement, PAGE)


def undecoded(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """The column as the driver gives it."""
    return type_coerce(column, NullType()).label(name)


def decode_row(session: Session, table: Table, row: Row) -> dict[str, Any]:
    """The values of a row's columns, or one of UNREADABLE."""
    return {column.name: load(session, column.type, row[column.name]) for column in table.columns}


def load(session: Session, kind: object, value: Any) -> Any:
    """The value of a column; ValueError when its text is not the one that is written for this value."""
    if not isinstance(kind, Domain):
        return value
    dialect = session.connection.dialect
    loaded = kind.process_result_value(value, dialect)
    if session.is_sqlite and kind.process_bind_param(loaded, dialect) != value:
        raise ValueError("a value is not written as the library writes it")
    return loaded
