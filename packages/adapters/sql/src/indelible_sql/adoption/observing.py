"""Observe a table before it is adopted: report what would be refused, and write nothing."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from attrs import frozen
from sqlalchemy import Connection, Select

from indelible.kernel import IndelibleError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.contexts import Context
from indelible.kernel.values import NumberOutOfRange
from indelible_sql.adoption.births import first_actions, is_adopted, refused_by_others
from indelible_sql.adoption.errors import RowKeyTaken
from indelible_sql.adoption.findings import DEFAULT_EXAMPLES, MAX_EXAMPLES, Refusal, Refusals
from indelible_sql.adoption.mapping import SAME_NAMES, FieldMapping, RowMapping, row_mapping
from indelible_sql.adoption.sources import Key, Source, SourceRow, find_source, key_text
from indelible_sql.adoption.unique_values import UniqueValues, unique_values
from indelible_sql.engine.errors import translate_errors
from indelible_sql.store.kernel_store import AnySqlStore

E = TypeVar("E", bound=Aggregate)

PAGE: Final = 1_000  # rows


@frozen
class Observed:
    """The report about a table: the number of its rows, and what would be refused about them.

    `adopted_rows` are aggregates already. A row that several rules refuse counts in each of them,
    and once in `refused_rows`.
    """

    rows: int
    adopted_rows: int
    refused_rows: int
    refusals: tuple[Refusal, ...]


def observe(
    store: AnySqlStore,
    context: Context[Any],
    source: Source,
    *,
    mapping: FieldMapping = SAME_NAMES,
    examples: int = DEFAULT_EXAMPLES,
) -> Observed:
    """Return what the aggregate refuses about the rows of a table, without writing anything.

    Each rule counts its rows and has the first `examples` of them. Rows that are written meanwhile
    may or may not be seen.

    Raises:
        IndelibleError: The table cannot be adopted at all: see `row_mapping`.
    """
    check_number("examples", examples, maximum=MAX_EXAMPLES)
    with translate_errors():
        compiled = open_mapping(store, context, source, mapping)
        observer = _Observer(store, context, compiled, Refusals(examples))
        return observer.run()


def check_number(name: str, number: int, *, maximum: int) -> None:
    """Raise NumberOutOfRange unless the number is one of 1 to `maximum`."""
    if not 1 <= number <= maximum:
        raise NumberOutOfRange(name, 1, maximum, str(number))


def open_mapping(
    store: AnySqlStore, context: Context[E], source: Source, mapping: FieldMapping
) -> RowMapping[E]:
    """Return the compiled mapping of a table in the store's database.

    Raises:
        UsageError: The store was opened without the context.
        LifecycleDiffers: The database lacks the edges of the adoption.
        IndelibleError: The errors of `find_source` and `row_mapping`.
    """

    def compiled(tx: Any) -> RowMapping[E]:
        context.of(tx)
        return row_mapping(context.aggregate, find_source(tx.connection, source), mapping)

    return store.read(compiled)


def read_rows(connection: Connection, statement: Select[Any]) -> list[SourceRow]:
    """Return the rows of a query with the driver's values."""
    return [dict(row) for row in connection.execute(statement).mappings()]


@frozen
class _Observer:
    """The walk over a table."""

    store: AnySqlStore
    context: Context[Any]
    mapping: RowMapping[Any]
    refusals: Refusals

    def run(self) -> Observed:
        """Read every row, a page at a time, and count what is refused."""
        source = self.mapping.source
        total = 0
        adopted = 0
        after: Key | None = None
        with unique_values() as unique:
            while True:
                statement = source.page(after, PAGE)
                rows, actions = self.store.read(partial(self._page, statement=statement))
                total += len(rows)
                adopted += self._check(rows, actions, unique)
                if len(rows) < PAGE:
                    break
                after = source.key_of(rows[-1])
            nameless = self.store.read(partial(self._page, statement=source.without_key()))[0]
            total += len(nameless)
            self._check(nameless, {}, unique)
        return Observed(total, adopted, self.refusals.rows, self.refusals.result())

    def _page(
        self, tx: Any, *, statement: Select[Any]
    ) -> tuple[list[SourceRow], Mapping[str, str]]:
        """Return rows, and the first actions of those that are aggregates already."""
        rows = read_rows(tx.connection, statement)
        ids = [self.mapping.values_of(row).id for row in rows]
        name = self.mapping.entity.lifecycle.name
        return rows, first_actions(tx.connection, self.store.schema, name, ids)

    def _check(
        self, rows: Sequence[SourceRow], actions: Mapping[str, str], unique: UniqueValues
    ) -> int:
        """Count what is refused about rows, and return how many are adopted already."""
        now = self.store.clock.now()
        adopted = 0
        entities: dict[str, Any] = {}
        problems: dict[str, list[IndelibleError]] = {}
        for row in rows:
            values = self.mapping.values_of(row)
            key = key_text(values.key)
            action = actions.get(values.id, "")
            own = problems.setdefault(key, [])
            if is_adopted(self.mapping.entity, action):
                adopted += 1
            elif action:
                own.append(RowKeyTaken(values.id, "an aggregate that is no adopted row"))
            try:
                entity = self.mapping.born(values, now)
            except IndelibleError:
                own.extend(self.mapping.problems_of(values, now))
                continue
            own.extend(unique.problems_of(entity, key))
            entities[key] = entity

        others = self.store.read(self._refused, tuple(entities.values()))
        for key, entity in entities.items():
            problems[key].extend(others.get(entity.id, ()))
        for key, own in problems.items():
            self.refusals.add(key, own)
        return adopted

    def _refused(self, tx: Any, entities: Sequence[Any]) -> Mapping[str, list[IndelibleError]]:
        return refused_by_others(tx, self.context.of(tx), entities)
