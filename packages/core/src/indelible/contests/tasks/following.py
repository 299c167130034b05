"""Find the settled contests whose tournament is still fetched, for late corrections.

A correction after the settlement is stored and never applied, so that an operator learns of it.
"""

from datetime import datetime, timedelta
from typing import Final

from indelible.contests.lifecycle import ContestStatus
from indelible.contests.ports import ContestsRead

FOLLOW_UP: Final = timedelta(hours=24)  # after the settlement
FOLLOW_UP_PAUSE_SECONDS: Final = 900.0  # between two fetches for settled contests only
MAX_FOLLOWED: Final = 500


def followed_contests(tx: ContestsRead, provider_event_id: str, now: datetime) -> tuple[str, ...]:
    """Return the ids of a tournament's contests that were settled less than a day ago."""
    heads = tx.contests.contests.find(
        {"provider_event_id": provider_event_id, "status": ContestStatus.COMPLETE},
        limit=MAX_FOLLOWED,
    )
    followed: list[str] = []
    for head in heads:
        settle_time = head.entity.settle_time
        if settle_time is not None and now < settle_time + FOLLOW_UP:
            followed.append(head.entity.id)

    return tuple(followed)
