"""Idempotency: stored results, so that a repeated request has one effect."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import evolve, field, fields, frozen, has
from cattrs import BaseValidationError
from cattrs.preconf.json import make_converter

from indelible.kernel.audit import Actor, HasAuditContext
from indelible.kernel.clock import Clock
from indelible.kernel.commands import command_name
from indelible.kernel.decimals import FixedDecimal
from indelible.kernel.errors import IdempotencyKeyConflict, UsageError
from indelible.kernel.json import canonical_json, digest, to_json_value
from indelible.kernel.json_limits import DOCUMENT_LIMITS
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.values import IDEMPOTENCY_KEY, is_identifier

R = TypeVar("R")
Command = TypeVar("Command")

# The metadata of a result's field that no receipt stores: a replay returns its default.
NOT_STORED_IN_RECEIPT: Final = {"is_shown_once": True}

# What a call of a function returns that has not run yet.
UNSTARTED: Final = (AsyncGeneratorType, CoroutineType, GeneratorType)


def _has_parse(kind: Any) -> bool:  # noqa: ANN401 - any type of a result's field
    return hasattr(kind, "parse")


def _parse(text: str, kind: Any) -> Any:  # noqa: ANN401 - any type of a result's field
    return kind.parse(text)


def _json_object(value: object, _: object) -> JsonObject:
    return JsonObject.of(value, DOCUMENT_LIMITS)


def _date(text: str, _: object) -> date:
    return date.fromisoformat(text)


def _decimal(text: str, _: object) -> Decimal:
    return FixedDecimal(text)  # as in the first answer, where it was a text too


_converter = make_converter()
_converter.register_structure_hook(date, _date)
_converter.register_structure_hook(Decimal, _decimal)
_converter.register_structure_hook_func(_has_parse, _parse)
_converter.register_structure_hook(JsonObject, _json_object)


def structure_json(value: object, kind: type[R]) -> R:
    """Return the value of a type that JSON of ours stores, or raise BaseValidationError."""
    return _converter.structure(value, kind)


@frozen
class Idempotency(Generic[R]):
    """A caller's idempotency key, and the type of the replayed result.

    The command must have a `command_name`: the fingerprint of a request consists of the
    command's name, its values and the reason.
    """

    key: str = field(validator=is_identifier, metadata=IDEMPOTENCY_KEY)
    result_type: type[R]


@frozen(kw_only=True)
class Receipt:
    """The stored result of one key of one owner; `hash` is the digest of the other fields."""

    owner: Actor
    key: str
    fingerprint: str
    result: Mapping[str, Any]
    at: datetime
    hash: str = ""

    def digest(self) -> str:
        """Return the digest that `hash` must equal."""
        return digest([self.owner, self.key, self.fingerprint, self.result, self.at])


class Receipts(Protocol):
    """The receipts of a store."""

    def find(self, owner: Actor, key: str) -> Receipt | None:
        """Return the owner's receipt for the key, or None.

        Raises:
            RequestInFlight: Another transaction is running the first request.
        """
        ...

    def save(self, receipt: Receipt) -> None:
        """Store the receipt in the command's own transaction."""
        ...


class IdempotentTransaction(HasAuditContext, Protocol):
    """The part of a transaction that idempotency needs."""

    @property
    def receipts(self) -> Receipts: ...
    @property
    def clock(self) -> Clock: ...


Tx = TypeVar("Tx", bound=IdempotentTransaction)


def run_idempotent(
    tx: Tx,
    handler: Callable[[Tx, Command], R],
    command: Command,
    idempotency: Idempotency[R] | None,
) -> R:
    """Run the handler and return its result.

    With `idempotency`, return the first result of a repeated request.

    Raises:
        IdempotencyKeyConflict: The key belongs to another request of this owner.
        UsageError: The command has no name, the stored result is of another type, or the handler
            is a coroutine or generator function.
        JsonLimitExceeded: The result exceeds DOCUMENT_LIMITS.
    """
    if idempotency is None:
        return require_finished(handler(tx, command))

    fingerprint = digest([command_name(command), command, tx.reason])
    receipt = tx.receipts.find(tx.actor, idempotency.key)
    if receipt is not None:
        return _replay(receipt, fingerprint, idempotency)

    result = require_finished(handler(tx, command))
    stored = {"answer": _result_json(result)}
    DOCUMENT_LIMITS.check(stored, canonical_json(stored), "result")
    unsealed = Receipt(
        owner=tx.actor,
        key=idempotency.key,
        fingerprint=fingerprint,
        result=stored,
        at=tx.clock.now(),
    )
    tx.receipts.save(evolve(unsealed, hash=unsealed.digest()))
    return result


def require_finished(result: R) -> R:
    """Return the result of a function that has run to its end.

    Raises:
        UsageError: It is a coroutine or a generator, whose function has only been called.
    """
    if isinstance(result, CoroutineType):
        result.close()  # or Python warns that nobody has awaited it
    if isinstance(result, UNSTARTED):
        raise UsageError(
            "the function returned a coroutine or a generator, and nothing in it has run: write a"
            " plain function"
        )
    return result


def _replay(receipt: Receipt, fingerprint: str, idempotency: Idempotency[R]) -> R:
    """Return the stored result of a request with this fingerprint."""
    if receipt.fingerprint != fingerprint:
        raise IdempotencyKeyConflict(idempotency.key)

    try:
        return structure_json(receipt.result["answer"], idempotency.result_type)
    except BaseValidationError as error:
        raise UsageError(f"the stored result is no {idempotency.result_type.__name__}") from error


def _result_json(result: object) -> object:
    """Return the result as JSON, without the fields that are shown only once."""
    stored: Any = to_json_value(result)
    kind = type(result)
    if not has(kind):
        return stored

    for attribute in fields(kind):
        if attribute.metadata.get("is_shown_once"):
            del stored[attribute.name]
    return stored
