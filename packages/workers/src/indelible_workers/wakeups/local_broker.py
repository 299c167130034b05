"""Carry wake-ups inside the process: what waits for one waits for nothing else."""

from contextlib import AbstractContextManager, nullcontext
from queue import Empty, Queue
from threading import Semaphore
from typing import Final

from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer
from dramatiq.brokers.stub import StubBroker

IDLE_SECONDS: Final = 60.0  # that a consumer waits for a message
ENDING_SECONDS: Final = 0.05  # in which a consumer notices that its thread is to end
SLOT_SECONDS: Final = 0.25  # that a consumer waits for the end of a message that it has delivered
NO_MESSAGE: Final = b""  # wakes a consumer


class LocalBroker(StubBroker):
    """A broker inside the process, whose consumers do not poll."""

    def __init__(self) -> None:
        super().__init__(middleware=[])
        self.wait_seconds = IDLE_SECONDS

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, without Dramatiq's queue of delayed messages, which are never sent."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues[queue_name] = Queue[bytes]()
            self.emit_after("declare_queue", queue_name)

    def consume(
        self,
        queue_name: str,
        prefetch: int = 1,
        timeout: int = 0,  # noqa: ARG002 - a consumer waits for its queue
    ) -> Consumer:
        """Return a consumer of the queue."""
        return LocalConsumer(self, self.queues[queue_name], prefetch)

    def offer(self, message: Message[None], max_queued: int) -> bool:
        """Send the message unless enough are queued, and return True."""
        if self.queues[message.queue_name].qsize() < max_queued:
            self.enqueue(message)
        return True

    def connected(self) -> AbstractContextManager[None]:
        """Do nothing: the store of this process signals its commits itself."""
        return nullcontext()

    def end_consumers(self) -> None:
        """Let no consumer wait for long any more."""
        self.wait_seconds = ENDING_SECONDS
        for queue in self.queues.values():
            queue.put(NO_MESSAGE)


class LocalConsumer(Consumer):
    """A consumer that takes a limited number of messages that are not yet processed."""

    def __init__(self, broker: LocalBroker, queue: "Queue[bytes]", prefetch: int) -> None:
        self._broker = broker
        self._queue = queue
        self._slots = Semaphore(prefetch)

    def __next__(self) -> MessageProxy | None:
        """Return the next message, or None."""
        if not self._slots.acquire(timeout=SLOT_SECONDS):
            return None

        try:
            payload = self._queue.get(timeout=self._broker.wait_seconds)
        except Empty:
            payload = NO_MESSAGE
        if payload == NO_MESSAGE:
            self._slots.release()
            return None

        return MessageProxy(Message[None].decode(payload))

    def ack(self, message: MessageProxy) -> None:  # noqa: ARG002 - as Dramatiq calls it
        """Let another message be taken."""
        self._slots.release()

    nack = ack  # a wake-up that failed is worthless
