"""The values of columns in the lines of an export."""

from datetime import date
from typing import Any

from sqlalchemy import Date
from sqlalchemy.types import TypeEngine

from indelible_sql.schema.columns import Domain


def from_json(kind: TypeEngine[Any], value: Any) -> Any:
    """Return the value of a column from the form that canonical JSON has of it."""
    if value is None:
        return None
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Domain):
        return kind.from_json(value)
    return value


def to_json(kind: TypeEngine[Any], value: Any) -> Any:
    """Return the value of a column in a form that canonical JSON can write."""
    if value is None or not isinstance(kind, Domain):
        return value
    return kind.to_json(value)
