"""A worker that performs one task, which starts a group of processes, until it is killed.

Usage: `python process_group_program.py NOTES thread|child`.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Any

from tests.workers.child_stages import perform

from indelible.kernel import Actor
from indelible.kernel.stages import Stage
from indelible.memory import MemoryStore
from indelible_workers import process_batch

WORKER = Actor.system("worker")


def main(notes: str, place: str) -> None:
    """Perform the task in a thread of this process or in a child."""
    store = MemoryStore()
    with store.transaction(actor=WORKER, reason="test") as tx:
        tx.tasks.enqueue("bake", {"group-it": tx.clock.now()})
    stage: Stage[Any, str, object] = Stage(
        name="bake",
        batch=1,
        acts_outside=True,
        lifecycle=None,
        perform=partial(perform, Path(notes)),
        in_child=place == "child",
    )
    process_batch(store, stage, actor=WORKER)


if __name__ == "__main__":
    main(*sys.argv[1:])
