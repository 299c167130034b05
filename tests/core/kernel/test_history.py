"""Changes follow from each other, and a forged one does not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import pytest
from attrs import evolve, fields, frozen
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from indelible.kernel import (
    Actor,
    AuditContext,
    Change,
    Edge,
    HashChainBroken,
    Head,
    Invalid,
    InvalidTransition,
    Lifecycle,
    Revision,
    Stale,
    UsageError,
    next_change,
    verify_chain,
)
from indelible.kernel.history import NO_REVISION

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAYA, NOOR = Actor.user("maya"), Actor.user("noor")
but: Callable[..., Any] = evolve  # a wrong value is the point: no checker may forbid it
WHY = AuditContext(actor=MAYA, reason="a test", request_id="request-1")


class DoorStatus(StrEnum):
    OPEN = "OPEN"
    SHUT = "SHUT"


DOOR = Lifecycle(
    name="door",
    edges=(
        Edge("", "hang", DoorStatus.OPEN, 1),
        Edge(DoorStatus.OPEN, "paint", DoorStatus.OPEN, 1),
        Edge(DoorStatus.OPEN, "shut", DoorStatus.SHUT, 0),
        Edge(DoorStatus.SHUT, "open", DoorStatus.OPEN, 0),
    ),
)


@frozen
class Door:
    id: str
    status: DoorStatus
    updated_at: datetime


def told(*actions: str, door_id: str = "d-1", cause: AuditContext = WHY) -> list[Change]:
    """The changes of a door to which this happened."""
    door, head, changes = Door(door_id, DoorStatus.OPEN, NOW), None, list[Change]()
    for action in ("hang", *actions):
        state = head.revision.state if head else ""
        door = Door(door_id, DOOR.next(state, action), NOW + timedelta(seconds=len(changes)))
        changes.append(next_change(cause, DOOR, head, door, action, {"colour": action}))
        head = Head(entity=door, revision=changes[-1].revision)
    return changes


def sealed(change: Change, **other: object) -> Change:
    """A forgery whose hash fits."""
    forged: Change = but(change, **other)
    return evolve(forged, hash=forged.digest())


def broken_at(changes: list[Change]) -> int:
    with pytest.raises(HashChainBroken) as broken:
        verify_chain(DOOR, changes)
    return broken.value.seq


def test_a_birth_begins_where_nothing_is() -> None:
    (birth,) = told()

    assert birth.previous_revision == NO_REVISION == Revision(0, "", 0, "")
    assert birth.revision == Revision(1, "OPEN", 1, birth.hash)
    assert birth.edge == ("", "hang", "OPEN", 1)
    assert (birth.lifecycle, birth.entity_id, birth.data) == ("door", "d-1", {"colour": "hang"})
    assert (birth.actor, birth.reason, birth.request_id, birth.at) == (
        MAYA,
        "a test",
        "request-1",
        NOW,
    )


def test_a_change_counts_on_from_its_head_and_a_version_only_where_its_edge_adds_one() -> None:
    changes = told("paint", "shut", "open")

    assert [(each.seq, each.adds_version, each.version) for each in changes] == [
        (1, 1, 1),
        (2, 1, 2),
        (3, 0, 2),
        (4, 0, 2),
    ]
    assert [each.previous_revision for each in changes] == [
        NO_REVISION,
        *(each.revision for each in changes[:-1]),
    ]
    assert [each.at for each in changes] == [NOW + timedelta(seconds=number) for number in range(4)]


def test_a_change_that_the_lifecycle_does_not_allow_is_not_made() -> None:
    door = Door("d-1", DoorStatus.SHUT, NOW)
    head = Head(entity=door, revision=told("shut")[-1].revision)

    with pytest.raises(InvalidTransition):
        next_change(WHY, DOOR, head, door, "paint", {})
    with pytest.raises(InvalidTransition):
        next_change(WHY, DOOR, None, door, "shut", {})


def test_a_change_keeps_its_data_as_json_knows_it() -> None:
    door = Door("d-1", DoorStatus.OPEN, NOW)
    change = next_change(
        WHY, DOOR, None, door, "hang", {"by": MAYA, "at": NOW, "of": ("oak", DoorStatus.OPEN)}
    )

    assert change.data == {
        "by": "user:maya",
        "at": "2026-01-01T00:00:00.000000+00:00",
        "of": ["oak", "OPEN"],
    }
    with pytest.raises(UsageError):
        next_change(WHY, DOOR, None, door, "hang", {"width": 0.9})


def test_a_head_is_only_for_those_who_saw_its_last_change() -> None:
    head = Head(entity=Door("d-1", DoorStatus.OPEN, NOW), revision=told("paint")[-1].revision)

    assert head.expected(2) is head
    for seq in (0, 1, 3):
        with pytest.raises(Stale) as stale:
            head.expected(seq)
        assert stale.value.detail == {"entity_id": "d-1", "expected_seq": seq}


@given(lists(sampled_from(("paint", "shut", "open"))))
def test_every_history_that_handlers_can_write_holds(actions: list[str]) -> None:
    legal, state = list[str](), "OPEN"
    for action in actions:
        if action in DOOR.allowed(state):
            legal.append(action)
            state = DOOR.next(state, action)
    changes = told(*legal)

    assert verify_chain(DOOR, changes) == changes[-1].revision
    assert verify_chain(DOOR, changes).state == state


def test_no_history_ends_where_nothing_is() -> None:
    assert verify_chain(DOOR, ()) == NO_REVISION


CHAIN = told("paint", "shut", "open")
FORGED: dict[str, Any] = {
    "lifecycle": "gate",
    "entity_id": "d-2",
    "seq": 9,
    "action": "open",
    "from_state": "SHUT",
    "to_state": "SHUT",
    "adds_version": 0,
    "version": 9,
    "actor": NOOR,
    "reason": "another",
    "at": NOW + timedelta(days=1),
    "request_id": "request-2",
    "data": {"colour": "red"},
    "prev_hash": "0" * 64,
    "hash": "f" * 64,
}
IN_PLACE = ("seq", "from_state", "adds_version", "version", "prev_hash")


def test_every_field_of_a_change_has_its_forgery() -> None:
    assert list(FORGED) == [field.name for field in fields(Change)]


@pytest.mark.parametrize("name", FORGED)
def test_one_flipped_field_breaks_the_chain_where_it_is(name: str) -> None:
    for place in (0, 1, 2, 3):
        forged = evolve(CHAIN[place], **{name: FORGED[name]})
        if forged != CHAIN[place]:
            assert broken_at([*CHAIN[:place], forged, *CHAIN[place + 1 :]]) == forged.seq


@pytest.mark.parametrize("name", FORGED)
def test_a_flipped_field_changes_the_digest(name: str) -> None:
    forged = evolve(CHAIN[1], **{name: FORGED[name]})

    assert (forged.digest() == CHAIN[1].digest()) == (name == "hash")


@pytest.mark.parametrize("name", FORGED)
def test_a_forgery_with_a_hash_that_fits_breaks_the_chain_at_the_latest_after_it(name: str) -> None:
    forged = sealed(CHAIN[1], **{name: FORGED[name]})
    if name in ("action", "to_state", *IN_PLACE):
        assert broken_at([CHAIN[0], forged, *CHAIN[2:]]) == forged.seq
    elif name != "hash":  # which is its own digest again
        assert broken_at([CHAIN[0], forged, *CHAIN[2:]]) == CHAIN[2].seq


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(CHAIN[1:], id="no birth"),
        pytest.param([CHAIN[0], *CHAIN[2:]], id="one left out"),
        pytest.param([CHAIN[0], CHAIN[0], *CHAIN[1:]], id="one twice"),
        pytest.param([CHAIN[0], CHAIN[2], CHAIN[1], CHAIN[3]], id="two exchanged"),
        pytest.param(
            [CHAIN[0], *told("paint", cause=evolve(WHY, actor=NOOR))[1:]], id="another's history"
        ),
        pytest.param([CHAIN[0], CHAIN[1], told("shut")[1]], id="a fork"),
        pytest.param([*CHAIN, sealed(CHAIN[0], prev_hash=CHAIN[-1].hash)], id="born again"),
    ],
)
def test_changes_that_do_not_follow_from_each_other_are_found(changes: list[Change]) -> None:
    assert broken_at(changes)


@pytest.mark.parametrize(
    "edge",
    [
        {
            "action": "open",
            "from_state": "OPEN",
            "to_state": "OPEN",
            "adds_version": 0,
            "version": 2,
        },
        {
            "action": "paint",
            "from_state": "OPEN",
            "to_state": "SHUT",
            "adds_version": 1,
            "version": 3,
        },
        {
            "action": "paint",
            "from_state": "OPEN",
            "to_state": "OPEN",
            "adds_version": 0,
            "version": 2,
        },
        {
            "action": "shut",
            "from_state": "OPEN",
            "to_state": "AJAR",
            "adds_version": 0,
            "version": 2,
        },
    ],
    ids=["no such action here", "another state", "no version", "an invented state"],
)
def test_a_step_that_no_edge_allows_is_found_though_all_else_fits(edge: dict[str, Any]) -> None:
    assert broken_at([*CHAIN[:2], sealed(CHAIN[2], **edge)]) == 3


def test_the_digest_does_not_depend_on_the_order_of_the_data() -> None:
    one, other = sealed(CHAIN[0], data={"a": 1, "b": 2}), sealed(CHAIN[0], data={"b": 2, "a": 1})

    assert one.hash == other.hash


def test_the_digest_is_the_one_that_was_always_kept() -> None:
    assert told()[0].hash == "d3a3d3ffb0637bbae9670eb161a1ecd9573093c533da6ca756bc767cbcaefb59"


def test_an_instant_digests_alike_however_its_zone_is_written() -> None:
    assert (
        sealed(CHAIN[0], at=datetime.fromisoformat("2026-01-01T00:00:00+00:00")).hash
        == CHAIN[0].hash
    )


def test_no_field_of_a_change_or_a_head_can_be_assigned() -> None:
    head = Head(entity=Door("d-1", DoorStatus.OPEN, NOW), revision=CHAIN[0].revision)
    for value in (CHAIN[0], head):
        for field in fields(type(value)):
            with pytest.raises(FrozenInstanceError):
                setattr(value, field.name, None)


@pytest.mark.parametrize(
    "make", [partial(but, WHY), partial(but, CHAIN[0])], ids=["cause", "change"]
)
def test_a_reason_says_something_in_up_to_a_thousand_characters(
    make: Callable[..., AuditContext | Change],
) -> None:
    for reason in ("x", "x" * 1_000, "two\nlines"):
        assert make(reason=reason).reason == reason
    wrong: tuple[object, ...] = (
        "",
        " ",
        "\n",
        "\u00a0",
        "x" * 1_001,
        "a\x00",
        "a\x1b",
        "\u202ea",
        None,
        7,
    )
    for each in wrong:
        with pytest.raises(Invalid):
            make(reason=each)


def test_a_request_id_may_be_absent_and_has_up_to_two_hundred_characters() -> None:
    for request_id in (None, "x", "x" * 200):
        assert but(WHY, request_id=request_id).request_id == request_id
    for wrong in ("", "x" * 201, "a b", "a\n", 7):
        with pytest.raises(Invalid):
            but(WHY, request_id=wrong)


def test_a_status_that_the_action_does_not_lead_to_is_refused_by_name() -> None:
    door = Door("d-1", DoorStatus.OPEN, NOW)
    with pytest.raises(InvalidTransition) as refused:
        next_change(WHY, DOOR, Head(entity=door, revision=told()[-1].revision), door, "shut", {})

    assert refused.value.detail == {
        "lifecycle": "door",
        "from_state": "OPEN",
        "action": "shut to OPEN",
        "allowed": ("paint", "shut"),
    }


def test_a_broken_chain_names_its_entity() -> None:
    first, second = told("paint")
    with pytest.raises(HashChainBroken) as broken:
        verify_chain(DOOR, [first, but(second, reason="another")])

    assert broken.value.detail == {"entity_id": "d-1", "seq": 2}


def test_a_changes_place_is_checked() -> None:
    wrong: tuple[tuple[str, object], ...] = (
        ("entity_id", ""),
        ("entity_id", "x" * 201),
        ("seq", 0),
        ("seq", True),
        ("at", NOW.replace(tzinfo=None)),
        ("at", "2026-01-01"),
    )
    for name, value in wrong:
        with pytest.raises(Invalid):
            but(CHAIN[0], **{name: value})
