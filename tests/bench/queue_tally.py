"""`queue_tally.py PROGRAM TASK`: a worker of a queue, and what several did that began together when all were ready."""

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
END_SECONDS: Final = 120
MILLISECONDS: Final = 1e3
Asked = Mapping[str, Any]


@define
class Tally:
    """How much one worker did, from the word to begin until its time was over or nothing was left."""

    seconds: float
    done: int = 0
    claims: list[float] = field(factory=list[float])  # milliseconds
    _begun: float = field(default=inf, init=False)
    _last: float = field(default=0.0, init=False)

    def begin(self) -> None:
        """Say that all is open and warm, and wait for the word."""
        gc.collect()
        gc.freeze()  # what was made before is nobody's, and is not looked through at each collection
        sys.stdout.write(READY)
        sys.stdout.flush()
        sys.stdin.readline()
        self.start()

    def start(self) -> None:
        """Let the time begin now."""
        self.done = 0
        self.claims.clear()
        self._begun = self._last = time.perf_counter()

    @property
    def is_over(self) -> bool:
        """Whether no more may be begun."""
        return time.perf_counter() >= self._begun + self.seconds

    def did(self, number: int = 1) -> None:
        """So many more are completed."""
        self.done += number
        self._last = time.perf_counter()

    def claimed(self, begun: float) -> None:
        """A claim that was asked for then has been answered."""
        self.claims.append((time.perf_counter() - begun) * MILLISECONDS)

    def tell(self) -> None:
        """Let whoever started this worker know."""
        sys.stdout.write(
            json.dumps({"done": self.done, "took": self._last - self._begun, "claims": self.claims})
        )
        sys.stdout.flush()


@frozen(kw_only=True)
class Counted:
    """What some workers did together."""

    done: int
    took: float
    claims: Sequence[float]

    @property
    def rate(self) -> float:
        """Claimed and completed in a second."""
        return self.done / self.took

    def percentile(self, part: int) -> float:
        """What so many hundredths of the claims took at most, in milliseconds."""
        return sorted(self.claims)[min(len(self.claims) * part // 100, len(self.claims) - 1)]


def at_once(asked: Asked, workers: int, seconds: float) -> Counted:
    """Workers of one kind, each a process, that begin together once the last of them is ready."""
    command = (
        sys.executable,
        "-m",
        "tests.bench.queue_tally",
        asked["program"],
        json.dumps({**asked, "seconds": seconds}),
    )
    with ExitStack() as stack:
        children = [
            stack.enter_context(
                subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT)
            )
            for _ in range(workers)
        ]
        for child in children:
            stack.callback(child.kill)  # of one that has ended nothing is left to be killed
        assert [child.stdout.readline() if child.stdout else "" for child in children] == [
            READY
        ] * workers, asked
        for child in children:
            assert child.stdin
            child.stdin.write("begin\n")
            child.stdin.flush()
        told = [json.loads(child.communicate(timeout=END_SECONDS)[0]) for child in children]
    return Counted(
        done=sum(each["done"] for each in told),
        took=max(each["took"] for each in told),
        claims=[claim for each in told for claim in each["claims"]],
    )


def main() -> None:
    """Work as the arguments ask, and tell what was done."""
    program, said = sys.argv[1:]
    asked: Asked = json.loads(said)
    tally = Tally(asked["seconds"])
    import_module(program).WAYS[asked["way"]](asked, tally)
    tally.tell()


if __name__ == "__main__":
    main()
