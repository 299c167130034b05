"""A change continues its head along a declared edge, and its fields cannot be assigned."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, fields
from attrs.exceptions import FrozenInstanceError
from tests.core.kernel.doors import AUDIT, DOOR, MAYA, NOW, Door, DoorStatus, door_changes

from indelible.kernel import (
    AuditContext,
    Change,
    Head,
    Invalid,
    InvalidTransition,
    Revision,
    Stale,
    UsageError,
    next_change,
)
from indelible.kernel.history import NO_REVISION

# The tests pass wrong values on purpose, so no type checker may refuse them.
with_fields: Callable[..., Any] = evolve
CREATION = door_changes()[0]


def head_after(*actions: str) -> Head[Door]:
    """Return the head of a door after these actions."""
    changes = door_changes(*actions)
    status = DoorStatus(changes[-1].to_state)

    return Head(entity=Door(status=status), revision=changes[-1].revision)


def test_a_creation_begins_at_no_revision() -> None:
    assert CREATION.previous_revision == NO_REVISION
    assert Revision(seq=0, state="", version=0, hash="") == NO_REVISION
    assert CREATION.revision == Revision(1, "OPEN", 1, CREATION.hash)
    assert CREATION.edge == ("", "hang", "OPEN", 1)


def test_an_action_without_an_edge_is_refused() -> None:
    with pytest.raises(InvalidTransition):
        next_change(AUDIT, DOOR, head_after("shut"), Door(status=DoorStatus.SHUT), "paint", {})
    with pytest.raises(InvalidTransition):
        next_change(AUDIT, DOOR, None, Door(status=DoorStatus.SHUT), "shut", {})


def test_a_status_that_the_action_does_not_lead_to_is_refused() -> None:
    with pytest.raises(InvalidTransition) as refused:
        next_change(AUDIT, DOOR, head_after(), Door(status=DoorStatus.OPEN), "shut", {})

    assert refused.value.detail == {
        "lifecycle": "door",
        "from_state": "OPEN",
        "action": "shut to OPEN",
        "allowed": ("paint", "shut"),
    }


def test_the_data_of_a_change_is_stored_as_json() -> None:
    data = {"by": MAYA, "at": NOW, "of": ("oak", DoorStatus.OPEN)}
    change = next_change(AUDIT, DOOR, None, Door(), "hang", data)

    assert change.data == {
        "by": "user:maya",
        "at": "2026-01-01T00:00:00.000000+00:00",
        "of": ["oak", "OPEN"],
    }


def test_data_with_a_float_is_refused() -> None:
    with pytest.raises(UsageError):
        next_change(AUDIT, DOOR, None, Door(), "hang", {"width": 0.9})


def test_a_head_is_returned_at_the_expected_seq() -> None:
    head = head_after("paint")

    assert head.expected(2) is head


@pytest.mark.parametrize("seq", [0, 1, 3])
def test_a_head_at_another_seq_is_stale(seq: int) -> None:
    with pytest.raises(Stale) as stale:
        head_after("paint").expected(seq)

    assert stale.value.detail == {"entity_id": "d-1", "expected_seq": seq, "actual_seq": 2}


@pytest.mark.parametrize("value", [CREATION, head_after()], ids=["change", "head"])
def test_no_field_of_a_change_or_a_head_can_be_assigned(value: Change | Head[Door]) -> None:
    for field in fields(type(value)):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


@pytest.mark.parametrize("value", [AUDIT, CREATION], ids=["audit context", "change"])
@pytest.mark.parametrize("reason", ["x", "x" * 1_000, "two\nlines"], ids=len)
def test_a_reason_has_up_to_a_thousand_characters(
    value: AuditContext | Change, reason: str
) -> None:
    assert evolve(value, reason=reason).reason == reason


@pytest.mark.parametrize("value", [AUDIT, CREATION], ids=["audit context", "change"])
@pytest.mark.parametrize(
    "reason",
    ["", " ", "\n", "\u00a0", "x" * 1_001, "a\x00", "a\x1b", "\u202ea", None, 7],
    ids=lambda reason: ascii(reason)[:20],
)
def test_a_reason_is_a_text_that_is_not_blank_and_has_no_controls(
    value: AuditContext | Change, reason: object
) -> None:
    with pytest.raises(Invalid):
        with_fields(value, reason=reason)


@pytest.mark.parametrize("request_id", [None, "x", "x" * 200], ids=["absent", "short", "long"])
def test_a_request_id_may_be_absent_and_has_up_to_two_hundred_characters(
    request_id: str | None,
) -> None:
    assert evolve(AUDIT, request_id=request_id).request_id == request_id


@pytest.mark.parametrize("request_id", ["", "x" * 201, "a b", "a\n", 7])
def test_a_request_id_is_a_text_without_spaces(request_id: object) -> None:
    with pytest.raises(Invalid):
        with_fields(AUDIT, request_id=request_id)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entity_id", ""),
        ("entity_id", "x" * 201),
        ("seq", 0),
        ("seq", True),
        ("at", NOW.replace(tzinfo=None)),
        ("at", "2026-01-01"),
    ],
)
def test_the_id_the_seq_and_the_time_of_a_change_are_checked(name: str, value: object) -> None:
    with pytest.raises(Invalid):
        with_fields(CREATION, **{name: value})
