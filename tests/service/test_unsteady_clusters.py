"""Results and silence at the moments that a real cluster has only by chance."""

import sys
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final, Self

import pytest

from indelible_service import independent_work
from indelible_service.independent_work import ClusterLost, Workers

ADDRESS: Final = "tcp://scheduler:8786"


class Future:
    """A future that finishes, or fails, between the end of a wait and the question for it."""

    def __init__(self, status: str, attempt: Callable[[], object]) -> None:
        """Know how it ends."""
        self.status = "pending"
        self._later = status
        self._attempt = attempt

    def done(self) -> bool:
        """Return True once it has ended."""
        return self.status != "pending"

    def result(self, timeout: float | None = None) -> object:  # noqa: ARG002 - as Dask's
        """Return the result, unless it has not yet ended."""
        if self.done():
            return self._attempt()
        self.status = self._later
        raise TimeoutError


class Client:
    """A client whose scheduler answers, or is silent."""

    future: Future
    is_silent = False

    def __init__(self, address: str, timeout: float) -> None:
        """Connect."""
        self.address, self.timeout = address, timeout
        self.scheduler = self

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""

    def map(self, function: object, items: Iterable[object], *, pure: bool) -> list[Future]:  # noqa: ARG002 - as Dask's
        """Return the future of each item."""
        return [self.future for _ in items]

    def ncores(self) -> dict[str, int]:
        """Return the cores of each worker."""
        return {"a worker": 1}

    def sync(self, ask: Callable[[], Any], callback_timeout: float | None = None) -> Any:  # noqa: ANN401 - of the question
        """Ask the scheduler."""
        if not self.is_silent:
            return ask()
        assert callback_timeout is not None, "it would wait for ever"
        raise TimeoutError


class Lost(Exception):
    """An error of Dask that no test raises."""


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> type[Client]:
    """Replace Dask's client by one of the test's own."""

    class OfTest(Client):
        """The client of a single test."""

    comm: Any = ModuleType("distributed.comm")
    comm.CommClosedError = Lost
    dask: Any = ModuleType("distributed")
    dask.__spec__ = ModuleSpec("distributed", None)
    dask.Client, dask.KilledWorker, dask.CancelledError, dask.comm = OfTest, Lost, Lost, comm
    monkeypatch.setitem(sys.modules, "distributed", dask)
    monkeypatch.setitem(sys.modules, "distributed.comm", comm)
    return OfTest


def work() -> list[object]:
    """Execute one part on the cluster."""
    return list(Workers(address=ADDRESS).map(str, [1]))


def late() -> object:
    """Raise the error of a function whose own wait has ended."""
    raise TimeoutError("of the function")


def test_a_result_at_the_end_of_a_wait_is_taken(client: type[Client]) -> None:
    client.future = Future("finished", lambda: "1")

    assert work() == ["1"]


def test_an_error_at_the_end_of_a_wait_is_the_functions(client: type[Client]) -> None:
    client.future = Future("error", late)

    with pytest.raises(TimeoutError, match="of the function"):
        work()


def test_a_scheduler_that_does_not_answer_is_a_lost_cluster(
    client: type[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(independent_work, "NO_WORKER_SECONDS", 0)
    client.future = Future("pending", late)
    client.is_silent = True

    with pytest.raises(ClusterLost, match="does not answer"):
        work()
