"""A service's tests over a store in memory: no database, no mock, and the same refusals as in production."""

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
    made = draft_all(store, OUTLINE, author=MAYA)

    assert made == ["id-00000001", "id-00000003"]  # each version has an id too
    first = store.read(concepts.list_history, made[0])[0]
    assert (first.actor, first.reason) == (MAYA, "drafted from an outline")
    assert first.at > BEGINNING


def test_a_name_that_is_there_is_left_alone(store: MemoryStore) -> None:
    draft_all(store, {"Ratio": "A comparison."}, author=MAYA)

    assert len(draft_all(store, OUTLINE, author=MAYA)) == 1


def test_a_refusal_half_way_leaves_nothing(store: MemoryStore) -> None:
    with pytest.raises(TextTooLong):
        draft_all(store, {**OUTLINE, "Endless": "x" * 20_001}, author=MAYA)

    assert store.feed().changes == ()
