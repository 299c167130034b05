"""Tests of settlements: the golden bytes, policies, ties, short fields and failures."""

from copy import deepcopy
from random import Random

import pytest
from attrs import asdict
from tests.core.contests.golf import (
    FIXED_80,
    GOLDEN_CARDS,
    NOT_COUNTED,
    WORST_PLUS_1,
    board,
    card,
    configured,
    entry,
    golden_board,
    golden_entries,
    settled,
)

from indelible.contests.rules.failures import (
    CourseUnknown,
    EntryTwice,
    MissingScore,
    OfficialRoundsWrong,
    RoundWithoutScore,
)
from indelible.contests.rules.settlement import (
    Settlement,
    eligibility_digest,
    eligible_row,
    result_document,
)
from indelible.kernel.json import canonical_json, digest, sha256_hex

GOLDEN_DIGEST = "4218f91b736ea0347e88c2c449fef8e28ad7cd4c9708edbbfd393e5fe8ae8976"
GOLDEN_TEXT = (
    '{"contest_id":"C1","engine_version":"golf-1","pool_cents":12505,"rake_cents":1250,'
    '"results":[{"entry_id":"E1","payout_cents":5628,"rank":1,"score":-22},'
    '{"entry_id":"E2","payout_cents":2813,"rank":2,"score":-19},'
    '{"entry_id":"E3","payout_cents":2813,"rank":2,"score":-19},'
    '{"entry_id":"E4","payout_cents":0,"rank":4,"score":-14},'
    '{"entry_id":"E5","payout_cents":0,"rank":5,"score":-2}],"rounding_cents":1}'
)
PERMUTATIONS = 20
PLAYERS = ("A", "B", "C", "D", "E", "F")


def payouts(settlement: Settlement) -> dict[str, int]:
    return {line.entry_id: line.payout_minor for line in settlement.lines}


def ranks(settlement: Settlement) -> dict[str, int]:
    return {line.entry_id: line.rank for line in settlement.lines}


def scores(settlement: Settlement) -> dict[str, int | None]:
    return {line.entry_id: line.score for line in settlement.lines}


def small(**changes: object) -> dict[str, object]:
    """Return the keys of a contest with two players an entry, of whom both count."""
    return {"roster_size": 2, "counted_players": 2, "max_entries": None} | changes


def test_the_golden_settlement_has_the_golden_bytes() -> None:
    settlement = settled(configured(), golden_board(), golden_entries())
    text = canonical_json(result_document(settlement))

    assert text == GOLDEN_TEXT
    assert sha256_hex(text) == GOLDEN_DIGEST
    assert settlement.result_digest == GOLDEN_DIGEST


def test_the_golden_settlement_gives_the_remainder_to_the_earlier_payment() -> None:
    configuration = configured(tie_remainder="entry_order")
    entries = golden_entries()
    late = [entry(each.entry_id, each.player_ids, minutes=5) for each in entries[:2]]

    by_id = settled(configuration, golden_board(), entries)
    by_payment = settled(configuration, golden_board(), [*late, *entries[2:]])

    assert payouts(by_id) == {"E1": 5628, "E2": 2814, "E3": 2813, "E4": 0, "E5": 0}
    assert payouts(by_payment) == {"E1": 5628, "E2": 2813, "E3": 2814, "E4": 0, "E5": 0}
    assert by_id.rounding_minor == by_payment.rounding_minor == 0


def test_a_settlement_names_its_inputs_by_digests() -> None:
    configuration = configured()
    settlement = settled(configuration, golden_board(), golden_entries())

    assert settlement.configuration_digest == configuration.digest
    assert settlement.eligibility_digest == digest(
        [eligible_row(each) for each in golden_entries()]
    )
    assert settlement.eligibility_digest == eligibility_digest(reversed(golden_entries()))
    assert (settlement.event_number, settlement.events_digest) == (7, "e" * 64)


