"""Repositories: the aggregates of one lifecycle in a transaction, and the port behind them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.appends import AppendedRecord, StoredRecord
from indelible.kernel.births import Birth, BirthRepository
from indelible.kernel.bulk import AnyBulk, BulkRecord
from indelible.kernel.history import EVERYWHERE, Change, Head, Record, Update
from indelible.kernel.lists import ListFilter
from indelible.kernel.questions import Comparison, Question, question_of

E = TypeVar("E", bound=Aggregate)
R = TypeVar("R", bound=Record)
B = TypeVar("B", bound=BulkRecord)
A = TypeVar("A", bound=AppendedRecord)
S = TypeVar("S", bound=StrEnum)


class HeadStore(BirthRepository[E], Protocol[E]):
    """The port that each store implements once, for every aggregate."""

    def select(self, *questions: Question, lock: bool = False) -> tuple[tuple[Head[E], ...], ...]:
        """Return the heads that each question asks for, locked until the end with `lock`.

        A store may send all questions before it waits for the first answer.
        """
        ...

    def select_records(self, record_type: type[R], question: Question) -> tuple[R, ...]:
        """Return the records of a type that a question asks for."""
        ...

    def select_counts(self, question: Question) -> Mapping[str, int]:
        """Return the number of heads in each state that any is in, in order of the states."""
        ...

    def search(
        self, text: str, fields: Sequence[str], *, after: str, limit: int
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id with the text in a field, in order of id.

        ASCII letters of either case are equal; all other characters are compared as they are.
        """
        ...

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
        ...

    def appended_rows(
        self,
        record: type[A],
        entity_id: str,
        *,
        up_to: int | None,
        after: tuple[int, int],
        limit: int,
    ) -> tuple[StoredRecord[A], ...]:
        """Return the next `limit` rows of an aggregate after a seq and a number, in their order.

        Those of changes behind the seq `up_to` are left out.
        """
        ...


@frozen
class Repository(Generic[E]):
    """The aggregates of one lifecycle in a transaction.

    A context derives a class from it whose methods are its finders: each returns what `select`,
    `only`, `records` or `count` answers about one table. What joins tables is a port of the
    context, in the field `joins`.
    """

    _store: HeadStore[E]

    def get(self, entity_id: str) -> Head[E]:
        """Return the aggregate's head, or raise the lifecycle's NotFound leaf."""
        return self._store.get(entity_id)

    def lock(self, entity_id: str) -> Head[E]:
        """Return the head, locked until the transaction ends."""
        return self._store.lock(entity_id)

    def load(self, entity_id: str, *, expected_seq: int) -> Head[E]:
        """Return the head at the expected seq, locked, or raise the NotFound leaf or Stale."""
        return self._store.load(entity_id, expected_seq=expected_seq)

    def select(
        self,
        *where: Comparison,
        after: str | None = None,
        order: tuple[str, ...] = ("id",),
        limit: int | None = None,
        lock: bool = False,
        **equal: Any,  # noqa: ANN401 - the fields of each type
    ) -> tuple[Head[E], ...]:
        """Return the first `limit` heads that meet the comparisons, and follow the id `after`.

        Each of `equal` is a field and the value that it has; `absent` asks for a field without one.
        """
        question = question_of(where, equal, after=after, order=order, limit=limit)
        (heads,) = self._store.select(question, lock=lock)
        return heads

    def only(
        self,
        *where: Comparison,
        order: tuple[str, ...] = ("id",),
        **equal: Any,  # noqa: ANN401 - the fields of each type
    ) -> Head[E] | None:
        """Return the first head that meets the comparisons, None if there is none."""
        heads = self.select(*where, order=order, limit=1, **equal)
        return heads[0] if heads else None

    def first_of(self, *questions: Question) -> Head[E] | None:
        """Return the first head that the questions ask for, which a store answers together."""
        for heads in self._store.select(*questions):
            if heads:
                return heads[0]
        return None

    def records(
        self,
        record_type: type[R],
        *where: Comparison,
        order: tuple[str, ...],
        limit: int | None = None,
        **equal: Any,  # noqa: ANN401 - the fields of each type
    ) -> tuple[R, ...]:
        """Return the first `limit` records of a type that meet the comparisons."""
        question = question_of(where, equal, order=order, limit=limit)
        return self._store.select_records(record_type, question)

    def count(
        self,
        states: type[S],
        *where: Comparison,
        **equal: Any,  # noqa: ANN401 - the fields of each type
    ) -> Mapping[S, int]:
        """Return the number of heads in each of the states that any is in."""
        counts = self._store.select_counts(question_of(where, equal))
        return {states(name): count for name, count in counts.items()}

    def page(self, *, after: str, limit: int) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id, in order of id."""
        return self.select(after=after, limit=limit)

    def list_page(
        self,
        matching: ListFilter,
        *,
        where: Mapping[str, object] = EVERYWHERE,
        after: str,
        limit: int,
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` matching heads after a position, in the filter's order."""
        return self._store.list_page(matching, where=where, after=after, limit=limit)

    def find(
        self,
        where: Mapping[str, object],
        *,
        order: Sequence[str] = ("id",),
        limit: int,
        offset: int = 0,
    ) -> tuple[Head[E], ...]:
        """Return the heads whose fields equal `where`; a `-` before a field in `order` descends."""
        return self._store.find(where, order=order, limit=limit, offset=offset)

    def search(
        self, text: str, fields: Sequence[str], *, after: str = "", limit: int
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id with the text in a field, in order of id."""
        return self._store.search(text, fields, after=after, limit=limit)

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
        return self._store.bulk_rows(record_type, entity_id, seq=seq, after=after, limit=limit)

    def appended_rows(
        self,
        record: type[A],
        entity_id: str,
        *,
        up_to: int | None,
        after: tuple[int, int],
        limit: int,
    ) -> tuple[StoredRecord[A], ...]:
        """Return the next `limit` rows of an aggregate after a seq and a number, in their order.

        Those of changes behind the seq `up_to` are left out.
        """
        return self._store.appended_rows(record, entity_id, up_to=up_to, after=after, limit=limit)

    def save(
        self,
        change: Change,
        entity: E,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store the aggregate with its change and records, or raise Stale or a Conflict."""
        self._store.save(change, entity, records, bulk)

    def save_new(self, births: Sequence[Birth[E]]) -> None:
        """Store many new aggregates, each with its change and its bulk records, or raise Stale."""
        self._store.save_new(births)

    def save_all(self, updates: Sequence[Update[E]]) -> None:
        """Store many aggregates, each with its change, or raise Stale or a Conflict."""
        self._store.save_all(updates)
