"""Watch the health and the tasks of an instance while its servers are stopped."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Final

from attrs import define, field
from sqlalchemy import bindparam, select
from tests.chain.anvil import Anvil
from tests.doses.chaos.http_clients import NO_STATUS, Timing
from tests.doses.chaos.stop_reports import HEALTH
from tests.service.processes import get

from indelible.kernel import Unavailable
from indelible.tokens import token_stats
from indelible_service.stages.sealing import STAGE as SEAL_STAGE
from indelible_service.stages.sealing import TASK as SEAL_TASK
from indelible_sql import SqlStore
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.schema.columns import INSTANT

HEALTH_PAUSE_SECONDS: Final = 0.1
AUTHOR: Final = "0x" + "ab" * 20
SELECT_COMPLETED_LATER: Final = select(TASKS.c.entity_id).where(
    TASKS.c.stage == SEAL_STAGE,
    TASKS.c.entity_id == SEAL_TASK,
    TASKS.c.slot > bindparam("now", type_=INSTANT),
    TASKS.c.finished_at.is_not(None),
)


@contextmanager
def watched_health(address: str, timings: list[Timing]) -> Generator[None]:
    """Ask for `/health` again and again during the block, and add the time of each request."""
    is_over = Event()
    thread = Thread(target=_watch, args=(address, timings, is_over), name="health of chaos")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _watch(address: str, timings: list[Timing], is_over: Event) -> None:
    while not is_over.wait(HEALTH_PAUSE_SECONDS):
        started_at = time.monotonic()
        try:
            status = get(address, "/health")[0]
        except (OSError, EOFError):
            status = NO_STATUS
        timings.append(Timing(HEALTH, started_at, time.monotonic(), status))


@define(eq=False)
class TaskWatch:
    """Learns from the database which tasks were completed, and sends mints to be detected."""

    store: SqlStore
    node: Anvil
    contract: str
    mints: int = field(default=0, init=False)

    def seal_after(self, now: datetime) -> Callable[[], bool]:
        """Return whether the task of seals is completed for a later slot."""

        def is_completed() -> bool:
            rows = self.store.read(
                lambda tx: list(tx.session.rows(SELECT_COMPLETED_LATER, {"now": now}))
            )
            return bool(rows)

        return _false_while_unavailable(is_completed)

    def detection(self) -> Callable[[], bool]:
        """Send a mint; return whether it was detected, and all mints before it."""
        self.node.mint(self.contract, AUTHOR)
        self.mints += 1
        return _false_while_unavailable(lambda: self.detected() >= self.mints)

    def detected(self) -> int:
        """Return the number of tokens in the database."""
        return sum(self.store.read(token_stats).statuses.values())


def _false_while_unavailable(is_true: Callable[[], bool]) -> Callable[[], bool]:
    def check() -> bool:
        try:
            return is_true()
        except Unavailable:
            return False

    return check
