"""The replay of a stored history against a proposed declaration."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final

from attrs import frozen
from sqlalchemy import select

from indelible.kernel import Change
from indelible.kernel.contexts import AnyContext
from indelible.kernel.progress import Progress
from indelible.kernel.replays import AggregateReplay, PlacesReplay
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.schema.tables import HISTORY
from indelible_sql.store.kernel_store import AnySqlStore

PAGE: Final = 1_000
MAX_REFUSED: Final = 10_000  # changes that a check returns; the others are counted


@frozen(kw_only=True)
class RefusedChange:
    """A change that the proposed declaration would have refused, and why."""

    lifecycle: str
    entity_id: str
    seq: int
    action: str
    at: datetime
    problem: str


@frozen(kw_only=True)
class LifecycleCheck:
    """The number of changes that were read, how many of them are refused, and the first of those.

    A change that is refused for two reasons is counted, and listed, for each of them.
    """

    changes: int
    refusals: int
    refused: tuple[RefusedChange, ...]


def check_lifecycle(
    store: AnySqlStore, context: AnyContext, *, progress: Progress | None = None
) -> LifecycleCheck:
    """Return what the declaration of a context refuses of the history of its lifecycle.

    The store need not know the context, and nothing is written. `progress` counts the changes.
    """
    return store.read(lambda tx: _check(tx.session, context, progress or Progress()))


def _check(session: Session, context: AnyContext, progress: Progress) -> LifecycleCheck:
    session.lift_limits()
    entity = context.aggregate
    changes, refusals = 0, 0
    refused: list[RefusedChange] = []
    replay = AggregateReplay(entity)
    for change in _changes(session, entity.lifecycle.name, is_by_entity=True):
        changes += 1
        progress.done = changes
        if change.seq == 1:
            replay = AggregateReplay(entity)
        for problem in replay.refusals(change):
            refusals += 1
            _list(refused, change, problem)

    places = PlacesReplay(entity)
    of_feed = _changes(session, entity.lifecycle.name, is_by_entity=False)
    for change in of_feed if entity.one_per_parent else ():
        for problem in places.refusals(change):
            refusals += 1
            _list(refused, change, problem)
    return LifecycleCheck(changes=changes, refusals=refusals, refused=tuple(refused))


def _list(refused: list[RefusedChange], change: Change, problem: str) -> None:
    if len(refused) < MAX_REFUSED:
        refused.append(
            RefusedChange(
                lifecycle=change.lifecycle,
                entity_id=change.entity_id,
                seq=change.seq,
                action=change.action,
                at=change.at,
                problem=problem,
            )
        )


def _changes(session: Session, lifecycle: str, *, is_by_entity: bool) -> Iterator[Change]:
    """Yield the changes of a lifecycle by the ids of its aggregates, or in the order of the feed.

    Raises: RowUnreadable, for a change that only `verify` can read.
    """
    for row in session.stream(_query(lifecycle, is_by_entity=is_by_entity), PAGE):
        yield ROWS.structure(row, Change)


@lru_cache(maxsize=100)
def _query(lifecycle: str, *, is_by_entity: bool) -> Query:
    order = (HISTORY.c.entity_id, HISTORY.c.seq) if is_by_entity else (HISTORY.c.position,)
    return select(HISTORY).where(HISTORY.c.lifecycle == lifecycle).order_by(*order)
