"""Transactions and stores as handlers, queries and applications see them."""

import logging
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, Token
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar, overload

from indelible.kernel.audit import Actor, HasAuditContext
from indelible.kernel.change_feed import Feed, History
from indelible.kernel.clock import Clock
from indelible.kernel.errors import IndelibleError, UsageError
from indelible.kernel.idempotency import Idempotency
from indelible.kernel.ids import Ids

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
Command = TypeVar("Command")
Read_co = TypeVar("Read_co", covariant=True)
Write_co = TypeVar("Write_co", covariant=True)


logger = logging.getLogger("indelible")


def single_statement(query: Callable[P, R]) -> Callable[P, R]:
    """Declare that a query sends at most one statement.

    One statement sees one moment by itself, so a store needs no transaction around it. A SQL store
    refuses a second statement, which could see a later moment.
    """
    query.is_single_statement = True  # type: ignore[attr-defined] # functions accept attributes
    return query


def is_single_statement(query: object) -> bool:
    """Return True if the query is declared to send at most one statement."""
    return getattr(query, "is_single_statement", False) is True


def feed_page(query: Callable[P, R]) -> Callable[P, R]:
    """Declare that a query reads one page of the feed and nothing else.

    A page needs no snapshot that lasts, so a SQL store reads it in one round trip where it can, and
    refuses whatever the query reads then.
    """
    query.is_feed_page = True  # type: ignore[attr-defined] # functions accept attributes
    return query


def is_feed_page(query: object) -> bool:
    """Return True if the query is declared to read one page of the feed and nothing else."""
    return getattr(query, "is_feed_page", False) is True


def single_update(handler: Callable[P, R]) -> Callable[P, R]:
    """Declare that a handler sends at most one statement, and writes no change of an aggregate.

    The statement is all or nothing by itself, so a store needs no transaction around it: it may be
    committed before the handler returns. A SQL store refuses a second statement.
    """
    handler.is_single_update = True  # type: ignore[attr-defined] # functions accept attributes
    return handler


def is_single_update(handler: object) -> bool:
    """Return True if the handler is declared to send at most one statement."""
    return getattr(handler, "is_single_update", False) is True


@contextmanager
def log_rejections(audit: HasAuditContext) -> Generator[None]:
    """Log a refused command and raise its error again."""
    try:
        yield
    except IndelibleError as error:
        logger.info(
            "refused with %s: actor %s, reason %r, request %s",
            error.code,
            audit.actor,
            audit.reason,
            audit.request_id or "-",
            extra={
                "event_fields": {
                    "code": error.code,
                    "request_id": audit.request_id,
                    "actor": str(audit.actor),
                }
            },
        )
        raise


def check_no_refusal(refusal: Exception | None) -> None:
    """Refuse to commit where a write was refused and a caller caught the error inside.

    PostgreSQL would answer such a COMMIT with a rollback, and SQLite would keep what the refused
    write did before; so no store commits it.

    Raises:
        UsageError: A write was refused.
    """
    if refusal is not None:
        raise UsageError(
            f"a write was refused inside the transaction ({type(refusal).__name__}), and its"
            " error was caught there; let it end the transaction"
        ) from refusal


class Nesting:
    """Refuses to open a transaction inside another of the same store: it would wait for itself."""

    def __init__(self) -> None:
        # An asyncio task starts with a copy of its creator's context and can outlive the block.
        # The list is shared by all copies and is emptied when the block ends.
        self._block: ContextVar[list[bool] | None] = ContextVar("block", default=None)

    @contextmanager
    def guard(self) -> Generator[None]:
        """Mark a transaction as open until the block ends.

        Raises:
            UsageError: A transaction of this store is open here already.
        """
        mark = self.enter()
        try:
            yield
        finally:
            self.leave(mark)

    @property
    def is_open(self) -> bool:
        """Return whether a transaction of this store is open here."""
        return bool(self._block.get())

    def enter(self) -> "NestingMark":
        """Mark a transaction as open until `leave`.

        Raises:
            UsageError: A transaction of this store is open here already.
        """
        if self._block.get():
            raise UsageError("a transaction of this store is open here already: pass its tx on")

        block = [True]
        return NestingMark(block, self._block.set(block))

    def leave(self, mark: "NestingMark") -> None:
        """Remove the mark of a transaction that has ended."""
        mark.block.clear()
        self._block.reset(mark.outer)


class NestingMark(NamedTuple):
    """The mark of an open transaction, and what was marked around it."""

    block: list[bool]
    outer: Token[list[bool] | None]


class ReadTransaction(Protocol):
    """The transaction of every query."""

    @property
    def history(self) -> History: ...

    @overload
    def read_together(self, a: Callable[[], A], b: Callable[[], B], /) -> tuple[A, B]: ...
    @overload
    def read_together(
        self, a: Callable[[], A], b: Callable[[], B], c: Callable[[], C], /
    ) -> tuple[A, B, C]: ...
    @overload
    def read_together(
        self, a: Callable[[], A], b: Callable[[], B], c: Callable[[], C], d: Callable[[], D], /
    ) -> tuple[A, B, C, D]: ...
    @overload
    def read_together(
        self,
        a: Callable[[], A],
        b: Callable[[], B],
        c: Callable[[], C],
        d: Callable[[], D],
        e: Callable[[], E],
        /,
    ) -> tuple[A, B, C, D, E]: ...
    def read_together(self, *reads: Callable[[], Any]) -> tuple[Any, ...]:
        """Return what each read returns, or raise the error of the first one that fails.

        A SQL store may send the first query of each before it waits for an answer, in their order.
        A read that locks must lock with its first query, and reads that lock come first. What the
        driver or the database refuses in a query is raised before other errors. No read depends on
        the result of another. A read may be called twice up to its first query: it has no other
        effect before, and asks the same both times.

        Raises: UsageError for a read that asks another first query when it is called again.
        """
        ...


class ReadsInOrder:
    """Reads one after the other, in a transaction that waits for nothing."""

    def read_together(self, *reads: Callable[[], Any]) -> tuple[Any, ...]:
        """Return what each read returns, or raise the error of the first one that fails."""
        return tuple(read() for read in reads)


class Transaction(ReadTransaction, HasAuditContext, Protocol):
    """The transaction of every handler."""

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...


class Store(Protocol[Read_co, Write_co]):
    """The store of an application."""

    def run(
        self,
        handler: Callable[[Write_co, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        idempotency: Idempotency[R] | None = None,
    ) -> R:
        """Run the handler in a transaction and return its result after the commit.

        With `idempotency`, a repeated request returns the first result without running the handler.
        """
        ...

    def read(
        self, query: Callable[Concatenate[Read_co, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result, read from one consistent snapshot."""
        ...

    def transaction(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> AbstractContextManager[Write_co]:
        """Open a transaction: commit on a clean exit, roll back on any exception."""
        ...

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes of all aggregates after a cursor, each exactly once."""
        ...

    def check_space(self) -> None:
        """Return if the store can grow. It stores nothing, and may be called every few seconds.

        Raises:
            StoreFull: The disk takes no more.
        """
        ...
