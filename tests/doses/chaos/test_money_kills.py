"""Processes of payments and payouts are killed at failpoints that the seed chooses.

`tests/workers/test_money_kills.py` kills one at each failpoint, on PostgreSQL.
"""

from random import Random
from typing import Final

import pytest
from tests.kills import kill_each
from tests.money_site import PATIENT_SECONDS, money_site
from tests.workers.money_kills import FUNDS_MINOR, MoneyScenario, money_kills

KILLS: Final = 20


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_killed_processes_leave_all_or_nothing(
    fixture: str, request: pytest.FixtureRequest, chance: Random, seed: int
) -> None:
    database = request.getfixturevalue(fixture)
    with money_site(
        getattr(database, "url", database),
        {"balance": {"usd": FUNDS_MINOR}},
        seed=seed,
        days_ago=300,
        read_timeout_seconds=PATIENT_SECONDS,
    ) as site:
        report = kill_each(MoneyScenario(site=site), chance.choices(money_kills(), k=KILLS))

    assert report.problems == []
