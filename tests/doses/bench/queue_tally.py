"""Count the work of queue workers that start together: `queue_tally.py PROGRAM OPTIONS`."""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib import import_module
from math import inf
from subprocess import PIPE
from typing import Any, Final

from attrs import define, field, frozen
from tests.architecture.sources import ROOT

READY: Final = "ready\n"
MAX_SECONDS: Final = 120
MILLISECONDS: Final = 1e3
Options = Mapping[str, Any]


@define
class Tally:
    """The work of one worker, from its start until its time is over or nothing is left."""

    seconds: float
    completed: int = 0
    claim_milliseconds: list[float] = field(factory=list[float])
    _started_at: float = field(default=inf, init=False)
    _last_at: float = field(default=0.0, init=False)

    def wait_for_start(self) -> None:
        """Report that the worker is ready, and wait for the signal to start."""
        gc.collect()
        gc.freeze()  # objects from before must not be scanned by each collection
        sys.stdout.write(READY)
        sys.stdout.flush()
        sys.stdin.readline()
        self.start()

    def start(self) -> None:
        """Start the time now."""
        self.completed = 0
        self.claim_milliseconds.clear()
        self._started_at = self._last_at = time.perf_counter()

    @property
    def is_over(self) -> bool:
        """Return whether the time is over."""
        return time.perf_counter() >= self._started_at + self.seconds

    def count(self, number: int = 1) -> None:
        """Count completed tasks."""
        self.completed += number
        self._last_at = time.perf_counter()

    def count_claim(self, started_at: float) -> None:
        """Record the duration of a claim that started then and ends now."""
        self.claim_milliseconds.append((time.perf_counter() - started_at) * MILLISECONDS)

    def report(self) -> None:
        """Report the work to the parent process."""
        result = {
            "completed": self.completed,
            "seconds": self._last_at - self._started_at,
            "claims": self.claim_milliseconds,
        }
        sys.stdout.write(json.dumps(result))
        sys.stdout.flush()


@frozen(kw_only=True)
class Counted:
    """The work of several workers together; claims in milliseconds."""

    completed: int
    seconds: float
    claims: Sequence[float]

    @property
    def rate(self) -> float:
        """Return the tasks that were claimed and completed per second."""
        return self.completed / self.seconds

    def percentile(self, percent: int) -> float:
        """Return the duration that this share of the claims did not exceed."""
        index = min(len(self.claims) * percent // 100, len(self.claims) - 1)
        return sorted(self.claims)[index]


def run_together(options: Options, workers: int, seconds: float) -> Counted:
    """Run workers of one kind, each in a process, that start when the last of them is ready."""
    arguments = json.dumps({**options, "seconds": seconds})
    module = ("-m", "tests.doses.bench.queue_tally", options["program"], arguments)
    results: list[dict[str, Any]] = []
    with ExitStack() as stack:
        children: list[subprocess.Popen[str]] = []
        for _ in range(workers):
            process = subprocess.Popen(
                (sys.executable, *module), stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT
            )
            children.append(stack.enter_context(process))
            stack.callback(process.kill)

        for child in children:
            assert child.stdout
            assert child.stdout.readline() == READY, options
        for child in children:
            assert child.stdin
            child.stdin.write("start\n")
            child.stdin.flush()
        for child in children:
            output, _ = child.communicate(timeout=MAX_SECONDS)
            results.append(json.loads(output))

    claims: list[float] = []
    for result in results:
        claims += result["claims"]
    return Counted(
        completed=sum(result["completed"] for result in results),
        seconds=max(result["seconds"] for result in results),
        claims=claims,
    )


def main() -> None:
    """Work as the arguments say, and report the work."""
    program, text = sys.argv[1:]
    options: Options = json.loads(text)
    tally = Tally(options["seconds"])
    import_module(program).WAYS[options["way"]](options, tally)
    tally.report()


if __name__ == "__main__":
    main()
