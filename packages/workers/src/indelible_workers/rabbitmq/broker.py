"""Carry wake-ups through RabbitMQ, which may be gone, restarted, or without its queues.

Dramatiq's own broker opens a connection for each queue and each thread that sends, waits for a
server that hangs, and keeps dead messages for seven days. This one has one connection.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Event
from typing import Final

from attrs import define, field
from dramatiq import Broker, Message, MessageProxy
from dramatiq.broker import Consumer
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic, BasicProperties

from indelible.kernel.commit_signal import CommitSignal, SignalsCommits
from indelible_workers.clocks.thread_clock import ThreadClock
from indelible_workers.rabbitmq.link import Link, connection_parameters
from indelible_workers.wakeups.messages import MAX_QUEUED, is_wakeup
from indelible_workers.worker import Worker, logger

IDLE_SECONDS: Final = 15.0  # that a consumer waits; a message wakes it before
ENDING_SECONDS: Final = 0.05  # in which a consumer notices that its thread is to end
REFUSED_SECONDS: Final = 0.1  # after which a refused wake-up is offered to another process
# Wake-ups of dead processes are worthless, and so are queues that no process uses.
QUEUE_ARGUMENTS: Final = {"x-message-ttl": 60_000, "x-expires": 3_600_000}
PREFIX: Final = "indelible."


@define(eq=False)
class Delivery:
    """A wake-up that this process has taken, on the channel that it has to be confirmed on."""

    channel: BlockingChannel
    tag: int
    payload: bytes


class TakenWakeup(MessageProxy):
    """A wake-up as Dramatiq's threads know it."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(Message[None].decode(delivery.payload))
        self.delivery = delivery


@define(eq=False)
class Inbox:
    """The wake-ups of one queue that the connection has received and no consumer has yet."""

    deliveries: deque[Delivery] = field(factory=deque[Delivery])
    has_news: Event = field(factory=Event)
    prefetch: int = 0  # that a process may have taken and not yet processed; 0 without a consumer
    channel: BlockingChannel | None = None  # that receives them


class RabbitmqBroker(Broker):
    """A broker that survives the loss of RabbitMQ and logs each loss and each return once.

    Raises: BrokerAddressInvalid.
    """

    def __init__(self, url: str, worker: Worker) -> None:
        super().__init__(middleware=[])
        self.queues: dict[str, Inbox] = {}
        self._worker = worker
        self._is_ending = False
        parameters = connection_parameters(url)
        self._link = Link(parameters, worker.clock, self._begin, worker.wakeup.set)

    @contextmanager
    def connected(self) -> Generator[None]:
        """Exchange wake-ups and news of commits with other processes until the block ends."""
        with ExitStack() as stack:
            stack.enter_context(self._link.connected())
            store = self._worker.store
            if isinstance(store, SignalsCommits):
                stack.enter_context(store.commits.listening(self._link.announce_commit))
            yield

    def end_consumers(self) -> None:
        """Let no consumer wait for long any more."""
        self._is_ending = True
        for inbox in self.queues.values():
            inbox.has_news.set()

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, without Dramatiq's queue of delayed messages, which are never sent."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues[queue_name] = Inbox()
            self.emit_after("declare_queue", queue_name)

    def enqueue(
        self,
        message: Message[None],
        *,
        delay: int | None = None,  # noqa: ARG002 - a wake-up is never delayed
    ) -> Message[None]:
        """Send the message, unless enough are queued."""
        self.offer(message, MAX_QUEUED)
        return message

    def offer(self, message: Message[None], max_queued: int) -> bool:
        """Send the message unless enough are queued; return False where RabbitMQ does not work."""
        if not self._link.is_usable:
            return False

        queue = message.queue_name
        self._link.call(partial(_publish, queue=queue, body=message.encode(), limit=max_queued))
        return True

    def consume(
        self,
        queue_name: str,
        prefetch: int = 1,
        timeout: int = 0,  # noqa: ARG002 - a consumer waits for its inbox
    ) -> Consumer:
        """Return a consumer that survives the loss of RabbitMQ."""
        self.queues[queue_name].prefetch = prefetch
        self._link.call(partial(self._consume, queue=queue_name))
        return RabbitmqConsumer(self, queue_name)

    def take(self, queue: str) -> Delivery | None:
        """Return the next wake-up of the queue, or None after a wait."""
        inbox = self.queues[queue]
        seconds = ENDING_SECONDS if self._is_ending else IDLE_SECONDS
        if not inbox.deliveries:
            self._worker.clock.wait(inbox.has_news, seconds)
            inbox.has_news.clear()
        if not inbox.deliveries:
            return None

        delivery = inbox.deliveries.popleft()
        if not self._is_refused(queue):
            return delivery

        self._worker.clock.sleep(REFUSED_SECONDS)
        self.settle(delivery, is_returned=True)  # leave it to another process
        return None

    def settle(self, delivery: Delivery, *, is_returned: bool) -> None:
        """Delete a wake-up, or return it to its queue; after a loss RabbitMQ returns it itself."""

        def confirm(channel: BlockingChannel) -> None:
            if channel is not delivery.channel:
                return
            if is_returned:
                channel.basic_nack(delivery.tag, requeue=True)
            else:
                channel.basic_ack(delivery.tag)

        self._link.call(confirm)

    def _is_refused(self, queue: str) -> bool:
        """Return True while this process has no free thread for the stage of the queue."""
        stage = self._worker.stage_of_queue.get(queue)
        return stage is not None and self._worker.stage_threads.is_full(stage)

    def _begin(self, channel: BlockingChannel) -> None:
        """Take the wake-ups of all queues that this process consumes."""
        for queue, inbox in list(self.queues.items()):
            inbox.deliveries.clear()
            if inbox.prefetch:
                self._consume(channel, queue)

    def _consume(self, channel: BlockingChannel, queue: str) -> None:
        inbox = self.queues[queue]
        if inbox.channel is channel:
            return

        inbox.channel = channel
        _declare(channel, queue)
        channel.basic_qos(prefetch_count=inbox.prefetch)
        channel.basic_consume(PREFIX + queue, partial(self._receive, queue))

    def _receive(
        self,
        queue: str,
        channel: BlockingChannel,
        method: Basic.Deliver,
        _: BasicProperties,
        body: bytes,
    ) -> None:
        if is_wakeup(body, queue):
            inbox = self.queues[queue]
            inbox.deliveries.append(Delivery(channel, method.delivery_tag, body))
            inbox.has_news.set()
            return

        channel.basic_ack(method.delivery_tag)
        logger.warning("queue %s: an invalid message was dropped", queue)
        self._worker.count("unknown", "dropped")


