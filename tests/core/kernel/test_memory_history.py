"""Only an open transaction of a store in memory takes a change, as in the databases."""

import pytest

from indelible.concepts.lifecycle import CONCEPT
from indelible.kernel import UsageError
from indelible.memory import MemoryStore
from indelible.memory.history import MemoryHistory
from indelible.testing.stores import MAYA, create


def test_a_query_cannot_write() -> None:
    store = MemoryStore()
    saved = create(store)
    (change,) = store.read(lambda tx: tx.history.of(CONCEPT.name, saved.concept.id))

    with pytest.raises(UsageError, match="needs an open transaction"):
        store.read(lambda tx: tx.history.append(CONCEPT, change))
    with pytest.raises(UsageError, match="needs an open transaction"):
        MemoryStore().read(lambda tx: tx.history.append(CONCEPT, change))


def test_a_transaction_that_has_ended_cannot_write() -> None:
    store = MemoryStore()
    saved = create(store)
    (change,) = store.read(lambda tx: tx.history.of(CONCEPT.name, saved.concept.id))
    kept: list[MemoryHistory] = []
    with store.transaction(actor=MAYA, reason="a test") as tx:
        kept.append(tx.history)

    with pytest.raises(UsageError, match="needs an open transaction"):
        kept[0].append(CONCEPT, change)
