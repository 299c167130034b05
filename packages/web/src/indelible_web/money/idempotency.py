"""Commands about money run once; a key with another request is a conflict on every route."""

from collections.abc import Callable
from typing import TypeVar

from indelible.app import WriteTx
from indelible.kernel import IdempotencyKeyReused
from indelible.money.errors import IdempotencyKeyConflict
from indelible_web.http.operation import OperationContext

Command = TypeVar("Command")
R = TypeVar("R")


def run_once(
    context: OperationContext, handler: Callable[[WriteTx, Command], R], command: Command
) -> R:
    """Run a command of a payer under the request's key.

    Raises:
        IdempotencyKeyConflict: The key was used with another request.
    """
    try:
        return context.run(handler, command)
    except IdempotencyKeyReused as error:
        raise IdempotencyKeyConflict(error.key) from error


def run_recorded(
    context: OperationContext, handler: Callable[[WriteTx, Command], R], command: Command
) -> R:
    """Run an operator's command under the request's key, and store its refusal as a record.

    Raises:
        IdempotencyKeyConflict: The key was used with another request.
    """
    try:
        return context.run(handler, command, records_rejection=True)
    except IdempotencyKeyReused as error:
        raise IdempotencyKeyConflict(error.key) from error
