"""Small doses: processes of payments and payouts are killed at each failpoint once."""

from collections.abc import Generator

import pytest
from tests.dose_sizes import SMALL
from tests.doses.chaos.money_killer import FUNDS_MINOR, MoneyKill
from tests.doses.chaos.money_kills import kill_processes, payment_kills, payout_kills
from tests.doses.chaos.money_site import PATIENT_SECONDS, MoneySite, money_site

from indelible.money.tasks.failpoints import PaymentFailpoint
from indelible.money.tasks.payout_failpoints import PayoutFailpoint

pytestmark = pytest.mark.slow

WORKS = sorted({kill.work for kill in (*payment_kills(), *payout_kills())})
DATABASES = ("sqlite_url",) if SMALL else ("sqlite_url", "database")


@pytest.fixture(params=DATABASES)
def site(request: pytest.FixtureRequest) -> Generator[MoneySite]:
    """Return a site on SQLite and one on PostgreSQL."""
    database = request.getfixturevalue(request.param)
    url: str = getattr(database, "url", database)
    story = {"balance": {"usd": FUNDS_MINOR}}
    with money_site(
        url, story, seed=1, days_ago=300, read_timeout_seconds=PATIENT_SECONDS
    ) as opened:
        yield opened


def kills_of(work: str) -> list[MoneyKill]:
    """Return the kills of the process that does some work."""
    return [kill for kill in (*payment_kills(), *payout_kills()) if kill.work == work]


@pytest.mark.parametrize("work", WORKS)
def test_a_killed_process_leaves_all_or_nothing(site: MoneySite, work: str) -> None:
    kills = kills_of(work)

    report = kill_processes(site, kills)

    assert report.problems == []
    assert (report.killed, report.finished) == (len(kills), len(kills))


def test_every_failpoint_of_money_has_its_kill() -> None:
    names = {kill.failpoint for kill in (*payment_kills(), *payout_kills())}

    assert {point.name for point in PaymentFailpoint} <= names
    assert {point.name for point in PayoutFailpoint} <= names
