"""One walk through each of several contexts, repeated in stores with the same clock and ids."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from attrs import define
from tests.conftest import POLICY

from indelible.declare import Context
from indelible.kernel import Actor, Change, Head
from indelible.kernel.appends import StoredRecord, appended_types
from indelible.memory.store import MemoryStore
from indelible.testing.own.exploring import explore
from indelible.testing.own.operations import NO_VALUES, operations_of
from indelible.testing.own.walks import OwnStore, Walk
from indelible.testing.stores import BEGINNING
from indelible_sql import SqlStore, open_store

STEPS: Final = 30
MAX_TARGETS: Final = 5
MAX_TEXTS: Final = 20
ROWS_OF_A_PAGE: Final = 3  # so that aggregates have several pages
SHORT: Final = 6  # characters of a text that is searched

Contexts = Sequence[Context[Any]]
Snapshot = Mapping[str, object]


class CountedIds:
    """Ids that are the same in every run, and others behind another prefix."""

    def __init__(self, prefix: str = "id") -> None:
        self.prefix = prefix
        self.count = 0

    def new(self) -> str:
        """Return the next id."""
        self.count += 1
        return f"{self.prefix}-{self.count:08d}"

    def secret(self) -> str:
        """Return the next secret, which is predictable."""
        return self.new().encode().hex()


class CommandClock:
    """A clock that stands still until the next command."""

    def __init__(self) -> None:
        self.time = BEGINNING

    def now(self) -> datetime:
        """Return the time of the last command."""
        return self.time


@define
class TimedStore:
    """A store whose clock is a second later with each command, whatever the store asks it."""

    store: Any
    clock: CommandClock

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **options: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        self.clock.time += timedelta(seconds=1)
        return self.store.run(handler, command, actor=actor, reason=reason, **options)

    def read(self, query: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - of any query
        """Answer a query."""
        return self.store.read(query, *args, **values)

    def transaction(self, **options: Any) -> Any:  # noqa: ANN401 - of any store
        """Open a transaction."""
        return self.store.transaction(**options)


def memory_store(contexts: Contexts) -> TimedStore:
    """Return a memory store with contexts."""
    clock = CommandClock()
    store = MemoryStore(contexts=tuple(contexts), policy=POLICY, clock=clock, ids=CountedIds())
    return TimedStore(store, clock)


def sql_store(url: str, owner_url: str, contexts: Contexts) -> TimedStore:
    """Return a store in a database with contexts, whose tables are made."""
    clock = CommandClock()
    store = open_store(url, contexts=tuple(contexts), policy=POLICY, clock=clock, ids=CountedIds())
    store.upgrade(owner_url)
    return TimedStore(store, clock)


def reopened(store: TimedStore, url: str, contexts: Contexts) -> None:
    """Open the store again; a database that has connections cannot be copied."""
    store.store = open_store(
        url, contexts=tuple(contexts), policy=POLICY, clock=store.clock, ids=CountedIds("again")
    )


def sql_store_of(store: TimedStore) -> SqlStore:
    """Return the store in a database."""
    result: SqlStore = store.store
    return result


def walked(store: OwnStore, contexts: Contexts, seed: int) -> list[Walk]:
    """Explore each context in a store, and return the walks."""
    targets: dict[type[Any], list[str]] = {}
    walks: list[Walk] = []
    for context in contexts:
        walk = Walk(
            store=store,
            context=context,
            operations=operations_of(context, NO_VALUES),
            random=Random(f"{seed} {context.name}"),  # noqa: S311 - a test draws the same from the same seed
            targets=targets,
        )
        explore(walk, STEPS)
        targets[context.aggregate] = [heads[-1].head.id for heads in walk.heads[:MAX_TARGETS]]
        walks.append(walk)
    return walks


def differences(one: Walk, other: Walk) -> Iterator[str]:
    """Yield what differs in the answers of two stores, and in all that they have."""
    name = one.context.name
    for (trial, answer), (_, other_answer) in zip(one.trials, other.trials, strict=False):
        if answer != other_answer:
            yield f"{name}: {trial.operation.name} got {answer} and {other_answer}"
            return
    if one.faults != other.faults:
        yield f"{name}: other faults {one.faults} and {other.faults}"
    first, second = snapshot(one), snapshot(other)
    for key in sorted({*first, *second}):
        if first.get(key) != second.get(key):
            yield f"{name}: {key}: {first.get(key)} and {second.get(key)}"


def rows_of(walk: Walk, record: type[Any], entity_id: str) -> list[StoredRecord[Any]]:
    """Return all rows of a record of an aggregate, read page by page."""
    rows: list[StoredRecord[Any]] = []
    after = (0, 0)
    while True:
        page = walk.store.read(
            walk.context.rows, record, entity_id, after=after, limit=ROWS_OF_A_PAGE
        )
        rows.extend(page)
        if len(page) < ROWS_OF_A_PAGE:
            return rows
        after = page[-1].position


def snapshot(walk: Walk) -> Snapshot:
    """Return all that a store tells about the aggregates of a walk, by the questions."""
    store, context = walk.store, walk.context
    heads: tuple[Head[Any], ...] = tuple(walk.stored())
    result: dict[str, object] = {"list": heads}
    texts: set[str] = set()
    for head in heads:
        changes: tuple[Change, ...] = store.read(context.history, head.id)
        result[f"history of {head.id}"] = changes
        result[f"get {head.id}"] = store.read(context.get, head.id)
        for change in changes:
            past = store.read(context.as_of, head.id, change.at)
            result[f"{head.id} as of {change.at}"] = past
        for record in appended_types(context.aggregate.bulk_records):
            result[f"{record.record_name} of {head.id}"] = rows_of(walk, record, head.id)
        for name in context.filters:
            value = getattr(head.entity, name)
            key = f"list {name} {value!r}"
            if key not in result:
                result[key] = tuple(walk.stored(**{name: value}))
        for name in context.search_fields:
            texts.add((getattr(head.entity, name) or "")[:SHORT].swapcase())
    for text in sorted(texts - {""})[:MAX_TEXTS]:
        result[f"search {text!r}"] = store.read(context.search, text)
    return result
