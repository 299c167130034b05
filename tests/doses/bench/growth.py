"""Measure stores of few and of many changes: what a store costs may not grow as it does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from math import log
from typing import Final

import psycopg
from attrs import evolve, frozen
from tests.doses.bench.console_rows import CHANGES, LARGE_STAGE, fill_concepts, fill_tasks
from tests.doses.bench.edits import edit_command
from tests.doses.bench.queue_workers import Claim, claim_alone, run
from tests.doses.bench.rounds import Dose, Goal, Measured, Table, Way, measure_in_turns, seconds_of
from tests.doses.bench.size import fill_in_batches
from tests.doses.bench.statements import CONTENT, NOTE
from tests.feeds import wait_for_complete_feed
from tests.testbed import Testbed

from indelible import concepts
from indelible.kernel.change_feed import Feed
from indelible.kernel.task_commands import CompleteTasks, complete_tasks
from indelible.testing.stores import MAYA, create
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, verify

PAGE: Final = 100
FEED_PAGE: Final = 1_000  # on the way to the middle
AS_OF: Final = 5  # of ten changes of a concept
MIN_TASKS: Final = 10_000  # of which enough are due
MAX_VERIFIED: Final = 100_000  # changes that the store itself writes, one after the other
MAX_ROUNDS: Final = 3  # of a verification
MICROSECONDS: Final = 1e6
TASKS_PER_CHANGE: Final = 0.2
BYTES: Final = """
SELECT
  sum(pg_table_size(class.oid)) FILTER (WHERE class.relname = 'history'),
  sum(pg_indexes_size(class.oid)) FILTER (WHERE class.relname = 'history'),
  sum(pg_total_relation_size(class.oid)) FILTER (WHERE class.relname LIKE 'concept%')
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname = 'indelible' AND class.relkind = 'r'
"""
KINDS_OF_BYTES: Final = ("history, rows", "history, indexes", "concepts, rows and indexes")
DESCRIPTION: Final = (
    "The same calls in stores on PostgreSQL that have {sizes} changes, ten of each concept, and a"
    " fifth as many tasks in every state. The stores take turns. Most concepts and all tasks"
    " are copies by SQL. A page has {page} entries from the middle of the list or of the feed. A"
    " tree of an index has a depth that grows as the logarithm of its rows, so the promise is that"
    " nothing grows faster."
)


@frozen
class Grown:
    """A store of so many changes, a cursor in the middle of its feed, and the concept there."""

    store: SqlStore
    cursor: str
    concept_id: str


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure calls, then bytes, then verification."""
    with ExitStack() as stack:
        stores: dict[str, Grown] = {}
        sizes: dict[str, tuple[float, ...]] = {}
        for count in dose.changes:
            server = bed.postgresql()
            store = open_store(server.url)
            stack.callback(store.dispose)
            _fill(store, server, count)
            sizes[_name(count)] = tuple(_bytes_per_change(server, count))
            stores[_name(count)] = Grown(store, *_middle(store, count))
        calls: list[Measured] = []
        for group, way_of in WAYS.items():
            ways = {name: way_of(grown) for name, grown in stores.items()}
            calls += measure_in_turns(ways, dose, group).values()

    listed = ", ".join(f"{count:,}" for count in dose.changes)
    yield _table(
        "growth",
        "Calls in a store that grows",
        DESCRIPTION.format(sizes=listed, page=PAGE),
        calls,
        _goals(calls, "as long", dose.changes),
    )
    yield _bytes_table(sizes, dose)
    yield _verify_table(bed, dose)


def _name(count: int) -> str:
    return f"{count:,} changes"


def _table(
    name: str, title: str, description: str, rows: Sequence[Measured], goals: Iterator[Goal]
) -> Table:
    """Return a table whose baseline is the smallest store, which comes first."""
    return Table(
        name=name,
        title=title,
        description=description,
        rows=tuple(rows),
        baseline=rows[0].name,
        goals=tuple(goals),
    )


def _goals(rows: Sequence[Measured], what: str, counts: Sequence[int]) -> Iterator[Goal]:
    """Yield the promise of each group: the largest store costs at most what a tree's depth does."""
    first, last = _name(counts[0]), _name(counts[-1])
    baselines = {row.group: row for row in rows if row.name == first}
    for row in rows:
        if row.name == last:
            yield Goal(
                promise=f"times {what} with {last}: {row.group}",
                value=row.over(baselines[row.group]),
                at_most=round(log(counts[-1]) / log(counts[0]), 2),
            )


