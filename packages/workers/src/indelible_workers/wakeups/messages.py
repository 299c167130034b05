"""The messages that wake threads: each says only that a stage may have tasks ready."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, Final, Protocol, runtime_checkable

from dramatiq import Broker, Message

from indelible.kernel import digest
from indelible.kernel.stages import Stage

MAX_QUEUED: Final = 4  # wake-ups of one stage; a full batch sends another one
Stages = Mapping[str, Stage[Any, Any, Any]]


@runtime_checkable
class WakeupCarrier(Protocol):
    """A broker of ours: of Redis, or inside the process. A host may pass any other one, too.

    The check needs no import of Redis, which a process without Redis never imports.
    """

    def offer(self, message: Message[None], max_queued: int) -> bool:
        """Send the message unless enough are queued; return False where the broker fails."""
        ...

    def connected(self) -> AbstractContextManager[None]:
        """Exchange news of commits with other processes until the block ends."""
        ...

    def end_consumers(self) -> None:
        """Let no consumer wait for long any more."""
        ...


def queue_name(stage: str) -> str:
    """Return the name of the stage's own queue.

    A process takes no messages of stages it does not run, and the backlog of one stage delays no
    other.
    """
    return f"stage-{digest(stage)[:12]}"


def wakeup_message(queue: str) -> Message[None]:
    """Return the message that wakes a thread for the stage of the queue."""
    return Message[None](queue_name=queue, actor_name=queue, args=(), kwargs={}, options={})


def is_wakeup(payload: object, queue: str, options: tuple[str, ...] = ()) -> bool:
    """Return True for a message that Dramatiq can read and deliver to the queue's actor.

    The options are those that a broker adds.
    """
    with suppress(Exception):  # decoding garbage may raise anything
        message = Message[None].decode(payload)  # type: ignore[arg-type]  # any object is tried
        fields = (
            message.actor_name,
            message.queue_name,
            *message.args,
            message.kwargs,
            *message.options,
        )
        return fields == (queue, queue, {}, *options)

    return False


def send_wakeup(broker: Broker, queue: str) -> bool:
    """Send a wake-up unless enough are queued; return False where the broker does not work."""
    message = wakeup_message(queue)
    if isinstance(broker, WakeupCarrier):
        return broker.offer(message, MAX_QUEUED)

    broker.enqueue(message)
    return True
