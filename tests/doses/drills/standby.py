"""A promoted standby: the primary is lost after a COMMIT whose answer nobody has received."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from signal import SIGQUIT
from typing import Any, Final

import psycopg
from attrs import define
from tests.conftest import folder
from tests.databases import give_to_server
from tests.doses.drills.archives import wait_until
from tests.doses.drills.bed import LIMITS, Bed, command, execute, settings_of
from tests.doses.drills.recovery import go_on
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.restores import instants
from tests.doses.drills.work import FEE_MINOR, PAYER, Work, receiving, working
from tests.money_site import CURRENCY, WORKER
from tests.sql.proxy import Fault, Proxy, proxy_to
from tests.sql.standbys import running_standby

from indelible.money import MoneyWrite
from indelible.money.commands.payments import OpenCharge
from indelible.money.handlers.charges import open_charge
from indelible_service.embedded import PostgresServer
from indelible_service.embedded.postgresql import NOT_DURABLE

WAIT_FOR_STANDBY: Final = (
    "ALTER SYSTEM SET synchronous_standby_names = '*'",
    "SELECT pg_reload_conf()",
)
IS_SYNCHRONOUS: Final = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
LOST_ITEM: Final = "item-whose-answer-is-lost"


@define
class Failover:
    """Ends the primary and promotes the standby at the first pause of a look-up."""

    primary: PostgresServer
    standby_url: str
    proxy: Proxy
    is_done: bool = False

    def __call__(self, _: float) -> None:
        """Fail over once."""
        if self.is_done:
            return
        self.is_done = True
        self.primary.child.send_signal(SIGQUIT)
        self.primary.child.wait()
        promote(self.standby_url)
        port = int(self.standby_url.rpartition("/")[0].rpartition(":")[2])
        self.proxy.upstream = (self.primary.host, port)
        self.proxy.come_back()


def play_standby(bed: Bed, seed: int) -> list[DrillReport]:
    """Run the drill."""
    place = bed.place()
    with (
        bed.server() as primary,
        proxy_to(primary.host, primary.port) as proxy,
        working(proxy.url(primary.url), place, seed) as work,
    ):
        _, end = instants(work)
        settings = settings_of(work.site, primary.url, INDELIBLE_BACKUP_URL=primary.admin_url)
        command("backup", str(place / "base"), "--method=base", settings=settings)
        with following_server(primary, place / "base") as standby_url:
            with receiving(work.site):
                work.run_to(end)
                failover = Failover(primary, standby_url, proxy)
                runs = lose_answer(work, proxy, failover)
            report = DrillReport(
                drill="standby",
                database="PostgreSQL",
                instant=f"promoted after {end} of {len(work.steps)} steps",
            )
            report.require(failover.is_done, "no COMMIT has lost its answer")
            report.require(runs == 1, f"a command whose answer was lost has run {runs} times")
            go_on(work, work.site.url, report)
            report.require(not report.lost, "a change is lost although the standby had it")
            work.site.store.dispose()
            return [report]


def lose_answer(work: Work, proxy: Proxy, failover: Failover) -> int:
    """Open a charge whose COMMIT has no answer, and return how often its handler has run."""
    runs = 0

    def count_and_open(tx: MoneyWrite, opening: OpenCharge) -> Any:  # noqa: ANN401 - the handler's
        nonlocal runs
        runs += 1
        return open_charge(tx, opening)

    opening = OpenCharge(
        reference="reference-lost",
        party=PAYER,
        item=LOST_ITEM,
        amount_minor=FEE_MINOR,
        currency=CURRENCY,
        expires_at=work.site.clock.now() + timedelta(days=20),
    )
    store = work.site.store
    pause = store.pause
    store.pause = failover
    proxy.plan(Fault.VANISH)
    try:
        work.site.execute(count_and_open, opening, WORKER)
    finally:
        store.pause = pause
    return runs


@contextmanager
def following_server(primary: PostgresServer, backup: Path) -> Generator[str]:
    """Restore a base backup as a synchronous standby; yield the URL of its superuser."""
    with folder() as directory:
        data = directory / "data"
        command("restore", str(backup), str(data), settings={})
        (data / "standby.signal").touch()
        with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            source = f"host={primary.host} port={primary.port} user=postgres"
            settings.write(f"primary_conninfo = '{source}'\n")
        give_to_server(data)
        with running_standby(directory, {**LIMITS, **NOT_DURABLE}) as (port, _):
            url = f"postgresql://postgres@127.0.0.1:{port}/indelible"
            execute(primary, *WAIT_FOR_STANDBY)
            wait_until(lambda: execute(primary, IS_SYNCHRONOUS) == [(1,)])
            yield url


def promote(url: str) -> None:
    """Make a standby the primary, which waits for no other standby."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_promote()")
