"""The table of payouts of a contest: amounts by rank, in minor units."""

from collections.abc import Sequence

from indelible.app import ReadTx
from indelible.contests import Configuration, Contest
from indelible.contests.rules.payout import BPS_OF_WHOLE, rank_amounts
from indelible_web.contests.schemas import PayoutRange


def payout_table(
    tx: ReadTx, contest: Contest, configuration: Configuration
) -> tuple[PayoutRange, ...]:
    """Return the payout of each rank, with equal neighbors as one range.

    Before the settlement, all entries of the contest are taken to be paid and to rank alone.
    """
    entries = tx.contests.entries.count_joined(contest.id)
    pool = contest.fee_minor * entries
    run = tx.contests.runs.completed(contest.id)
    if run is not None:
        pool = run.entity.pool_minor or 0
        entries = run.entity.line_count or 0

    available = pool - pool * configuration.rake.bps // BPS_OF_WHOLE
    amounts = rank_amounts(
        configuration.payout, configuration.short_field, available, max(1, entries)
    )
    return ranges_of(amounts)


def ranges_of(amounts: Sequence[int]) -> tuple[PayoutRange, ...]:
    """Return the amounts of ranks from 1 as ranges of equal amounts."""
    ranges: list[PayoutRange] = []
    first_rank = 1
    for rank, amount in enumerate(amounts, start=1):
        is_last = rank == len(amounts)
        if is_last or amounts[rank] != amount:
            ranges.append(PayoutRange(rank_min=first_rank, rank_max=rank, payout_amount=amount))
            first_rank = rank + 1

    return tuple(ranges)
