"""The conformance suite of lists: every list has the same filters, orders and positions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import permutations
from typing import Any, cast

from attrs import evolve, fields, frozen

from indelible import captures, concepts
from indelible.app import ReadTx
from indelible.concepts import ConceptContent, ConceptFilter, ConceptOverview
from indelible.kernel import Actor, ListFilter, ListOrder, NamedListFilter, NamedListOrder
from indelible.testing.captures.scenarios import (
    Install,
    code,
)
from indelible.testing.list_cases import ALL, ListCase, filled
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    AnyStore,
    create,
)
from indelible.testing.suite import Suite


@frozen
class Entry:
    """An entry of a list, as the tests compare it."""

    entity: Any
    own: Any
    name: str
    actor: Actor


class ListsConformance(Suite):
    """Subclass it with the fixtures `store` and `install`."""

    def test_every_list_has_every_order(self, store: AnyStore, install: Install) -> None:
        for name, case in filled(store, install).items():
            for order in orders_of(case.matching):
                matching = evolve(case.matching, order=order)
                expected = in_order(order, entries(store, case))

                assert listed_keys(case, matching, 2) == own_values(expected), (name, order)

    def test_every_list_has_every_filter(self, store: AnyStore, install: Install) -> None:
        for name, case in filled(store, install).items():
            everything = entries(store, case)
            for matching, is_listed in filters_of(case.matching, everything):
                for order in orders_of(case.matching):
                    listed = [entry for entry in everything if is_listed(entry)]
                    keys = listed_keys(case, evolve(matching, order=order), 3)

                    assert keys == own_values(in_order(order, listed)), (name, matching, order)

    def test_what_is_added_meanwhile_moves_nothing(self, store: AnyStore, install: Install) -> None:
        for name, case in filled(store, install).items():
            for order in orders_of(case.matching):
                matching = evolve(case.matching, order=order)
                before = own_values(in_order(order, entries(store, case)))

                listed: list[object] = []
                for number, page in enumerate(pages(case, matching, 2)):
                    listed += page
                    if number == 0:
                        case.add()

                assert [key for key in listed if key in before] == before, (name, order)

    def test_a_position_of_another_order_is_refused(
        self, store: AnyStore, install: Install
    ) -> None:
        for case in filled(store, install).values():
            matching = evolve(case.matching, order=orders_of(case.matching)[1])
            for position in ("yesterday 1", "1", "2026-01-01T00:00:00 1"):
                attempt = partial(case.read, matching=matching, after=position, limit=1)
                assert code(attempt) == "INVALID_POSITION"

    def test_a_position_belongs_to_the_order_that_it_was_read_in(
        self, store: AnyStore, install: Install
    ) -> None:
        for name, case in filled(store, install).items():
            for order, other_order in permutations(orders_of(case.matching), 2):
                matching = evolve(case.matching, order=order)
                other = evolve(case.matching, order=other_order)
                (first,) = case.read(matching=matching, after="", limit=1)
                position = position_of(case, matching, first)

                attempt = partial(case.read, matching=other, after=position, limit=1)
                assert code(attempt) == "INVALID_POSITION", (name, order, other_order)

    def test_a_text_is_looked_for_in_one_part_of_a_list_after_another(
        self, store: AnyStore
    ) -> None:
        names = ["Number 0", "Proportion 1", "Proportion 2", "Number 3", "Number 4", "Proportion 5"]
        for name in names:
            create(store, ConceptContent(name=name))

        for order in (None, *NamedListOrder):
            for text in ("proportion", "no such word"):
                matching = ConceptFilter(order=order, text=text)
                listed, parts = searched_in_parts(store, matching)
                assert listed == store.read(concepts.search_overviews, matching).overviews, matching
                assert parts == len(names) / 2, matching

    def test_a_part_of_a_list_ends_where_its_page_is_full(self, store: AnyStore) -> None:
        for number in range(4):
            create(store, ConceptContent(name=f"Number {number}"))
        matching = ConceptFilter(order=NamedListOrder.NAME, text="number")

        full = store.read(concepts.search_overviews, matching, limit=2, max_searched=3)
        rest = store.read(concepts.search_overviews, matching, limit=5, max_searched=4)
        without_text = store.read(
            concepts.search_overviews, evolve(matching, text=""), limit=5, max_searched=1
        )

        assert [overview.summary.name for overview in full.overviews] == ["Number 0", "Number 1"]
        assert full.end is None
        assert (len(rest.overviews), rest.end) == (4, None)
        assert (len(without_text.overviews), without_text.end) == (4, None)


def searched_in_parts(
    store: AnyStore, matching: ConceptFilter
) -> tuple[tuple[ConceptOverview, ...], int]:
    """Return the concepts that are found in parts of two concepts, and the number of parts."""
    listed: list[ConceptOverview] = []
    position: str | None = ""
    parts = 0
    while position is not None:
        part = store.read(
            concepts.search_overviews, matching, after=position, limit=3, max_searched=2
        )
        listed += part.overviews
        position = part.end
        parts += 1

    return tuple(listed), parts


def orders_of(matching: ListFilter) -> list[Any]:
    """Return every order of a list, and None for its own."""
    if isinstance(matching, NamedListFilter):
        return [None, *NamedListOrder]
    return [None, *ListOrder]


def entries(store: AnyStore, case: ListCase) -> list[Entry]:
    """Return every entry of a list in its own order, each with the actor of its last change."""
    result: list[Entry] = []
    for item in case.read(matching=case.matching, after="", limit=ALL):
        entity, name = case.entry_of(item)
        own = getattr(entity, case.matching.own_field)
        result.append(Entry(entity, own, name, last_actor(store, entity)))

    return result


def last_actor(store: AnyStore, entity: Any) -> Actor:  # noqa: ANN401 - of any list
    """Return the actor of an entity's last change; an artifact's last change is a signal."""

    def read_actor(tx: ReadTx) -> Actor:
        if isinstance(entity, captures.Artifact):
            search = tx.captures.search
            (signal,) = search.signals_of(entity.id, after=entity.seq - 1, limit=1)
            return signal.actor
        return tx.history.of(entity.lifecycle.name, entity.id)[-1].actor

    return store.read(read_actor)


def in_order(order: str | None, listed: Sequence[Entry]) -> list[Entry]:
    """Return the entries in an order; those that are equal in it in the list's own order."""
    if order is None:
        return list(listed)

    keys: Mapping[str, Callable[[Entry], Any]] = {
        "oldest": lambda entry: (entry.entity.created_at, entry.own),
        "newest": lambda entry: (entry.entity.created_at, entry.own),
        "changed": lambda entry: (entry.entity.updated_at, entry.own),
        "name": lambda entry: (entry.name, entry.own),
    }
    return sorted(listed, key=keys[order], reverse=order in ("newest", "changed"))


