"""Numbered versions in SQL: the guard of a head's number, and what a declaration stores of it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Table

from indelible.kernel.numbered_versions import FIRST, NumberedVersions
from indelible_sql.schema.conditions import equal_or_null
from indelible_sql.schema.guard import Guard

KEY: Final = "numbered_versions"  # of the document of a declaration


def counting_guard(table: Table, rule: NumberedVersions, dialect: str) -> Guard:
    """Refuse another number than one more where the content differs, and the same where not.

    The guard of initial fields refuses another number than 1 in a new aggregate.
    """
    same = [equal_or_null(f"NEW.{name}", f"OLD.{name}", dialect) for name in rule.counted_fields]
    rise = f"CASE WHEN {' AND '.join(same)} THEN 0 ELSE 1 END"
    return Guard(
        table=table,
        rule=f"counts_{rule.field}",
        event="UPDATE",
        condition=f"NEW.{rule.field} = OLD.{rule.field} + {rise}",
    )


def document_part(rule: NumberedVersions | None) -> Mapping[str, Any]:
    """Return what the document of a declaration says; nothing without numbered versions."""
    if rule is None:
        return {}
    return {KEY: {"field": rule.field, "counts": list(rule.counted_fields)}}


def stored_rule(document: Mapping[str, Any]) -> NumberedVersions | None:
    """Return the rule of a document, None for one without numbered versions."""
    part = document.get(KEY)
    if part is None:
        return None
    return NumberedVersions(
        field=part["field"], counted_fields=tuple(part["counts"]), declared_at=""
    )


def number_faults(
    rule: NumberedVersions,
    previous: Mapping[str, Any],
    data: Mapping[str, Any],
    defaults: Mapping[str, Any],
) -> Iterator[str]:
    """Yield that a change has another number than follows from the data before it.

    A field that the data before lack was added since: it had its default.
    """
    expected = rule.number_in(previous)
    for name in rule.counted_fields:
        before = previous.get(name, defaults.get(name))
        if data.get(name, defaults.get(name)) != before:
            expected += 1
            break
    actual = data.get(rule.field, FIRST)
    if actual != expected:
        yield f"{rule.field}: expected {expected}, got {actual}"
