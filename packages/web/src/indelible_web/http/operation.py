"""One request as its view sees it: parsed, admitted, and ready to run."""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import field, frozen

from indelible.app import AppContext, ReadTx, WriteTx
from indelible.kernel import Clock, Idempotency, IndelibleError, Store
from indelible.kernel.commands import command_name
from indelible_web.http.errors import Unauthenticated
from indelible_web.http.metrics import Metrics, command_labels
from indelible_web.http.paging import Cursors, PageQuery
from indelible_web.http.request import Caller, current_request

Command = TypeVar("Command")
R = TypeVar("R")


@frozen(kw_only=True)
class EmptyQuery:
    """A query without parameters."""


@frozen(kw_only=True)
class OperationContext:
    """One request as its view sees it."""

    store: Store[ReadTx, WriteTx]
    app_context: AppContext
    clock: Clock
    caller: Caller
    request_id: str
    route: str
    secret: bytes = field(repr=False)
    metrics: Metrics
    reason: str
    once: Idempotency[Any] | None

    def run(self, handler: Callable[[WriteTx, Command], R], command: Command) -> R:
        """The handler's result, in the caller's name; counted by what came of it."""
        lifecycle, action = command_labels(command_name(command))
        is_change = False

        def noted(tx: WriteTx, command: Command) -> R:
            nonlocal is_change
            is_change = True
            return handler(tx, command)

        try:
            result: R = self.store.run(
                noted,
                command,
                actor=self.caller.actor,
                reason=self.reason,
                request_id=self.request_id,
                once=self.once,
            )
        except IndelibleError as error:
            self.metrics.count_command(lifecycle, action, error.code)
            raise
        self.metrics.count_command(lifecycle, action, "OK")
        if is_change and not getattr(result, "replayed", False):
            self.metrics.count_transition(lifecycle, action)
        return result

    def cursors(self, query: PageQuery) -> Cursors:
        """The cursors of the list that is asked for."""
        return Cursors(self.secret, self.route, query)


@frozen(kw_only=True)
class Services:
    """What every context needs of its application."""

    app_context: AppContext
    secret: bytes = field(repr=False)
    metrics: Metrics

    def open_operation(
        self, route: str, reason: str, once: Idempotency[Any] | None
    ) -> OperationContext:
        """The present request, in the name of whoever sent it; or Unauthenticated."""
        exchange = current_request()
        if exchange.caller is None:
            raise Unauthenticated
        return OperationContext(
            store=self.app_context.store,
            app_context=self.app_context,
            clock=self.app_context.clock,
            caller=exchange.caller,
            request_id=exchange.request_id,
            route=route,
            secret=self.secret,
            metrics=self.metrics,
            reason=reason,
            once=once,
        )
