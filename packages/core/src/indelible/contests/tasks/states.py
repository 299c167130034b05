"""Read what stages need of a contest: its configuration, and the state of its log.

The state is composed from the head of the log and at most two of its events, so that it takes the
same time for a log of any length.
"""

from indelible.contests.entities import Contest, ContestLog
from indelible.contests.ports import ContestsRead, ContestsWrite
from indelible.contests.rules.configuration import Configuration, parse_configuration
from indelible.contests.rules.fold import LogState
from indelible.kernel import Store

ContestStore = Store[ContestsRead, ContestsWrite]


def configuration_of(tx: ContestsRead, contest: Contest) -> Configuration:
    """Return the newest configuration of a contest."""
    version = contest.configuration_version
    record = tx.contests.contests.configuration(contest.id, version)
    return parse_configuration(record.configuration, created_at=None)


def state_of(tx: ContestsRead, log: ContestLog) -> LogState:
    """Return the state that the events of a log amount to."""
    field_body = None
    if log.field_number is not None:
        field_body = tx.contests.logs.event(log.id, log.field_number).body

    leaderboard_body = None
    if log.leaderboard_number is not None:
        leaderboard_body = tx.contests.logs.event(log.id, log.leaderboard_number).body

    return LogState(
        number=log.event_number,
        field_number=log.field_number,
        field_body=field_body,
        leaderboard_number=log.leaderboard_number,
        leaderboard_at=log.leaderboard_at,
        leaderboard_hash=log.leaderboard_hash,
        leaderboard_body=leaderboard_body,
        observations=log.observations,
        observed_at=log.observed_at,
        terminal_number=log.terminal_number,
        terminal_at=log.terminal_at,
        cancelled_number=log.cancelled_number,
    )


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
