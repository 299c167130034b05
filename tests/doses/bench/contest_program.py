"""Settle a contest of a database in a process of its own: `contest_program.py URL CONTEST`.

It prints one JSON object: when each step began and ended, by the clock that all processes of the
machine share, with the processor seconds of this process; and the number of lines.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from indelible import contests
from indelible.contests.tasks.observers import SilentContestObserver
from indelible.contests.tasks.settlement import compute
from indelible.contests.tasks.settlement_inputs import read_settlement
from indelible.kernel import Actor
from indelible_sql import open_store

R = TypeVar("R")
ACTOR, REASON = Actor.system("bench"), "settlement"


def settle_in_steps(url: str, contest_id: str) -> dict[str, Any]:
    """Settle a contest as the stage does, and return the figures."""
    store = open_store(url)
    steps: dict[str, tuple[float, float, float]] = {}

    def timed(name: str, act: Callable[[], R]) -> R:
        before, began_at = time.process_time(), time.perf_counter()
        result = act()
        steps[name] = (began_at, time.perf_counter(), time.process_time() - before)
        return result

    start = contests.StartRun(contest_id=contest_id)
    run = timed("start", lambda: store.run(contests.start_run, start, actor=ACTOR, reason=REASON))
    read = timed("read", lambda: store.read(read_settlement, contest_id))
    settlement = timed("compute", lambda: compute(store, read, SilentContestObserver()))
    command = timed("prepare", lambda: contests.FinishRun.of(run.entity.id, settlement))
    timed("write", lambda: store.run(contests.finish_run, command, actor=ACTOR, reason=REASON))
    store.dispose()
    return {
        "steps": steps,
        "lines": len(settlement.lines),
    }


if __name__ == "__main__":
    print(json.dumps(settle_in_steps(*sys.argv[1:])))
