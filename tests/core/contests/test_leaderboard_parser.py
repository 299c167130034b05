"""The parser reads the provider's three shapes, and knows the traps of its terms."""

import json
from collections import Counter
from collections.abc import Callable

import pytest
from tests.core.contests.pure_log import FINAL, LAST, OPTIONS, TOURNAMENT, body_of, end_of_round

from indelible.contests.rules.espn.parser import Parsed, parse_payload
from indelible.contests.rules.values import Leaderboard, PlayerCard, PlayerStatus, TournamentStatus
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import (
    Json,
    Moment,
    Tournament,
    as_competitors,
    as_scoreboard,
    competitors_of,
    encode,
)

Shape = Callable[[Json], Json]


def _as_leaderboard(document: Json) -> Json:
    return document


SHAPES: tuple[Shape, ...] = (_as_leaderboard, as_scoreboard, as_competitors)


def _parse(data: bytes) -> Parsed:
    return parse_payload(
        data, provider_event_id=OPTIONS.provider_event_id, round_count=OPTIONS.rounds
    )


def _leaderboard(data: bytes) -> Leaderboard:
    parsed = _parse(data)
    assert parsed.faults == ()
    assert parsed.leaderboard is not None
    return parsed.leaderboard


def _first(document: Json) -> Json:
    return competitors_of(document)[0]


def _card(moment: Moment, change: Callable[[Json], object]) -> PlayerCard:
    """Return the player that a change of the first competitor leads to."""
    player_id: list[str] = []

    def apply(document: Json) -> None:
        player_id.append(_first(document)["id"])
        change(_first(document))

    leaderboard = _leaderboard(body_of(moment, apply))
    return leaderboard.cards[player_id[0]]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("has_holes", [False, True])
