"""Requirements on the feeds of tournaments and their fetches."""

from datetime import datetime, timedelta
from functools import partial

from indelible import contests
from indelible.contests import FeedSaved, FeedStatus, FetchOutcome
from indelible.contests.entities.records import Fetch
from indelible.contests.rules.tasks import INGEST_CONTEST_STAGE
from indelible.kernel.payloads import content_digest
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.payloads import FIRST_ROUND
from indelible.testing.contests.scenarios import (
    ContestScenario,
    complete_contest,
    new_contest,
    publish,
)
from indelible.testing.stores import AnyStore
from indelible.testing.suite import Suite

CONTENT = FIRST_ROUND.payload()
MOMENT = timedelta(microseconds=1)


def stop(scenario: ContestScenario) -> FeedSaved:
    """Stop the feed."""
    return scenario.run(contests.stop_feed, contests.StopFeed(provider_event_id="T1"))


def poll(scenario: ContestScenario) -> FeedSaved:
    """Poll the feed again."""
    return scenario.run(contests.poll_feed, contests.PollFeed(provider_event_id="T1"))


class FeedConformance(Suite):
    """Requirements on feeds."""

    def test_a_fetch_is_stored_with_its_bytes(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        saved = scenario.fetch(FIRST_ROUND, 0)
        fetch = saved.fetch
        assert fetch is not None
        assert fetch.payload_digest is not None
        payload = scenario.read(lambda tx: tx.payloads.get(fetch.payload_digest or ""))

        assert (fetch.number, saved.feed.fetch_number) == (1, 1)
        assert (fetch.outcome, fetch.http_status) == (FetchOutcome.OK, 200)
        assert fetch.payload_digest == content_digest(CONTENT)
        assert payload.content == CONTENT
        assert saved.feed.last_payload_digest == fetch.payload_digest
        assert saved.feed.last_success_at == fetch.finished_at
        assert _fetches(store) == (fetch,)

    def test_an_unchanged_answer_is_a_fetch_too(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        for minute in range(3):
            scenario.fetch(FIRST_ROUND, minute)
        fetches = _fetches(store)

        assert [fetch.number for fetch in fetches] == [1, 2, 3]
        assert {fetch.payload_digest for fetch in fetches} == {content_digest(CONTENT)}
        assert _fetches(store, after=2) == fetches[2:]

    def test_failed_fetches_are_stored_and_counted(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        first = scenario.fetch(FIRST_ROUND, 0)
        failed = [scenario.fetch(None, minute).feed for minute in (1, 2)]
        succeeded = scenario.fetch(FIRST_ROUND, 3).feed

        assert [feed.failures for feed in failed] == [1, 2]
        assert failed[-1].last_success_at == first.feed.last_success_at
        assert failed[-1].last_payload_digest == content_digest(CONTENT)
        assert (succeeded.failures, succeeded.fetch_number) == (0, 4)

    def test_a_fetch_is_a_task_for_each_open_contest(self, store: AnyStore) -> None:
        first, second, canceled = publish(store), publish(store), publish(store)
        canceled.cancel()
        first.fetch(FIRST_ROUND, 0)
        for scenario in (first, second):
            assert _has_ingestion(scenario)
        assert not _has_ingestion(canceled)

    def test_a_fetch_is_a_task_for_a_contest_that_was_settled_lately(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        settle_time = scenario.contest.settle_time
        assert settle_time is not None
        opened = store.read(lambda tx: tx.contests.contests.joins.open_of_tournament("T1"))

        scenario.fetch(FIRST_ROUND, 9)

        assert opened == ()
        assert _has_ingestion(scenario)
        assert _followed(scenario, settle_time - MOMENT) == (scenario.contest_id,)
        assert _followed(scenario, settle_time) == ()

    def test_open_contests_are_followed_and_canceled_ones_are_not(self, store: AnyStore) -> None:
        first, failed, canceled, other = (
            publish(store),
            publish(store),
            publish(store),
            publish(store, provider_event_id="T2"),
        )
        failed.fail("lock")
        canceled.cancel()

        expected = tuple(sorted((first.contest_id, failed.contest_id)))
        assert _followed(first, first.base) == expected
        assert other.contest_id not in expected

    def test_a_stopped_feed_takes_no_fetch(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        stopped = stop(scenario)

        assert stopped.feed.status is FeedStatus.STOPPED
        assert stop(scenario).seq == stopped.seq
        assert code(partial(scenario.fetch, FIRST_ROUND, 0)) == "INVALID_TRANSITION"
        polled = poll(scenario)
        assert polled.feed.status is FeedStatus.POLLING
        assert poll(scenario).seq == polled.seq
        scenario.fetch(FIRST_ROUND, 0)

    def test_a_publication_polls_a_stopped_feed_again(self, store: AnyStore) -> None:
        stop(new_contest(store))
        publish(store)
        feed = store.read(lambda tx: tx.contests.feeds.get("T1").entity)

        assert feed.status is FeedStatus.POLLING

    def test_unknown_feeds_and_fetches_are_not_found(self, store: AnyStore) -> None:
        new_contest(store)
        unknown_feed = partial(store.read, lambda tx: tx.contests.feeds.get("T2"))
        unknown_fetch = partial(store.read, lambda tx: tx.contests.feeds.fetch("T1", 1))

        assert code(unknown_feed) == "FEED_NOT_FOUND"
        assert code(unknown_fetch) == "FETCH_NOT_FOUND"


def _followed(scenario: ContestScenario, settled_after: datetime) -> tuple[str, ...]:
    """Return the contests of the tournament that take fetches up."""
    return scenario.read(
        lambda tx: tx.contests.contests.joins.followed_of_tournament(
            "T1", settled_after=settled_after
        )
    )


def _has_ingestion(scenario: ContestScenario) -> bool:
    """Return True if a task ingests the contest."""

    def find() -> object:
        return scenario.read(lambda tx: tx.tasks.get(INGEST_CONTEST_STAGE, scenario.contest_id))

    return code(find) == ""


def _fetches(store: AnyStore, *, after: int = 0) -> tuple[Fetch, ...]:
    """Return the fetches of the tournament after a number."""
    return store.read(lambda tx: tx.contests.feeds.fetches("T1", after=after, limit=9))
