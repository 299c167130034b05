"""Aggregates of one lifecycle in memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final, Generic, Self, TypeVar

from attrs import evolve, field, frozen

from indelible.kernel import Actor, Change, Head, IndelibleError, ListFilter
from indelible.kernel.aggregate_errors import RecordExists
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.appends import AppendedRecord, StoredRecord, references_of_rows
from indelible.kernel.births import Birth
from indelible.kernel.bulk import AnyBulk, BulkRecord, check_bulk, check_summaries
from indelible.kernel.history import EVERYWHERE, Record, Update
from indelible.kernel.questions import Question
from indelible.kernel.values import field_values
from indelible.memory.history import MemoryHistory
from indelible.memory.lists import list_page

E = TypeVar("E", bound=Aggregate)
R = TypeVar("R", bound=Record)
B = TypeVar("B", bound=BulkRecord)
A = TypeVar("A", bound=AppendedRecord)

# Lower case as both databases have it: of ASCII letters alone.
ASCII_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)

RecordRows = dict[tuple[type[Record], str], tuple[Record, ...]]
UniqueValues = set[tuple[type[Record], object]]
BulkRows = dict[tuple[type[BulkRecord], str, int], tuple[BulkRecord, ...]]


@frozen
class MemoryAggregateRepository(Generic[E]):
    """The aggregates of one lifecycle, with the records that their changes added."""

    _history: MemoryHistory
    _entity: type[E]
    _rows: dict[str, Head[E]] = field(factory=dict[str, Head[E]])
    _records: RecordRows = field(factory=RecordRows)
    _unique_values: UniqueValues = field(factory=UniqueValues)
    _bulk: BulkRows = field(factory=BulkRows)

    def __attrs_post_init__(self) -> None:
        """Name the lifecycle to the history."""
        self._history.register(self._entity.lifecycle)

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history."""
        return evolve(
            self,
            history=history,
            rows=self._rows.copy(),
            records=self._records.copy(),
            unique_values=self._unique_values.copy(),
            bulk=self._bulk.copy(),
        )

    def get(self, entity_id: str) -> Head[E]:
        """Return the aggregate's head, or raise the lifecycle's NotFound leaf."""
        if entity_id not in self._rows:
            raise self._entity.missing_error(entity_id)

        return self._rows[entity_id]

    def page(self, *, after: str, limit: int) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id, in order of id."""
        return self.where(_is_any, after=after, limit=limit)

    def list_page(
        self,
        matching: ListFilter,
        *,
        where: Mapping[str, object] = EVERYWHERE,
        after: str,
        limit: int,
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` matching heads after a position, in the filter's order."""
        entries: list[tuple[Head[E], dict[str, Any]]] = []
        for head in self._rows.values():
            values = field_values(head.entity)
            if all(values[name] == value for name, value in where.items()):
                entries.append((head, {**values, "actor": self.last_actor(head)}))

        return list_page(entries, matching, after=after, limit=limit)

    def last_actor(self, head: Head[E]) -> Actor:
        """Return the actor of the head's last change."""
        changes = self._history.of(self._entity.lifecycle.name, head.entity.id)
        return changes[-1].actor

    def where(
        self, condition: Callable[[E], bool], *, after: str = "", limit: int | None = None
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id that meet the condition, in order of id."""
        heads: list[Head[E]] = []
        for entity_id in sorted(self._rows):
            head = self._rows[entity_id]
            if entity_id > after and condition(head.entity):
                heads.append(head)

        return tuple(heads[:limit])

    def find(
        self,
        where: Mapping[str, object],
        *,
        order: Sequence[str] = ("id",),
        limit: int,
        offset: int = 0,
    ) -> tuple[Head[E], ...]:
        """Return the heads whose fields equal `where`; a `-` before a field in `order` descends."""

        def matches(entity: E) -> bool:
            return all(getattr(entity, name) == value for name, value in where.items())

        heads = list(self.where(matches))
        # A stable sort by the last field first leaves the rows in the order of all fields.
        for name in reversed(order):
            _sort_by(heads, name)
        return tuple(heads[offset : offset + limit])

    def search(
        self, text: str, fields: Sequence[str], *, after: str, limit: int
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id with the text in a field, in order of id."""
        wanted = text.translate(ASCII_LOWER)

        def contains_text(entity: E) -> bool:
            texts = (getattr(entity, name) or "" for name in fields)
            return any(wanted in value.translate(ASCII_LOWER) for value in texts)

        return self.where(contains_text, after=after, limit=limit)

    def select(
        self,
        *questions: Question,
        lock: bool = False,  # noqa: ARG002 - the transaction has locked the whole store
    ) -> tuple[tuple[Head[E], ...], ...]:
        """Return the heads that each question asks for."""
        answers: list[tuple[Head[E], ...]] = []
        for question in questions:
            answers.append(question.answer(self._candidates(question), _entity_of))
        return tuple(answers)

    def select_records(self, record_type: type[R], question: Question) -> tuple[R, ...]:
        """Return the records of a type that a question asks for."""
        entity_id = question.value_of(_id_field(record_type))
        if entity_id is not None:
            return question.answer(self.records(record_type, str(entity_id)), _record_of)

        records: list[R] = []
        for stored_type, owner_id in self._records:
            if stored_type is record_type:
                records.extend(self.records(record_type, owner_id))
        return question.answer(records, _record_of)

    def select_counts(self, question: Question) -> Mapping[str, int]:
        """Return the number of heads in each state that any is in, in order of the states."""
        (heads,) = self.select(question)
        return dict(sorted(count_states(heads).items()))

    def _candidates(self, question: Question) -> Iterable[Head[E]]:
        """Return all heads, or the only one that a question about one id can ask for."""
        entity_id = question.value_of("id")
        if entity_id is None:
            return self._rows.values()
        head = self._rows.get(str(entity_id))
        return () if head is None else (head,)

    def records(self, record_type: type[R], entity_id: str) -> tuple[R, ...]:
        """Return the aggregate's records of one type, oldest first."""
        rows = self._records.get((record_type, entity_id), ())
        return tuple(row for row in rows if isinstance(row, record_type))

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
        rows = self._bulk.get((record_type, entity_id, seq), ())
        following = rows[max(after, 0) :][:limit]
        return tuple(row for row in following if isinstance(row, record_type))

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
        stored: list[StoredRecord[A]] = []
        first = max(after[0] - 1, 0)
        for change in self._history.of(self._entity.lifecycle.name, entity_id, after=first):
            if len(stored) >= limit or (up_to is not None and change.seq > up_to):
                break
            for row in self.bulk_rows(record, entity_id, seq=change.seq):
                if (change.seq, row.number) > after:
                    stored.append(StoredRecord(entity_id=entity_id, seq=change.seq, record=row))
        return tuple(stored[:limit])

    def lock(self, entity_id: str) -> Head[E]:
        """Return the head; the transaction has locked the whole store."""
        return self.get(entity_id)

    def load(self, entity_id: str, *, expected_seq: int) -> Head[E]:
        """Return the head at the expected seq, or raise the NotFound leaf or Stale."""
        return self.get(entity_id).expected(expected_seq)

    def save(
        self,
        change: Change,
        entity: E,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store the aggregate with its change and records, or raise Stale or a Conflict."""
        try:
            check_bulk(entity.bulk_records, change.action, entity.id, bulk)
            check_summaries(entity.id, change.seq, change.data, bulk)
            self._check_one_per_parent(change, entity)
            new_values = self._new_unique_values(change, records)
            self._check_references(change, entity, bulk)
            self._history.append(self._entity.lifecycle, change)
        except IndelibleError as error:
            self._history.refuse(error)
            raise
        self._rows[entity.id] = Head(entity=entity, revision=change.revision)
        self._unique_values.update(new_values)
        for record in records:
            key = (type(record), entity.id)
            self._records[key] = (*self._records.get(key, ()), record)
        for item in bulk:
            self._bulk[item.record_type, entity.id, change.seq] = item.rows

    def save_new(self, births: Sequence[Birth[E]]) -> None:
        """Store many new aggregates, each with its change and its bulk records, or raise Stale."""
        for birth in births:
            self.save(birth.change, birth.entity, (), birth.bulk)

    def save_all(self, updates: Sequence[Update[E]]) -> None:
        """Store many aggregates, each with its change, or raise Stale or a Conflict."""
        for update in updates:
            self.save(update.change, update.entity, (), update.bulk)

    def _check_one_per_parent(self, change: Change, entity: E) -> None:
        """Raise the rule's error if another aggregate has the place that this one takes.

        Raises Stale first, as the databases do.
        """
        for rule in entity.one_per_parent:
            parent = rule.parent_of(entity)
            if parent is None:
                continue
            for head in self._rows.values():
                is_other = head.entity.id != entity.id
                if is_other and rule.parent_of(head.entity) == parent:
                    self._history.check_next(self._entity.lifecycle, change)
                    raise rule.error(parent)

    def _check_references(self, change: Change, entity: E, bulk: Sequence[AnyBulk]) -> None:
        """Raise the error of a target that does not exist; Stale first, as the databases do."""
        for reference in entity.references:
            target_id: str | None = getattr(entity, reference.field)
            if target_id is None or reference.is_to_itself(entity):
                continue
            target = reference.target_of(self._entity)
            if not self._history.of(target.lifecycle.name, target_id, limit=1):
                self._history.check_next(self._entity.lifecycle, change)
                raise target.missing_error(target_id)
        for target, target_id in references_of_rows(bulk):
            if (target, target_id) == (type(entity), entity.id):
                continue
            if not self._history.of(target.lifecycle.name, target_id, limit=1):
                self._history.check_next(self._entity.lifecycle, change)
                raise target.missing_error(target_id)

    def _new_unique_values(self, change: Change, records: Sequence[Record]) -> UniqueValues:
        """Return the values of the records' unique fields, or raise Stale or RecordExists."""
        new_values = UniqueValues()
        for record in records:
            if not record.unique_field:
                continue
            value = (type(record), getattr(record, record.unique_field))
            if value in self._unique_values:
                self._history.check_next(self._entity.lifecycle, change)
                raise RecordExists.of(record, change.entity_id)
            new_values.add(value)

        return new_values


def _entity_of(head: Head[E]) -> E:
    return head.entity


def _record_of(record: R) -> R:
    return record


def _id_field(record_type: type[Record]) -> str:
    """Return the field of a record that has its aggregate's id."""
    names = {head_field: name for name, head_field in record_type.head_fields.items()}
    return names["id"]


def _is_any(_: object) -> bool:
    return True


def count_states(heads: Iterable[Head[Any]]) -> Mapping[Any, int]:
    """Return the number of heads in each state that any is in."""
    counts: Counter[Any] = Counter()
    for head in heads:
        counts[head.entity.status] += 1
    return counts


def _sort_by(heads: list[Head[E]], name: str) -> None:
    """Sort the heads by one field; `-` before its name descends."""
    field_name = name.removeprefix("-")

    def value_of(head: Head[E]) -> Any:  # noqa: ANN401 - of any type with an order
        return getattr(head.entity, field_name)

    heads.sort(key=value_of, reverse=name.startswith("-"))
