"""The handlers of the feeds of tournaments."""

from indelible.contests.commands.logs import PollFeed, RecordFetch, StopFeed
from indelible.contests.commands.results import FeedSaved
from indelible.contests.entities.values import FetchResult
from indelible.contests.handlers.contests import poll
from indelible.contests.handlers.saving import feed_saved, save
from indelible.contests.repositories.reads import followed_contests
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.tasks import INGEST_CONTEST_STAGE
from indelible.kernel.payloads import Payload

UNKNOWN_TYPE = "application/octet-stream"


def record_fetch(tx: ContestsWrite, command: RecordFetch) -> FeedSaved:
    """Store a fetch with its bytes, and enqueue the tournament's contests that take it up.

    These are the open ones and those that were settled lately. An unchanged answer is stored and
    enqueued too: a second observation is evidence.

    Raises:
        InvalidTransition: The feed is stopped.
    """
    head = tx.contests.feeds.lock(command.provider_event_id)
    now = tx.clock.now()
    payload_digest = _store_body(tx, command.result)
    feed = head.entity.fetched(command.result, payload_digest, now=now)
    fetch = feed.new_fetch(command.result, payload_digest)
    saved = save(tx, tx.contests.feeds, head, feed, "fetch", records=(fetch,))

    contest_ids = followed_contests(tx, command.provider_event_id, now)
    if contest_ids:
        tx.tasks.enqueue(INGEST_CONTEST_STAGE, dict.fromkeys(contest_ids, now))
    return FeedSaved(feed=saved.entity, seq=saved.revision.seq, fetch=fetch)


def stop_feed(tx: ContestsWrite, command: StopFeed) -> FeedSaved:
    """Fetch a tournament no longer; a stopped feed stays as it is."""
    head = tx.contests.feeds.lock(command.provider_event_id)
    if not head.entity.is_polling:
        return feed_saved(head)

    feed = head.entity.stopped(now=tx.clock.now())
    return feed_saved(save(tx, tx.contests.feeds, head, feed, "stop"))


def poll_feed(tx: ContestsWrite, command: PollFeed) -> FeedSaved:
    """Fetch a stopped tournament again; a polled feed stays as it is."""
    return feed_saved(poll(tx, tx.contests.feeds.lock(command.provider_event_id)))


def _store_body(tx: ContestsWrite, result: FetchResult) -> str | None:
    """Store the bytes of an answer, and return their digest; None without an answer."""
    if result.body is None:
        return None

    payload = Payload.of(
        result.body,
        content_type=result.content_type or UNKNOWN_TYPE,
        received_at=result.finished_at,
    )
    return tx.payloads.add(payload).digest
