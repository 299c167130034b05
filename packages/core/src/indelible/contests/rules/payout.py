"""Divide a pool among ranks: whole minor units, whose sum is the pool."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from indelible.contests.rules.configuration.values import (
    Configuration,
    FixedPayout,
    Payout,
    SharePayout,
    ShortField,
    TieRemainder,
)
from indelible.contests.rules.failures import PayoutSumWrong

BPS_OF_WHOLE: Final = 10_000


@frozen
class TieShare:
    """The payout of a tie: the first `extra_count` of its entries get one minor unit more."""

    share_minor: int
    extra_count: int


NOTHING: Final = TieShare(0, 0)


@frozen(kw_only=True)
class PoolDivision:
    """A pool and its parts.

    `retained_minor` is the part that no entry has won; `top_up_minor` is what a guarantee adds.
    """

    pool_minor: int
    rake_minor: int
    rounding_minor: int
    retained_minor: int
    top_up_minor: int
    tie_shares: tuple[TieShare, ...]


def divide_pool(
    configuration: Configuration, pool_minor: int, tie_sizes: Sequence[int]
) -> PoolDivision:
    """Divide a pool among ties of ranked entries, best first.

    Without a ranked entry nobody has won: there is no rake, and the whole pool is retained for
    refunds.
    """
    ranked = sum(tie_sizes)
    if ranked == 0:
        return PoolDivision(
            pool_minor=pool_minor,
            rake_minor=0,
            rounding_minor=0,
            retained_minor=pool_minor,
            top_up_minor=0,
            tie_shares=(),
        )

    rake = pool_minor * configuration.rake.bps // BPS_OF_WHOLE
    available = pool_minor - rake
    amounts = rank_amounts(configuration.payout, configuration.short_field, available, ranked)
    shares, rounding = _tie_shares(amounts, tie_sizes, configuration.tie_remainder)
    won = sum(amounts)
    division = PoolDivision(
        pool_minor=pool_minor,
        rake_minor=rake,
        rounding_minor=rounding,
        retained_minor=max(available - won, 0),
        top_up_minor=max(won - available, 0),
        tie_shares=shares,
    )
    _check_sum(division, tie_sizes)
    return division


@frozen
class PayoutRange:
    """Ranks with the same amount, for display: rank 1 alone, ranks 4 to 10."""

    rank_min: int
    rank_max: int
    payout_minor: int


def payout_table(
    configuration: Configuration, pool_minor: int, ranked: int
) -> tuple[PayoutRange, ...]:
    """Return the amounts that a pool would pay to so many ranked entries without ties.

    Without entries the table shows every paid rank.
    """
    available = pool_minor - pool_minor * configuration.rake.bps // BPS_OF_WHOLE
    entries = ranked or count_paid_ranks(configuration.payout)
    amounts = rank_amounts(configuration.payout, configuration.short_field, available, entries)

    ranges: list[PayoutRange] = []
    for rank, amount in enumerate(amounts, start=1):
        if ranges and ranges[-1].payout_minor == amount:
            ranges[-1] = PayoutRange(ranges[-1].rank_min, rank, amount)
        else:
            ranges.append(PayoutRange(rank, rank, amount))
    return tuple(ranges)


def count_paid_ranks(payout: Payout) -> int:
    """Return the number of ranks that a payout rewards."""
    return len(_weights(payout))


def rank_amounts(
    payout: Payout, short_field: ShortField, available_minor: int, ranked: int
) -> list[int]:
    """Return the amounts of the paid ranks that `ranked` entries reach, never increasing."""
    weights = _weights(payout)
    total = _amount_to_divide(payout, available_minor)
    if short_field == ShortField.RENORMALIZE:
        weights = weights[:ranked]

    return apportion(total, weights)[:ranked]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a total by weights: floors, and one unit more for the first ranks until none is left.

    With weights that never increase, the parts never increase either.
    """
    total_weight = sum(weights)
    parts = [total * weight // total_weight for weight in weights]
    for number in range(total - sum(parts)):
        parts[number] += 1

    return parts


def _weights(payout: Payout) -> Sequence[int]:
    if isinstance(payout, SharePayout):
        return payout.table
    return payout.amounts


def _amount_to_divide(payout: Payout, available_minor: int) -> int:
    """Return the amount of all paid ranks together.

    Fixed amounts larger than the pool are scaled down to it unless they are guaranteed.
    """
    if not isinstance(payout, FixedPayout):
        return available_minor

    wanted = sum(payout.amounts)
    if payout.guarantee:
        return wanted
    return min(wanted, available_minor)


def _tie_shares(
    amounts: Sequence[int], tie_sizes: Sequence[int], remainder: TieRemainder
) -> tuple[tuple[TieShare, ...], int]:
    """Return the share of each tie, and the units that no tie could share."""
    shares: list[TieShare] = []
    rounding = 0
    position = 0
    for size in tie_sizes:
        block = sum(amounts[position : position + size])
        position += size
        share, rest = divmod(block, size)
        if block == 0:
            shares.append(NOTHING)
        elif remainder == TieRemainder.ENTRY_ORDER:
            shares.append(TieShare(share, rest))
        else:
            shares.append(TieShare(share, 0))
            rounding += rest

    return tuple(shares), rounding


def _check_sum(division: PoolDivision, tie_sizes: Sequence[int]) -> None:
    """Raise PayoutSumWrong unless the parts add up to the pool and what was added to it."""
    paid = 0
    for share, size in zip(division.tie_shares, tie_sizes, strict=True):
        paid += share.share_minor * size + share.extra_count
    actual = paid + division.rake_minor + division.rounding_minor + division.retained_minor
    expected = division.pool_minor + division.top_up_minor
    if actual != expected:
        raise PayoutSumWrong(expected, actual)
