"""Find everything that should go on and does not, for an operator."""

from datetime import datetime

from indelible.kernel.feed_delays import feed_delays
from indelible.kernel.silence import StandingTasks
from indelible.kernel.subscribers import SubscribersRead, stopped_subscribers


def standstills(tx: SubscribersRead, standing: StandingTasks, now: datetime) -> tuple[str, ...]:
    """Return a sentence for each delay of the feed, stopped subscriber and silent task."""
    problems = [writer.problem(now) for writer in feed_delays(tx, now)]
    problems += [f"subscriber {lag.name}: {lag.problem}" for lag in stopped_subscribers(tx, now)]
    problems += [str(silent) for silent in standing.silent(tx, now)]

    return tuple(problems)
