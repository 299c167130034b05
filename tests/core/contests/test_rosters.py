"""Tests of rosters: all violations are reported at once."""

import pytest
from tests.core.contests.golf import configured

from indelible.contests.rules.failures import RosterInvalid
from indelible.contests.rules.rosters import check_roster
from indelible.contests.rules.values import Field

FIELD = Field.of(("A", "B", "C", "D", "E", "F"), ("X", "Y"))
TIERS = {
    "mode": "tiers",
    "tiers": [
        {"name": "Top", "player_ids": ["A", "B"], "picks": 1},
        {"name": "Others", "player_ids": ["C", "D", "E", "X"], "picks": 2},
    ],
}


def violations(players: str, **changes: object) -> list[tuple[str, str, str, str]]:
    """Return the violations of a roster of three players."""
    keys = {"roster_size": 3, "counted_players": 2} | changes
    configuration = configured(**keys)
    try:
        check_roster(configuration, FIELD, tuple(players))
    except RosterInvalid as error:
        return [
            (violation.code.value, violation.subject, violation.expected, violation.actual)
            for violation in error.violations
        ]

    return []


@pytest.mark.parametrize("players", ["ABC", "CBA", "AXY"])
def test_players_of_the_field_may_be_chosen_in_any_order(players: str) -> None:
    assert violations(players) == []


def test_all_violations_are_reported_at_once() -> None:
    assert violations("AAQZ") == [
        ("ROSTER_SIZE_MISMATCH", "roster", "3 players", "4 players"),
        ("ROSTER_DUPLICATE_PLAYER", "A", "once", "2 times"),
        ("ROSTER_PLAYER_NOT_IN_FIELD", "Q", "a player of the field", "no such player"),
        ("ROSTER_PLAYER_NOT_IN_FIELD", "Z", "a player of the field", "no such player"),
    ]


def test_an_empty_roster_has_the_wrong_size() -> None:
    assert violations("") == [("ROSTER_SIZE_MISMATCH", "roster", "3 players", "0 players")]


def test_a_roster_has_the_picks_of_each_tier() -> None:
    assert violations("ACX", selection=TIERS) == []
    assert violations("ABC", selection=TIERS) == [
        ("ROSTER_TIER_MISMATCH", "Top", "1 picks", "2 picks"),
        ("ROSTER_TIER_MISMATCH", "Others", "2 picks", "1 picks"),
    ]
    assert violations("ACF", selection=TIERS) == [
        ("ROSTER_TIER_MISMATCH", "Others", "2 picks", "1 picks"),
        ("ROSTER_TIER_MISMATCH", "F", "a player of a tier", "no tier"),
    ]


def test_the_error_names_its_codes() -> None:
    with pytest.raises(RosterInvalid) as raised:
        check_roster(configured(), FIELD, ("A", "A"))

    assert str(raised.value) == (
        "ROSTER_INVALID: The roster breaks 2 rules: ROSTER_SIZE_MISMATCH, ROSTER_DUPLICATE_PLAYER."
    )