def _fill(store: SqlStore, server: PostgresServer, count: int) -> None:
    fill_concepts(store, server.admin_url, count // CHANGES)
    fill_tasks(server.admin_url, max(int(count * TASKS_PER_CHANGE), MIN_TASKS))
    wait_for_complete_feed(store)
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")


def _middle(store: SqlStore, count: int) -> tuple[str, str]:
    """Return the cursor in the middle of the feed, and the id of the concept that changed there."""
    feed = Feed(changes=(), cursor="")
    remaining = count // 2
    while remaining > 0:
        feed = store.feed(after=feed.cursor, limit=min(FEED_PAGE, remaining))
        remaining -= len(feed.changes)
    return feed.cursor, feed.changes[-1].entity_id


def _edit(grown: Grown) -> Way:
    saved = create(grown.store, evolve(CONTENT, name="edited"))
    first = saved.seq

    def edit() -> None:
        nonlocal saved
        command = edit_command(saved)
        saved = grown.store.run(concepts.edit_concept, command, actor=MAYA, reason=NOTE)

    return Way(edit, lambda: saved.seq - first)


def _list_page(grown: Grown) -> Way:
    everything = concepts.ConceptFilter()
    return _counted(
        lambda: len(
            grown.store.read(concepts.list_concepts, everything, after=grown.concept_id, limit=PAGE)
        )
    )


def _read_as_of(grown: Grown) -> Way:
    return _counted(
        lambda: grown.store.read(concepts.concept_as_of, grown.concept_id, seq=AS_OF).seq
    )


def _read_feed(grown: Grown) -> Way:
    return _counted(lambda: len(grown.store.feed(after=grown.cursor, limit=PAGE).changes))


def _claim(grown: Grown) -> Way:
    """Claim a task and complete it; due tasks are those that the store was filled with."""
    completed = 0

    def claim_and_complete() -> None:
        nonlocal completed
        leases = claim_alone(grown.store, Claim(LARGE_STAGE, 1, None))
        run(grown.store, complete_tasks, CompleteTasks(leases=leases))
        completed += len(leases)

    return Way(claim_and_complete, lambda: completed)


WAYS: Final[Mapping[str, Callable[[Grown], Way]]] = {
    "edit": _edit,
    "page of the list": _list_page,
    "as it was": _read_as_of,
    "page of the feed": _read_feed,
    "claim and complete": _claim,
}


def _counted(read: Callable[[], int]) -> Way:
    """Return a way that counts its reads, of which each has to return as much as the first."""
    expected, done = read(), 0
    assert expected > 0

    def read_and_count() -> None:
        nonlocal done
        assert read() == expected
        done += 1

    return Way(read_and_count, lambda: done)


def _bytes_per_change(server: PostgresServer, count: int) -> Iterator[float]:
    with psycopg.connect(server.admin_url) as admin:
        row = admin.execute(BYTES).fetchone()
    assert row is not None
    for total in row:
        yield float(total) / count


def _bytes_table(sizes: Mapping[str, Sequence[float]], dose: Dose) -> Table:
    rows = tuple(
        Measured(name=name, group=kind, unit="bytes", values=(figures[number],) * dose.rounds)
        for number, kind in enumerate(KINDS_OF_BYTES)
        for name, figures in sizes.items()
    )
    return _table(
        "growth-bytes",
        "Bytes of a change in a store that grows",
        "The pages on the disk of the stores above, divided by their changes.",
        rows,
        _goals(rows, "as many bytes of a change", dose.changes),
    )


def _verify_table(bed: Testbed, dose: Dose) -> Table:
    """Measure `verify` of changes that the store has written itself, so that it finds nothing."""
    counts = [count for count in dose.changes if count <= MAX_VERIFIED]
    stores: dict[int, SqlStore] = {}
    for count in counts:
        stores[count] = open_store(bed.postgresql().url)
        fill_in_batches(stores[count], count)
        wait_for_complete_feed(stores[count])
    values: dict[int, list[float]] = {count: [] for count in counts}
    for _ in range(min(dose.rounds, MAX_ROUNDS)):
        for count, store in stores.items():
            seconds = seconds_of(partial(_assert_clean, store))
            values[count].append(seconds / count * MICROSECONDS)
    for store in stores.values():
        store.dispose()

    rows = tuple(
        Measured(name=_name(count), group="verify", unit="µs", values=tuple(own))
        for count, own in values.items()
    )
    return _table(
        "growth-verify",
        "Verification of a change in a store that grows",
        "`verify` of concepts with one version each, divided by their changes.",
        rows,
        _goals(rows, "as long for a change", counts),
    )


def _assert_clean(store: SqlStore) -> None:
    assert verify(store) == ()
