"""The connection of a process to RabbitMQ, which one thread uses and opens again after a loss."""

import re
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Event
from typing import ClassVar, Final

from attrs import define, field, frozen
from pika import BlockingConnection, URLParameters
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker
from pika.spec import Basic, BasicProperties

from indelible.kernel import Invalid
from indelible_workers.clocks.thread_clock import WaitingClock
from indelible_workers.rabbitmq.addresses import ADDRESS
from indelible_workers.threads.hung_threads import process_name
from indelible_workers.wakeups.availability import Availability

TIMEOUT_SECONDS: Final = 5
HEARTBEAT_SECONDS: Final = 30
RECONNECT_SECONDS: Final = 1
MAX_JOIN_SECONDS: Final = 2.0  # the thread may wait for a server that hangs
MAX_CALLS: Final = 10_000  # that wait for the thread; each older one is forgotten
COMMITS: Final = "indelible.commits"  # the exchange through which processes tell each other
Call = Callable[[BlockingChannel], None]


@frozen
class BrokerAddressInvalid(Invalid):
    """The address of RabbitMQ cannot be read; it may have a password and is not repeated."""

    message: ClassVar[str] = (
        "The address of RabbitMQ must begin with amqp:// or amqps:// and name one server, such as"
        " user:password@host:5672/vhost; / ? # @ : in a password are written as %2F %3F %23 %40"
        " %3A."
    )


class QueueGone(Exception):
    """A queue of this process was deleted, or the channel that receives from it was closed."""


def connection_parameters(url: str) -> URLParameters:
    """Return the parameters of a connection, none of whose waits is without a limit.

    Raises: BrokerAddressInvalid.
    """
    parameters = None
    if re.fullmatch(ADDRESS, url):
        with suppress(ValueError, TypeError):  # their texts may have a part of the password
            parameters = URLParameters(url)
    if parameters is None:
        raise BrokerAddressInvalid

    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.blocked_connection_timeout = TIMEOUT_SECONDS
    parameters.socket_timeout = TIMEOUT_SECONDS
    parameters.stack_timeout = TIMEOUT_SECONDS
    parameters.connection_attempts = 1
    return parameters


def ping(url: str) -> None:
    """Open a connection and close it; an error of the client tells that this is impossible.

    Raises: BrokerAddressInvalid.
    """
    BlockingConnection(connection_parameters(url)).close()


@define(eq=False)
class Link:
    """The connection; `begin` declares what it needs after each opening.

    The client allows no other thread, so the others leave their calls for this one. No call blocks
    them, and calls that a loss has overtaken are forgotten: they carry hints only.
    """

    _parameters: URLParameters
    _clock: WaitingClock
    _begin: Call
    _on_news: Callable[[], object]
    availability: Availability = field(init=False)
    _calls: deque[Call] = field(init=False)
    _connection: BlockingConnection | None = field(default=None, init=False)
    _waiting_since: float | None = field(default=None, init=False)  # of the oldest call
    _has_announced: bool = field(default=False, init=False)
    _has_lost_queue: bool = field(default=False, init=False)
    _stopping: Event = field(factory=Event, init=False)

    def __attrs_post_init__(self) -> None:
        # The client raises other errors, too, when a connection ends at an unusual moment.
        self.availability = Availability("RabbitMQ", (Exception,), _cause_of)
        self._calls = deque(maxlen=MAX_CALLS)

    @contextmanager
    def connected(self) -> Generator[None]:
        """Keep the connection open until the block ends."""
        thread = self._clock.start_loop("indelible-rabbitmq", self.run)
        try:
            yield
        finally:
            self.stop()
            thread.join(MAX_JOIN_SECONDS)

    def stop(self) -> None:
        """Let the thread close the connection and end."""
        self._stopping.set()
        self._wake()

    @property
    def is_usable(self) -> bool:
        """Return False after a loss, and while a call waits longer than the timeout."""
        since = self._waiting_since
        if since is not None and self._clock.monotonic() - since > TIMEOUT_SECONDS:
            return False

        return self.availability.is_available

    def call(self, call: Call) -> None:
        """Let the thread execute the call, unless the connection is lost before."""
        if self._waiting_since is None:
            self._waiting_since = self._clock.monotonic()
        self._calls.append(call)
        self._wake()

    def announce_commit(self) -> None:
        """Tell the other processes of a commit; several that are close are one message."""
        if self._has_announced:
            return

        self._has_announced = True
        self.call(self._publish_commit)

    def run(self) -> None:
        """Keep the connection open until the stop."""
        while not self._stopping.is_set():
            try:
                self._use_connection()
            except Exception as error:  # noqa: BLE001 - the client's own are not all declared
                self.availability.lost(error)
                self._forget_calls()
                self._on_news()  # some may have been missed
                self._clock.wait(self._stopping, RECONNECT_SECONDS)

    def _use_connection(self) -> None:
        connection = BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            channel.confirm_delivery()  # or a queue would count fewer messages than were sent
            self._subscribe(channel)
            self._on_news()  # what was committed before
            self._begin(channel)
            self._connection = connection
            while not self._stopping.is_set():
                self._execute_calls(channel)
                connection.process_data_events(time_limit=HEARTBEAT_SECONDS)
                if self._has_lost_queue or not channel.is_open:
                    raise QueueGone
        finally:
            self._connection = None
            with suppress(Exception):  # it may be closed, or broken
                connection.close()

    def _subscribe(self, channel: BlockingChannel) -> None:
        """Receive the news of commits, and a message of this process that shows that it works."""
        self._has_lost_queue = False
        channel.add_on_cancel_callback(self._note_lost_queue)
        own_queue = channel.queue_declare("", exclusive=True).method.queue
        channel.exchange_declare(COMMITS, "fanout")
        channel.queue_bind(own_queue, COMMITS)
        channel.basic_consume(own_queue, self._receive, auto_ack=True)
        channel.basic_publish("", own_queue, process_name().encode())

    def _receive(
        self, _: BlockingChannel, __: Basic.Deliver, ___: BasicProperties, body: bytes
    ) -> None:
        with self.availability.watch(shows_return=True):
            pass
        if body != process_name().encode():
            self._on_news()

    def _note_lost_queue(self, _: object) -> None:
        self._has_lost_queue = True

    def _publish_commit(self, channel: BlockingChannel) -> None:
        self._has_announced = False
        channel.basic_publish(COMMITS, "", process_name().encode())

    def _execute_calls(self, channel: BlockingChannel) -> None:
        while self._calls:
            self._calls.popleft()(channel)
        self._waiting_since = None

    def _forget_calls(self) -> None:
        self._calls.clear()
        self._waiting_since = None
        self._has_announced = False

    def _wake(self) -> None:
        connection = self._connection
        if connection is not None:
            with suppress(Exception):  # it is being closed: the thread knows
                connection.add_callback_threadsafe(_do_nothing)


def _cause_of(error: Exception) -> str:
    """Return the name of the error, and what RabbitMQ said of a channel that it has closed."""
    name = type(error).__name__
    return f"{name}: {error.reply_text}" if isinstance(error, ChannelClosedByBroker) else name


def _do_nothing() -> None:
    """Wake the thread."""
