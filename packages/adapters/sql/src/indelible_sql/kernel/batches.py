"""Store many changes of one head table in one statement for each edge, on PostgreSQL.

A statement for many aggregates does not name the one that it is refused for. Then the savepoint
before it is restored, and the changes are stored one after the other, which names it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Table, text

from indelible.kernel import Change, Stale
from indelible.kernel.births import Birth
from indelible.kernel.bulk import BulkRecord, check_bulk, check_summaries
from indelible.kernel.history import Update
from indelible.kernel.json import encode_canonical
from indelible.kernel.references import references_of_record
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import ManyChanges
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.bulk import json_column, stored_texts
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.writes import (
    OWN_COLUMNS,
    SHARED_COLUMNS,
    bulk_birth_write,
    bulk_change_write,
)

MIN_BATCH: Final = 3  # fewer changes are faster as one statement each
IN_CHANGE: Final = ("status", "updated_at")  # columns of a head that its change determines
IN_BIRTH: Final = ("id", "created_at", *IN_CHANGE)

SAVEPOINT: Final = text("SAVEPOINT indelible_batch")
RELEASE: Final = text("RELEASE SAVEPOINT indelible_batch")
RESTORE: Final = text("ROLLBACK TO SAVEPOINT indelible_batch")


@frozen
class BatchWriter:
    """Writes many changes of a head table, which all take the same edge."""

    _session: Session
    _head: Table
    _bulk_table: Callable[[type[BulkRecord]], BulkTable]

    def write_births(self, births: Sequence[Birth[Any]]) -> None:
        """Store new aggregates in their order, or raise Stale or GuardViolation."""
        values = [field_values(birth.entity) for birth in births]
        names = tuple(name for name in sorted(values[0]) if name not in IN_BIRTH)
        changes = [birth.change for birth in births]
        rows = self._bulk_rows(births)
        write = bulk_birth_write(self._head, names, self._schema_prefix, tuple(rows))
        self._send(write, changes, values, names, rows)

    def write_updates(self, updates: Sequence[Update[Any]]) -> None:
        """Store the next values of aggregates, or raise Stale or GuardViolation."""
        pairs = [
            (field_values(update.head.entity), field_values(update.entity)) for update in updates
        ]
        names = _changed_columns(pairs)
        changes = [update.change for update in updates]
        rows = self._bulk_rows(updates)
        write = bulk_change_write(self._head, names, self._schema_prefix, tuple(rows))
        self._send(write, changes, [new for _, new in pairs], names, rows)

    def write_or_repeat(self, together: Callable[[], None], one_by_one: Callable[[], None]) -> None:
        """Write many changes together; write each by itself where they are refused."""
        session = self._session
        refusal = session.refusal
        count = len(session.changes)
        session.run(SAVEPOINT, {})
        try:
            with session.writing_at_once():
                together()
        except (GuardViolation, Stale):
            session.run(RESTORE, {})
            session.refusal = refusal
            session.forget_changes(count)
            one_by_one()
        else:
            session.run(RELEASE, {})

    def _bulk_rows(self, writes: Sequence[Birth[Any]] | Sequence[Update[Any]]) -> dict[Table, str]:
        """Return the bulk records of changes of one action, as a JSON text for each table."""
        texts: dict[Table, list[str]] = {}
        for one in writes:
            check_bulk(one.entity.bulk_records, one.change.action, one.entity.id, one.bulk)
            check_summaries(one.entity.id, one.change.seq, one.change.data, one.bulk)
            owner = encode_canonical({"entity_id": one.entity.id, "seq": one.change.seq})
            for item in one.bulk:
                bulk = self._bulk_table(item.record_type)
                values = (field_values(row) for row in item.rows)
                rows = texts.setdefault(bulk.table, [])
                # Each text is a JSON object with at least one member.
                for text_of_row in stored_texts(bulk, values, item.texts):
                    rows.append(f"{owner[:-1]},{text_of_row[1:]}")
        return {table: f"[{','.join(rows)}]" for table, rows in texts.items()}

    @property
    def _schema_prefix(self) -> str:
        return prefix_of(self._session, self._session.schema)

    def _send(
        self,
        write: ManyChanges,
        changes: Sequence[Change],
        values: Sequence[Mapping[str, Any]],
        names: Sequence[str],
        bulk_rows: Mapping[Table, str],
    ) -> None:
        """Send one statement with the changes, these columns of their heads, and bulk records."""
        rows: list[Row] = []
        for ordinal, (change, head) in enumerate(zip(changes, values, strict=True)):
            row: dict[str, Any] = {name: getattr(change, name) for name in OWN_COLUMNS}
            row["ordinal"] = ordinal
            for name in names:
                row[f"head_{name}"] = json_column(self._head, name, head[name])
            rows.append(row)

        shared = {name: getattr(changes[0], name) for name in SHARED_COLUMNS}
        shared["actor"] = str(changes[0].actor)
        for table, text_of_rows in bulk_rows.items():
            shared[f"{table.name}_rows"] = text_of_rows
        self._session.write_many(write, changes, shared, rows)


def takes_what_another_leaves(updates: Sequence[Update[Any]]) -> bool:
    """Return whether an aggregate takes the place that another one of the updates has had.

    PostgreSQL changes the rows of a statement in any order, and asks its unique keys row by row.
    """
    rules = updates[0].entity.one_per_parent if updates else ()
    for rule in rules:
        left: set[str | None] = set()
        taken: set[str | None] = set()
        for update in updates:
            before = rule.parent_of(update.head.entity)
            after = rule.parent_of(update.entity)
            if before != after:
                left.add(before)
                taken.add(after)
        if left & taken - {None}:
            return True
    return False


def updates_can_be_refused(updates: Sequence[Update[Any]]) -> bool:
    """Return whether one of the aggregates can break a rule of one per parent or a reference."""
    for update in updates:
        if any(references_of_record(item.record_type) for item in update.bulk):
            return True
        for reference in update.entity.references:
            name = reference.field
            if getattr(update.entity, name) != getattr(update.head.entity, name):
                return True
        for rule in update.entity.one_per_parent:
            parent = rule.parent_of(update.entity)
            if parent is not None and parent != rule.parent_of(update.head.entity):
                return True

    return False


def _changed_columns(pairs: Sequence[tuple[Row, Row]]) -> tuple[str, ...]:
    """Return the columns that differ in a pair, without those that the change determines."""
    changed: set[str] = set()
    for old, new in pairs:
        changed |= {name for name in new if new[name] != old[name]}

    return tuple(sorted(changed.difference(IN_CHANGE)))
