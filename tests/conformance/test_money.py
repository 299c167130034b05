"""The memory store does all that money requires; the databases follow in `test_stores`."""

import pytest

from indelible.memory import MemoryStore
from indelible.testing.money.conformance import MoneyConformance
from indelible.testing.stores import AnyStore, CountedIds, TickingClock


class TestMoneyInMemory(MoneyConformance):
    @pytest.fixture
    def store(self) -> AnyStore:
        return MemoryStore(clock=TickingClock(), ids=CountedIds())
