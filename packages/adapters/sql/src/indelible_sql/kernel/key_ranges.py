"""Ranges of keys: the rows of a table in parts that depend on no other."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Column, ColumnElement, Table, func, literal, select, tuple_

from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.row_checks import undecoded

Key = tuple[str, ...]

UNDECODED: Final = "\ufffd"  # which is read in place of what is not UTF-8 on SQLite
MAX_RANGES: Final = 1_000  # of a table, each with a session of its own


@frozen
class KeyRange:
    """The keys from `first` to the one before `end`, in the database's order; None is no border."""

    first: Key | None = None
    end: Key | None = None

    def conditions(self, *columns: Column[Any]) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions of a row of the range, whose key the columns contain."""
        key = _tuple(columns)
        if self.first is not None:
            yield key >= _literals(self.first, columns)
        if self.end is not None:
            yield key < _literals(self.end, columns)


ALL_KEYS: Final = KeyRange()


def _literals(border: Key, columns: Sequence[Column[Any]]) -> ColumnElement[Any]:
    pairs = zip(border, columns, strict=True)
    return _tuple([literal(value, column.type) for value, column in pairs])


def _tuple(values: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Return several values as one, and a single one as it is, which SQLite estimates better."""
    return values[0] if len(values) == 1 else tuple_(*values)


def key_ranges(
    session: Session, table: Table, key: Sequence[str], max_rows: int, total: int
) -> Sequence[KeyRange]:
    """Return ranges that have all rows of a table, now and later, in the order of the key.

    A range has about `max_rows` of the `total` rows, unless one key has more or the table has more
    than `MAX_RANGES` ranges of that size.
    """
    if total <= max_rows:
        return (ALL_KEYS,)
    borders = _borders(session, table, key, max(max_rows, ceil(total / MAX_RANGES)))
    return tuple(map(KeyRange, (None, *borders), (*borders, None)))


def _borders(session: Session, table: Table, key: Sequence[str], size: int) -> Sequence[Key]:
    """Return the keys at which a range ends and the next one begins, none of them twice.

    There are `size` rows between two of them, apart from the rows with the same key. A key that
    Python cannot decode is none: what it reads instead is elsewhere in the database's order.
    """
    columns = [undecoded(table.c[name], name) for name in key]
    number = func.row_number().over(order_by=[table.c[name] for name in key])
    numbered = select(*columns, number.label("number")).subquery()
    border_rows: Query = (
        select(*(numbered.c[name] for name in key))
        .where((numbered.c.number - 1) % size == 0, numbered.c.number > 1)
        .order_by(numbered.c.number)
    )
    borders = [tuple(row.values()) for row in session.rows(border_rows, {})]
    decoded = (border for border in borders if UNDECODED not in "".join(map(str, border)))
    return tuple(dict.fromkeys(decoded))
