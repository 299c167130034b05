"""Faults of a node: killed, stopped, isolated, each until it is mended."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from signal import SIGCONT, SIGSTOP
from typing import Final

import psutil
from attrs import frozen
from tests.doses.cluster.nodes import Node

Mend = Callable[[], None]


@frozen
class Fault:
    """A way to lose a node; `begin` returns what mends it.

    A primary that still accepts connections makes writers wait until it is mended.
    """

    begin: Callable[[Node], Mend]
    weight: int
    accepts_writers: bool = False


def _kill(node: Node) -> Mend:
    """Lose the machine: PostgreSQL and Patroni are killed, and started again later."""
    node.kill()
    return node.start


def _crash(node: Node) -> Mend:
    """Kill PostgreSQL only; Patroni lets another node take over, and starts it as a standby."""
    node.kill_postgresql()
    return lambda: None


def _abandon(node: Node) -> Mend:
    """Kill Patroni only: PostgreSQL goes on as a primary until Patroni is started again."""
    node.kill_patroni()
    return node.start


def _stop(node: Node) -> Mend:
    """Let no process of the node run; later all go on as if nothing had been."""
    stopped: list[psutil.Process] = []
    # A process that has started another one since was seen before it was stopped.
    while new := [process for process in node.processes() if process not in stopped]:
        for process in new:
            _send(process, SIGSTOP)
        stopped += new

    def go_on() -> None:
        for process in reversed(stopped):
            _send(process, SIGCONT)

    return go_on


def _cut(node: Node) -> Mend:
    """Isolate the node: nobody reaches it, and it does not reach etcd."""
    for link in node.links:
        link.cut()
    return lambda: _restore(node)


def _hold(node: Node) -> Mend:
    """Isolate the node as a network that loses all packets does: nobody is told."""
    for link in node.links:
        link.hold()
    return lambda: _restore(node)


def _restore(node: Node) -> None:
    for link in node.links:
        link.restore()


def _send(process: psutil.Process, signal: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal)


FAULTS: Final[Mapping[str, Fault]] = {
    "kill": Fault(_kill, 3),
    "crash": Fault(_crash, 5),
    "abandon": Fault(_abandon, 1, accepts_writers=True),
    "stop": Fault(_stop, 2),
    "cut": Fault(_cut, 2),
    "hold": Fault(_hold, 2),
}
