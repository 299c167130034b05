"""Test contests of a new tournament that are published at the same moment: all of them succeed."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, get_ident
from typing import Any

import pytest

from indelible import contests
from indelible.contests.lifecycle import PROVIDER_FEED
from indelible.kernel.history import Change
from indelible.testing.contests.scenarios import configuration, publish
from indelible.testing.stores import do
from indelible_sql import SqlStore
from indelible_sql.engine.collecting import CollectingSession

PUBLISHERS = 4
ROUNDS = 5
TIMEOUT_SECONDS = 60
STORES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


def contest_ids(store: SqlStore, provider_event_id: str) -> tuple[str, ...]:
    """Return the contests of a tournament."""
    return store.read(lambda tx: tx.contests.contests.joins.open_of_tournament(provider_event_id))


def feed_actions(store: SqlStore, provider_event_id: str) -> list[str]:
    """Return the actions of the changes of a tournament's feed."""
    changes = store.read(lambda tx: tx.history.of(PROVIDER_FEED.name, provider_event_id))
    return [change.action for change in changes]


@pytest.mark.slow
@pytest.mark.parametrize("kind", STORES)
def test_all_publications_of_one_moment_succeed(request: pytest.FixtureRequest, kind: str) -> None:
    store: SqlStore = request.getfixturevalue(kind)
    document = configuration(publish(store, provider_event_id="known").base)
    all_are_ready = Barrier(PUBLISHERS)

    def publish_one(provider_event_id: str) -> str:
        command = contests.PublishContest(
            organizer_id="maya",
            contest_name="Open",
            configuration=document | {"provider_event_id": provider_event_id},
        )
        all_are_ready.wait(TIMEOUT_SECONDS)
        return do(store, contests.publish_contest, command).contest.id

    for number in range(ROUNDS):
        provider_event_id = f"T{number}"
        with ThreadPoolExecutor(PUBLISHERS) as threads:
            published = list(threads.map(publish_one, [provider_event_id] * PUBLISHERS))

        assert contest_ids(store, provider_event_id) == tuple(sorted(published))
        assert feed_actions(store, provider_event_id) == ["open"]


def test_a_publication_that_loses_the_race_for_the_feed_runs_again(
    postgresql: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = Barrier(2)
    threads_that_waited: set[int] = set()
    write = CollectingSession.write

    def write_late(session: CollectingSession, statement: Any, change: Change, *args: Any) -> None:  # noqa: ANN401 - any write
        is_feed = change.lifecycle == PROVIDER_FEED.name
        if is_feed and get_ident() not in threads_that_waited:
            threads_that_waited.add(get_ident())
            both_have_looked.wait(TIMEOUT_SECONDS)
        write(session, statement, change, *args)

    monkeypatch.setattr(CollectingSession, "write", write_late)
    with ThreadPoolExecutor(2) as threads:
        scenarios = list(threads.map(partial(publish, postgresql), ("One", "Two")))

    assert len(threads_that_waited) == 2
    expected = sorted(scenario.contest_id for scenario in scenarios)
    assert contest_ids(postgresql, "T1") == tuple(expected)
    assert feed_actions(postgresql, "T1") == ["open"]
