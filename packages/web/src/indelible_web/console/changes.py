"""Changes as pages list them: with the names of their entities, and bulk changes in groups."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from attrs import frozen
from flask import url_for

from indelible.app import ReadTx
from indelible.kernel import Change, Feed, instant_text
from indelible_web.console.page import EntityLink, EntityLinks
from indelible_web.http.request import Caller

MIN_GROUP_SIZE: Final = 3  # Fewer changes with one reason are listed one by one.
MAX_NAMES: Final = 100  # Of the entities of a group, in its order.
MAX_CHANGES: Final = 1_000  # On a page whose last group goes on.
ONE_BY_ONE: Final = "single"  # The parameter of a list without groups, as in `ChangeGroup.url`.
EntityKey = tuple[str, str]
ChangeReader = Callable[[str, int], Feed]  # It receives a cursor and the number of changes.


@frozen(kw_only=True)
class ListedChange:
    """A change, and the name of its entity if the caller may see it."""

    change: Change
    link: EntityLink | None = None


@frozen(kw_only=True)
class ChangeGroup:
    """Changes that follow each other in a list, with the same action, actor and reason.

    `named` has the first change of each entity, for at most a number of entities.
    """

    changes: tuple[Change, ...]
    named: tuple[ListedChange, ...]
    entity_count: int

    @property
    def change(self) -> Change:
        """Return the first change, which stands for all."""
        return self.changes[0]

    @property
    def unnamed_count(self) -> int:
        """Return the number of entities whose names are not listed."""
        return self.entity_count - len(self.named)

    @property
    def url(self) -> str:
        """Return the address of the changes with this action and actor at these times."""
        times = [change.at for change in self.changes]
        end = max(times) + timedelta(microseconds=1)

        return url_for(
            "console.history",
            lifecycle=self.change.lifecycle,
            action=self.change.action,
            actor=str(self.change.actor),
            since=instant_text(min(times)),
            until=instant_text(end),
            single="1",
        )


@frozen(kw_only=True)
class ChangePage:
    """The changes of a page, the cursor behind them, and whether there may be more."""

    changes: tuple[Change, ...]
    cursor: str
    is_full: bool


def list_changes(
    tx: ReadTx, caller: Caller, changes: Sequence[Change], entity_links: Mapping[str, EntityLinks]
) -> tuple[ListedChange, ...]:
    """Return the changes with links to their entities, in the same order."""
    links: dict[EntityKey, EntityLink] = {}
    for lifecycle, links_of in entity_links.items():
        ids = {change.entity_id for change in changes if change.lifecycle == lifecycle}
        if not ids:
            continue
        for entity_id, link in links_of(tx, caller, ids).items():
            links[lifecycle, entity_id] = link

    listed: list[ListedChange] = []
    for change in changes:
        listed.append(ListedChange(change=change, link=links.get(_entity(change))))

    return tuple(listed)


def group_changes(
    tx: ReadTx,
    caller: Caller,
    changes: Sequence[Change],
    entity_links: Mapping[str, EntityLinks],
    *,
    one_by_one: bool = False,
) -> tuple[ChangeGroup, ...]:
    """Return the changes in groups, in the same order; few changes of a kind stay single."""
    runs = _runs(changes)
    if one_by_one:
        runs = [(change,) for change in changes]

    firsts_of_runs = [_first_of_each_entity(run) for run in runs]
    to_be_named: list[Change] = []
    for firsts in firsts_of_runs:
        to_be_named += firsts[:MAX_NAMES]
    listed = iter(list_changes(tx, caller, to_be_named, entity_links))

    groups: list[ChangeGroup] = []
    for run, firsts in zip(runs, firsts_of_runs, strict=True):
        named = tuple(next(listed) for _ in firsts[:MAX_NAMES])
        groups.append(ChangeGroup(changes=run, named=named, entity_count=len(firsts)))

    return tuple(groups)


def read_whole_groups(read: ChangeReader, start: str, page_size: int) -> ChangePage:
    """Return a page of changes, and those after it that belong to its last group.

    A group that has begun on the page so ends on it, up to `MAX_CHANGES`.
    """
    feed = read(start, page_size)
    if len(feed.changes) < page_size:
        return ChangePage(changes=feed.changes, cursor=feed.cursor, is_full=False)

    last = feed.changes[-1]
    if _leading(feed.changes[::-1], last) < MIN_GROUP_SIZE:
        return ChangePage(changes=feed.changes, cursor=feed.cursor, is_full=True)

    limit = MAX_CHANGES - page_size
    rest = read(feed.cursor, limit)
    count = _leading(rest.changes, last)
    if count == 0:
        return ChangePage(changes=feed.changes, cursor=feed.cursor, is_full=bool(rest.changes))

    is_full = count < len(rest.changes) or count == limit
    if count < len(rest.changes):
        # The cursor has to be that of the group's last change: the page ends there.
        rest = read(feed.cursor, count)

    return ChangePage(changes=feed.changes + rest.changes, cursor=rest.cursor, is_full=is_full)


def _runs(changes: Sequence[Change]) -> list[tuple[Change, ...]]:
    """Return the changes that follow each other with one kind; few of a kind are runs of one."""
    result: list[tuple[Change, ...]] = []
    start = 0
    while start < len(changes):
        size = _leading(changes[start:], changes[start])
        run = tuple(changes[start : start + size])
        if size >= MIN_GROUP_SIZE:
            result.append(run)
        else:
            result += [(change,) for change in run]
        start += size

    return result


def _leading(changes: Sequence[Change], model: Change) -> int:
    """Return the number of changes at the beginning with the kind of another one."""
    for index, change in enumerate(changes):
        if _kind(change) != _kind(model):
            return index

    return len(changes)


def _first_of_each_entity(changes: Sequence[Change]) -> Sequence[Change]:
    """Return one change of each entity, in the same order."""
    firsts: dict[EntityKey, Change] = {}
    for change in changes:
        firsts.setdefault(_entity(change), change)

    return tuple(firsts.values())


def _entity(change: Change) -> EntityKey:
    return change.lifecycle, change.entity_id


def _kind(change: Change) -> tuple[str, str, str, str]:
    return change.lifecycle, change.action, str(change.actor), change.reason
