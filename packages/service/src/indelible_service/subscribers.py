"""The subscribers of the feed that the workers of the service run: the reactions."""

from typing import Any, Final

from indelible.kernel import Store
from indelible.kernel.feed_stage import FeedRun, follow_feed
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import FOLLOW_FEED, Subscriber
from indelible.kernel.tasks import TaskKey
from indelible.reactions import reaction_subscriber

STAGE: Final = FOLLOW_FEED


def build_subscribers() -> tuple[Subscriber[Any], ...]:
    """Return the subscribers of the service."""
    return (reaction_subscriber(),)


def feed_stage(store: Store[Any, Any]) -> Stage[Any, str, FeedRun]:
    """Return the stage that follows the feed for all subscribers."""
    return follow_feed(store, build_subscribers())


def standing_tasks() -> tuple[TaskKey, ...]:
    """Return the task of each subscriber, which enqueues itself again."""
    return tuple(TaskKey(STAGE, subscriber.name) for subscriber in build_subscribers())
