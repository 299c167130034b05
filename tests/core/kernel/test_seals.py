"""Seals form one chain, and the reference of a seal is a short text."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from indelible.kernel import Actor, AuditContext
from indelible.kernel.seals import (
    Seal,
    SealReference,
    SealReferenceInvalid,
    Stretch,
    next_seal,
)

AUDIT = AuditContext(actor=Actor.system("sealer"), reason="recurring schedule")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
ENTRIES = [(3, "3.1", "a" * 64), (3, "3.2", "b" * 64), (7, "7.3", "c" * 64)]


def two_seals() -> tuple[Seal, Seal]:
    first = next_seal(AUDIT, None, Stretch.read(0, ENTRIES[:2]), now=NOW)
    return first, next_seal(AUDIT, first, Stretch.read(first.ends_at, ENTRIES[2:]), now=NOW)


def test_a_stretch_ends_at_its_last_change() -> None:
    stretch = Stretch.read(2, ENTRIES)

    assert (stretch.starts_after, stretch.ends_at, stretch.changes) == (2, 7, 3)
    assert Stretch.read(2, []).ends_at == 2


@pytest.mark.parametrize(
    "entries",
    [
        ENTRIES[:2],
        ENTRIES[1:],
        [ENTRIES[1], ENTRIES[0], ENTRIES[2]],
        [*ENTRIES[:2], (7, "7.4", "c" * 64)],
        [*ENTRIES[:2], (7, "7.3", "d" * 64)],
        [*ENTRIES, (7, "7.4", "e" * 64)],
    ],
    ids=["last missing", "first missing", "swapped", "moved", "changed", "added"],
)
def test_a_stretch_of_other_changes_has_another_digest(
    entries: list[tuple[int, str, str]],
) -> None:
    assert Stretch.read(0, entries).digest != Stretch.read(0, ENTRIES).digest


def test_each_seal_follows_from_the_one_before_it() -> None:
    first, second = two_seals()

    assert first.follows(None)
    assert second.follows(first)
    assert (first.hash, second.hash) == (first.digest(), second.digest())
    assert (second.number, second.starts_after, second.prev_hash) == (2, 3, first.hash)


@pytest.mark.parametrize(
    "changed", [{"number": 3}, {"starts_after": 2}, {"prev_hash": "d" * 64}, {"prev_hash": ""}]
)
def test_a_seal_that_does_not_follow_is_noticed(changed: dict[str, Any]) -> None:
    first, second = two_seals()

    assert not evolve(second, **changed).follows(first)
    assert not evolve(first, **changed).follows(None) or changed == {"prev_hash": ""}


@pytest.mark.parametrize("name", ["number", "starts_after", "ends_at", "changes"])
def test_the_hash_of_a_seal_covers_its_numbers(name: str) -> None:
    _, second = two_seals()
    changed: dict[str, Any] = {name: 99}

    assert evolve(second, **changed).digest() != second.hash


def test_a_reference_is_a_short_text_and_back() -> None:
    reference = two_seals()[1].reference

    assert str(reference) == f"2:{reference.hash}"
    assert SealReference.parse(f" {reference}\n") == reference


@pytest.mark.parametrize(
    "text", ["", "2", "2:abc", f"0:{'a' * 64}", f"-1:{'a' * 64}", f"2:{'A' * 64}", f"2 {'a' * 64}"]
)
def test_a_text_that_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(SealReferenceInvalid) as caught:
        SealReference.parse(text)

    assert caught.value.code == "SEAL_REFERENCE_INVALID"
