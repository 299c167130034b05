from typing import cast
import pytest
from tests.conformance.test_stores import OnPostgresql
from indelible.testing.money.conformance import MoneyConformance
from indelible.testing.stores import AnyStore
from indelible_sql import SqlStore

class TestS(MoneyConformance):
    @pytest.fixture
    def store(self, sqlite: SqlStore) -> AnyStore:
        return sqlite

class TestP(OnPostgresql, MoneyConformance): ...
