"""The rows of leaderboards: computed from the log while a contest is live, then its settlement."""

from datetime import timedelta
from typing import Final

from indelible.app import ReadTx
from indelible.contests import (
    Configuration,
    Contest,
    ContestStatus,
    Field,
    log_state,
)
from indelible.contests.rules.ranking import RankedEntry
from indelible.contests.rules.standings import (
    Standings,
    StandingsCache,
    StandingsKey,
    standings,
)
from indelible_web.contests.schemas import LeaderboardRow, LeaderboardState
from indelible_web.http.responses import project

MAX_FIRST_ROWS: Final = 50  # Of the standings in a contest's detail.
EMPTY_FIELD: Final = Field(primary=())

# Standings are functions of their key, so that all applications of a process may share them.
CACHE: Final = StandingsCache()


def leaderboard_state(contest: Contest) -> LeaderboardState:
    """Return the state of a contest's leaderboard."""
    if contest.status is ContestStatus.LIVE:
        return LeaderboardState.LIVE
    if contest.status is ContestStatus.COMPLETE:
        return LeaderboardState.FINAL

    return LeaderboardState.PENDING


def first_rows(
    tx: ReadTx, contest: Contest, configuration: Configuration
) -> tuple[LeaderboardRow, ...] | None:
    """Return the first rows of a contest's leaderboard, None before and without a tournament."""
    if leaderboard_state(contest) is LeaderboardState.PENDING:
        return None

    rows, _ = read_rows(tx, contest, configuration, after=0, limit=MAX_FIRST_ROWS)
    return rows


def read_rows(
    tx: ReadTx, contest: Contest, configuration: Configuration, *, after: int, limit: int
) -> tuple[tuple[LeaderboardRow, ...], int]:
    """Return the next rows of a leaderboard after a position, and the number of all rows."""
    match leaderboard_state(contest):
        case LeaderboardState.PENDING:
            return (), 0
        case LeaderboardState.FINAL:
            return _final_rows(tx, contest, after, limit)
        case LeaderboardState.LIVE:
            live = live_standings(tx, contest, configuration)
            ranked_rows = live.rows[after : after + limit]
            return tuple(_live_row(ranked) for ranked in ranked_rows), len(live.rows)


def live_standings(tx: ReadTx, contest: Contest, configuration: Configuration) -> Standings:
    """Return the standings of a contest, from the cache if nothing has changed.

    The hash of the newest event stands for the whole log, and the number of entries with the sum
    of their seqs for the eligible ones: each change of an entry adds one to the sum.
    """
    log = tx.contests.logs.get(contest.id).entity
    revision = tx.contests.entries.joins.entries_revision(contest.id)
    key = StandingsKey(
        configuration_digest=configuration.digest,
        event_number=log.event_number,
        eligibility_digest=f"{contest.id} {log.event_hash} {revision.count} {revision.seq_sum}",
    )

    def compute() -> Standings:
        state = log_state(tx, contest.id)
        paid_until = contest.lock_time + timedelta(seconds=contest.payment_grace_seconds)
        entries = tx.contests.entries.joins.eligible(contest.id, paid_until)
        return standings(configuration, state.leaderboard, state.field or EMPTY_FIELD, entries)

    return CACHE.get(key, compute)


def _live_row(ranked: RankedEntry) -> LeaderboardRow:
    """Return a row without a payout: there is none before the settlement."""
    return LeaderboardRow(
        rank=ranked.rank,
        entry_id=ranked.entry.entry_id,
        user_id=ranked.entry.user_id,
        score=ranked.score,
        payout_amount=None,
        settlement_run_id=None,
    )


def _final_rows(
    tx: ReadTx, contest: Contest, after: int, limit: int
) -> tuple[tuple[LeaderboardRow, ...], int]:
    """Return the next lines of the run that settled the contest."""
    run = tx.contests.runs.get(contest.settlement_run_id or "").entity
    rows: list[LeaderboardRow] = []
    for line in tx.contests.runs.joins.lines(run.id, after=after, limit=limit):
        row = project(
            LeaderboardRow, line, payout_amount=line.payout_minor, settlement_run_id=run.id
        )
        rows.append(row)

    return tuple(rows), run.line_count or 0
