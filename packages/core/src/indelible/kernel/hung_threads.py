"""Threads of worker processes that are occupied by tasks beyond their time limits."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Self

from attrs import evolve, field, frozen

from indelible.kernel.values import IDENTIFIER, bounded_int, is_identifier

HUNG_SECONDS: Final = 60  # after which a report expires unless its process renews it
MAX_HUNG_REPORTS: Final = 1_000  # that a query returns
MAX_HUNG_THREADS: Final = 1_000  # of one process
THREADS: Final = {"minimum": 1, "maximum": MAX_HUNG_THREADS}


@frozen(kw_only=True)
class HungThreads:
    """The report of a process that tasks of a stage occupy some of its threads.

    It says what is so now, and is no record. A process that ends renews none, so its reports
    expire.
    """

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    process: str = field(validator=is_identifier, metadata=IDENTIFIER)
    threads: int = field(validator=bounded_int, metadata=THREADS)
    since: datetime
    expires_at: datetime

    def is_live(self, now: datetime) -> bool:
        """Return True if the report has not expired."""
        return self.expires_at > now

    def renewed(self, threads: int, now: datetime) -> Self:
        """Return the report with this number of threads, as it is now."""
        return evolve(self, threads=threads, expires_at=now + timedelta(seconds=HUNG_SECONDS))

    def ended(self, now: datetime) -> Self:
        """Return the report as expired: the threads are free, or the process ends."""
        return evolve(self, expires_at=max(now, self.since))


def threads_by_stage(reports: Iterable[HungThreads]) -> Counter[str]:
    """Return the numbers of hung threads by stage, added over the processes."""
    numbers = Counter[str]()
    for report in reports:
        numbers[report.stage] += report.threads

    return numbers
