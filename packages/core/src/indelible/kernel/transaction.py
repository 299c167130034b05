"""What a store gives to handlers and queries."""

import logging
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from indelible.kernel.audit import Actor, HasAuditContext
from indelible.kernel.clock import Clock
from indelible.kernel.errors import IndelibleError, UsageError
from indelible.kernel.history import Feed, History
from indelible.kernel.idempotency import Idempotency
from indelible.kernel.ids import Ids

P = ParamSpec("P")
R = TypeVar("R")
Command = TypeVar("Command")
Read_co = TypeVar("Read_co", covariant=True)
Write_co = TypeVar("Write_co", covariant=True)


logger = logging.getLogger("indelible")


@contextmanager
def log_rejections(cause: HasAuditContext) -> Generator[None]:
    """Let a refused command leave a line in the log, and go on its way."""
    try:
        yield
    except IndelibleError as error:
        words = (error.code, cause.actor, cause.reason, cause.request_id or "-")
        logger.info("refused with %s: by %s, because %r, request %s", *words)
        raise


class Nesting:
    """Refuses to open a transaction of a store inside another, which would wait for itself."""

    def __init__(self) -> None:
        # A task begins with a copy of its maker's context, and may outlive the block: so the block itself is asked.
        self._block: ContextVar[list[bool] | None] = ContextVar("block", default=None)

    @contextmanager
    def guard(self) -> Generator[None]:
        """The time in which a transaction is open here; WrongUse where one is open already."""
        if self._block.get():
            raise UsageError("a transaction of this store is open here already: pass its tx on")
        block = [True]  # empty once the block has ended
        outer = self._block.set(block)
        try:
            yield
        finally:
            block.clear()
            self._block.reset(outer)


class ReadTransaction(Protocol):
    """What every query may ask."""

    @property
    def history(self) -> History: ...


class Transaction(ReadTransaction, HasAuditContext, Protocol):
    """What every handler may use."""

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...


class Store(Protocol[Read_co, Write_co]):
    """What web, workers and applications hold."""

    def run(
        self,
        handler: Callable[[Write_co, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        once: Idempotency[R] | None = None,
    ) -> R:
        """The handler's result, once it is committed; with `once`, the first result again."""
        ...

    def read(
        self, query: Callable[Concatenate[Read_co, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The query's answer, from one unchanging view of the store."""
        ...

    def transaction(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> AbstractContextManager[Write_co]:
        """Several commands at once: commits on a clean exit, rolls back on any exception."""
        ...

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """The next changes of all entities after a cursor; none is ever missed or given twice."""
        ...
