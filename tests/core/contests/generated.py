"""Check generated contests by seed; the gate checks some, and `tests/doses/fuzz` others."""

from operator import attrgetter

from attrs import evolve
from tests.core.contests.pools import random_inputs, random_of

from indelible.contests.rules.settlement import (
    Settlement,
    eligible_row,
    result_document,
    settle,
)
from indelible.kernel.json import digest


def check_contest(seed: int) -> Settlement:
    """Settle a generated contest twice, in two orders of its inputs, and check the result.

    Raises:
        AssertionError: A sum, a rank, a payout or a digest is wrong.
    """
    inputs = random_inputs(seed)
    settlement = settle(inputs)
    random = random_of(seed)
    entries = list(inputs.entries)
    cards = list(inputs.leaderboard.players)
    random.shuffle(entries)
    random.shuffle(cards)
    shuffled = evolve(
        inputs,
        entries=tuple(entries),
        leaderboard=evolve(inputs.leaderboard, players=tuple(cards)),
    )

    assert settle(shuffled) == settlement, seed
    assert settlement.result_digest == digest(result_document(settlement)), seed
    assert settlement.eligibility_digest == digest(
        [eligible_row(line.entry) for line in sorted(settlement.lines, key=attrgetter("entry_id"))]
    ), seed
    check_sums(settlement, seed)
    check_ranks(settlement, seed)
    return settlement


def check_sums(settlement: Settlement, seed: int) -> None:
    """Check that the payouts and the platform's parts are the pool."""
    payouts = [line.payout_minor for line in settlement.lines]
    platform = settlement.rake_minor + settlement.rounding_minor + settlement.retained_minor

    assert sum(payouts) + platform == settlement.pool_minor + settlement.top_up_minor, seed
    assert sum(line.paid_minor for line in settlement.lines) == settlement.pool_minor, seed
    assert min([0, *payouts]) == 0, seed


def check_ranks(settlement: Settlement, seed: int) -> None:
    """Check competition ranking: 1, 2, 2, 4; ineligible entries come last and win nothing."""
    ranks = [line.rank for line in settlement.lines]
    previous_score: int | None = None
    for line in settlement.lines:
        assert line.rank == ranks.index(line.rank) + 1, seed
        if line.score is None:
            assert (line.rank, line.payout_minor) == (ranks[-1], 0), seed
            continue
        assert previous_score is None or line.score >= previous_score, seed
        previous_score = line.score

    numbers = [line.number for line in settlement.lines]
    assert numbers == list(range(1, len(numbers) + 1)), seed
