"""The checks of `verify` on rows, in their order, and which of them can be split."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache, partial
from typing import Final

from attrs import frozen
from sqlalchemy import Table, and_, exists, func, select

from indelible.kernel import Lifecycle
from indelible.kernel.seals import SealReference
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.key_ranges import KeyRange
from indelible_sql.kernel.row_checks import MAX_FUTURE, describe
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.maintenance.hosts import Heads
from indelible_sql.maintenance.verify_bulk import bulk_findings
from indelible_sql.maintenance.verify_heads import (
    all_heads_findings,
    all_records_findings,
    head_findings,
    record_findings,
)
from indelible_sql.maintenance.verify_history import chain_findings, edge_findings
from indelible_sql.maintenance.verify_receipts import RECEIPT_KEY, receipt_findings
from indelible_sql.maintenance.verify_seals import seal_findings
from indelible_sql.maintenance.verify_subscribers import cursor_findings
from indelible_sql.maintenance.verify_tasks import task_findings
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.partitions import PARTITIONED, POSITIONS, shape_of
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, RecordDigest
from indelible_sql.store.kernel_store import AnySqlStore

POSITION_COUNTS: Query = select(
    func.count().label("total"), func.max(HISTORY.c.position).label("last")
)

AGGREGATE_KEY: Final = ("lifecycle", "entity_id")
ENTITY_KEY: Final = ("entity_id",)

InRange = Callable[[Session, KeyRange], Iterable[Finding]]
AsWhole = Callable[[Session], Iterable[Finding]]


@frozen(kw_only=True)
class RowCheck:
    """A check of rows, above all of those of its `table`.

    With a `key` it reads them one by one, and a range of keys is checked alone. Without one it
    compares all of them with others. What SQLite reads no faster in ranges is
    `is_whole_on_sqlite`.
    """

    name: str
    findings: InRange
    table: Table
    key: tuple[str, ...] = ()
    is_whole_on_sqlite: bool = False

    def is_split(self, *, is_sqlite: bool) -> bool:
        """Return True if ranges of keys are parts of their own."""
        return bool(self.key) and not (is_sqlite and self.is_whole_on_sqlite)


def row_checks(
    store: AnySqlStore, heads: Heads, against: SealReference | None, *, is_later: bool
) -> Sequence[RowCheck]:
    """Return the checks in their order, each with a name that is its own.

    A check by keys has its table's name, and another one a text that is no name of a table.
    `is_later` allows the edges that an additive revision of the next release has added.
    """
    catalog = store.catalog
    now = store.clock.now()
    checks = _history_checks(store, is_later=is_later)
    for head, lifecycle in {**catalog.heads, **heads}.items():
        checks += _head_checks(head, lifecycle)
    for head, records in catalog.digests.items():
        for record in records:
            checks += _record_checks(catalog.heads[head], record)
    for bulk in catalog.bulk:
        checks.append(_by_key(partial(bulk_findings, bulk=bulk), bulk.table, ENTITY_KEY))
    for context in catalog.contexts:
        checks.append(_as_whole(f"context {context.name}", context.verify, HISTORY))

    receipts = partial(receipt_findings, latest=now + MAX_FUTURE)
    tasks = partial(task_findings, stages=catalog.stages, now=now)
    seals = partial(seal_findings, tables=catalog.sealed_records, against=against)
    return (
        *checks,
        _by_key(receipts, RECEIPTS, RECEIPT_KEY),
        _as_whole("every position", _position_findings, HISTORY),
        _as_whole("every cursor", cursor_findings, SUBSCRIBER_CURSORS),
        _as_whole("every task", tasks, TASKS),
        _as_whole("every seal", seals, HISTORY),
    )


def tables_of(checks: Iterable[RowCheck]) -> Iterator[Table]:
    """Yield the tables whose rows the checks read one by one."""
    for check in checks:
        if check.key:
            yield check.table


def _history_checks(store: AnySqlStore, *, is_later: bool) -> list[RowCheck]:
    edges = partial(edge_findings, store=store, is_later=is_later)
    chains = partial(chain_findings, store=store, is_later=is_later)
    return [_as_whole("every edge", edges, EDGES), _by_key(chains, HISTORY, AGGREGATE_KEY)]


def _head_checks(head: Table, lifecycle: Lifecycle[StrEnum]) -> list[RowCheck]:
    by_head = partial(head_findings, head=head, lifecycle=lifecycle)
    together = partial(all_heads_findings, head=head, lifecycle=lifecycle)
    return [_by_key(by_head, head, ("id",)), _as_whole(f"all {head.name}", together, head)]


def _record_checks(lifecycle: Lifecycle[StrEnum], record: RecordDigest) -> list[RowCheck]:
    owner, _ = record.table.primary_key.columns
    by_record = partial(record_findings, lifecycle=lifecycle, record=record)
    together = partial(all_records_findings, lifecycle=lifecycle, record=record)
    # SQLite expects few changes in a range, and reads all of them for each record of it.
    records = RowCheck(
        name=record.table.name,
        findings=by_record,
        table=record.table,
        key=(owner.name,),
        is_whole_on_sqlite=True,
    )
    return [
        records,
        _as_whole(f"all {record.table.name}", together, record.table),
    ]


def _by_key(findings: InRange, table: Table, key: tuple[str, ...]) -> RowCheck:
    return RowCheck(name=table.name, findings=findings, table=table, key=key)


def _as_whole(name: str, findings: AsWhole, table: Table) -> RowCheck:
    def in_one_range(session: Session, _: KeyRange) -> Iterable[Finding]:
        return findings(session)

    return RowCheck(name=name, findings=in_one_range, table=table)


def _position_findings(session: Session) -> Iterator[Finding]:
    """Check that an aggregate's changes are in the order of the feed.

    On SQLite the positions are 1 to n.
    """
    if session.is_sqlite:
        yield from _gap_findings(session)

    detail = "the next change precedes it in the feed"
    yield from describe(session, Fault.POSITION, HISTORY, _swapped_changes(), detail)
    if shape_of(session.connection, session.schema) == PARTITIONED:
        detail = f"its position is not in {POSITIONS.name}"
        yield from describe(session, Fault.POSITION, HISTORY, _unknown_positions(), detail)
        detail = "another change has its position"
        yield from describe(session, Fault.POSITION, HISTORY, _doubled_positions(), detail)


@lru_cache
def _swapped_changes() -> Query:
    """Select the changes that do not precede the next one."""
    later = HISTORY.alias("later")
    of_same_aggregate = and_(
        later.c.lifecycle == HISTORY.c.lifecycle, later.c.entity_id == HISTORY.c.entity_id
    )
    return (
        select(HISTORY.c.entity_id, HISTORY.c.seq)
        .join(later, of_same_aggregate)
        .where(later.c.previous_seq == HISTORY.c.seq)
        .where(later.c.position <= HISTORY.c.position)
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )


@lru_cache
def _unknown_positions() -> Query:
    """Select the changes whose position was never taken."""
    is_taken = exists().where(POSITIONS.c.position == HISTORY.c.position)
    return (
        select(HISTORY.c.entity_id, HISTORY.c.seq)
        .where(~is_taken)
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )


@lru_cache
def _doubled_positions() -> Query:
    """Select the changes that share their position, which no key of a partition refuses."""
    doubled = select(HISTORY.c.position).group_by(HISTORY.c.position).having(func.count() > 1)
    return (
        select(HISTORY.c.entity_id, HISTORY.c.seq)
        .where(HISTORY.c.position.in_(doubled))
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )


def _gap_findings(session: Session) -> Iterator[Finding]:
    total, last = session.rows(POSITION_COUNTS, {})[0].values()
    if total != (last or 0):
        detail = f"{total} changes, but the last position is {last}"
        yield Finding(fault=Fault.POSITION, table=HISTORY.name, detail=detail)
