"""The references of appended records: which of the rows to write has an unknown id."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from attrs import frozen
from sqlalchemy import Table, bindparam, select

from indelible.kernel import Change, IndelibleError
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.references import references_of_record
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.schema.own_records import record_reports
from indelible_sql.schema.references import target_table


@frozen
class UnknownTarget:
    """The error of a row with an unknown id, and the names under which databases report it."""

    reports: frozenset[str]
    error: IndelibleError


def unknown_target(
    session: Session, mapping: HeadMapping[Any], change: Change, bulk: Sequence[AnyBulk]
) -> UnknownTarget | None:
    """Return the first of the rows of a change that refers to an unknown aggregate.

    The database refuses the write too, and does not name the row. No aggregate is ever deleted, so
    that what is known before the write stays known.
    """
    for item in bulk:
        references = references_of_record(item.record_type)
        if not references:
            continue
        table = mapping.bulk_table(item.record_type).table
        known: set[tuple[Table, str]] = set()
        if change.seq == 1:
            known.add((mapping.table, change.entity_id))  # which the write creates
        for row in item.rows:
            for reference in references:
                key = (target_table(table, reference), getattr(row, reference.field))
                if key[1] is None or key in known:
                    continue
                if session.first(_by_id(key[0]), {"id": key[1]}) is None:
                    error = reference.target_of(mapping.entity).missing_error(key[1])
                    return UnknownTarget(record_reports(table, item.record_type), error)
                known.add(key)
    return None


@cache
def _by_id(table: Table) -> Query:
    return select(table.c.id).where(table.c.id == bindparam("id"))
