"""Work whose parts depend on no other, in processes of this machine or on a Dask cluster."""

import os
import signal
from collections.abc import Callable, Collection, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from time import monotonic
from typing import Any, ClassVar, Final, TypeVar

from attrs import frozen

from indelible.kernel import Unavailable
from indelible.kernel.distributions import DASK

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_JOBS: Final = 256
CONNECT_SECONDS: Final = 10
LOOK_SECONDS: Final = 1  # between two looks at the workers of a cluster
NO_WORKER_SECONDS: Final = 120  # a nanny that replaces a worker on a busy machine needed over 30
HASH_SEED: Final = "PYTHONHASHSEED"


@frozen
class ClusterUnreachable(Unavailable):
    """No scheduler of a Dask cluster answers at an address."""

    message: ClassVar[str] = (
        "No scheduler of a Dask cluster answers at {address} within {seconds} seconds: {problem}."
    )
    address: str
    seconds: int
    problem: str


@frozen
class ClusterLost(Unavailable):
    """A Dask cluster has no worker or does not answer for too long, or its scheduler has ended."""

    message: ClassVar[str] = "The Dask cluster at {address} does not finish the work: {problem}."
    address: str
    problem: str


@frozen
class WorkerLost(Unavailable):
    """A process ended during a part of the work, and so did those that tried it again, if any."""

    message: ClassVar[str] = (
        "A process that worked on part {number} of {parts} has ended: {problem}."
    )
    number: int
    parts: int
    problem: str


@frozen(kw_only=True)
class Workers:
    """The processes that execute parts: so many of this machine, or those of a cluster.

    `hash_seed` is Python's, of processes of this machine.
    """

    jobs: int = 1
    address: str | None = None  # of the scheduler of a Dask cluster
    hash_seed: int | None = None

    @property
    def is_this_process(self) -> bool:
        """Return True if no other process is needed."""
        return self.jobs == 1 and self.address is None and self.hash_seed is None

    def map(self, function: Callable[[Item], Result], items: Collection[Item]) -> Iterator[Result]:
        """Yield the result of each item, in their order.

        Function, items and results are pickled. The workers of a cluster have the same releases
        and modules installed as this process. A cluster repeats what a lost worker had.

        Raises: DistributionMissing, ClusterUnreachable, ClusterLost, WorkerLost, and what the
            function raises.
        """
        if self.is_this_process:
            return map(function, items)
        if self.address is None:
            return _in_processes(function, items, self.jobs, self.hash_seed)
        return _on_cluster(function, items, self.address)


@contextmanager
def new_processes(number: int, hash_seed: int | None) -> Generator[ProcessPoolExecutor]:
    """Run so many new processes, which have a hash seed of Python; None leaves it as it is.

    What has not begun when the block ends is not executed. An interruption waits for nothing: it
    kills them, since they do not hear Ctrl-C themselves.
    """
    before = os.environ.get(HASH_SEED)
    if hash_seed is not None:
        os.environ[HASH_SEED] = str(hash_seed)
    executor = ProcessPoolExecutor(
        number, mp_context=get_context("spawn"), initializer=_follow_parent
    )
    try:
        yield executor
    except BaseException as error:
        if not isinstance(error, Exception):
            for process in active_children():
                process.kill()
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        if hash_seed is not None:
            os.environ.pop(HASH_SEED)
            if before is not None:
                os.environ[HASH_SEED] = before


def _follow_parent() -> None:
    """End this process with its parent, also if that is killed; leave Ctrl-C to it.

    It would wait for ever: it can write to the queue that it reads, so it never sees its end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # no other thread is asked: one may be in the middle of its part


def _in_processes(
    function: Callable[[Item], Result],
    items: Collection[Item],
    jobs: int,
    hash_seed: int | None,
) -> Iterator[Result]:
    with new_processes(jobs, hash_seed) as executor:
        futures = [executor.submit(function, item) for item in items]
        for number, future in enumerate(futures, start=1):
            try:
                yield future.result()
            except BrokenProcessPool as error:
                raise WorkerLost(number, len(items), "it was killed or crashed") from error


def _on_cluster(
    function: Callable[[Item], Result], items: Collection[Item], address: str
) -> Iterator[Result]:
    DASK.check()
    distributed: Any = import_module("distributed")  # which declares no types
    comm: Any = import_module("distributed.comm")
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ClusterUnreachable(address, CONNECT_SECONDS, type(error).__name__) from error
    with client:
        futures = client.map(function, list(items), pure=False)
        for number, future in enumerate(futures, start=1):
            try:
                result = _result(client, future, address)
            except distributed.KilledWorker as error:
                problem = f"{error.allowed_failures + 1} workers were lost with it"
                raise WorkerLost(number, len(futures), problem) from error
            except (distributed.CancelledError, comm.CommClosedError) as error:
                raise ClusterLost(address, "its scheduler has ended") from error
            yield result


def _result(client: Any, future: Any, address: str) -> Any:  # noqa: ANN401 - Dask has no types
    """Wait for a result as long as the cluster has workers."""
    lost_at = None
    while True:
        try:
            return future.result(timeout=NO_WORKER_SECONDS if future.done() else LOOK_SECONDS)
        except TimeoutError:  # of the wait, or of the function
            if future.status == "error":
                return future.result()
        if _has_worker(client):
            lost_at = None
            continue
        lost_at = lost_at or monotonic()
        if monotonic() - lost_at > NO_WORKER_SECONDS:
            problem = f"it has no worker, or does not answer, for {NO_WORKER_SECONDS} seconds"
            raise ClusterLost(address, problem)


def _has_worker(client: Any) -> bool:  # noqa: ANN401 - Dask has no types
    """Return False also if the scheduler does not answer."""
    scheduler = client.scheduler
    if scheduler is None:  # the connection has just been closed
        return False
    try:
        return bool(client.sync(scheduler.ncores, callback_timeout=CONNECT_SECONDS))
    except OSError:  # TimeoutError is one
        return False
