"""Find everything that should go on and does not, for an operator."""

from datetime import datetime

from indelible.kernel.feed_delays import feed_delays
from indelible.kernel.silence import silent_subjects
from indelible.kernel.subscribers import SubscribersRead


def standstills(tx: SubscribersRead, now: datetime) -> tuple[str, ...]:
    """Return a sentence for each delay of the feed and each silent subject."""
    problems = [writer.problem(now) for writer in feed_delays(tx, now)]
    problems += [str(silent) for silent in silent_subjects(tx, now)]

    return tuple(problems)