@pytest.mark.parametrize("seed", range(PERMUTATIONS))
def test_the_order_of_inputs_does_not_matter(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a reproducible order
    cards = list(golden_board().players)
    entries = golden_entries()
    random.shuffle(cards)
    random.shuffle(entries)
    shuffled = [
        entry(each.entry_id, random.sample(each.player_ids, k=len(each.player_ids)))
        for each in entries
    ]

    settlement = settled(configured(), board(*cards), shuffled)

    assert canonical_json(result_document(settlement)) == GOLDEN_TEXT


def test_a_settlement_changes_no_input() -> None:
    configuration, leaderboard, entries = configured(), golden_board(), golden_entries()
    before = deepcopy((configuration.document(), leaderboard.body(), [asdict(e) for e in entries]))

    settled(configuration, leaderboard, entries)

    assert before == (
        configuration.document(),
        leaderboard.body(),
        [asdict(each) for each in entries],
    )


def test_an_empty_contest_settles_to_an_empty_result() -> None:
    settlement = settled(configured(), golden_board(), [])

    assert result_document(settlement) == {
        "contest_id": "C1",
        "engine_version": "golf-1",
        "pool_cents": 0,
        "rake_cents": 0,
        "results": [],
        "rounding_cents": 0,
    }
    assert settlement.result_digest == digest(result_document(settlement))


def test_a_pool_without_a_ranked_entry_is_retained_without_a_rake() -> None:
    configuration = configured(
        missed_cut=NOT_COUNTED, withdrawn=NOT_COUNTED, disqualified=NOT_COUNTED
    )
    cards = [card(player, (70, 70), "CUT") for player in GOLDEN_CARDS]
    settlement = settled(configuration, board(*cards), golden_entries())

    assert settlement.retained_minor == settlement.pool_minor == 12505
    assert settlement.rake_minor == settlement.rounding_minor == 0
    assert set(ranks(settlement).values()) == {1}
    assert set(scores(settlement).values()) == {None}
    assert set(payouts(settlement).values()) == {0}
    assert result_document(settlement)["retained_cents"] == 12505
    assert settlement.result_digest == digest(result_document(settlement))


def test_ineligible_entries_share_the_last_rank() -> None:
    configuration = configured(**small(missed_cut=NOT_COUNTED))
    cards = [card("A", (70,) * 4), card("B", (71,) * 4), card("C", (80, 80), "CUT")]
    entries = [entry("1", "AC"), entry("2", "AB"), entry("3", "BC")]
    settlement = settled(configuration, board(*cards), entries)

    assert ranks(settlement) == {"2": 1, "1": 2, "3": 2}
    assert scores(settlement) == {"2": -12, "1": None, "3": None}
    assert [line.entry_id for line in settlement.owed_lines] == ["2"]


def test_an_entry_with_too_few_made_cuts_is_ineligible() -> None:
    cards = [card("A", (70,) * 4), card("B", (71,) * 4), card("C", (72, 72), "CUT")]
    entries = [entry("1", "AB"), entry("2", "AC")]
    leaderboard = board(*cards)

    for minimum, expected in ((1, {"1": -12, "2": -8}), (2, {"1": -12, "2": None})):
        configuration = configured(**small(min_made_cut=minimum))
        assert scores(settled(configuration, leaderboard, entries)) == expected


@pytest.mark.parametrize(
    ("status", "rounds", "has_made_cut"),
    [
        ("FIN", (72, 72, 72, 72), True),
        ("MDF", (72, 72, 72), True),
        ("CUT", (72, 72), False),
        ("WD", (72, 72), False),
        ("WD", (72, 72, 72), True),
        ("DQ", (72, 72, 72), True),
        ("DNS", (), False),
    ],
)
def test_a_round_after_the_cut_proves_that_the_cut_was_made(
    status: str, rounds: tuple[int, ...], *, has_made_cut: bool
) -> None:
    configuration = configured(**small(min_made_cut=2))
    leaderboard = board(card("A", (70,) * 4), card("B", rounds, status))
    settlement = settled(configuration, leaderboard, [entry("1", "AB")])

    assert (scores(settlement)["1"] is not None) is has_made_cut


@pytest.mark.parametrize(
    ("key", "status"),
    [("missed_cut", "CUT"), ("missed_cut", "MDF"), ("withdrawn", "WD"), ("disqualified", "DQ")],
)
def test_each_status_has_its_own_policy(key: str, status: str) -> None:
    others = dict.fromkeys(("missed_cut", "withdrawn", "disqualified", "dns"), NOT_COUNTED)
    leaderboard = board(card("A", (72, 72, 76, 74)), card("B", (73, 74), status))
    entries = [entry("1", "AB")]

    def score(**policy: object) -> int | None:
        configuration = configured(**small(**{**others, key: {**WORST_PLUS_1, **policy}}))
        return scores(settled(configuration, leaderboard, entries))["1"]

    # Player A is +6; player B has +1 and +2 in the first rounds.
    assert score() == 6 + 3 + (76 + 1 - 72) + (74 + 1 - 72)
    assert score(plus=3) == 6 + 3 + (76 + 3 - 72) + (74 + 3 - 72)
    assert score(use_completed_rounds=False) == 6 + (1 + 1) + (2 + 1) + (4 + 1) + (2 + 1)
    assert score(**FIXED_80) == 6 + 3 + 8 + 8
    assert score(**{**FIXED_80, "use_completed_rounds": False}) == 6 + 4 * 8
    assert score(**NOT_COUNTED) is None


def test_a_player_who_withdrew_after_the_last_round_keeps_the_complete_rounds() -> None:
    leaderboard = board(card("A", (72,) * 4), card("B", (70, 70, 70, 70), "WD"))
    settlement = settled(configured(**small()), leaderboard, [entry("1", "AB")])

    assert scores(settlement) == {"1": -8}


def test_a_round_in_play_is_no_score() -> None:
    leaderboard = board(card("A", (72,) * 4), card("B", (70, 70, 70, None), "WD"))
    settlement = settled(configured(**small()), leaderboard, [entry("1", "AB")])

    assert scores(settlement) == {"1": -6 + 1}


def test_par_can_differ_by_round() -> None:
    leaderboard = board(card("A", (72,) * 4), card("B", (70, 70), "CUT"))
    configuration = configured(**small(par=[72, 71, 70, 69]))

    # Player A is 0 +1 +2 +3; player B is -2 -1, and one worse than A in the others.
    expected = 6 + (-2 - 1 + 3 + 4)
    assert scores(settled(configuration, leaderboard, [entry("1", "AB")])) == {"1": expected}


def test_par_can_differ_by_course() -> None:
    configuration = configured(**small(par={"north": 72, "south": 70}))
    courses = ("north", "south", "south", "south")
    north_first = card("A", (72, 72, 70, 70), courses=courses)
    south_first = card("B", (72, 75, 70, 70), courses=("south", "north", "south", "south"))
    cut = card("C", (71, 71), "CUT", courses=("north", "south"))
    leaderboard = board(north_first, south_first, cut)

    assert scores(settled(configuration, leaderboard, [entry("1", "AB"), entry("2", "AC")])) == {
        "1": (0 + 2 + 0 + 0) + (2 + 3 + 0 + 0),
        "2": (0 + 2 + 0 + 0) + (-1 + 1 + 1 + 1),
    }


def test_a_course_without_a_par_fails_the_settlement() -> None:
    configuration = configured(**small(par={"north": 72, "south": 70}))
    leaderboard = board(card("A", (72,) * 4), card("B", (70,) * 4))

    with pytest.raises(CourseUnknown, match="COURSE_UNKNOWN"):
        settled(configuration, leaderboard, [entry("1", "AB")])


def test_one_par_of_every_course_needs_no_course() -> None:
    configuration = configured(**small(par={"north": 72, "south": 72}))
    leaderboard = board(card("A", (72,) * 4), card("B", (70,) * 4))

    assert scores(settled(configuration, leaderboard, [entry("1", "AB")])) == {"1": -8}


@pytest.mark.parametrize("status", ["FIN", "ACTIVE"])
def test_a_missing_score_fails_the_whole_settlement(status: str) -> None:
    cards = [card("A", (72,) * 4), card("B", (70, None, 70), status), card("C", (70,) * 4)]

    with pytest.raises(MissingScore) as raised:
        settled(configured(**small()), board(*cards), [entry("1", "AC")])

    assert raised.value.rounds == ("B/2", "B/4")


def test_a_policy_without_a_score_to_compare_with_fails_the_settlement() -> None:
    leaderboard = board(card("A", (72, 72), "CUT"), card("B", (70, 70), "WD"))

    with pytest.raises(RoundWithoutScore, match="round 3"):
        settled(configured(**small()), leaderboard, [entry("1", "AB")])


@pytest.mark.parametrize("rounds", [1, 5])
def test_official_rounds_outside_the_configuration_are_refused(rounds: int) -> None:
    with pytest.raises(OfficialRoundsWrong):
        settled(configured(), golden_board(), golden_entries(), official_rounds=rounds)


def test_a_shortened_tournament_counts_its_official_rounds_only() -> None:
    cards = [card("A", (70, 71, 69, None)), card("B", (72, 73, 75)), card("C", (74, 74), "CUT")]
    configuration = configured(**small())
    entries = [entry("1", "AB"), entry("2", "AC")]

    three = settled(configuration, board(*cards), entries, official_rounds=3)
    two = settled(configuration, board(*cards), entries, official_rounds=2)

    assert scores(three) == {"1": (-2 - 1 - 3) + (0 + 1 + 3), "2": (-2 - 1 - 3) + (2 + 2 + 4)}
    assert scores(two) == {"1": -3 + 1, "2": -3 + 4}


def test_holes_of_a_playoff_change_no_total() -> None:
    configuration = configured(**small())
    cards = [card("A", (70,) * 4), card("B", (71,) * 4)]
    with_playoff = [card("A", (70, 70, 70, 70, 4)), card("B", (71, 71, 71, 71, 5))]
    entries = [entry("1", "AB")]

    assert settled(configuration, board(*cards), entries) == settled(
        configuration, board(*with_playoff), entries
    )


@pytest.mark.parametrize("status", ["DNS", "WD"])
def test_the_first_free_alternates_replace_players_who_never_started(status: str) -> None:
    cards = [
        card("A", (72,) * 4),
        card("B", (), status),
        card("C", (None,), status),
        card("X", (), "DNS"),
        card("Y", (71,) * 4),
        card("Z", (70,) * 4),
    ]
    entries = [entry("1", "AB"), entry("2", "BC"), entry("3", "BY"), entry("4", "AQ")]
    leaderboard, alternates = board(*cards), ("Z", "Y", "X")

    swapped = settled(configured(**small()), leaderboard, entries, alternates=alternates)
    alone = settled(
        configured(**small(dns_before_lock="no_swap")), leaderboard, entries, alternates=alternates
    )

    # Entry 4 has a player who is not on the leaderboard at all.
    assert scores(swapped) == {"1": -4, "2": -12, "3": -12, "4": -4}
    assert scores(alone) == {"1": 4, "2": 8, "3": 0, "4": 4}


def test_a_player_who_withdrew_after_a_stroke_is_not_replaced() -> None:
    started = card("B", (None,), "WD")
    playing = board(card("A", (72,) * 4), started, card("Z", (70,) * 4))
    body = playing.body()
    body["players"][1]["rounds"][0]["strokes"] = 31
    with_stroke = type(playing).of_body(body)
    entries = [entry("1", "AB")]

    assert scores(settled(configured(**small()), playing, entries, alternates="Z")) == {"1": -8}
    assert scores(settled(configured(**small()), with_stroke, entries, alternates="Z")) == {"1": 4}


def test_a_roster_of_another_size_is_ineligible() -> None:
    leaderboard = board(card("A", (70,) * 4), card("B", (71,) * 4), card("C", (72,) * 4))
    entries = [entry("1", "AB"), entry("2", "ABC"), entry("3", "A")]
    settlement = settled(configured(**small()), leaderboard, entries)

    assert scores(settlement) == {"1": -12, "2": None, "3": None}


def tie_order(tie_breakers: list[str], *entries: tuple[str, str, int | None]) -> dict[str, int]:
    """Return the ranks of entries with two counted of three players."""
    configuration = configured(
        roster_size=3, counted_players=2, tie_breakers=tie_breakers, max_entries=None
    )
    totals = {"A": 68, "B": 72, "C": 70, "D": 70, "E": 73, "F": 74}
    leaderboard = board(*(card(player, (total,) * 4) for player, total in totals.items()))
    built = [entry(each, players, prediction=guess) for each, players, guess in entries]

    return ranks(settled(configuration, leaderboard, built))


def test_without_tie_breakers_equal_scores_share_a_rank() -> None:
    assert tie_order([], ("1", "CDE", None), ("2", "ABF", None), ("3", "BEF", None)) == {
        "1": 1,
        "2": 1,
        "3": 3,
    }


def test_count_back_prefers_the_best_counted_player() -> None:
    assert tie_order(["count_back"], ("1", "CDE", None), ("2", "ABF", None)) == {"2": 1, "1": 2}


def test_uncounted_best_prefers_the_better_player_who_is_not_counted() -> None:
    assert tie_order(["uncounted_best"], ("1", "CDF", None), ("2", "ABE", None)) == {
        "2": 1,
        "1": 2,
    }


def test_the_nearest_prediction_of_the_winning_total_wins_a_tie() -> None:
    # The winner's total is -16.
    assert tie_order(
        ["prediction_abs_diff"],
        ("1", "CDE", -19),
        ("2", "CDE", -14),
        ("3", "CDE", None),
        ("4", "CDE", -18),
        ("5", "CDE", -14),
    ) == {"2": 1, "4": 1, "5": 1, "1": 4, "3": 5}


def test_a_prediction_over_the_winning_total_is_worth_nothing() -> None:
    assert tie_order(
        ["prediction_not_over"],
        ("1", "CDE", -19),
        ("2", "CDE", -15),
        ("3", "CDE", None),
        ("4", "CDE", -16),
    ) == {"4": 1, "1": 2, "2": 3, "3": 3}


def test_tie_breakers_apply_in_their_order() -> None:
    entries = (("1", "CDE", -16), ("2", "ABF", -10))

    assert tie_order(["count_back", "prediction_abs_diff"], *entries) == {"2": 1, "1": 2}
    assert tie_order(["prediction_abs_diff", "count_back"], *entries) == {"1": 1, "2": 2}


def test_an_entry_that_is_read_twice_is_refused() -> None:
    entries = golden_entries()

    with pytest.raises(EntryTwice, match="E3"):
        settled(configured(), golden_board(), [*entries, entries[2]])


def test_ids_with_quotes_and_accents_are_hashed_as_canonical_json() -> None:
    leaderboard = board(card("A", (70,) * 4), card("B", (71,) * 4))
    entries = [entry('x"\\é😀', "AB"), entry("y", "AB")]
    settlement = settled(configured(**small()), leaderboard, entries)

    assert settlement.result_digest == digest(result_document(settlement))
    assert settlement.eligibility_digest == digest([eligible_row(each) for each in entries])
