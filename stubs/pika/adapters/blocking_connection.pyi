from collections.abc import Callable, Mapping
from typing import Any

from pika import BlockingConnection
from pika.spec import Basic, BasicProperties

class Method:
    message_count: int
    queue: str

class Frame:
    method: Method

class BlockingChannel:
    connection: BlockingConnection
    @property
    def is_open(self) -> bool: ...
    def confirm_delivery(self) -> None: ...
    def basic_qos(self, *, prefetch_count: int) -> None: ...
    def basic_ack(self, delivery_tag: int) -> None: ...
    def basic_nack(self, delivery_tag: int, *, requeue: bool = True) -> None: ...
    def basic_publish(self, exchange: str, routing_key: str, body: bytes) -> None: ...
    def basic_consume(
        self,
        queue: str,
        on_message_callback: Callable[
            [BlockingChannel, Basic.Deliver, BasicProperties, bytes], None
        ],
        *,
        auto_ack: bool = False,
    ) -> str: ...
    def queue_declare(
        self,
        queue: str,
        *,
        passive: bool = False,
        durable: bool = False,
        exclusive: bool = False,
        arguments: Mapping[str, int] | None = None,
    ) -> Frame: ...
    def basic_get(
        self, queue: str, auto_ack: bool = False
    ) -> tuple[object, object, bytes | None]: ...
    def queue_delete(self, queue: str) -> Frame: ...
    def queue_bind(self, queue: str, exchange: str) -> Frame: ...
    def exchange_declare(self, exchange: str, exchange_type: str) -> Frame: ...
    def add_on_cancel_callback(self, callback: Callable[[Any], None]) -> None: ...
