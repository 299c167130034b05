"""Change the lifecycle of a table with a long history, and judge the history by both releases.

The first release fills the table. A proposed one, which declares less, must refuse exactly the
planted changes. The next release adds a state, a field and an edge and retires an edge: its upgrade
leaves old changes legal, the edge is closed, and the first release starts again beside it.
"""

from collections.abc import Generator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

import pytest
from attrs import define, field
from tests.conftest import POLICY
from tests.examples.dated_parcels import first_parcels, grown_parcels, second_parcels
from tests.examples.parcels import MAYA, run

from indelible.declare import Context
from indelible.kernel import Head, InvalidTransition
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, check_lifecycle, open_store, verify

PARCELS: Final = 2_000
BATCH: Final = 1_000
PLANTED: Final = 200  # of so many parcels, one is marked and one is taken back
REASON: Final = "a dose"


@define
class Filled:
    """The number of changes, and the ids and seqs of those that the proposed lifecycle refuses."""

    changes: int = 0
    planted: set[tuple[str, int]] = field(factory=set[tuple[str, int]])


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_old_changes_are_judged_by_the_edges_of_their_day(
    fixture: str, request: pytest.FixtureRequest, chance: Random
) -> None:
    database: str | PostgresServer = request.getfixturevalue(fixture)
    url = database if isinstance(database, str) else database.url
    owner_url = database if isinstance(database, str) else database.owner_url
    first, grown = first_parcels(), grown_parcels()
    filled = Filled()
    with _opened(url, first) as store:
        store.upgrade(owner_url)
        _fill(store, first, filled, chance)
        check = check_lifecycle(store, second_parcels())
        sent = run(store, first, first.aggregate.pack(label="sent", shelf="a"))
        sent = run(store, first, first.aggregate.send(sent))
    assert (check.changes, check.refusals) == (filled.changes, len(filled.planted))
    assert {(one.entity_id, one.seq) for one in check.refused} == filled.planted

    for context in (grown, first, grown):
        with _opened(url, context) as store:
            store.upgrade(owner_url)
            if context is grown:
                assert verify(store) == ()
                with pytest.raises(InvalidTransition):  # the edge is retired
                    run(store, grown, grown.aggregate.take_back(sent.id, shelf="f"))

    with _opened(url, grown) as store:
        run(store, grown, grown.aggregate.lose(sent.id, cause="A flood"))
        assert verify(store) == ()


@contextmanager
def _opened(url: str, context: Context[Any]) -> Generator[SqlStore]:
    store = open_store(url, contexts=(context,), policy=POLICY)
    try:
        yield store
    finally:
        store.dispose()


def _fill(store: SqlStore, first: Context[Any], filled: Filled, random: Random) -> None:
    """Store four changes of each parcel; of some, one that the proposed lifecycle refuses."""
    parcel = first.aggregate

    def run_many(commands: list[Any]) -> list[Head[Any]]:
        filled.changes += len(commands)
        return list(store.run(first.execute_many, commands, actor=MAYA, reason=REASON))

    for first_number in range(0, PARCELS, BATCH):
        numbers = range(first_number, min(first_number + BATCH, PARCELS))
        heads = run_many([parcel.pack(label=f"P-{number}", shelf="a") for number in numbers])
        for shelf in ("b", "c"):
            heads = run_many([parcel.move(head, shelf=shelf) for head in heads])
        marked = random.sample(range(len(heads)), len(heads) // PLANTED or 1)
        last: list[Any] = []
        for n, head in enumerate(heads):
            if n in marked:
                last.append(parcel.mark(head, shelf="d", note="Fragile"))
            else:
                last.append(parcel.send(head))
        heads = run_many(last)
        filled.planted.update((heads[n].id, heads[n].seq) for n in marked)
        left = [head for n, head in enumerate(heads) if n not in marked]
        back = run_many(
            [parcel.take_back(head, shelf="e") for head in random.sample(left, len(marked))]
        )
        filled.planted.update((head.id, head.seq) for head in back)