Filtered = tuple[ListFilter, Callable[[Entry], bool]]


def filters_of(matching: ListFilter, listed: Sequence[Entry]) -> Iterator[Filtered]:
    """Yield filters of a list by the values of its entries, and what each of them lists."""
    names = {attribute.name for attribute in fields(type(matching))}
    own_filter = cast("Any", matching)  # the fields of its own class are known by name only
    for entry in listed:
        entity, actor = entry.entity, entry.actor
        yield evolve(matching, actor=actor), partial(_has, "actor", actor)
        at = entity.updated_at
        yield evolve(matching, since=at), partial(_is_changed, at, FAR)
        yield evolve(matching, until=at, actor=actor), partial(_is_changed_by, actor, at)
        if "status" in names:
            yield evolve(own_filter, status=entity.status), partial(_has, "status", entity.status)
        if "owner" in names:
            yield evolve(own_filter, owner=entity.owner), partial(_has, "owner", entity.owner)
        if "name_prefix" in names:
            prefix = entry.name[:2]
            yield evolve(own_filter, name_prefix=prefix), partial(_begins_with, prefix)


def _has(name: str, value: object, entry: Entry) -> bool:
    if name == "actor":
        return entry.actor == value
    return bool(getattr(entry.entity, name) == value)


def _is_changed(since: datetime, until: datetime, entry: Entry) -> bool:
    return bool(since <= entry.entity.updated_at < until)


def _is_changed_by(actor: Actor, until: datetime, entry: Entry) -> bool:
    return entry.actor == actor and _is_changed(BEGINNING, until, entry)


def _begins_with(prefix: str, entry: Entry) -> bool:
    return entry.name.startswith(prefix)


def pages(case: ListCase, matching: ListFilter, limit: int) -> Iterator[list[object]]:
    """Yield the own values of each page's entries, read after the position of the last entry."""
    after = ""
    while items := case.read(matching=matching, after=after, limit=limit):
        yield [getattr(case.entry_of(item)[0], matching.own_field) for item in items]
        after = position_of(case, matching, items[-1])


def position_of(
    case: ListCase,
    matching: ListFilter,
    item: Any,  # noqa: ANN401 - of any list
) -> str:
    """Return the position of an item."""
    if isinstance(matching, ConceptFilter):
        return matching.position_of_summary(item)
    return matching.position_of(case.entry_of(item)[0])


def listed_keys(case: ListCase, matching: ListFilter, limit: int) -> list[object]:
    """Return the own values of all entries of a list, read page by page."""
    keys: list[object] = []
    for page in pages(case, matching, limit):
        keys += page

    return keys


def own_values(listed: Sequence[Entry]) -> list[object]:
    """Return the own values of entries."""
    return [entry.own for entry in listed]
