"""Tests that two contests on one tournament do not influence each other."""

from functools import partial

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.contests.pools import random_inputs

from indelible.contests.rules.settlement import SettledEntry, SettlementInput, settle
from indelible.contests.rules.standings import Standings, StandingsCache, StandingsKey, standings

pytestmark = pytest.mark.slow

EXAMPLES = 100
SEEDS = st.integers(0, 10_000)


def of_contest(seed: int, contest_id: str, tournament: SettlementInput) -> SettlementInput:
    """Return the inputs of another contest on the same tournament, with the same entry ids."""
    other = random_inputs(seed)
    players = tournament.leaderboard.cards
    entries = [entry for entry in other.entries if players.keys() >= set(entry.player_ids)]

    return evolve(
        other,
        contest_id=contest_id,
        leaderboard=tournament.leaderboard,
        field=tournament.field,
        entries=tuple(entries),
    )


@settings(max_examples=EXAMPLES)
@given(SEEDS, SEEDS)
def test_the_settlement_of_one_contest_does_not_change_the_other(first: int, second: int) -> None:
    one = random_inputs(first)
    alone = settle(one)
    two = of_contest(second, "C2", one)
    other = settle(two)

    assert settle(one) == alone
    assert settle(two) == other
    assert {line.entry for line in alone.lines} == set(one.entries)
    assert {line.entry for line in other.lines} == set(two.entries)
    assert sum_of(alone.lines) + alone.rake_minor <= alone.pool_minor + alone.top_up_minor


@settings(max_examples=EXAMPLES)
@given(SEEDS, SEEDS)
def test_standings_of_two_contests_share_a_cache_without_mixing(first: int, second: int) -> None:
    cache = StandingsCache()
    one = random_inputs(first)
    two = of_contest(second, "C2", one)

    for _ in range(2):
        for inputs in (one, two):
            key = StandingsKey(
                inputs.configuration_digest, inputs.event_number, settle(inputs).eligibility_digest
            )
            cached = cache.get(key, partial(live, inputs))
            assert cached.rows == live(inputs).rows


def live(inputs: SettlementInput) -> Standings:
    return standings(inputs.configuration, inputs.leaderboard, inputs.field, inputs.entries)


def sum_of(lines: tuple[SettledEntry, ...]) -> int:
    return sum(line.payout_minor for line in lines)
