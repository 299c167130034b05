"""A small real installation, PostgreSQL and `indelible up`, for faults that need real processes.

Real time passes while an operator waits. The time of its scrapes is that of the scenario, which
`stay_calm` moves.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import Final
from urllib.error import URLError

from attrs import define, field
from tests.runbooks.alerts import Scrape
from tests.runbooks.bed import OPERATOR_SCOPES
from tests.service.processes import (
    free_port,
    get,
    json_result,
    start_command,
    stop_command,
    wait_until_ready,
)

from indelible_service.embedded import PostgresServer, postgres

BEGAN: Final = datetime(2027, 4, 5, tzinfo=UTC)
LOOK_SECONDS: Final = 1  # between two scrapes of the scenario
PROCESS: Final = "indelible"
READ_CONCEPTS: Final = "concepts:read"
# Pools of few connections, and short waits for a server that does not answer.
LIMITS: Final = {
    "DB_POOL_SIZE": "4",
    "DB_MAX_OVERFLOW": "0",
    "INDELIBLE_CONNECT_SECONDS": "2",
    "INDELIBLE_STATEMENT_SECONDS": "2",
    "INDELIBLE_DISPATCH_SECONDS": "1",
    "INDELIBLE_REQUESTS_PER_MINUTE": "1000000",
}


@define(eq=False)
class RealInstallation:
    """A running `indelible up` with a PostgreSQL of its own, and its metrics."""

    folder: Path
    address: str
    database: PostgresServer
    settings: Mapping[str, str]
    key: str
    scrapes: list[Scrape] = field(factory=list[Scrape])
    _now: datetime = BEGAN
    _planned: list[Timer] = field(factory=list[Timer])
    _timers: list[Timer] = field(factory=list[Timer])

    def look(self) -> None:
        """Scrape the metrics of the process."""
        text: str | None = None
        try:
            status, body = get(self.address, "/metrics")
            text = body.decode() if status == 200 else None
        except (URLError, ConnectionError):
            pass
        self.scrapes.append(Scrape(at=self._now, process=PROCESS, text=text))
        self._now += timedelta(seconds=LOOK_SECONDS)

    def value(self, metric: str) -> float | None:
        """Return a value of the last scrape, by the name of its series; None where it is absent."""
        for line in (self.scrapes[-1].text or "").splitlines():
            name, _, value = line.rpartition(" ")
            if name == metric:
                return float(value)
        return None

    def look_until(self, condition: Callable[[], bool], looks: int = 20) -> None:
        """Scrape until the last scrape shows something, or fail."""
        for _ in range(looks):
            self.look()
            if condition():
                return
        raise AssertionError(f"no scrape of {looks} shows it: {self.scrapes[-1].text}")

    def stay_calm(self, seconds: int) -> None:
        """Wait for what was to happen, and let the time of the scrapes pass."""
        self.let_time_pass()
        self.join()
        self._now += timedelta(seconds=seconds)

    def let_time_pass(self) -> None:
        """Begin with what happens while an operator works; the time passes by itself."""
        while self._planned:
            timer = self._planned.pop()
            self._timers.append(timer)
            timer.start()

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Let something happen so many real seconds after the operator has begun."""
        self._planned.append(Timer(seconds, action))

    def join(self) -> None:
        """Wait until all that was to happen has happened."""
        for timer in self._timers:
            timer.join()

    def variables(self) -> dict[str, str]:
        """Return the variables of an operator's shell."""
        return {"INDELIBLE_URL": self.address, "INDELIBLE_KEY": self.key}


@contextmanager
def real_installation(folder: Path) -> Generator[RealInstallation]:
    """Run an installation until the block ends."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres(folder / "server", durable=False))
        port = free_port()
        settings = {
            **LIMITS,
            "DATABASE_URL": database.url,
            "INDELIBLE_OWNER_URL": database.owner_url,
            "INDELIBLE_DATA_DIR": str(folder / "data"),
            "INDELIBLE_PORT": str(port),
        }
        json_result("db", "upgrade", **settings)
        scopes: list[str] = []
        for scope in (*OPERATOR_SCOPES, READ_CONCEPTS):
            scopes += ["--scope", scope]
        key = json_result("key", "create", "--owner", "user:operator", *scopes, **settings)["text"]
        process = stack.enter_context(start_command("up", "--json", cwd=folder, **settings))
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(address)
        running = RealInstallation(folder, address, database, settings, key)
        try:
            yield running
        finally:
            running.join()
        if process.poll() is None:
            assert stop_command(process) == 0