class RabbitmqConsumer(Consumer):
    """A consumer that takes wake-ups from the connection of its broker."""

    def __init__(self, broker: RabbitmqBroker, queue: str) -> None:
        self._broker = broker
        self._queue = queue

    def __next__(self) -> MessageProxy | None:
        """Return the next wake-up, or None."""
        delivery = self._broker.take(self._queue)
        return TakenWakeup(delivery) if delivery else None

    def ack(self, message: MessageProxy) -> None:
        """Delete the wake-up."""
        self._settle(message, is_returned=False)

    nack = ack  # a wake-up that failed is worthless too

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Return wake-ups to the queue, for another process."""
        for message in messages:
            self._settle(message, is_returned=True)

    def _settle(self, message: MessageProxy, *, is_returned: bool) -> None:
        assert isinstance(message, TakenWakeup)  # noqa: S101 - this consumer has returned it
        self._broker.settle(message.delivery, is_returned=is_returned)


def publish_commits_to(url: str, commits: CommitSignal) -> Callable[[], None]:
    """Tell the workers of other processes of the commits of this one until the process ends.

    The returned function ends it before.

    Raises: BrokerAddressInvalid.
    """
    clock = ThreadClock()
    link = Link(connection_parameters(url), clock, _begin_nothing, _hear_nothing)
    clock.start_loop("indelible-rabbitmq", link.run)
    commits.add(link.announce_commit)
    return link.stop


def _begin_nothing(_: BlockingChannel) -> None:
    """Consume no queue."""


def _hear_nothing() -> None:
    """Ignore the news of other processes."""


def _declare(channel: BlockingChannel, queue: str) -> int:
    """Declare the queue, and return how many messages wait in it."""
    # Newer servers refuse a queue that is neither durable nor exclusive.
    declared = channel.queue_declare(PREFIX + queue, durable=True, arguments=QUEUE_ARGUMENTS)
    return declared.method.message_count


def _publish(channel: BlockingChannel, queue: str, body: bytes, limit: int) -> None:
    if _declare(channel, queue) < limit:
        channel.basic_publish("", PREFIX + queue, body)
