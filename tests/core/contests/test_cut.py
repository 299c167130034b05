"""Tests that the provider's cut is compared with the configured rule."""

from datetime import UTC, datetime

import pytest
from tests.core.contests.golf import board, card, configured

from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.alerts import AlertCode, AlertInput, alerts
from indelible.contests.rules.configuration.values import Cut, CutRule
from indelible.contests.rules.cut import cut_differences
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.values import Leaderboard

LOW_2 = Cut(after_round=2, rule=CutRule.TOP_N_AND_TIES, n=2)
NOW = datetime(2026, 4, 11, 12, tzinfo=UTC)


def tournament(third: str, fourth: str = "CUT") -> Leaderboard:
    """Return a tournament whose second and third player are level, and a fourth one behind."""
    return board(
        card("A", (70, 70, 70), "ACTIVE"),
        card("B", (71, 71), "ACTIVE"),
        card("C", (72, 70), third),
        card("D", (72, 71), fourth),
        card("W", (70,), "WD"),
    )


@pytest.mark.parametrize(
    ("leaderboard", "differences"),
    [
        (tournament("ACTIVE"), ()),
        (tournament("CUT"), ("C",)),
        (tournament("CUT", "MDF"), ("C", "D")),
        (tournament("ACTIVE", "ACTIVE"), ()),
        (board(card("A", (70, 70), "CUT"), card("B", (70, 70), "ACTIVE")), ()),
    ],
)
def test_the_lowest_scores_and_their_ties_play_on(
    leaderboard: Leaderboard, differences: tuple[str, ...]
) -> None:
    assert cut_differences(LOW_2, leaderboard) == differences


@pytest.mark.parametrize(
    ("within_strokes", "differences"), [(1, ("D", "E")), (2, ("E",)), (3, ()), (4, ("F",))]
)
def test_who_is_close_to_the_lead_plays_on_too(
    within_strokes: int, differences: tuple[str, ...]
) -> None:
    """The lead is that of a player who has withdrawn after the cut; a disqualified one has none."""
    cut = Cut(
        after_round=2,
        rule=CutRule.TOP_N_AND_TIES_OR_WITHIN,
        n=2,
        within_strokes=within_strokes,
    )
    leaderboard = board(
        card("A", (70, 71), "ACTIVE"),
        card("B", (71, 70), "ACTIVE"),
        card("D", (71, 71), "ACTIVE"),
        card("E", (72, 71), "ACTIVE"),
        card("F", (72, 72), "CUT"),
        card("L", (70, 70), "WD"),
        card("Q", (60, 60), "DQ"),
    )

    assert cut_differences(cut, leaderboard) == differences


def test_without_a_rule_nothing_is_compared() -> None:
    provider = Cut(after_round=2, rule=CutRule.PROVIDER_STATUS, n=None)

    assert cut_differences(provider, tournament("CUT")) == ()


def test_a_different_cut_is_an_alert_that_names_the_players() -> None:
    leaderboard = tournament("CUT", "MDF")
    configuration = configured(cut={"after_round": 2, "rule": "top_n_and_ties", "n": 2})
    contest = AlertInput(
        status=ContestStatus.LIVE,
        start_time=configuration.tournament_start_time,
        end_time=configuration.tournament_end_time,
        configuration=configuration,
        state=LogState(leaderboard_body=leaderboard.body()),
        observed_at=NOW,
    )

    messages = {alert.code: alert.message for alert in alerts(contest, now=NOW)}
    assert messages[AlertCode.CUT_DIFFERS] == (
        "2 players are not cut as top_n_and_ties says, the first ones: C, D."
    )
