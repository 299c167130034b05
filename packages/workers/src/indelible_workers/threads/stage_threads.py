"""Limit how many threads of this process work on a stage at once."""

from collections import Counter
from threading import Lock
from typing import Any

from attrs import define, field
from prometheus_client import CollectorRegistry, Gauge

from indelible.kernel.stages import Stage


def thread_limit(stage: Stage[Any, Any, Any], threads: int, *, is_only_stage: bool) -> int:
    """Return how many of a process's threads may work on the stage at once.

    By default half of them, so that a stage that hangs leaves threads to the others. There is
    nothing to protect in a process that runs a single stage.
    """
    if stage.concurrency is not None:
        return min(stage.concurrency, threads)
    if is_only_stage:
        return threads

    return max(1, threads // 2)


@define(eq=False)
class StageThreads:
    """The threads of this process that each stage occupies, and their limits.

    A thread whose task has exceeded its time limit is occupied until `perform` returns.
    """

    _registry: CollectorRegistry
    _limits: dict[str, int] = field(factory=dict[str, int], init=False)
    _occupied: Counter[str] = field(factory=Counter[str], init=False)
    _timed_out: Counter[str] = field(factory=Counter[str], init=False)
    _refused: set[str] = field(factory=set[str], init=False)
    _lock: Lock = field(factory=Lock, init=False)
    _limit_gauge: Gauge = field(init=False)
    _occupied_gauge: Gauge = field(init=False)
    _timed_out_gauge: Gauge = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._limit_gauge = self._gauge(
            "indelible_worker_stage_threads", "Threads that may work on a stage at once."
        )
        self._occupied_gauge = self._gauge(
            "indelible_worker_stage_threads_busy", "Threads that work on a stage now."
        )
        self._timed_out_gauge = self._gauge(
            "indelible_worker_stage_threads_timed_out",
            "Threads whose task has exceeded its time limit, and which are occupied by it still.",
        )

    def set_limit(self, stage: str, limit: int) -> None:
        """Limit the threads that work on a stage at once."""
        self._limits[stage] = limit
        self._limit_gauge.labels(stage).set(limit)
        self._occupied_gauge.labels(stage).set(0)
        self._timed_out_gauge.labels(stage).set(0)

    def limit(self, stage: str) -> int | None:
        """Return the limit of a stage, None without one."""
        return self._limits.get(stage)

    def is_full(self, stage: str) -> bool:
        """Return True if no more threads may work on the stage now."""
        limit = self._limits.get(stage)
        return limit is not None and self._occupied[stage] >= limit

    def awaits_end(self, stage: str) -> bool:
        """Return True if a thread works on the stage; `leave` then returns True at its end."""
        with self._lock:
            is_occupied = self._occupied[stage] > 0
            if is_occupied:
                self._refused.add(stage)
            return is_occupied

    def refuses(self, stage: str) -> bool:
        """Return True if the stage occupies its limit, and note that a wake-up was refused."""
        with self._lock:
            is_full = self.is_full(stage)
            if is_full:
                self._refused.add(stage)
            return is_full

    def occupy(self, stage: str) -> bool:
        """Count the thread and return True, or return False if the stage occupies its limit."""
        with self._lock:
            if self.is_full(stage):
                self._refused.add(stage)
                return False

            self._occupied[stage] += 1
            self._occupied_gauge.labels(stage).set(self._occupied[stage])
            return True

    def leave(self, stage: str) -> bool:
        """Count the thread no more; return True if another one was refused or waits for the end."""
        with self._lock:
            self._occupied[stage] -= 1
            self._occupied_gauge.labels(stage).set(self._occupied[stage])
            was_refused = stage in self._refused
            self._refused.discard(stage)
            return was_refused

    def count_timed_out(self, stage: str, number: int) -> int:
        """Add to the threads of timed-out tasks and return how many there are."""
        with self._lock:
            self._timed_out[stage] += number
            self._timed_out_gauge.labels(stage).set(self._timed_out[stage])
            return self._timed_out[stage]

    def timed_out_by_stage(self) -> dict[str, int]:
        """Return how many threads timed-out tasks of each stage occupy, of those with any."""
        with self._lock:
            return {stage: number for stage, number in self._timed_out.items() if number > 0}

    @property
    def active(self) -> int:
        """Return how many threads work on tasks within their time limits."""
        with self._lock:
            return self._occupied.total() - self._timed_out.total()

    @property
    def timed_out(self) -> int:
        """Return how many threads are occupied by timed-out tasks."""
        with self._lock:
            return self._timed_out.total()

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(name, documentation, ("stage",), registry=self._registry)
