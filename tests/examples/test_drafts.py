"""Test the service with a memory store: no database, no mock, and the errors of production."""

import pytest
from tests.examples.drafts import draft_all

from indelible import concepts
from indelible.kernel import Actor
from indelible.kernel.values import TextTooLong
from indelible.memory import MemoryStore
from indelible.testing.stores import BEGINNING, CountedIds, TickingClock

MAYA = Actor.user("maya")
OUTLINE = {"Ratio": "A comparison of two quantities.", "Rate": "A ratio of two units."}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=TickingClock(), ids=CountedIds())


def test_an_outline_becomes_drafts(store: MemoryStore) -> None:
    ids = draft_all(store, OUTLINE, author=MAYA)

    assert ids == ["id-00000001", "id-00000003"]  # each version has an id too
    first = store.read(concepts.list_history, ids[0])[0]
    assert (first.actor, first.reason) == (MAYA, "drafted from an outline")
    assert first.at > BEGINNING


def test_an_existing_name_gets_no_second_draft(store: MemoryStore) -> None:
    draft_all(store, {"Ratio": "A comparison."}, author=MAYA)

    assert len(draft_all(store, OUTLINE, author=MAYA)) == 1


def test_an_error_rolls_all_drafts_back(store: MemoryStore) -> None:
    with pytest.raises(TextTooLong):
        draft_all(store, {**OUTLINE, "Endless": "x" * 20_001}, author=MAYA)

    assert store.feed().changes == ()
