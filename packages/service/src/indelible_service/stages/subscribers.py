"""The subscribers of the feed that the workers of the service run: the reactions."""

from typing import Any, Final

from indelible.kernel import Store
from indelible.kernel.feed_stage import FeedRun, follow_feed
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import FOLLOW_FEED, Subscriber
from indelible.reactions import reaction_subscriber, reactions
from indelible_service.contexts.contests import CONTEXT as CONTESTS
from indelible_service.contexts.money import MoneySettings
from indelible_service.settings.service import Settings

STAGE: Final = FOLLOW_FEED


def build_subscribers(settings: Settings) -> tuple[Subscriber[Any], ...]:
    """Return the subscribers of the service: reactions connect contests with what they need."""
    if CONTESTS.name not in {context.name for context in settings.built_in_contexts}:
        return ()

    policy = settings.section(MoneySettings).payout_policy
    return (reaction_subscriber(reactions(policy=policy)),)


def feed_stage(settings: Settings, store: Store[Any, Any]) -> Stage[Any, str, FeedRun]:
    """Return the stage that follows the feed for all subscribers."""
    return follow_feed(store, build_subscribers(settings))
