"""Read the input of a settlement in one read."""

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.logs import ContestLog
from indelible.contests.repositories.reads import configuration_of, folded_state
from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.settlement import SettlementInput
from indelible.contests.rules.terminal import is_shortened_too_much, official_rounds, settlement_due
from indelible.contests.tasks.errors import LeaderboardNotKnown, RoundsNotOfficial

# Ingestion takes a fetch up within this time, unless it was held back, such as by a pause.
MAX_WAIT_OF_FETCHES: Final = timedelta(seconds=5)


@frozen(kw_only=True)
class SettlementRead:
    """The input of a settlement, and the log and its state that it rests on."""

    input: SettlementInput
    log: ContestLog
    state: LogState


@frozen(kw_only=True)
class SettlementDue:
    """The instant at which a contest may be settled, None while its tournament goes on."""

    due_at: datetime | None
    is_too_short: bool = False  # the tournament ended with too few official rounds


def settlement_state(tx: ContestsRead, contest: Contest) -> SettlementDue:
    """Return when a live contest may be settled, and whether it has enough official rounds."""
    log = tx.contests.logs.get(contest.id).entity
    if log.terminal_number is None:
        return SettlementDue(due_at=None)

    configuration = configuration_of(tx, contest)
    state = folded_state(tx, log)
    return SettlementDue(
        due_at=settlement_due(state, configuration, log.marks),
        is_too_short=is_shortened_too_much(state, configuration),
    )


def settlement_obstacle(tx: ContestsRead, contest_id: str, now: datetime) -> str | None:
    """Return in words what a settlement that is due waits for, None if nothing.

    After a pause, the fetches that were stored meanwhile are taken up first.
    """
    log = tx.contests.logs.get(contest_id).entity
    if not log.is_open:
        return "the log is paused"

    fetches = tx.contests.feeds.fetches(log.provider_event_id, after=log.fetch_number, limit=1)
    if fetches and now - fetches[0].finished_at > MAX_WAIT_OF_FETCHES:
        return f"fetch {fetches[0].number} waits for the log"
    return None


def read_settlement(
    tx: ContestsRead, contest_id: str, configuration: Configuration | None = None
) -> SettlementRead:
    """Return everything that a settlement is computed from, as of one instant.

    `configuration` replaces the contest's own one if it is not None.

    Raises: ContestNotFound, LeaderboardNotKnown, RoundsNotOfficial.
    """
    contest = tx.contests.contests.get(contest_id).entity
    log = tx.contests.logs.get(contest_id).entity
    used = configuration or configuration_of(tx, contest)
    state = folded_state(tx, log)
    if state.leaderboard is None or state.field is None:
        raise LeaderboardNotKnown(contest_id)

    rounds = rounds_of(state, used)
    if rounds is None:
        raise RoundsNotOfficial(contest_id, log.event_number)

    grace = timedelta(seconds=used.payment_grace_seconds)
    entries = tuple(tx.contests.entries.joins.eligible(contest_id, contest.lock_time + grace))
    settlement_input = SettlementInput(
        contest_id=contest_id,
        configuration=used,
        configuration_digest=used.digest,
        event_number=log.event_number,
        events_digest=log.event_hash,
        leaderboard=state.leaderboard,
        field=state.field,
        official_rounds=rounds,
        entries=entries,
    )
    return SettlementRead(input=settlement_input, log=log, state=state)


def rounds_of(state: LogState, configuration: Configuration) -> int | None:
    """Return the number of official rounds, None while the tournament goes on."""
    if state.leaderboard is None:
        return None

    return official_rounds(state.leaderboard, configuration)
