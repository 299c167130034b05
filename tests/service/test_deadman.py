"""The dead man's switch: a monitor hears nothing more as soon as something stands still."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from attrs import frozen
from tests.contest_runs import TestClock

from indelible.app import WriteTx
from indelible.kernel import Actor
from indelible.kernel.silence import StandingTask
from indelible.memory import MemoryStore
from indelible.testing.stores import within
from indelible_service.monitoring.deadman import DeadMansSwitch
from indelible_service.processes.workers import after_round
from indelible_service.settings.service import Settings
from indelible_sql import open_store
from indelible_workers import RecurringTask, ThreadClock, Worker, run_scheduler

SCHEDULER = Actor.system("scheduler")
HOUR = timedelta(hours=1)


class Monitor(BaseHTTPRequestHandler):
    """A monitor that counts requests and answers with a status."""

    paths: ClassVar[list[str]] = []
    status: ClassVar[int] = 200

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Print nothing."""


@contextmanager
def monitor() -> Generator[str]:
    Monitor.paths.clear()
    Monitor.status = 200
    server = HTTPServer(("127.0.0.1", 0), Monitor)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ping/a-secret"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def address() -> Generator[str]:
    with monitor() as address:
        yield address


@frozen
class Site:
    """A scheduler, and the clock of its store."""

    store: MemoryStore
    clock: TestClock

    @property
    def worker(self) -> Worker:
        return Worker(store=self.store, actor=SCHEDULER, clock=ThreadClock(self.clock))

    def switch(self, address: str) -> DeadMansSwitch:
        """Return a switch that watches one task, which has been enqueued and has not run."""
        now = self.clock.now()
        watched = StandingTask(entity_id="weather").subject("polls")
        within(self.store, lambda tx: tx.subjects.declare((watched,)))
        within(self.store, lambda tx: tx.tasks.enqueue("polls", {"weather": now}))
        return DeadMansSwitch(url=address, store=self.store, clock=self.clock)

    def run_task(self) -> None:
        """Run the watched task, which enqueues itself again."""
        within(self.store, self._run)

    def _run(self, tx: WriteTx) -> None:
        now = self.clock.now()
        leases = tx.tasks.claim("polls", limit=1, until=now + timedelta(minutes=1))
        tx.tasks.complete(leases)
        tx.tasks.enqueue("polls", {"weather": now + timedelta(minutes=5)})


@pytest.fixture
def site() -> Site:
    clock = TestClock()
    return Site(MemoryStore(clock=clock), clock)


def test_a_request_is_sent_once_a_minute_until_a_task_is_silent(
    site: Site, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    switch = site.switch(address)
    for _ in range(3):
        switch.look()
        switch.look()
        site.clock.advance(timedelta(minutes=1).total_seconds())
    assert Monitor.paths == ["/ping/a-secret"] * 3

    site.clock.advance(HOUR.total_seconds())
    switch.look()
    site.clock.advance(HOUR.total_seconds())
    switch.look()

    assert len(Monitor.paths) == 3
    reports = [record for record in caplog.records if "weather" in record.getMessage()]
    assert [record.levelname for record in reports] == ["ERROR"]  # once, not at each look

    site.run_task()
    site.clock.advance(timedelta(minutes=1).total_seconds())
    switch.look()
    assert len(Monitor.paths) == 4


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_monitor_that_refuses_is_logged_without_its_address(
    site: Site, address: str, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    Monitor.status = status
    site.switch(address).look()

    assert Monitor.paths == ["/ping/a-secret"]  # A redirect is not followed.
    assert str(status) in caplog.text
    assert "a-secret" not in caplog.text


def test_a_monitor_that_is_gone_stops_no_scheduler(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with monitor() as address:
        switch = site.switch(address)
    switch.look()

    assert "dead man's switch: no answer" in caplog.text
    assert "a-secret" not in caplog.text


def test_the_scheduler_looks_after_each_round(site: Site) -> None:
    worker = site.worker
    rounds: list[int] = []

    def look() -> None:
        rounds.append(1)
        worker.stop()

    task = RecurringTask(name="weather", stage="polls", every_seconds=60)
    run_scheduler(worker, (task,), after_round=look)

    assert rounds == [1]


def test_without_an_address_nothing_is_sent(sqlite_url: str, address: str) -> None:
    store = open_store(sqlite_url)
    after_round(Settings(), store)()
    assert Monitor.paths == []

    after_round(Settings(deadman_url=address), store)()
    store.dispose()
    assert Monitor.paths == ["/ping/a-secret"]
