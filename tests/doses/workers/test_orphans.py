"""No child process survives its worker, however the worker ends and whatever the child does."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.architecture.sources import ROOT
from tests.doses.workers.test_children import is_alive, pids
from tests.workers.bakery import wait_until

pytestmark = pytest.mark.slow

# A worker that performs one task in a child process.
WORKER = """
import sys
from functools import partial
from pathlib import Path
from tests.workers.child_stages import perform
from indelible.kernel import Actor
from indelible.kernel.stages import Stage
from indelible.memory import MemoryStore
from indelible_workers import process_batch

if __name__ == "__main__":
    store = MemoryStore()
    with store.transaction(actor=Actor.system("worker"), reason="test") as tx:
        tx.tasks.enqueue("bake", {sys.argv[2]: tx.clock.now()})
    stage = Stage(
        name="bake",
        batch=1,
        acts_outside=True,
        lifecycle=None,
        perform=partial(perform, Path(sys.argv[1])),
        in_child=True,
        timeout_seconds=int(sys.argv[3]),
    )
    process_batch(store, stage, actor=Actor.system("worker"))
"""


@pytest.mark.parametrize(
    ("task", "expected"), [("hang-on", 1), ("hangc-on", 1), ("spawn-it", 2), ("obey-me", 1)]
)
def test_a_child_ends_when_its_worker_is_killed(tmp_path: Path, task: str, expected: int) -> None:
    program = tmp_path / "worker.py"
    program.write_text(WORKER)
    notes = tmp_path / "notes"
    notes.touch()
    command = (sys.executable, str(program), str(notes), task, "600")
    environment = {"PYTHONPATH": ":".join([str(ROOT), *sys.path])}
    with subprocess.Popen(command, env=environment) as worker:
        wait_until(lambda: len(pids(notes)) == expected)
        started = psutil.Process(worker.pid).children(recursive=True)
        worker.kill()

    assert len(started) >= expected + 1  # with the shell that watches
    wait_until(lambda: not any(is_alive(process.pid) for process in started))
