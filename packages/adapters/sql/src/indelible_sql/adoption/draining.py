"""Drain the journal: the writes since a row was copied become changes of its aggregate, in order.

A write with a problem stays in the journal, and a later write of its row may make it good.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from attrs import Factory, define, frozen
from sqlalchemy import ColumnElement, delete, select, tuple_, update

from indelible.kernel import Head, IndelibleError
from indelible.kernel.adoption import adopting_action
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.births import Birth
from indelible.kernel.contexts import Context
from indelible.kernel.history import Update
from indelible.kernel.questions import listed
from indelible_sql.adoption.births import first_actions, is_adopted, refused_by_others
from indelible_sql.adoption.errors import RowKeyTaken
from indelible_sql.adoption.journal import ID, KIND, PROBLEM, Journal, Kind
from indelible_sql.adoption.mapping import RowMapping, RowValues
from indelible_sql.adoption.replays import replayed
from indelible_sql.adoption.sources import Key, SourceRow
from indelible_sql.adoption.statements import rows, run

E = TypeVar("E", bound=Aggregate)


@define
class Drained:
    """The writes of a batch: those that are changes now, and the problems of others."""

    writes: int = 0
    births: int = 0
    changes: int = 0
    settled: list[int] = Factory(list[int])
    problems: dict[int, str] = Factory(dict[int, str])
    gone: list[int] = Factory(list[int])
    superseded: list[int] = Factory(list[int])


@define
class Aggregates(Generic[E]):
    """The aggregates of a batch as its writes leave them, and their first actions."""

    heads: dict[str, Head[E]]
    actions: dict[str, str]
    open_problems: dict[Key, list[int]]


@frozen
class Draining(Generic[E]):
    """The journal's way into a context."""

    context: Context[E]
    mapping: RowMapping[E]
    journal: Journal

    def drain(self, tx: Any, limit: int) -> Drained:
        """Turn the next writes of the journal into changes."""
        run(tx.connection, select(self.journal.progress).with_for_update())
        writes = self.journal.writes
        is_open = (writes.c[PROBLEM] == "") & (writes.c[KIND] != str(Kind.GONE))
        statement = select(writes).where(is_open).order_by(writes.c[ID]).limit(limit)
        batch = [(row, self.mapping.values_of(row)) for row in rows(tx.connection, statement)]
        drained = Drained(writes=len(batch))
        if not batch:
            return drained

        stored = self._stored(tx, [values for _, values in batch])
        for row, values in batch:
            if row[KIND] == Kind.DELETED:
                self._delete(tx, row, values, stored, drained)
            else:
                self._save(tx, row, values, stored, drained)
        self._settle(tx, drained)
        return drained

    def pass_over(self, tx: Any, problem: str) -> None:
        """Note the problem for which the database refused the next write."""
        writes = self.journal.writes
        is_open = (writes.c[PROBLEM] == "") & (writes.c[KIND] != str(Kind.GONE))
        first = select(writes.c[ID]).where(is_open).order_by(writes.c[ID]).limit(1)
        is_first = writes.c[ID] == first.scalar_subquery()
        run(tx.connection, update(writes).where(is_first).values({PROBLEM: problem}))

    def retry(self, tx: Any, _: None = None) -> None:
        """Let the next batches judge the writes with problems once more."""
        writes = self.journal.writes
        is_saved = writes.c[KIND] == str(Kind.SAVED)
        run(tx.connection, update(writes).where(is_saved).values({PROBLEM: ""}))

    def _stored(self, tx: Any, batch: Sequence[RowValues]) -> Aggregates[E]:
        """Return the aggregates of a batch, locked, and the problems that its rows have."""
        ids = sorted({values.id for values in batch})
        name = self.mapping.entity.lifecycle.name
        actions = first_actions(tx.connection, tx.session.schema, name, ids)
        heads = self.context.of(tx).select(listed("id", ids), lock=True)
        problems: dict[Key, list[int]] = {}
        for row in rows(tx.connection, self._problems_of(batch)):
            problems.setdefault(self.mapping.source.key_of(row), []).append(row[ID])
        return Aggregates({head.id: head for head in heads}, dict(actions), problems)

    def _problems_of(self, batch: Sequence[RowValues]) -> Any:
        """Return the query of the writes with problems of the rows of a batch."""
        writes = self.journal.writes
        names = self.mapping.source.key_names
        keys: ColumnElement[Any] = tuple_(*(writes.c[name] for name in names))
        wanted: list[Any] = [values.key for values in batch]
        if len(names) == 1:
            keys = writes.c[names[0]]
            wanted = [values.key[0] for values in batch]
        is_problem = (writes.c[PROBLEM] != "") & (writes.c[KIND] == str(Kind.SAVED))
        return select(writes).where(is_problem, keys.in_(wanted))

    def _delete(
        self, tx: Any, row: SourceRow, values: RowValues, stored: Aggregates[E], drained: Drained
    ) -> None:
        """Note the deletion of an adopted row; another one is adopted no more."""
        is_known = is_adopted(self.mapping.entity, stored.actions.get(values.id, ""))
        if is_known and not self._is_present(tx, values.key):
            drained.gone.append(row[ID])
        else:
            drained.settled.append(row[ID])
        drained.superseded.extend(stored.open_problems.pop(values.key, ()))

    def _is_present(self, tx: Any, key: Key) -> bool:
        """Return whether the older table has a row of the key."""
        table = self.mapping.source.table
        pairs = zip(self.mapping.source.key_names, key, strict=True)
        present = select(table).where(*(table.c[name] == value for name, value in pairs))
        return run(tx.connection, present).first() is not None

    def _save(
        self, tx: Any, row: SourceRow, values: RowValues, stored: Aggregates[E], drained: Drained
    ) -> None:
        """Save the change that a write makes of its aggregate, or note the problem."""
        try:
            change = self._change(tx, values, stored)
        except IndelibleError as error:
            drained.problems[row[ID]] = str(error)
            stored.open_problems.setdefault(values.key, []).append(row[ID])
            return

        repository = self.context.of(tx)
        if isinstance(change, Birth):
            repository.save_new([change])
            drained.births += 1
            stored.actions[values.id] = change.change.action
        elif change is not None:
            repository.save_all([change])
            drained.changes += 1
        if change is not None:
            head = Head(entity=change.entity, revision=change.change.revision)
            stored.heads[values.id] = head
        drained.settled.append(row[ID])
        drained.superseded.extend(stored.open_problems.pop(values.key, ()))

    def _change(
        self, tx: Any, values: RowValues, stored: Aggregates[E]
    ) -> Birth[E] | Update[E] | None:
        """Return the change that a write makes, None for one that changes nothing."""
        now = tx.clock.now()
        wanted = self.mapping.born(values, now)
        first = stored.actions.get(values.id, "")
        if first and not is_adopted(self.mapping.entity, first):
            raise RowKeyTaken(values.id, "another aggregate")

        head = stored.heads.get(values.id)
        if head is None or _has_new_parent(head.entity, wanted):
            for problems in refused_by_others(tx, self.context.of(tx), [wanted]).values():
                raise problems[0]
        if head is None:
            return Birth(change_for(tx, None, wanted, adopting_action(wanted.status)), wanted)
        return replayed(tx, head, wanted, self.mapping.mapped_fields, now)

    def _settle(self, tx: Any, drained: Drained) -> None:
        """Take what is settled out of the journal, and note the rest."""
        writes = self.journal.writes
        if drained.settled:
            run(tx.connection, delete(writes).where(writes.c[ID].in_(drained.settled)))
        for number, problem in drained.problems.items():
            is_write = writes.c[ID] == number
            run(tx.connection, update(writes).where(is_write).values({PROBLEM: problem}))
        kinds: Mapping[Kind, list[int]] = {
            Kind.GONE: drained.gone,
            Kind.SUPERSEDED: drained.superseded,
        }
        for kind, numbers in kinds.items():
            if numbers:
                is_of_kind = writes.c[ID].in_(numbers)
                run(tx.connection, update(writes).where(is_of_kind).values({KIND: str(kind)}))


def _has_new_parent(before: Aggregate, wanted: Aggregate) -> bool:
    """Return whether a change takes the place of a rule of one per parent."""
    for rule in wanted.one_per_parent:
        parent = rule.parent_of(wanted)
        if parent is not None and parent != rule.parent_of(before):
            return True
    return False