def test_each_moment_of_a_tournament_is_read_in_each_shape(
    shape: Shape,
    has_holes: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    tournament = Tournament(TournamentOptions(players=14, cut_size=7, has_holes=has_holes))
    for moment in tournament.moments():
        leaderboard = _leaderboard(encode(shape(tournament.document(moment))))

        assert len(leaderboard.players) == len(tournament.golfers)
        ids = [card.player_id for card in leaderboard.players]
        assert ids == sorted(ids)
        assert Leaderboard.of_body(leaderboard.body()) == leaderboard


def test_the_shapes_differ_only_in_what_they_say_about_the_tournament() -> None:
    document = TOURNAMENT.document(Moment(n=2, progress=0.5))
    plain, scoreboard = (
        _leaderboard(encode(shape(document))) for shape in (_as_leaderboard, as_scoreboard)
    )
    root = _leaderboard(encode(as_competitors(document)))

    assert scoreboard == plain
    assert root.tournament.status is None
    assert [card.complete_rounds for card in root.players] == [
        card.complete_rounds for card in plain.players
    ]


def test_strokes_equal_those_of_the_invented_players() -> None:
    leaderboard = _leaderboard(body_of(FINAL))
    for golfer in TOURNAMENT.golfers:
        for n, strokes in leaderboard.cards[golfer.player_id].complete_rounds.items():
            assert strokes == golfer.strokes(n)


@pytest.mark.parametrize("n", range(1, LAST))
def test_finish_ends_a_round_and_not_the_tournament(n: int) -> None:
    document = TOURNAMENT.document(end_of_round(n))
    names = {each["status"]["type"]["name"] for each in competitors_of(document)}
    leaderboard = _leaderboard(encode(document))

    assert names == {"STATUS_FINISH", "STATUS_CUT"}
    assert leaderboard.tournament.status is TournamentStatus.IN_PROGRESS
    assert PlayerStatus.FIN not in {card.status for card in leaderboard.players}


def test_a_withdrawn_player_has_the_type_of_a_cut_one_and_a_round_of_value_0() -> None:
    document = TOURNAMENT.document(end_of_round(1))
    withdrawn = [
        each for each in competitors_of(document) if each["status"]["displayValue"] == "WD"
    ]
    assert [each["status"]["type"]["name"] for each in withdrawn] == ["STATUS_CUT"]
    assert withdrawn[0]["linescores"][0]["value"] == 0

    card = _leaderboard(encode(document)).cards[withdrawn[0]["id"]]
    assert card.status is PlayerStatus.WD
    assert not card.has_strokes
    assert card.complete_rounds == {}


def test_each_way_out_has_its_own_status() -> None:
    counts = Counter(card.status for card in _leaderboard(body_of(FINAL)).players)
    assert counts[PlayerStatus.WD] == 2
    assert counts[PlayerStatus.DQ] == 1
    assert counts[PlayerStatus.CUT] > 0
    assert counts[PlayerStatus.FIN] > 2
    assert sum(counts.values()) == OPTIONS.players


def test_a_round_in_play_keeps_its_to_par_for_display() -> None:
    document = TOURNAMENT.document(Moment(n=2, progress=0.5))
    playing = [each for each in competitors_of(document) if 0 < each["status"]["thru"] < 18]
    assert playing
    leaderboard = _leaderboard(encode(document))
    for each in playing:
        assert each["score"]["displayValue"] == "E"  # the total of a player in play
        second = leaderboard.cards[each["id"]].rounds[1]
        text = each["linescores"][1]["displayValue"]
        assert second.to_par_display == (0 if text == "E" else int(text))
        assert not second.complete


def test_a_future_round_has_no_strokes_and_its_tee_time_no_seconds() -> None:
    document = TOURNAMENT.document(Moment(n=1))
    linescore = _first(document)["linescores"][0]
    assert "value" not in linescore
    assert len(linescore["teeTime"]) == len("2027-04-08T12:05Z")

    rounds = _leaderboard(encode(document)).cards[_first(document)["id"]].rounds
    assert [(each.n, each.strokes, each.complete) for each in rounds] == [(1, None, False)]


def test_a_round_of_value_0_or_none_is_not_played() -> None:
    def without_value(each: Json) -> None:
        each["linescores"].append({"period": 3, "value": 0, "displayValue": "-"})

    card = _card(end_of_round(1), without_value)
    assert [each.strokes for each in card.rounds][1:] == [None, None]


def test_playoff_holes_are_no_round() -> None:
    in_playoff = _leaderboard(body_of(Moment(n=LAST + 1, progress=0.5)))
    players = [card for card in in_playoff.players if card.playoff]
    assert len(players) >= 2
    assert {card.status for card in players} == {PlayerStatus.ACTIVE}
    assert {len(card.rounds) for card in players} == {LAST}

    before = _leaderboard(body_of(end_of_round(LAST)))
    after = _leaderboard(body_of(FINAL))
    for card in players:
        rounds = after.cards[card.player_id].complete_rounds
        assert rounds == before.cards[card.player_id].complete_rounds


def test_an_extra_period_is_a_playoff_without_its_mark() -> None:
    def unmark(each: Json) -> None:
        for linescore in each["linescores"]:
            linescore.pop("isPlayoff")

    assert len(_card(FINAL, unmark).rounds) == LAST


def test_a_configured_round_is_no_playoff_because_the_provider_counts_fewer_rounds() -> None:
    def count_fewer(document: Json) -> None:
        document["events"][0]["tournament"]["numberOfRounds"] = LAST - 1

    codes = {fault.code.value for fault in _parse(body_of(FINAL, count_fewer)).faults}
    assert "ROUND_OUT_OF_RANGE" in codes

    shortened = _parse(body_of(end_of_round(LAST - 1), count_fewer))
    assert shortened.faults == ()


def test_a_whole_number_may_be_written_with_a_fraction_of_zero() -> None:
    def with_fraction(each: Json) -> None:
        each["linescores"][0]["value"] = float(each["linescores"][0]["value"])

    assert isinstance(_card(end_of_round(1), with_fraction).rounds[0].strokes, int)


@pytest.mark.parametrize("owner", ["event", "competition"])
def test_final_counts_only_where_event_and_competition_agree(owner: str) -> None:
    def contradict(document: Json) -> None:
        event = document["events"][0]
        place = event if owner == "event" else event["competitions"][0]
        place["status"] = {"type": {"name": "STATUS_IN_PROGRESS", "state": "in"}}

    leaderboard = _leaderboard(body_of(FINAL, contradict))
    assert leaderboard.tournament.status is TournamentStatus.IN_PROGRESS


@pytest.mark.parametrize("change", [{"state": "in"}, {"completed": False}])
def test_final_needs_its_state_and_its_mark(change: Json) -> None:
    def weaken(document: Json) -> None:
        event = document["events"][0]
        for owner in (event, event["competitions"][0]):
            owner["status"]["type"] = owner["status"]["type"] | change

    leaderboard = _leaderboard(body_of(FINAL, weaken))
    assert leaderboard.tournament.status is TournamentStatus.IN_PROGRESS


def test_the_status_of_a_player_is_a_part_of_the_digest() -> None:
    def withdraw(document: Json) -> None:
        status = _first(document)["status"]
        status["displayValue"] = "WD"
        status["type"] = {"name": "STATUS_CUT"}

    moment = end_of_round(1)
    before, after = _leaderboard(body_of(moment)), _leaderboard(body_of(moment, withdraw))
    assert before.digest != after.digest


def test_what_nobody_reads_is_no_part_of_the_digest() -> None:
    def decorate(document: Json) -> None:
        document["leagues"] = [{"id": "1106"}]
        _first(document)["statistics"] = [{"name": "cupPoints", "value": 1.5}]
        _first(document)["movement"] = 3

    moment = Moment(n=1, progress=0.5)
    assert _leaderboard(body_of(moment)) == _leaderboard(body_of(moment, decorate))


def test_the_order_of_players_and_keys_does_not_matter() -> None:
    document = TOURNAMENT.document(end_of_round(2))
    competitors_of(document).reverse()
    text = json.dumps(document, sort_keys=True)
    assert _leaderboard(text.encode()) == _leaderboard(body_of(end_of_round(2)))


def test_the_event_is_found_among_others() -> None:
    def add_others(document: Json) -> None:
        document["events"] = [{"id": "1"}, *document["events"], {"id": "2"}]

    assert _leaderboard(body_of(FINAL, add_others)) == _leaderboard(body_of(FINAL))
