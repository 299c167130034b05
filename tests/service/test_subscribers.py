"""Test the subscribers of the service: their stage, and the commands that list and restart them."""

from collections.abc import Generator

import pytest
from tests.service.commands import error_code, json_result, run

from indelible.kernel import Actor
from indelible.kernel.subscribers import FOLLOW_FEED
from indelible.reactions import SUBSCRIBER_NAME
from indelible.testing.stores import create
from indelible_service.contexts.declaration import AnyStage
from indelible_service.processes.building import build_stages, enqueue_standing_tasks
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore, open_store, verify
from indelible_workers import process_batch

WORKER = Actor.system("worker")
RESTART = ("subscribers", "restart", SUBSCRIBER_NAME)
BECAUSE = ("--reason", "restored on a new server", "--by", "user:maya")


@pytest.fixture
def store(sqlite_url: str) -> Generator[SqlStore]:
    opened = open_store(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def settings(store: SqlStore) -> dict[str, str]:
    """Return the settings that name the store."""
    return {"DATABASE_URL": store.own_url}


def feed_stage(store: SqlStore) -> AnyStage:
    """Return the stage of the service."""
    return build_stages(Settings(database_url=store.own_url), store)[FOLLOW_FEED]


def follow(store: SqlStore) -> int:
    """Run the stage of the service as a worker does, and return how many tasks were claimed."""
    return process_batch(store, feed_stage(store), actor=WORKER)


@pytest.mark.slow
def test_a_worker_follows_the_feed_for_the_reactions(
    store: SqlStore, settings: dict[str, str]
) -> None:
    assert json_result("subscribers", "list", settings=settings) == []
    create(store)
    enqueue_standing_tasks(store, (feed_stage(store),))
    assert follow(store) == 1

    (lag,) = json_result("subscribers", "list", settings=settings)
    assert (lag["name"], lag["stage"]) == (SUBSCRIBER_NAME, FOLLOW_FEED)
    assert (lag["seconds"], lag["problem"]) == (0, None)
    assert lag["cursor"]["feed_cursor"] == store.feed().cursor
    assert [task.entity_id for task in feed_stage(store).standing_tasks] == [SUBSCRIBER_NAME]
    assert SUBSCRIBER_NAME in run("subscribers", "list", settings=settings).stdout
    assert verify(store) == ()


@pytest.mark.slow
def test_a_subscriber_is_restarted_with_a_reason(store: SqlStore, settings: dict[str, str]) -> None:
    create(store)
    enqueue_standing_tasks(store, (feed_stage(store),))
    follow(store)

    restarted = json_result(*RESTART, "--position", "beginning", *BECAUSE, settings=settings)
    assert restarted["feed_cursor"] is None
    assert restarted["restarted_by"] == "user:maya"
    assert restarted["restart_reason"] == "restored on a new server"
    words = ("task", "show", FOLLOW_FEED, SUBSCRIBER_NAME)
    shown = json_result(*words, settings=settings)
    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["REQUEUED", "CANCELED"]
    assert follow(store) == 1

    text = run(*RESTART, "--since", "2100-01-01", *BECAUSE, settings=settings).stdout
    assert f"Subscriber {SUBSCRIBER_NAME} continues after {store.feed().cursor}" in text


def test_a_restart_needs_a_reason_a_position_and_a_subscriber(settings: dict[str, str]) -> None:
    position = ("--position", "end")
    assert run(*RESTART, *position, settings=settings).exit_code == 2
    assert run(*RESTART, *BECAUSE, settings=settings).exit_code == 2
    both = (*position, "--since", "2100-01-01", *BECAUSE)
    assert run(*RESTART, *both, settings=settings).exit_code == 2

    missing = error_code(*RESTART, *position, *BECAUSE, settings=settings)
    assert missing == "SUBSCRIBER_NOT_FOUND"
