"""The request as a view sees it: parsed, authenticated, and ready to run a command."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Concatenate, TypeVar

from attrs import evolve, field, frozen

from indelible.app import AppContext, ReadTx, WriteTx
from indelible.kernel import Clock, Idempotency, IndelibleError, Store
from indelible.kernel.commands import command_name
from indelible.kernel.rejections import NO_REJECTIONS, record_rejection, run_recorded
from indelible.kernel.transaction import P
from indelible_web.http.causes import CauseSource
from indelible_web.http.errors import Unauthenticated
from indelible_web.http.key_reads import KeyRead, LeftKey
from indelible_web.http.metrics import Metrics
from indelible_web.http.paging import Cursors, PageQuery
from indelible_web.http.positions import Positions
from indelible_web.http.request import Caller, current_request
from indelible_web.settings import WebSettings

Command = TypeVar("Command")
R = TypeVar("R")


@frozen(kw_only=True)
class EmptyQuery:
    """A query without parameters."""


@frozen(kw_only=True)
class CheckReceipt:
    """The receipt of a check, which is made again whenever it is requested."""


@frozen(kw_only=True)
class OperationContext:
    """One request: its caller, its audit context, and the store that it acts on.

    The caller of a request with a `key_read` is known once the key was read. One that is passed
    replaces the key's owner.
    """

    app_context: AppContext
    _caller: Caller | None = field(alias="caller")
    key_read: KeyRead | None = None
    request_id: str
    route: str
    reason: str
    idempotency: Idempotency[Any] | None
    settings: WebSettings
    metrics: Metrics
    cause_sources: tuple[CauseSource, ...] = ()
    runbooks: frozenset[str] = frozenset()

    @property
    def caller(self) -> Caller:
        """Return the caller.

        Raises: Unauthenticated.
        """
        owner = None if self.key_read is None else self.key_read.caller()
        caller = self._caller or owner
        if caller is None:
            raise Unauthenticated
        return caller

    @property
    def store(self) -> Store[ReadTx, WriteTx]:
        """Return the application's store, to a caller who may use it."""
        if self.key_read is not None:
            self.key_read.require()
        return self.app_context.store

    def read(
        self, query: Callable[Concatenate[ReadTx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result.

        If the key was not read yet, it is read in the same round trip as a query that is declared
        as `single_statement`, and before any other one. Such a query may be called twice, also for
        a caller who is refused: it must do nothing but read.
        """
        if self.key_read is None:
            return self.app_context.store.read(query, *args, **kwargs)
        return self.key_read.read(query, *args, **kwargs)

    @property
    def clock(self) -> Clock:
        """Return the application's clock."""
        return self.app_context.clock

    def run(self, handler: Callable[[WriteTx, Command], R], command: Command) -> R:
        """Run a command in the caller's name, count its outcome, and return its result."""
        run: Callable[..., R] = self.store.run
        return self._run(run, handler, command)

    def run_recorded(
        self,
        handler: Callable[[WriteTx, Command], R],
        command: Command,
        *,
        has_later_steps: bool = False,
    ) -> R:
        """Run an operator's command as `run` does, and store it as a record without an effect.

        A refusal has none, nor has a command that changes nothing, unless changes follow in later
        steps.
        """
        run: Callable[..., R] = partial(run_recorded, self.store, has_later_steps=has_later_steps)
        return self._run(run, handler, command)

    def run_check(self, check: Callable[[], R], command: object) -> R:
        """Return what an operator's check finds, and store the request as a record.

        A repeated request checks again, and has one record.
        """
        with self.recording(command):
            result = check()

        run_recorded(
            self.store,
            _note_check,
            command,
            actor=self.caller.actor,
            reason=self.reason,
            request_id=self.request_id,
            idempotency=self.showing(CheckReceipt).idempotency,
        )
        return result

    @contextmanager
    def recording(self, command: object) -> Generator[None]:
        """Store a refusal outside of the command's transaction as a record."""
        try:
            yield
        except NO_REJECTIONS:
            raise
        except IndelibleError as error:
            record_rejection(
                self.store,
                command,
                error,
                actor=self.caller.actor,
                reason=self.reason,
                request_id=self.request_id,
            )
            raise

    def _run(
        self, run: Callable[..., R], handler: Callable[[WriteTx, Command], R], command: Command
    ) -> R:
        lifecycle, action = self.metrics.command_labels[command_name(command)]
        was_executed = False

        def observed_handler(tx: WriteTx, command: Command) -> R:
            nonlocal was_executed
            was_executed = True
            return handler(tx, command)

        try:
            result = run(
                observed_handler,
                command,
                actor=self.caller.actor,
                reason=self.reason,
                request_id=self.request_id,
                idempotency=self.idempotency,
            )
        except IndelibleError as error:
            self.metrics.count_command(lifecycle, action, error.code)
            raise

        self.metrics.count_command(lifecycle, action, "OK")
        if not was_executed:
            self.metrics.count_idempotency_hit(lifecycle, action)
        is_replay = getattr(result, "replayed", False)
        if was_executed and not is_replay:
            self.metrics.count_transition(lifecycle, action)

        return result

    def showing(self, result_type: type[Any]) -> "OperationContext":
        """Return the operation with receipts of another type than the answer's.

        It is for operations whose answer must not be stored, or has parts of another system.
        """
        if self.idempotency is None:
            return self
        return evolve(self, idempotency=Idempotency(self.idempotency.key, result_type))

    def cursors(self, query: PageQuery) -> Cursors:
        """Return the cursors of the list that the query describes."""
        return Cursors(self.settings.secrets, self.route, query)


def _note_check(_: WriteTx, __: object) -> CheckReceipt:
    """Change nothing."""
    return CheckReceipt()


@frozen(kw_only=True)
class Services:
    """The parts of an application that every operation needs."""

    app_context: AppContext
    settings: WebSettings
    metrics: Metrics
    cause_sources: tuple[CauseSource, ...] = ()
    runbooks: frozenset[str] = frozenset()

    @property
    def positions(self) -> Positions:
        """Return the positions that clients keep."""
        return Positions(self.settings.secrets)

    @contextmanager
    def standby_session(self, *, after: str = "", is_reading: bool) -> Generator[None]:
        """Let the reads of the block come from the standby, unless it is not `is_reading`.

        They are not older than the signed position `after`. The request gets the position of what
        the block has written, also where it raises an error. Nothing happens without a standby.

        Raises: InvalidLogPosition.
        """
        required = self.positions.read(after)
        standby = self.app_context.standby
        if standby is None:
            yield
            return

        with standby.standby_session(after=required, is_reading=is_reading) as session:
            try:
                yield
            finally:
                position = session.position()
                if position != required:  # the block has written
                    current_request().position = self.positions.sign(position)

    def open_operation(
        self, route: str, reason: str, idempotency: Idempotency[Any] | None
    ) -> OperationContext:
        """Return the current request as an operation of its caller.

        Raises: Unauthenticated.
        """
        current = current_request()
        key_read = current.part(LeftKey).key_read
        if current.caller is None and key_read is None:
            raise Unauthenticated

        return OperationContext(
            app_context=self.app_context,
            caller=current.caller if key_read is None else None,
            key_read=key_read,
            request_id=current.request_id,
            route=route,
            reason=reason,
            idempotency=idempotency,
            settings=self.settings,
            metrics=self.metrics,
            cause_sources=self.cause_sources,
            runbooks=self.runbooks,
        )
