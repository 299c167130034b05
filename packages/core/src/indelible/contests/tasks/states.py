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
    leaderboard_hash = None
    if log.leaderboard_number is not None:
        event = tx.contests.logs.event(log.id, log.leaderboard_number)
        leaderboard_body = event.body
        leaderboard_hash = event.body_hash

    return LogState(
        number=log.event_number,
        field_number=log.field_number,
        field_body=field_body,
        leaderboard_number=log.leaderboard_number,
        leaderboard_at=log.leaderboard_at,
        leaderboard_hash=leaderboard_hash,
        leaderboard_body=leaderboard_body,
        observations=log.confirmations,
        observed_at=log.confirmed_at,
        terminal_number=log.terminal_number,
        terminal_at=log.terminal_at,
    )
