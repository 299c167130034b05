"""A process of payments or payouts that is killed at any failpoint leaves all or nothing."""

from collections.abc import Generator

import pytest
from tests.kills import kill_each
from tests.money_site import PATIENT_SECONDS, MoneySite, money_site
from tests.workers.money_kills import FUNDS_MINOR, MoneyScenario, money_kills

from indelible_service.embedded import PostgresServer

KILLS = money_kills()


@pytest.fixture
def site(database: PostgresServer) -> Generator[MoneySite]:
    """Return a site on PostgreSQL."""
    with money_site(
        database.url,
        {"balance": {"usd": FUNDS_MINOR}},
        seed=1,
        days_ago=300,
        read_timeout_seconds=PATIENT_SECONDS,
    ) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("work", sorted({kill.work for kill in KILLS}))
def test_a_killed_process_leaves_all_or_nothing(site: MoneySite, work: str) -> None:
    kills = [kill for kill in KILLS if kill.work == work]

    report = kill_each(MoneyScenario(site=site), kills)

    assert report.problems == []
    assert report.killed == len(kills)
