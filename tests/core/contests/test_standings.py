"""Tests of live standings and of their cache."""

from collections.abc import Sequence

import pytest
from tests.core.contests.golf import (
    NOT_COUNTED,
    board,
    card,
    configured,
    entry,
    golden_board,
    golden_entries,
    settled,
)
from tests.core.contests.pools import random_inputs

from indelible.contests.rules.failures import MissingScore
from indelible.contests.rules.settlement import settle
from indelible.contests.rules.standings import (
    Standings,
    StandingsCache,
    StandingsKey,
    standings,
)
from indelible.contests.rules.values import EligibleEntry, Field, Leaderboard, PlayerCard

SEEDS = 40


def live(
    leaderboard: Leaderboard | None, entries: Sequence[EligibleEntry], **changes: object
) -> Standings:
    keys = {"roster_size": 2, "counted_players": 2} | changes
    players = () if leaderboard is None else leaderboard.cards
    return standings(configured(**keys), leaderboard, Field.of(players), entries)


def scores(rows: Standings) -> dict[str, int | None]:
    return {row.entry.entry_id: row.score for row in rows.rows}


def playing(player_id: str, *strokes: int | None) -> PlayerCard:
    return card(player_id, strokes, "ACTIVE")


def test_before_the_first_leaderboard_all_entries_are_level() -> None:
    rows = live(None, [entry("2", "AB"), entry("1", "CD")], dns=NOT_COUNTED)

    assert [(row.entry.entry_id, row.rank, row.score) for row in rows.rows] == [
        ("1", 1, 0),
        ("2", 1, 0),
    ]


def test_only_complete_rounds_count() -> None:
    leaderboard = board(playing("A", 70, None), playing("B", 73), playing("C", None))

    assert scores(live(leaderboard, [entry("1", "AB"), entry("2", "AC")])) == {"1": -1, "2": -2}


def test_a_policy_fills_only_rounds_that_everyone_has_completed() -> None:
    withdrawn = card("B", (), "WD")
    first = board(playing("A", None), withdrawn, playing("C", 70))
    second = board(playing("A", 74), withdrawn, playing("C", 70, 68))

    assert scores(live(first, [entry("1", "BC")])) == {"1": -2}
    # Round 1 is worth 75 strokes to player B; round 2 is still in play.
    assert scores(live(second, [entry("1", "BC")])) == {"1": 3 - 2 - 4}


def test_nobody_misses_a_cut_that_is_not_made() -> None:
    entries = [entry("1", "AB"), entry("2", "AC")]
    withdrawn = card("C", (74,), "WD")
    before = board(playing("A", 70, 70), playing("B", 71, None), withdrawn)
    after = board(playing("A", 70, 70), card("B", (80, 80), "CUT"), withdrawn)

    assert scores(live(before, entries, min_made_cut=2)) == {"1": -5, "2": -2}
    assert scores(live(after, entries, min_made_cut=2)) == {"1": None, "2": None}


def test_a_round_on_an_unknown_course_is_left_out_of_standings() -> None:
    leaderboard = board(playing("A", 70), playing("B", 71))

    rows = live(leaderboard, [entry("1", "AB")], par={"north": 72, "south": 70})
    assert scores(rows) == {"1": 0}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_final_standings_are_the_settlement(seed: int) -> None:
    inputs = random_inputs(seed)
    rows = standings(
        inputs.configuration, inputs.leaderboard, inputs.field, inputs.entries, official_rounds=4
    )
    lines = settle(inputs).lines

    assert [(row.entry, row.rank, row.score) for row in rows.rows] == [
        (line.entry, line.rank, line.score) for line in lines
    ]


def test_final_standings_need_every_score() -> None:
    configuration = configured(roster_size=2, counted_players=2)
    leaderboard = board(playing("A", 70), playing("B", 71))

    with pytest.raises(MissingScore):
        standings(configuration, leaderboard, Field.of("AB"), [], official_rounds=4)


def test_players_of_a_row_are_ordered_and_marked() -> None:
    settlement = settled(configured(), golden_board(), golden_entries())
    rows = standings(configured(), golden_board(), Field.of(golden_board().cards), golden_entries())
    players = rows.players(rows.by_entry["E1"])

    assert [(player.player_id, player.total) for player in players] == [
        ("G01", -10),
        ("G02", -7),
        ("G07", -3),
        ("G03", -2),
        ("G06", 5),
        ("G05", 15),
    ]
    assert [player.is_counted for player in players] == [True] * 4 + [False] * 2
    assert [row.rank for row in rows.rows] == [line.rank for line in settlement.lines]


def test_a_row_shows_who_replaces_a_player() -> None:
    leaderboard = board(playing("A", 70), card("B", (), "DNS"), playing("Z", 69))
    rows = standings(
        configured(roster_size=2, counted_players=2),
        leaderboard,
        Field.of("AB", "Z"),
        [entry("1", "AB")],
    )

    assert [(player.player_id, player.replaces) for player in rows.players(rows.rows[0])] == [
        ("Z", "B"),
        ("A", None),
    ]


def rows_of(count: int) -> Standings:
    entries = [entry(str(number), "AB") for number in range(count)]
    return live(board(playing("A", 70), playing("B", 70)), entries)


def key(number: int) -> StandingsKey:
    return StandingsKey("c", number, "e")


def computed(cache: StandingsCache, number: int, count: int = 1) -> bool:
    """Read standings through a cache, and return True if they were computed."""
    calls: list[int] = []

    def compute() -> Standings:
        calls.append(number)
        return rows_of(count)

    cache.get(key(number), compute)
    return bool(calls)


def test_a_cache_computes_standings_once() -> None:
    cache = StandingsCache()

    assert [computed(cache, number) for number in (1, 2, 1, 2)] == [True, True, False, False]


def test_a_cache_drops_the_standings_that_were_used_least_recently() -> None:
    cache = StandingsCache(max_items=2)
    for number in (1, 2, 1, 3):
        computed(cache, number)

    assert len(cache) == 2
    assert [computed(cache, number) for number in (1, 3, 2)] == [False, False, True]


def test_a_cache_is_bounded_by_its_rows() -> None:
    cache = StandingsCache(max_rows=10)

    assert computed(cache, 1, count=11)
    assert computed(cache, 1, count=11)
    assert len(cache) == 0
    for number in (2, 3, 4):
        computed(cache, number, count=4)
    assert len(cache) == 2
