"""Tests of the division of a pool: its parts add up to it for every table, tie and short field."""

from collections.abc import Sequence
from random import Random

import pytest
from attrs import evolve
from tests.core.contests.golf import configured
from tests.core.contests.pools import random_of, random_payout

from indelible.contests.rules import payout as payout_module
from indelible.contests.rules.configuration.values import (
    Configuration,
    FixedPayout,
    Payout,
    Rake,
    RakeRounding,
    SharePayout,
    ShortField,
    TieRemainder,
)
from indelible.contests.rules.failures import PayoutSumWrong
from indelible.contests.rules.payout import (
    PayoutRange,
    PoolDivision,
    TieShare,
    divide_pool,
    payout_table,
)

POOLS = 10_000
BATCHES = 4
GOLDEN = configured()
THREE = SharePayout(table=(5000, 3000, 2000))


def divided(
    payout: Payout,
    pool_minor: int,
    tie_sizes: Sequence[int],
    *,
    short_field: str = "renormalize",
    tie_remainder: str = "platform",
    bps: int = 0,
) -> PoolDivision:
    configuration = evolve(
        GOLDEN,
        payout=payout,
        short_field=ShortField(short_field),
        tie_remainder=TieRemainder(tie_remainder),
        rake=Rake(bps=bps, rounding=RakeRounding.FLOOR),
    )
    return divide_pool(configuration, pool_minor, tie_sizes)


def paid(division: PoolDivision, tie_sizes: Sequence[int]) -> list[int]:
    """Return the payout of each entry, best first."""
    payouts: list[int] = []
    for share, size in zip(division.tie_shares, tie_sizes, strict=True):
        for number in range(size):
            payouts.append(share.share_minor + (number < share.extra_count))

    return payouts


