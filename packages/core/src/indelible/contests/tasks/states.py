"""Read what stages need of a contest and its log beside the folded state."""

from indelible.contests.entities import ContestEvent, ContestLog
from indelible.contests.ports import ContestsRead, ContestsWrite
from indelible.kernel import Store

ContestStore = Store[ContestsRead, ContestsWrite]


def superseded_hashes(tx: ContestsRead, log: ContestLog) -> frozenset[str]:
    """Return the body hashes of the leaderboards that an operator's corrections have replaced.

    The provider may go on sending one of them, which must not undo a correction. A correction may
    replace an earlier one: then the leaderboards that the earlier one replaced count, too.
    """
    hashes: set[str] = set()
    number = log.leaderboard_number
    while number is not None:
        event = tx.contests.logs.event(log.id, number)
        if number != log.leaderboard_number:
            hashes.add(event.body_hash)
        number = _superseded_by_operator(event)

    hashes.discard(log.leaderboard_hash or "")
    return frozenset(hashes)


def _superseded_by_operator(event: ContestEvent) -> int | None:
    """Return the number of the event that an operator's correction replaces, else None."""
    return event.supersedes if event.fetch_number is None else None
