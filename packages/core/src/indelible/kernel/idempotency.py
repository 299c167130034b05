"""Receipts: the kept answers to callers' keys, so that the same request twice has one effect."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import evolve, field, fields, frozen, has
from cattrs import BaseValidationError
from cattrs.preconf.json import make_converter

from indelible.kernel.audit import Actor, HasAuditContext
from indelible.kernel.clock import Clock
from indelible.kernel.commands import command_name
from indelible.kernel.errors import IdempotencyKeyReused, UsageError
from indelible.kernel.json import digest, to_json_value
from indelible.kernel.values import IDEMPOTENCY_KEY, is_identifier

R = TypeVar("R")
Command = TypeVar("Command")

NOT_STORED_IN_RECEIPT: Final = {
    "is_shown_once": True
}  # metadata of an answer's field that no receipt keeps

_converter = make_converter()
_converter.register_structure_hook_func(
    lambda kind: hasattr(kind, "parse"), lambda text, kind: kind.parse(text)
)


@frozen
class Idempotency(Generic[R]):
    """A caller's idempotency key, and the type of the replayed result.

    The command must have a `command_name`: the fingerprint of a request consists of the
    command's name, its values and the reason.
    """

    key: str = field(validator=is_identifier, metadata=IDEMPOTENCY_KEY)
    returns: type[R]


@frozen(kw_only=True)
class Receipt:
    """The kept answer to one key of one owner; `hash` is the digest of all the rest."""

    owner: Actor
    key: str
    fingerprint: str
    result: Mapping[str, Any]
    at: datetime
    hash: str = ""

    def digest(self) -> str:
        """What `hash` must be."""
        return digest([self.owner, self.key, self.fingerprint, self.result, self.at])


class Receipts(Protocol):
    """The kept answers of a store."""

    def find(self, owner: Actor, key: str) -> Receipt | None:
        """The owner's receipt for the key; RequestInFlight while another transaction is making it."""
        ...

    def keep(self, receipt: Receipt) -> None:
        """Keep the answer, in the command's own transaction."""
        ...


class IdempotentTransaction(HasAuditContext, Protocol):
    """What a transaction needs to answer a key."""

    @property
    def receipts(self) -> Receipts: ...
    @property
    def clock(self) -> Clock: ...


Tx = TypeVar("Tx", bound=IdempotentTransaction)


def run_idempotent(
    tx: Tx, handler: Callable[[Tx, Command], R], command: Command, once: Idempotency[R] | None
) -> R:
    """The handler's result; with `once` the first result again, or KeyReused when the command is another."""
    if once is None:
        return handler(tx, command)
    fingerprint = digest([command_name(command), command, tx.reason])
    kept = tx.receipts.find(tx.actor, once.key)
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise IdempotencyKeyReused(once.key)
        try:
            return _converter.structure(kept.result["answer"], once.returns)
        except BaseValidationError as error:
            raise UsageError(f"the kept answer is no {once.returns.__name__}") from error
    result = handler(tx, command)
    unsealed = Receipt(
        owner=tx.actor,
        key=once.key,
        fingerprint=fingerprint,
        result={"answer": _kept(result)},
        at=tx.clock.now(),
    )
    tx.receipts.keep(evolve(unsealed, hash=unsealed.digest()))
    return result


def _kept(result: object) -> object:
    """The answer as JSON knows it, without what is shown once: that comes back as its default."""
    kind = type(result)
    shown = (
        [each.name for each in fields(kind) if each.metadata.get("is_shown_once")]
        if has(kind)
        else []
    )
    said: Any = to_json_value(result)
    return {name: value for name, value in said.items() if name not in shown} if shown else said
