"""Read what stages need of a contest and its log beside the folded state."""

from indelible.contests.entities import ContestLog
from indelible.contests.ports import ContestsRead, ContestsWrite
from indelible.kernel import Store

ContestStore = Store[ContestsRead, ContestsWrite]


def superseded_hash(tx: ContestsRead, log: ContestLog) -> str | None:
    """Return the body hash of the leaderboard that an operator's correction has replaced.

    The provider may go on sending that leaderboard, which must not undo the correction.
    """
    if log.leaderboard_number is None:
        return None

    applied = tx.contests.logs.event(log.id, log.leaderboard_number)
    if applied.fetch_number is not None or applied.supersedes is None:
        return None

    return tx.contests.logs.event(log.id, applied.supersedes).body_hash
