"""A small dose of charges on both databases."""

import pytest
from tests.dose_sizes import dose
from tests.doses.chaos.money_charges import pay_charges

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow

CHARGES = dose(300, small=60)


def test_each_charge_is_posted_once_on_sqlite(sqlite_url: str) -> None:
    report = pay_charges(sqlite_url, CHARGES, seed=1)

    assert report.problems == []
    assert report.found_by_r12 > 0


def test_each_charge_is_posted_once_on_postgresql(database: PostgresServer) -> None:
    report = pay_charges(database.url, CHARGES, seed=2)

    assert report.problems == []
    assert report.found_by_r12 > 0
