# What is used of dramatiq, whose own hints leave much unknown.
from collections.abc import Callable, Sequence
from queue import PriorityQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from dramatiq.broker import Broker as Broker
from dramatiq.broker import MessageProxy as MessageProxy

_R = TypeVar("_R")

class Message(Generic[_R]):
    message_id: str
    queue_name: str
    actor_name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    options: dict[str, object]
    def __init__(
        self,
        *,
        queue_name: str,
        actor_name: str,
        args: tuple[str, ...],
        kwargs: dict[str, str],
        options: dict[str, object],
    ) -> None: ...
    def copy(self, *, options: dict[str, object]) -> Message[_R]: ...
    @classmethod
    def decode(cls, data: bytes) -> Message[None]: ...
    def encode(self) -> bytes: ...

class Actor:
    actor_name: str
    queue_name: str
    def send(self, *args: object) -> Message[None]: ...

def actor(
    fn: Callable[..., None], *, broker: Broker, actor_name: str, queue_name: str
) -> Actor: ...

class WorkerThread(Thread):
    def stop(self) -> None: ...

class Worker:
    workers: Sequence[WorkerThread]
    work_queue: PriorityQueue[Any]
    def __init__(
        self, broker: Broker, *, worker_timeout: int = 1_000, worker_threads: int = 8
    ) -> None: ...
    def start(self) -> None: ...
    def stop(self, timeout: int = 600_000) -> None: ...
