"""Find what delays the feed for so long that an operator has to know it."""

from datetime import datetime, timedelta
from typing import Final

from indelible.kernel.open_writers import OpenWriter
from indelible.kernel.subscribers import SubscribersRead

LONGEST_WRITE: Final = timedelta(minutes=1)  # no command of the library writes for so long


def feed_delays(tx: SubscribersRead, now: datetime) -> tuple[OpenWriter, ...]:
    """Return the writers that have been open for longer than LONGEST_WRITE, oldest first."""
    oldest = now - LONGEST_WRITE
    return tuple(writer for writer in tx.subscribers.open_writers() if writer.since < oldest)
