"""A chain of changes holds only as it was written: any other change breaks it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis.strategies import lists, sampled_from
from tests.core.kernel.doors import AUDIT, DOOR, NOOR, NOW, door_changes, with_valid_hash

from indelible.kernel import Change, HashChainBroken, verify_chain
from indelible.kernel.history import NO_REVISION

CHAIN = door_changes("paint", "shut", "open")
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
# These fields are compared with the lifecycle, the first change, the revision before and the edges;
# the others are only hashed.
COMPARED_FIELDS = (
    "lifecycle",
    "entity_id",
    "seq",
    "action",
    "from_state",
    "to_state",
    "adds_version",
    "version",
    "prev_hash",
)
# The scheme says which fields are hashed (see `test_digest_schemes.py`).
DIGEST_SCHEME = "digest_scheme"
HASHED_FIELDS = ("actor", "reason", "at", "request_id", "data")


def flips() -> list[tuple[int, str]]:
    """Return each position in the chain and each field whose forged value differs there."""
    positions: list[tuple[int, str]] = []
    for index, change in enumerate(CHAIN):
        for name, value in FORGED.items():
            if getattr(change, name) != value:
                positions.append((index, name))

    return positions


def broken_seq(changes: list[Change]) -> int:
    """Return the seq at which the chain is broken."""
    with pytest.raises(HashChainBroken) as broken:
        verify_chain(DOOR, changes)
    return broken.value.seq


@given(lists(sampled_from(("paint", "shut", "open"))))
def test_every_history_of_declared_actions_holds(actions: list[str]) -> None:
    state = "OPEN"
    legal: list[str] = []
    for action in actions:
        if action in DOOR.allowed(state):
            legal.append(action)
            state = DOOR.next(state, action)
    changes = door_changes(*legal)

    last = verify_chain(DOOR, changes)
    assert last == changes[-1].revision
    assert last.state == state


def test_an_empty_history_ends_at_no_revision() -> None:
    assert verify_chain(DOOR, ()) == NO_REVISION


def test_a_chain_can_be_verified_from_a_revision_on() -> None:
    last = verify_chain(DOOR, CHAIN[2:], CHAIN[1].revision)

    assert last == CHAIN[-1].revision


def test_every_field_of_a_change_has_a_forged_value() -> None:
    names = [field.name for field in fields(Change) if field.name != DIGEST_SCHEME]
    assert list(FORGED) == names
    assert {*COMPARED_FIELDS, *HASHED_FIELDS, "hash"} == set(FORGED)


@pytest.mark.parametrize(("index", "name"), flips())
def test_one_flipped_field_breaks_the_chain_where_it_is(index: int, name: str) -> None:
    forged = evolve(CHAIN[index], **{name: FORGED[name]})
    changes = [*CHAIN[:index], forged, *CHAIN[index + 1 :]]

    assert broken_seq(changes) == forged.seq


@pytest.mark.parametrize("name", FORGED)
def test_a_flipped_field_changes_the_digest(name: str) -> None:
    forged = evolve(CHAIN[1], **{name: FORGED[name]})
    is_changed = forged.digest() != CHAIN[1].digest()

    assert is_changed == (name != "hash")


@pytest.mark.parametrize("name", COMPARED_FIELDS)
def test_a_wrong_step_with_a_valid_hash_breaks_the_chain_where_it_is(name: str) -> None:
    forged = with_valid_hash(CHAIN[1], **{name: FORGED[name]})

    assert broken_seq([CHAIN[0], forged, *CHAIN[2:]]) == forged.seq


@pytest.mark.parametrize("name", HASHED_FIELDS)
def test_a_forgery_with_a_valid_hash_breaks_the_chain_at_the_next_change(name: str) -> None:
    forged = with_valid_hash(CHAIN[1], **{name: FORGED[name]})

    assert broken_seq([CHAIN[0], forged, *CHAIN[2:]]) == CHAIN[2].seq


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(CHAIN[1:], id="no creation"),
        pytest.param([CHAIN[0], *CHAIN[2:]], id="a change is missing"),
        pytest.param([CHAIN[0], CHAIN[0], *CHAIN[1:]], id="a change is repeated"),
        pytest.param([CHAIN[0], CHAIN[2], CHAIN[1], CHAIN[3]], id="two changes are exchanged"),
        pytest.param(
            [CHAIN[0], *door_changes("paint", audit=evolve(AUDIT, actor=NOOR))[1:]],
            id="a change of another history",
        ),
        pytest.param([CHAIN[0], CHAIN[1], door_changes("shut")[1]], id="a fork"),
        pytest.param(
            [*CHAIN, with_valid_hash(CHAIN[0], prev_hash=CHAIN[-1].hash)], id="a second creation"
        ),
    ],
)
def test_changes_that_do_not_follow_from_each_other_are_found(changes: list[Change]) -> None:
    assert broken_seq(changes)


@pytest.mark.parametrize(
    ("action", "to_state", "adds_version", "version"),
    [
        pytest.param("open", "OPEN", 0, 2, id="no such action in this state"),
        pytest.param("paint", "SHUT", 1, 3, id="another state"),
        pytest.param("paint", "OPEN", 0, 2, id="no version added"),
        pytest.param("shut", "AJAR", 0, 2, id="an undeclared state"),
    ],
)
def test_a_step_without_an_edge_breaks_the_chain_even_with_a_valid_hash(
    action: str, to_state: str, adds_version: int, version: int
) -> None:
    forged = with_valid_hash(
        CHAIN[2],
        action=action,
        from_state="OPEN",
        to_state=to_state,
        adds_version=adds_version,
        version=version,
    )

    assert broken_seq([*CHAIN[:2], forged]) == forged.seq


def test_a_broken_chain_names_its_entity_and_its_seq() -> None:
    created, painted = door_changes("paint")
    with pytest.raises(HashChainBroken) as broken:
        verify_chain(DOOR, [created, evolve(painted, reason="another")])

    assert broken.value.detail == {"entity_id": "d-1", "seq": 2}


def test_the_digest_does_not_depend_on_the_order_of_the_data() -> None:
    change = with_valid_hash(CHAIN[0], data={"a": 1, "b": 2})
    reordered = with_valid_hash(CHAIN[0], data={"b": 2, "a": 1})

    assert change.hash == reordered.hash


def test_the_digest_does_not_depend_on_the_notation_of_the_time_zone() -> None:
    at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")

    assert with_valid_hash(CHAIN[0], at=at).hash == CHAIN[0].hash


def test_the_digest_of_a_stored_change_never_changes() -> None:
    assert CHAIN[0].hash == "d3a3d3ffb0637bbae9670eb161a1ecd9573093c533da6ca756bc767cbcaefb59"
