# What is used of pika, which has no hints of its own.
from collections.abc import Callable
from ssl import SSLContext

from pika.adapters.blocking_connection import BlockingChannel

class SSLOptions:
    context: SSLContext

class URLParameters:
    host: str
    port: int
    virtual_host: str
    ssl_options: SSLOptions | None
    heartbeat: int
    blocked_connection_timeout: float
    socket_timeout: float
    stack_timeout: float
    connection_attempts: int
    def __init__(self, url: str) -> None: ...

class BlockingConnection:
    def __init__(self, parameters: URLParameters) -> None: ...
    def channel(self) -> BlockingChannel: ...
    def process_data_events(self, time_limit: float) -> None: ...
    def add_callback_threadsafe(self, callback: Callable[[], None]) -> None: ...
    def close(self) -> None: ...
