"""Report to the database which threads of this process tasks occupy beyond their time limits."""

import logging
import os
import re
from datetime import datetime
from functools import cache
from socket import gethostname
from typing import Final

from attrs import define, field

from indelible.kernel import Actor, Store, TimeOrderedIds
from indelible.kernel.hung_threads import HUNG_SECONDS, HungThreads
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible_workers.clocks.thread_clock import WaitingClock
from indelible_workers.threads.stage_threads import StageThreads

RENEWAL_SECONDS: Final = HUNG_SECONDS / 3
MAX_HOST_CHARACTERS: Final = 100
UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
REASON: Final = "threads of hung tasks"
logger = logging.getLogger("indelible.workers")


@cache
def process_name() -> str:
    """Return the name of this process, which no other one has: its host, its number and an id.

    Two containers may have the same host name and number.
    """
    host = UNSAFE.sub("-", gethostname())[:MAX_HOST_CHARACTERS]
    return f"{host}:{os.getpid()}:{TimeOrderedIds().new()}"


@define(eq=False)
class HungThreadReporter:
    """The reports of this process; one is written when a number changes, and to renew it."""

    _store: Store[TasksRead, TasksWrite]
    _actor: Actor
    _stage_threads: StageThreads
    _clock: WaitingClock
    _process: str = field(factory=process_name)
    _reports: dict[str, HungThreads] = field(factory=dict[str, HungThreads], init=False)
    _renewed_at: float = field(default=0.0, init=False)

    def report_due(self) -> None:
        """Store the numbers of hung threads that have changed, or that would expire soon."""
        numbers = self._stage_threads.timed_out_by_stage()
        stored = {stage: report.threads for stage, report in self._reports.items()}
        is_renewal_due = self._clock.monotonic() - self._renewed_at > RENEWAL_SECONDS
        if numbers == stored and not (numbers and is_renewal_due):
            return

        self._write(numbers)
        # A transaction of its own: two processes that renew and delete cannot block each other.
        with self._store.transaction(actor=self._actor, reason=REASON) as tx:
            tx.tasks.prune_hung_threads()

    def end_reports(self) -> None:
        """End what is reported, because the process ends; if that fails, it expires."""
        if not self._reports:
            return

        try:
            self._write({})
        except Exception as error:  # noqa: BLE001 - the end of the process must not fail
            logger.warning("worker: hung threads remain reported (%s)", type(error).__name__)

    def _write(self, numbers: dict[str, int]) -> None:
        reports: dict[str, HungThreads] = {}
        with self._store.transaction(actor=self._actor, reason=REASON) as tx:
            now = tx.clock.now()
            for stage, number in numbers.items():
                reports[stage] = self._report(stage, number, now)
                tx.tasks.report_hung_threads(reports[stage])
            for stage, report in self._reports.items():
                if stage not in numbers:
                    tx.tasks.report_hung_threads(report.ended(now))

        self._reports = reports
        self._renewed_at = self._clock.monotonic()

    def _report(self, stage: str, number: int, now: datetime) -> HungThreads:
        """Return the report of a stage; it says since when there is a hung thread at all."""
        report = self._reports.get(stage)
        if report is None:
            report = HungThreads(
                stage=stage, process=self._process, threads=number, since=now, expires_at=now
            )
        return report.renewed(number, now)
