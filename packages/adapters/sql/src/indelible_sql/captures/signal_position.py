"""The order of the signals in a SQLite file.

The guards refuse a chosen rowid and every deletion, and only one transaction writes at a time. So
the rowids of signals are their order, without gaps.
"""

from collections.abc import Mapping
from typing import Any, Final, Self

from attrs import frozen
from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.types import BigInteger

from indelible_sql.captures.tables import SIGNALS

ROWID: Final[Any] = literal_column("rowid", BigInteger())
NUMBER: Final = ROWID.label("number")
NEWEST_SIGNAL: Final = select(NUMBER, SIGNALS.c.id).order_by(ROWID.desc()).limit(1)
SIGNALS_FROM: Final = (
    select(NUMBER, SIGNALS.c.id, SIGNALS.c.space_id, SIGNALS.c.artifact_id)
    .where(bindparam("number") <= ROWID)
    .order_by(ROWID)
    .limit(bindparam("limit"))
)


@frozen
class Position:
    """A signal by its number in the file and its id."""

    number: int
    signal_id: str

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the position of a signal's row."""
        return cls(row["number"], row["id"])
