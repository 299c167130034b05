"""Test the shapes of the bodies that events store, and the error of a body that is none."""

from typing import Any

import pytest

from indelible.contests.entities.values import EventKind
from indelible.contests.errors import EventBodyUnreadable
from indelible.contests.rules.bodies import body_fault
from indelible.contests.rules.values import Field, Leaderboard

BODY: dict[str, Any] = {
    "provider_event_id": "golf-1",
    "schema_version": 1,
    "tournament": {"status": None, "rounds": 4, "current_round": 1, "par": 72},
    "players": [
        {
            "player_id": "p1",
            "name": "Ada",
            "status": "ACTIVE",
            "position": None,
            "playoff": False,
            "rounds": [
                {
                    "n": 1,
                    "strokes": 70,
                    "complete": True,
                    "to_par": None,
                    "holes": [{"h": 1, "strokes": 4}],
                    "course_id": None,
                }
            ],
        }
    ],
    "corrections": [{"player_id": "p1", "n": 1, "value": 70, "replaced": [71, None]}],
}
CARD = BODY["players"][0]


def test_a_leaderboard_and_a_field_have_their_shapes() -> None:
    leaderboard = Leaderboard.of_body(BODY)
    field = Field.of(["p1"], ["p2"])

    assert body_fault(EventKind.CORRECTION, is_valid=True, body=leaderboard.body()) == ""
    assert body_fault(EventKind.FIELD, is_valid=True, body=field.body()) == ""
    assert body_fault(EventKind.TERMINAL, is_valid=True, body=None) == ""
    assert body_fault(EventKind.SNAPSHOT, is_valid=False, body=None) == ""


@pytest.mark.parametrize(
    ("kind", "body", "fault"),
    [
        (EventKind.SNAPSHOT, None, "$"),
        (EventKind.TERMINAL, BODY, "$"),
        (EventKind.FIELD, {"primary": ["p1"]}, "$.alternates"),
        (EventKind.SNAPSHOT, {**BODY, "extra": 1}, "$.extra"),
        (EventKind.SNAPSHOT, {**BODY, "schema_version": True}, "$.schema_version"),
        (EventKind.SNAPSHOT, {**BODY, "tournament": []}, "$.tournament"),
        (EventKind.SNAPSHOT, {**BODY, "players": {}}, "$.players"),
        (EventKind.SNAPSHOT, {**BODY, "players": ["p1"]}, "$.players[0]"),
        (
            EventKind.SNAPSHOT,
            {**BODY, "players": [{**CARD, "status": "TIRED"}]},
            "$.players[0].status",
        ),
        (EventKind.CANCELLED, {**BODY, "corrections": None}, "$.corrections"),
    ],
)
def test_the_first_fault_of_a_body_is_named(
    kind: EventKind, body: dict[str, Any] | None, fault: str
) -> None:
    assert body_fault(kind, is_valid=True, body=body) == fault


@pytest.mark.parametrize("body", [{}, {**BODY, "players": [7]}, {**BODY, "tournament": None}])
def test_a_body_that_is_no_leaderboard_has_a_coded_error(body: dict[str, Any]) -> None:
    with pytest.raises(EventBodyUnreadable) as caught:
        Leaderboard.of_body(body)
    assert caught.value.code == "EVENT_BODY_UNREADABLE"

    with pytest.raises(EventBodyUnreadable):
        Field.of_body(body)
