from queue import Queue

from dramatiq.broker import Broker

class StubBroker(Broker):
    queues: dict[str, Queue[bytes]]
    dead_letters: list[object]
    def __init__(self, middleware: list[object]) -> None: ...
