"""Read every row of a table, whatever its values have become, and name those that are wrong."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Dialect, FromClause, Table, func, select, type_coerce
from sqlalchemy.types import NullType

from indelible.kernel.json import encode_canonical
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.schema.columns import ACTOR, INSTANT, JSON_ARRAY, Domain, JsonDomain
from indelible_sql.schema.expressions import DialectExpression
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.json_rules import JsonText

PAGE = 1_000
SHARED_KINDS = (ACTOR, JSON_ARRAY)  # whose values many rows have in common
MAX_SHARED = 1_000  # values that are decoded once, among rows that follow each other
MAX_SHARED_CHARACTERS = 10_000
MAX_FUTURE = timedelta(days=1)  # by which a time may be ahead of the clock that verify reads
MAX_STATEMENTS = 1_000  # that are built once for all databases of the process


def check_rows(
    fault: Fault,
    table: Table,
    rows: Iterable[Row],
    check: Callable[[Row], str],
    key: tuple[str, str],
) -> Iterator[Finding]:
    """Yield a finding for each row that the check describes or that cannot be read.

    `check` returns '' for a row that is right; `key` are the columns of the row's id and seq.
    """
    id_column, seq_column = key
    for row in rows:
        try:
            detail = check(row)
        except UNREADABLE as error:
            detail = unreadable(error)
        if detail:
            yield Finding(
                fault=fault,
                table=table.name,
                entity_id=str(row[id_column]),
                seq=row[seq_column],
                detail=detail,
            )


def unreadable(error: BaseException) -> str:
    """Return the detail of a row that raised one of UNREADABLE."""
    return f"unreadable: {error}"


def describe(
    session: Session, fault: Fault, table: Table, query: Query, detail: str
) -> Iterator[Finding]:
    """Yield a finding with the same detail for each row; the query selects an id and a seq."""
    for row in session.rows(query, {}):
        entity_id, seq = row.values()
        yield Finding(fault=fault, table=table.name, entity_id=entity_id, seq=seq, detail=detail)


def count_rows(session: Session, tables: Iterable[Table]) -> int:
    """Return the number of rows of all these tables."""
    total = 0
    for table in tables:
        statement: Query = select(func.count().label("total")).select_from(table)
        total += int(session.rows(statement, {})[0]["total"])

    return total


def rows(
    session: Session, table: Table, key: tuple[str, ...], *conditions: ColumnElement[bool]
) -> Iterator[Row]:
    """Yield every row in order of the key, a page at a time, with the driver's own values.

    With conditions only the rows that fulfill them.
    """
    return session.stream(_all_rows(table, key).where(*conditions), PAGE)


@lru_cache(maxsize=MAX_STATEMENTS)
def _all_rows(table: Table, key: tuple[str, ...]) -> Query:
    return select_rows(table, key, table, ())


def select_rows(
    table: Table, key: tuple[str, ...], source: FromClause, joined_columns: Sequence[Any]
) -> Query:
    """Select every row in order of the key, with the driver's own values.

    A value that cannot be decoded must not end the walk. `source` joins other tables, whose columns
    are `joined_columns`.
    """
    columns = [undecoded(column, column.name) for column in table.columns]
    order = [table.c[name] for name in key]
    return select(*columns, *joined_columns).select_from(source).order_by(*order)


def undecoded(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """Return the column with the driver's own values, and JSON as text.

    An instant that PostgreSQL's driver cannot read is NULL.
    """
    if isinstance(column.type, JsonDomain):
        return type_coerce(JsonText(column), NullType()).label(name)
    if column.type is INSTANT:
        return type_coerce(_ReadableInstant(column), NullType()).label(name)
    return type_coerce(column, NullType()).label(name)


class _ReadableInstant(DialectExpression):
    """An instant, or NULL for one that Python's datetime may not represent in any time zone."""

    type = NullType()
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "{0}",
        "postgresql": (
            "CASE WHEN {0} > '0002-01-01 00:00:00+00' AND {0} < '9999-01-01 00:00:00+00'"
            " THEN {0} END"
        ),
    }


def decode_row(session: Session, table: Table, row: Row) -> dict[str, Any]:
    """Return the values of a row's columns, or raise one of UNREADABLE."""
    names, converted = _columns(table, session.dialect.name)
    values = {name: row[name] for name in names}
    for name, domain in converted:
        values[name] = load(session, domain, values[name])
    return values


@cache
def _columns(table: Table, dialect: str) -> tuple[tuple[str, ...], tuple[tuple[str, Domain], ...]]:
    """Return the names of a table's columns, and those whose values are converted."""
    names: list[str] = []
    converted: list[tuple[str, Domain]] = []
    for column in table.columns:
        names.append(column.name)
        if isinstance(column.type, Domain) and column.type.is_converted(dialect):
            converted.append((column.name, column.type))

    return tuple(names), tuple(converted)


def load(session: Session, kind: object, value: Any, *, is_checked: bool = False) -> Any:
    """Return the value of a column; raise ValueError where the library would write it otherwise.

    The form of a value that is checked elsewhere is not checked again.
    """
    if not isinstance(kind, Domain):
        return value

    dialect = session.dialect
    if kind in SHARED_KINDS and isinstance(value, str) and len(value) <= MAX_SHARED_CHARACTERS:
        return _load_shared(kind, value, dialect)
    return _load(kind, value, dialect, is_checked=is_checked)


@lru_cache(maxsize=MAX_SHARED)
def _load_shared(kind: Domain, value: str, dialect: Dialect) -> Any:
    """Return a value that nobody may change: rows that follow each other share most of them."""
    return _load(kind, value, dialect, is_checked=False)


def _load(kind: Domain, value: Any, dialect: Dialect, *, is_checked: bool) -> Any:
    loaded = kind.process_result_value(value, dialect)
    if is_checked or dialect.name != "sqlite":
        return loaded
    if _stored_form(kind, loaded, dialect) != value:
        raise ValueError("the stored form of a value is not the library's")
    return loaded


def _stored_form(kind: Domain, loaded: Any, dialect: Dialect) -> Any:
    """Return the value as the library writes it on SQLite."""
    if isinstance(kind, JsonDomain) and loaded is not None:
        return encode_canonical(loaded)  # what was parsed needs no conversion
    return kind.process_bind_param(loaded, dialect)