def random_configuration(random: Random) -> Configuration:
    payout = random_payout(random)
    table: Payout
    if payout["kind"] == "bps":
        table = SharePayout(table=tuple(payout["table"]))
    else:
        table = FixedPayout(amounts=tuple(payout["amounts"]), guarantee=payout["guarantee"])

    return evolve(
        GOLDEN,
        payout=table,
        short_field=random.choice(tuple(ShortField)),
        tie_remainder=random.choice(tuple(TieRemainder)),
        rake=Rake(bps=random.choice((0, 1, 1000, 3333, 10_000)), rounding=RakeRounding.FLOOR),
    )


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_parts_of_a_pool_add_up_to_it(batch: int) -> None:
    random = random_of(batch)
    for _ in range(POOLS // BATCHES):
        configuration = random_configuration(random)
        tie_sizes = [random.choice((1, 1, 1, 2, 3, 9)) for _ in range(random.randint(0, 12))]
        pool = random.choice((0, 1, 99, random.randint(0, 100_000), 10**12))
        division = divide_pool(configuration, pool, tie_sizes)
        payouts = paid(division, tie_sizes)
        platform = division.rake_minor + division.rounding_minor + division.retained_minor

        assert sum(payouts) + platform == pool + division.top_up_minor, (configuration, tie_sizes)
        assert min([*payouts, platform, division.top_up_minor, division.retained_minor]) >= 0
        assert payouts == sorted(payouts, reverse=True), (configuration, tie_sizes)
        assert division.retained_minor == 0 or division.top_up_minor == 0


def test_each_tie_shares_the_amounts_of_its_ranks() -> None:
    assert paid(divided(THREE, 100_000, [1, 1, 1, 1]), [1, 1, 1, 1]) == [50_000, 30_000, 20_000, 0]
    assert paid(divided(THREE, 100_000, [2, 1]), [2, 1]) == [40_000, 40_000, 20_000]
    assert paid(divided(THREE, 100_000, [2, 3]), [2, 3]) == [40_000, 40_000, 6_666, 6_666, 6_666]


def test_an_equal_split_of_an_odd_pool_pays_no_cent_twice() -> None:
    even = SharePayout(table=(5000, 5000))
    division = divided(even, 101, [2])

    assert paid(division, [2]) == [50, 50]
    assert division.rounding_minor == 1
    assert paid(divided(even, 101, [1, 1]), [1, 1]) == [51, 50]
    assert paid(divided(even, 101, [2], tie_remainder="entry_order"), [2]) == [51, 50]


def test_a_rake_is_rounded_down() -> None:
    division = divided(THREE, 9_999, [1, 1, 1], bps=1)

    assert division.rake_minor == 0
    assert divided(THREE, 10_000, [1, 1, 1], bps=1).rake_minor == 1


def test_a_short_field_shares_everything_or_retains_the_rest() -> None:
    shared = divided(THREE, 100_000, [1, 1], short_field="renormalize")
    kept_back = divided(THREE, 100_000, [1, 1], short_field="retain")

    assert paid(shared, [1, 1]) == [62_500, 37_500]
    assert shared.retained_minor == 0
    assert paid(kept_back, [1, 1]) == [50_000, 30_000]
    assert kept_back.retained_minor == 20_000


@pytest.mark.parametrize("guarantee", [True, False])
def test_a_surplus_over_fixed_amounts_is_retained(*, guarantee: bool) -> None:
    fixed = FixedPayout(amounts=(500, 300), guarantee=guarantee)
    division = divided(fixed, 1_000, [1, 1, 1])

    assert paid(division, [1, 1, 1]) == [500, 300, 0]
    assert (division.retained_minor, division.top_up_minor) == (200, 0)


def test_a_guarantee_tops_a_small_pool_up() -> None:
    division = divided(FixedPayout(amounts=(500, 300), guarantee=True), 100, [1, 1], bps=1_000)

    assert paid(division, [1, 1]) == [500, 300]
    assert (division.rake_minor, division.top_up_minor) == (10, 710)


def test_fixed_amounts_without_a_guarantee_are_scaled_down() -> None:
    division = divided(FixedPayout(amounts=(500, 300), guarantee=False), 101, [1, 1])

    assert paid(division, [1, 1]) == [64, 37]
    assert (division.retained_minor, division.top_up_minor) == (0, 0)


def test_a_guarantee_covers_only_ranks_that_are_reached() -> None:
    fixed = FixedPayout(amounts=(500, 300), guarantee=True)
    division = divided(fixed, 100, [1], short_field="retain")

    assert (paid(division, [1]), division.top_up_minor) == ([500], 400)


def test_without_a_ranked_entry_the_pool_is_retained_without_a_rake() -> None:
    division = divided(FixedPayout(amounts=(500,), guarantee=True), 1_000, [], bps=1_000)

    assert division.retained_minor == 1_000
    assert division.rake_minor == division.top_up_minor == division.rounding_minor == 0


def test_parts_that_do_not_add_up_to_the_pool_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No input leads to such parts, so that the test loses a unit between two steps."""

    def lose_a_unit(*_: object) -> tuple[tuple[TieShare, ...], int]:
        return (TieShare(999, 0),), 0

    monkeypatch.setattr(payout_module, "_tie_shares", lose_a_unit)
    with pytest.raises(PayoutSumWrong) as refused:
        divided(SharePayout(table=(10_000,)), 1_000, [1])

    assert refused.value.code == "PAYOUT_SUM_WRONG"
    assert refused.value.detail == {"expected_minor": 1_000, "actual_minor": 999}


def test_a_payout_table_joins_ranks_with_the_same_amount() -> None:
    configuration = evolve(GOLDEN, payout=SharePayout(table=(4000, 2000, 2000, 2000)))

    assert payout_table(configuration, 10_000, 0) == (
        PayoutRange(1, 1, 3600),
        PayoutRange(2, 4, 1800),
    )
    assert payout_table(configuration, 10_000, 2) == (
        PayoutRange(1, 1, 6000),
        PayoutRange(2, 2, 3000),
    )
