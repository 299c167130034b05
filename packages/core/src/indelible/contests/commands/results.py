"""The results of commands."""

from attrs import frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.records import Fetch


@frozen(kw_only=True)
class ContestSaved:
    """A contest, and the seq that the next command on it must expect.

    `noop` is True if the command found the contest as it should be and changed nothing.
    """

    contest: Contest
    seq: int
    noop: bool = False


@frozen(kw_only=True)
class TransitionOutcome:
    """The result of a timed transition: applied, or what it waits for."""

    contest: Contest
    seq: int
    applied: bool
    waits_for: str | None = None


@frozen(kw_only=True)
class FeedSaved:
    """A tournament's feed, its seq, and the fetch that the command stored."""

    feed: ProviderFeed
    seq: int
    fetch: Fetch | None = None
