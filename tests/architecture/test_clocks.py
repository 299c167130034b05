"""Only the kernel reads clocks, makes ids and draws random numbers, so that tests can set them.

In the package of the workers one module waits and starts threads, too.
"""

import ast
from collections.abc import Iterator

import pytest
from tests.architecture.sources import SOURCES, modules, parsed

RANDOM_MODULES = {"random", "secrets"}
CLOCKS_AND_RANDOMNESS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "os.getrandom",
    "os.urandom",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid7",
}
LAST_NAMES = {name.rpartition(".")[2] for name in CLOCKS_AND_RANDOMNESS}
ALLOWED = {
    "indelible_sql/maintenance/release_snapshots.py": {"secrets"},  # a schema that is rolled back
    "indelible/kernel/clock.py": {"datetime.now"},
    # A UUIDv7 has the time in milliseconds and random bits.
    "indelible/kernel/ids.py": {"datetime.now", "secrets"},
    # The invented players of the demo follow from a seed.
    "indelible_service/demos/golfers.py": {"random"},
    # The walks through a host's lifecycle follow from a seed, or from Hypothesis.
    "indelible/testing/own/machines.py": {"random"},
    "indelible/testing/own/operations.py": {"random"},
    "indelible/testing/own/references.py": {"random"},
    "indelible/testing/own/suites.py": {"random"},
    "indelible/testing/own/values.py": {"random"},
    "indelible/testing/own/walks.py": {"random"},
    # The clock that a test of Stripe advances, and the time in signatures for a real receiver.
    "indelible_stripe/simulator/clock.py": {"time.time"},
    "indelible_stripe/simulator/webhooks.py": {"time.time"},
}

# Of the workers: what waits, measures a wait, or starts a thread.
THREADS = {"Barrier", "Condition", "Thread", "ThreadPoolExecutor", "Timer"}
WAITING_MODULES = {"asyncio", "sched", "select", "selectors", "time"}
WAITING_METHODS = {"poll", "wait", "wait_for"}
WORKER_CLOCK = "clock"  # the last name of what may be waited with
ALLOWED_WAITS = {
    "clocks/thread_clock.py": {"Thread", "time", "wait"},
    "clocks/virtual_clock.py": {"wait"},
    # They wait for another process or a thread of Dramatiq, which no simulation runs.
    "children/processes.py": {"poll"},
    "redis/commit_channel.py": {"timeout"},
    "threads/pools.py": {"wait_for"},
    "wakeups/local_broker.py": {"timeout"},
    "wakeups/threads.py": {"timeout"},
}


def uncontrolled_names(module: ast.Module) -> Iterator[str]:
    """Yield every clock, UUID and source of randomness that a module mentions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from RANDOM_MODULES & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            yield from RANDOM_MODULES & {node.module or ""}
            imported = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from CLOCKS_AND_RANDOMNESS & imported
        elif isinstance(node, ast.Attribute) and node.attr in LAST_NAMES:
            last_two = ".".join(ast.unparse(node).split(".")[-2:])
            yield from CLOCKS_AND_RANDOMNESS & {last_two}


@pytest.mark.slow
def test_only_the_kernel_reads_clocks_and_randomness() -> None:
    mentions = {}
    for package, source in SOURCES.items():
        for path in modules(package):
            names = set(uncontrolled_names(parsed(path)))
            if names:
                mentions[path.relative_to(source.parent).as_posix()] = names

    assert mentions == ALLOWED


def uncontrolled_waits(module: ast.Module) -> Iterator[str]:
    """Yield every wait and thread of a module that does not come from a clock."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from WAITING_MODULES & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            yield from WAITING_MODULES & {node.module or ""}
            yield from THREADS & {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            yield from THREADS & {node.attr}
            receiver = ast.unparse(node.value).split(".")[-1].removeprefix("_")
            if node.attr in WAITING_METHODS and receiver != WORKER_CLOCK:
                yield node.attr
        elif isinstance(node, ast.Call):
            yield from {"timeout"} & {keyword.arg or "" for keyword in node.keywords}


def test_workers_wait_and_start_threads_by_their_clock() -> None:
    waits = {}
    for path in modules("indelible_workers"):
        names = set(uncontrolled_waits(parsed(path)))
        if names:
            waits[path.relative_to(SOURCES["indelible_workers"]).as_posix()] = names

    assert waits == ALLOWED_WAITS
