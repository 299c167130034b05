"""A change of a head with its records, as statements and as their parameters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast

from attrs import frozen
from sqlalchemy import Insert, Select, Table, Update
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.selectable import TextualSelect

from indelible.kernel import instant_text
from indelible.kernel.json_numbers import ExactEncoder
from indelible_sql.engine.errors import GuardViolation

Rows = Mapping[Table, Mapping[str, Any]]
UNIQUE_VIOLATION = "23505"
SQLITE_PRIMARY_KEY = "SQLITE_CONSTRAINT_PRIMARYKEY"


@frozen
class AtomicWrite:
    """A change of a head with its records: one statement on PostgreSQL, several on SQLite.

    `all_or_none` is `fused`, but it fails where it moves no head (NOT_ALL_UPDATED), so that COMMIT
    can follow in the same round trip. `rule_reports` are the names by which the databases report a
    second aggregate of a parent. `bulk` inserts one row of each table of bulk records on SQLite,
    before the last of `ordered`.
    """

    head: str
    fused: ReturningInsert[str]
    all_or_none: Select[Any, int]
    ordered: tuple[Insert | Update, ...]
    rule_reports: frozenset[str] = frozenset()
    bulk: tuple[Insert, ...] = ()


@frozen
class ManyChanges:
    """PostgreSQL's write of many changes as one statement, which returns a row for each of them.

    `all_or_none` fails where they are less than `:number` (NOT_ALL_UPDATED).
    """

    fused: TextualSelect
    all_or_none: TextualSelect


def parameters(rows: Rows, bulk: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return the values for the parameters of an AtomicWrite; `bulk` are those of bulk records."""
    values: dict[str, Any] = {}
    for table, columns in rows.items():
        names = _parameter_names(table.name, tuple(columns))
        values.update(zip(names, columns.values(), strict=True))
        if "seq" in columns:
            values[f"{table.name}_old_seq"] = columns["seq"] - 1
    for bulk_values in bulk:
        values.update(bulk_values)
    return values


@cache
def _parameter_names(table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parameters of a table's columns; a table has few combinations of them."""
    return tuple(f"{table}_{name}" for name in columns)


def is_taken(refusal: GuardViolation, write: AtomicWrite) -> bool:
    """Return whether a unique key of the head refused a new row; a rule has an error of its own."""
    if refusal.guard in write.rule_reports:
        return False
    if refusal.state == UNIQUE_VIOLATION:
        return refusal.guard.startswith(f"{write.head}_")
    return refusal.guard == f"{write.head}_no_replace" or refusal.state == SQLITE_PRIMARY_KEY


def encode_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the values of many changes as JSON, for PostgreSQL's one statement."""
    return _encoder.encode(rows)


class _RowEncoder(ExactEncoder):
    """Encodes the rows of a bulk write: instants as their text, other types as `str`."""

    def default(self, o: object) -> object:
        """Return the text of a value that JSON does not know."""
        if isinstance(o, datetime):
            return instant_text(o)
        if isinstance(o, Decimal | Mapping):
            return super().default(cast("object", o))
        return str(o)


_encoder = _RowEncoder()
