"""A webhook of a payment waits for PostgreSQL at most twelve times until its movement is posted."""

from collections.abc import Generator
from typing import Any, Final

import pytest
from tests.conftest import POLICY
from tests.doses.chaos.money_killer import MoneyKiller
from tests.doses.chaos.money_site import PATIENT_SECONDS, WORKER, MoneySite, money_site
from tests.sql.proxy import Proxy, proxy_to

from indelible.money.entities.values import MovementKind
from indelible.money.tasks.failpoints import PaymentFailpoint
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, open_store
from indelible_workers import process_batch

pytestmark = pytest.mark.slow

MAX_WAITS: Final = 12  # 3 of the request, 2 of the claim, 2 to read the event, 5 to book it


@pytest.fixture
def proxy(database: PostgresServer) -> Generator[Proxy]:
    with proxy_to(database.host, database.port) as running:
        yield running


@pytest.fixture
def site(database: PostgresServer, proxy: Proxy) -> Generator[MoneySite]:
    """Return a site whose statements are not prepared: the first use of one waits once more."""
    with money_site(
        database.url, {}, seed=1, days_ago=300, read_timeout_seconds=PATIENT_SECONDS
    ) as opened:
        opened.store.dispose()
        opened.store = open_store(
            proxy.url(database.url), clock=opened.clock, policy=POLICY, pool=Pool(prepare=False)
        )
        yield opened


def test_a_webhook_waits_at_most_twelve_times_until_its_posting(
    site: MoneySite, proxy: Proxy
) -> None:
    payments = MoneyKiller(site=site)
    posted_after: list[int] = []

    def note(point: PaymentFailpoint) -> None:
        if point is PaymentFailpoint.EVENT_AFTER_COMMIT:
            posted_after.append(proxy.round_trips)

    stage: Any = site.payment_stages(at_failpoint=note).processing().stage()
    received_at: list[int] = []
    with site.worker().heartbeat() as worker:
        for number in range(2):  # the first one opens the connections
            payments.number = number
            body = payments.pay(payments.start(payments.open()))[-1]
            received_at.append(proxy.round_trips)
            payments.deliver(body)
            assert process_batch(site.store, stage, actor=WORKER, worker=worker) == 1

    assert len(list(site.movements(MovementKind.ENTRY_FEE))) == 2
    assert posted_after[-1] - received_at[-1] <= MAX_WAITS
