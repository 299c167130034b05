"""The conditions that several guards have in common."""

from collections.abc import Iterable

from sqlalchemy import Table


def unchanged(table: Table, names: Iterable[str]) -> str:
    """Return the condition that an UPDATE leaves columns as they are."""
    conditions: list[str] = []
    for name in names:
        is_same = f"NEW.{name} = OLD.{name}"
        if table.c[name].nullable:
            is_same = f"({is_same} OR NEW.{name} IS NULL AND OLD.{name} IS NULL)"
        conditions.append(is_same)

    return " AND ".join(conditions)


def json_text(column: str, keys: tuple[str, ...], dialect: str) -> str:
    """Return a value in a column of JSON as text, NULL for null and for a text that is no JSON."""
    if dialect == "postgresql":
        return f"{column} #>> '{{{','.join(keys)}}}'"

    path = ".".join(("$", *keys))
    return f"CASE WHEN json_valid({column}) THEN CAST(json_extract({column}, '{path}') AS text) END"


def equal_or_null(left: str, right: str, dialect: str) -> str:
    """Return the condition that two expressions are equal or both NULL."""
    if dialect == "postgresql":
        return f"({left}) IS NOT DISTINCT FROM ({right})"
    return f"({left}) IS ({right})"
