"""The SQL repository of aggregates: one mapping per head table, one save for all of them."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any, Generic, TypeVar

from attrs import frozen
from sqlalchemy import Table

from indelible.kernel import (
    Change,
    Head,
    IndelibleError,
    InvalidTransition,
    ListFilter,
    Stale,
)
from indelible.kernel.aggregate_errors import RecordExists
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.appends import AppendedRecord, StoredRecord
from indelible.kernel.births import Birth
from indelible.kernel.bulk import AnyBulk, BulkRecord, check_bulk, check_summaries
from indelible.kernel.history import EVERYWHERE, Record, Update
from indelible.kernel.questions import Question
from indelible.kernel.references import Reference
from indelible.kernel.values import field_values
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.refusals import RowReader
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.batches import (
    MIN_BATCH,
    BatchWriter,
    takes_what_another_leaves,
    updates_can_be_refused,
)
from indelible_sql.kernel.births import BirthWriter, can_be_refused
from indelible_sql.kernel.bulk import appended_rows, bulk_parameters, bulk_rows
from indelible_sql.kernel.head_queries import find_by, search_in
from indelible_sql.kernel.history import NO_LIMIT, ROWS
from indelible_sql.kernel.lists import list_rows
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.kernel.questions import count_statement_of, statement_of
from indelible_sql.kernel.row_references import UnknownTarget, unknown_target
from indelible_sql.schema.declarations import retired_guard_name
from indelible_sql.schema.tables import HISTORY
from indelible_sql.schema.writes import change_write

E = TypeVar("E", bound=Aggregate)
R = TypeVar("R", bound=Record)
B = TypeVar("B", bound=BulkRecord)
A = TypeVar("A", bound=AppendedRecord)


@frozen
class SqlAggregateRepository(Generic[E]):
    """The aggregates of one head table."""

    _session: Session
    _mapping: HeadMapping[E]

    def get(self, entity_id: str) -> Head[E]:
        """Return the aggregate's head, or raise the lifecycle's NotFound leaf."""
        return self._first(self._mapping.get_by_id, entity_id)

    def page(self, *, after: str, limit: int) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id, in order of id."""
        rows = self._session.rows(self._mapping.next_page, {"after": after, "limit": limit})
        return tuple(self._mapping.of_row(row) for row in rows)

    def list_page(
        self,
        matching: ListFilter,
        *,
        where: Mapping[str, object] = EVERYWHERE,
        after: str,
        limit: int,
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` matching heads after a position, in the filter's order."""
        listed = self._mapping.listed
        rows = list_rows(self._session, listed, matching, where=where, after=after, limit=limit)
        return tuple(self._mapping.of_row(row) for row in rows)

    def find(
        self,
        where: Mapping[str, object],
        *,
        order: Sequence[str] = ("id",),
        limit: int,
        offset: int = 0,
    ) -> tuple[Head[E], ...]:
        """Return the heads whose columns equal `where`; a `-` before one in `order` descends."""
        statement = find_by(self._mapping.table, tuple(where), tuple(order))
        rows = self._session.rows(statement, {**where, "limit": limit, "offset": offset})
        return tuple(self._mapping.of_row(row) for row in rows)

    def search(
        self, text: str, fields: Sequence[str], *, after: str, limit: int
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id with the text in a field, in order of id."""
        statement = search_in(self._mapping.table, tuple(fields))
        rows = self._session.rows(statement, {"text": text, "after": after, "limit": limit})
        return tuple(self._mapping.of_row(row) for row in rows)

    def select(self, *questions: Question, lock: bool = False) -> tuple[tuple[Head[E], ...], ...]:
        """Return the heads that each question asks for; with `lock`, until the transaction ends."""
        table = self._mapping.table
        queries = [statement_of(table, question, lock=lock) for question in questions]
        answers: list[tuple[Head[E], ...]] = []
        for rows in self._session.rows_of_queries(*queries):
            answers.append(tuple(self._mapping.of_row(row) for row in rows))
        return tuple(answers)

    def select_records(self, record_type: type[R], question: Question) -> tuple[R, ...]:
        """Return the records of a type that a question asks for."""
        mapping = self._mapping.record_mapping(record_type)
        rows = self._session.rows(*statement_of(mapping.table, question))
        return tuple(mapping.read(row) for row in rows)

    def select_counts(self, question: Question) -> Mapping[str, int]:
        """Return the number of heads in each state that any is in, in order of the states."""
        rows = self._session.rows(*count_statement_of(self._mapping.table, question))
        return {row["status"]: row["total"] for row in rows}

    def bulk_rows(
        self,
        record_type: type[B],
        entity_id: str,
        *,
        seq: int,
        after: int = 0,
        limit: int | None = None,
    ) -> tuple[B, ...]:
        """Return the next `limit` rows after a number that the change at `seq` added, in order."""
        bulk = self._mapping.bulk_table(record_type)
        rows = bulk_rows(self._session, bulk, entity_id, seq=seq, after=after, limit=limit)
        return tuple(ROWS.structure(row, record_type) for row in rows)

    def appended_rows(
        self,
        record: type[A],
        entity_id: str,
        *,
        up_to: int | None,
        after: tuple[int, int],
        limit: int,
    ) -> tuple[StoredRecord[A], ...]:
        """Return the next `limit` rows of an aggregate after a seq and a number, in their order."""
        bulk = self._mapping.bulk_table(record)
        rows = appended_rows(self._session, bulk, entity_id, up_to=up_to, after=after, limit=limit)
        return tuple(
            StoredRecord(entity_id=entity_id, seq=row["seq"], record=ROWS.structure(row, record))
            for row in rows
        )

    def lock(self, entity_id: str) -> Head[E]:
        """Return the head, locked until the transaction ends."""
        return self._first(self._mapping.lock_by_id, entity_id)

    def load(self, entity_id: str, *, expected_seq: int) -> Head[E]:
        """Return the head at the expected seq, locked, or raise the NotFound leaf or Stale."""
        return self.lock(entity_id).expected(expected_seq)

    def save(
        self,
        change: Change,
        entity: E,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store the aggregate with its change and records, or raise Stale or a Conflict."""
        check_bulk(entity.bulk_records, change.action, entity.id, bulk)
        check_summaries(entity.id, change.seq, change.data, bulk)
        head_row = field_values(entity) | revision_columns(change)
        record_rows: dict[Table, Mapping[str, Any]] = {}
        for record in records:
            mapping = self._mapping.record_mapping(type(record))
            row = mapping.to_row(record)
            record_rows[mapping.table] = row
            for name in mapping.head_columns:
                head_row[name] = row[name]

        head = self._mapping.table
        write = change_write(
            head,
            *record_rows,
            HISTORY,
            is_birth=change.seq == 1,
            unchanged=self._unchanged_columns(record_rows),
            bulk=tuple(self._mapping.bulk_table(item.record_type).table for item in bulk),
        )
        rows = {head: head_row, **record_rows, HISTORY: field_values(change)}
        bulk_values = self._bulk_values(change, bulk)
        unknown = unknown_target(self._session, self._mapping, change, bulk) if bulk else None

        def explain(refusal: GuardViolation | Stale, session: RowReader) -> IndelibleError | None:
            if isinstance(refusal, Stale):
                return self._stale_of(refusal, change, session)
            # The guard did what the domain would have done a moment later.
            return self._refusal_of(refusal, change, entity, records, unknown)

        with self._session.explaining(explain):
            self._session.write(write, change, rows, bulk_values)

    def _bulk_values(self, change: Change, bulk: Sequence[AnyBulk]) -> list[Row]:
        """Return the parameters of the bulk records that a change adds."""
        values: list[Row] = []
        for item in bulk:
            table = self._mapping.bulk_table(item.record_type)
            rows = (field_values(row) for row in item.rows)
            values.append(bulk_parameters(self._session, table, change, rows, item.texts))

        return values

    def save_new(self, births: Sequence[Birth[E]]) -> None:
        """Store many new aggregates, each with its change and its bulk records, or raise Stale."""
        heads = self._mapping
        if self._session.is_sqlite and not any(
            can_be_refused(birth.entity, birth.bulk) for birth in births
        ):
            self._birth_writer().write(births)
            return
        has_others = bool(heads.records)
        if self._session.is_sqlite or has_others or len(births) < MIN_BATCH:
            self._save_each_birth(births)
            return

        writer = BatchWriter(self._session, heads.table, heads.bulk_table)
        for _, group in groupby(births, key=lambda birth: birth.change.edge):
            together = tuple(group)
            writer.write_or_repeat(
                partial(writer.write_births, together), partial(self._save_each_birth, together)
            )

    def _save_each_birth(self, births: Sequence[Birth[E]]) -> None:
        for birth in births:
            self.save(birth.change, birth.entity, (), birth.bulk)

    def save_new_together(self, births: Sequence[Birth[E]]) -> None:
        """Store many new aggregates without bulk records in few statements.

        Raises:
            GuardViolation, Stale: One of them exists, or has the unique value of another; the error
                does not name it.
        """
        if self._session.is_sqlite:
            self._birth_writer().write(births)
            return
        writer = BatchWriter(self._session, self._mapping.table, self._mapping.bulk_table)
        for _, group in groupby(births, key=lambda birth: birth.change.edge):
            writer.write_births(tuple(group))

    def _birth_writer(self) -> BirthWriter:
        heads = self._mapping
        return BirthWriter(self._session, heads.table, heads.bulk_table, heads.get_by_id)

    def save_all(self, updates: Sequence[Update[E]]) -> None:
        """Store many aggregates, each with its change, or raise Stale or a Conflict."""
        is_few = len(updates) < MIN_BATCH
        if self._session.is_sqlite or is_few or takes_what_another_leaves(updates):
            self._save_each_update(updates)
            return

        writer = BatchWriter(self._session, self._mapping.table, self._mapping.bulk_table)
        for _, group in groupby(updates, key=lambda update: update.change.edge):
            together = tuple(group)
            if updates_can_be_refused(together):
                writer.write_or_repeat(
                    partial(writer.write_updates, together),
                    partial(self._save_each_update, together),
                )
            else:
                self._save_group(writer, together)

    def _save_each_update(self, updates: Sequence[Update[E]]) -> None:
        for update in updates:
            self.save(update.change, update.entity, (), update.bulk)

    def _refusal_of(
        self,
        violation: GuardViolation,
        change: Change,
        entity: E,
        records: Sequence[Record],
        unknown: UnknownTarget | None,
    ) -> IndelibleError | None:
        """Return the domain's error of a refused write, None for a defect of the adapter."""
        if unknown is not None and violation.guard in unknown.reports:
            return self._error_of_target(unknown.error, change, entity)
        reference = self._mapping.references_by_report.get(violation.guard)
        if reference is not None:
            return self._error_of_reference(reference, change, entity)
        if violation.guard == retired_guard_name(self._mapping.table):
            # A later release has retired the edge.
            actions = entity.lifecycle.allowed(change.from_state)
            allowed = tuple(action for action in actions if action != change.action)
            return InvalidTransition(change.lifecycle, change.from_state, change.action, allowed)

        rule = self._mapping.rules_by_report.get(violation.guard)
        if rule is not None:
            parent: str = getattr(entity, rule.parent_field)
            return rule.error(parent)

        for record in records:
            if self._mapping.record_mapping(type(record)).is_duplicate(violation):
                return RecordExists.of(record, entity.id)

        return None

    def _error_of_reference(
        self, reference: Reference, change: Change, entity: E
    ) -> IndelibleError:
        """Return the error of an unknown id in a field of the aggregate."""
        target = reference.target_of(self._mapping.entity)
        unknown: IndelibleError = target.missing_error(getattr(entity, reference.field))
        return self._error_of_target(unknown, change, entity)

    def _error_of_target(
        self, unknown: IndelibleError, change: Change, entity: E
    ) -> IndelibleError:
        """Return the error of an unknown id, or the one that is reported before it.

        SQLite's guards are asked in any order: as on PostgreSQL, what is taken is reported first.
        """
        if not self._session.is_sqlite:
            return unknown
        if change.seq == 1:
            # The write itself may have stored the aggregate before its rows were refused.
            stored = self._session.first(self._mapping.get_by_id, {"id": entity.id})
            if stored is not None and stored["hash"] != change.hash:
                return _stale(change, None)
        for rule in entity.one_per_parent:
            parent = rule.parent_of(entity)
            if parent is None:
                continue
            heads = self.find({rule.parent_field: parent}, limit=NO_LIMIT)
            others = [one for one in heads if one.id != entity.id]
            if any(rule.parent_of(one.entity) == parent for one in others):
                return rule.error(parent)
        return unknown

    def _save_group(self, writer: BatchWriter, updates: Sequence[Update[E]]) -> None:
        """Store many aggregates that take the same edge in one statement."""

        def explain(refusal: GuardViolation | Stale, session: RowReader) -> IndelibleError | None:
            if isinstance(refusal, GuardViolation) or refusal.actual_seq is not None:
                return None
            own = {change.hash for change in self._session.changes}
            for change in [update.change for update in updates]:
                stored = self._stored_row(change, session)
                known = {change.hash, change.prev_hash}
                if change.prev_hash not in own and (stored is None or stored["hash"] not in known):
                    return _stale(change, stored)
            return None

        with self._session.explaining(explain):
            writer.write_updates(updates)

    def _stale_of(self, refusal: Stale, change: Change, session: RowReader) -> Stale | None:
        """Return the error with the stored seq, None if it has one."""
        if refusal.actual_seq is not None:
            return None
        return _stale(change, self._stored_row(change, session))

    def _stored_row(self, change: Change, session: RowReader) -> Row | None:
        """Return the row of a change's aggregate, None for one that the change creates.

        Creating an aggregate twice ends PostgreSQL's transaction: it cannot be queried any more.
        The error is the same on every store, so SQLite is not queried either.
        """
        if change.seq == 1:
            return None

        return session.first(self._mapping.get_by_id, {"id": change.entity_id})

    def _unchanged_columns(self, record_rows: Mapping[Table, object]) -> tuple[str, ...]:
        """Return the head's columns that only records determine which this change does not add."""
        unchanged: list[str] = []
        for mapping in self._mapping.records:
            if mapping.table not in record_rows:
                unchanged.extend(mapping.head_columns)
        return tuple(unchanged)

    def _first(self, statement: Query, entity_id: str) -> Head[E]:
        row = self._session.first(statement, {"id": entity_id})
        if row is None:
            raise self._mapping.entity.missing_error(entity_id)

        return self._mapping.of_row(row)


def _stale(change: Change, row: Row | None) -> Stale:
    """Return the error of a change that does not follow from the stored row."""
    actual_seq = None if row is None else row["seq"]
    return Stale(change.entity_id, change.previous_revision.seq, actual_seq)


def revision_columns(change: Change) -> dict[str, Any]:
    """Return the columns that tie a head to its change."""
    return {"seq": change.seq, "hash": change.hash}
