"""The table of payouts of a contest: amounts by rank, in minor units."""

from indelible.app import ReadTx
from indelible.contests import Configuration, Contest, SettlementRun
from indelible.contests.rules import payout
from indelible_web.contests.schemas import PayoutRange


def payout_table(
    tx: ReadTx, contest: Contest, configuration: Configuration
) -> tuple[PayoutRange, ...]:
    """Return the payout of each rank, with equal neighbors as one range.

    Before the settlement, all entries of the contest are taken to be paid and to rank alone. After
    it only ranked entries count, so that the table is empty if there was none.
    """
    run = tx.contests.runs.completed(contest.id)
    if run is None:
        entries = tx.contests.entries.joins.count_joined(contest.id)
        return _ranges(configuration, contest.fee_minor * entries, entries)

    ranked = _count_ranked(tx, run.entity, payout.count_paid_ranks(configuration.payout))
    if ranked == 0:
        return ()
    return _ranges(configuration, run.entity.pool_minor or 0, ranked)


def _count_ranked(tx: ReadTx, run: SettlementRun, limit: int) -> int:
    """Return the number of ranked entries of a settlement, at most `limit`.

    The lines are in order of rank, and those without a score are the last.
    """
    lines = tx.contests.runs.joins.lines(run.id, after=0, limit=limit)
    return sum(line.score is not None for line in lines)


def _ranges(configuration: Configuration, pool_minor: int, ranked: int) -> tuple[PayoutRange, ...]:
    """Return the table of a pool as a view."""
    ranges: list[PayoutRange] = []
    for row in payout.payout_table(configuration, pool_minor, ranked):
        view = PayoutRange(
            rank_min=row.rank_min, rank_max=row.rank_max, payout_amount=row.payout_minor
        )
        ranges.append(view)

    return tuple(ranges)
