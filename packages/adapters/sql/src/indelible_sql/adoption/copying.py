"""Copy rows of the older table: each becomes an aggregate with its first change, batch by batch.

The last key that was copied is stored in the transaction that copies it. A row that a writer has
changed meanwhile is read with the number of its last journaled write, in one statement: later ones
follow from the journal.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from attrs import frozen
from sqlalchemy import delete, select, update

from indelible.kernel import IndelibleError
from indelible.kernel.adoption import adopting_action
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.births import Birth
from indelible.kernel.contexts import Context
from indelible_sql.adoption.births import first_actions, is_adopted, refused_by_others
from indelible_sql.adoption.errors import RowKeyTaken
from indelible_sql.adoption.journal import ID, PHASE, SEEN, Journal, Phase
from indelible_sql.adoption.mapping import RowMapping, RowValues
from indelible_sql.adoption.sources import Key, SourceRow
from indelible_sql.adoption.statements import rows, run
from indelible_sql.kernel.repository import SqlAggregateRepository

E = TypeVar("E", bound=Aggregate)


@frozen
class Newborn(Generic[E]):
    """A new aggregate with the values of its row, and the last write that they contain."""

    values: RowValues
    entity: E
    seen: int | None


@frozen
class Copying(Generic[E]):
    """The copy of rows to a context."""

    context: Context[E]
    mapping: RowMapping[E]
    journal: Journal

    def copy(self, tx: Any, limit: int) -> tuple[int, int]:
        """Adopt the next rows; return how many were read, and how many of them adopted."""
        source = self.mapping.source
        after = self.locked_position(tx)
        batch = rows(tx.connection, self.journal.rows_after(after, limit))
        newborns = self._newborns(tx, batch)
        self._save(tx, newborns)
        last = source.key_of(batch[-1]) if batch else None
        phase = Phase.COPYING if len(batch) == limit else Phase.COPIED
        self._move_on(tx, last, phase)
        return len(batch), len(newborns)

    def pass_over(self, tx: Any, problem: str) -> None:
        """Journal the next row with the problem for which the database refused it."""
        source = self.mapping.source
        after = self.locked_position(tx)
        for row in rows(tx.connection, source.page(after, 1)):
            key = source.key_of(row)
            run(tx.connection, self.journal.problem_of(key, problem))
            self._move_on(tx, key, Phase.COPYING)

    def locked_position(self, tx: Any) -> Key | None:
        """Return the last key that was copied; another adoption of the table waits."""
        (row,) = rows(tx.connection, select(self.journal.progress).with_for_update())
        key = self.mapping.source.key_of(row)
        return None if key[0] is None else key

    def _newborns(self, tx: Any, batch: Sequence[SourceRow]) -> list[Newborn[E]]:
        """Return the aggregates of rows, and journal the problems of the others."""
        entity_type = self.mapping.entity
        now = tx.clock.now()
        every_row = [(row, self.mapping.values_of(row)) for row in batch]
        ids = [values.id for _, values in every_row]
        name = entity_type.lifecycle.name
        actions = first_actions(tx.connection, tx.session.schema, name, ids)
        newborns: dict[str, Newborn[E]] = {}
        taken: set[tuple[str, str]] = set()
        for row, values in every_row:
            action = actions.get(values.id, "")
            if is_adopted(entity_type, action):
                continue  # by a write of the journal, which the others of the row follow
            try:
                if action or values.id in newborns:
                    raise RowKeyTaken(values.id, "another aggregate")
                entity = self.mapping.born(values, now)
                _check_unique(entity, taken)
            except IndelibleError as error:
                self._note(tx, values.key, row[SEEN], error)
                continue
            newborns[values.id] = Newborn(values, entity, row[SEEN])

        wanted = [newborn.entity for newborn in newborns.values()]
        for entity_id, problems in refused_by_others(tx, self.context.of(tx), wanted).items():
            refused = newborns.pop(entity_id)
            self._note(tx, refused.values.key, refused.seen, problems[0])
        return list(newborns.values())

    def _note(self, tx: Any, key: Key, seen: int | None, problem: IndelibleError) -> None:
        """Journal a row with its problem; a row that is in the journal is judged from there."""
        if seen is None and None not in key:
            run(tx.connection, self.journal.problem_of(key, str(problem)))

    def _save(self, tx: Any, newborns: Sequence[Newborn[E]]) -> None:
        """Save the first changes, and forget the writes that they contain."""
        births: list[Birth[E]] = []
        for newborn in newborns:
            action = adopting_action(newborn.entity.status)
            births.append(Birth(change_for(tx, None, newborn.entity, action), newborn.entity))
        births.sort(key=_edge)  # those of one edge are one statement
        (heads,) = tx.catalog.context_by_name[self.context.name].mappings
        if births:
            SqlAggregateRepository(tx.session, heads).save_new_together(births)
        writes = self.journal.writes
        for newborn in newborns:
            if newborn.seen is not None:
                is_contained = writes.c[ID] <= newborn.seen
                is_row = self.journal.is_row(newborn.values.key)
                run(tx.connection, delete(writes).where(is_row, is_contained))

    def _move_on(self, tx: Any, last: Key | None, phase: Phase) -> None:
        """Store the last key and the phase."""
        values: dict[str, object] = {PHASE: str(phase)}
        if last is not None:
            values |= dict(zip(self.mapping.source.key_names, last, strict=True))
        run(tx.connection, update(self.journal.progress).values(values))


def _edge(birth: Birth[Any]) -> str:
    return birth.change.action


def _check_unique(entity: Aggregate, taken: set[tuple[str, str]]) -> None:
    """Raise the error of a value that another row of the batch has, and remember the others."""
    places: list[tuple[str, str]] = []
    for rule in entity.one_per_parent:
        parent = rule.parent_of(entity)
        if parent is None:
            continue
        if (rule.name, parent) in taken:
            raise rule.error(parent)
        places.append((rule.name, parent))
    taken.update(places)
