"""Commands that were refused, and those that changed nothing, as records."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol, Self, TypeVar

from attrs import evolve, field, frozen
from attrs.validators import optional

from indelible.kernel.audit import Actor, HasAuditContext
from indelible.kernel.commands import command_name
from indelible.kernel.errors import IndelibleError, OutcomeUnknown, Unavailable, UsageError
from indelible.kernel.idempotency import Idempotency
from indelible.kernel.json import digest
from indelible.kernel.masking import mask_secrets
from indelible.kernel.transaction import ReadTransaction, Store, Transaction, single_statement
from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    field_values,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
    non_blank_line,
)

MAX_MESSAGE_CHARACTERS: Final = 1_000
MAX_INPUT_CHARACTERS: Final = 10_000  # that are searched for secrets; the rest is cut off first
MAX_REJECTIONS: Final = 500  # that a page contains
# Errors that do not refuse the command: it may succeed later, may have succeeded, or was not sent
# correctly by the program.
NO_REJECTIONS: Final = (Unavailable, OutcomeUnknown, UsageError)
NO_EFFECT: Final = "NO_EFFECT"  # the code of a command that succeeded and changed nothing
NO_EFFECT_MESSAGE: Final = "The command changed nothing."

R = TypeVar("R")
Command = TypeVar("Command")

logger = logging.getLogger("indelible")


@frozen(kw_only=True)
class Rejection:
    """A command that was refused, and the error that refused it, or one that changed nothing.

    The code of a command that changed nothing is `NO_EFFECT`.
    `command_digest` is the SHA-256 of the command's canonical JSON: the command itself is not
    stored, since it may contain personal data. `hash` is the digest of the other fields.
    """

    id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    command: str = field(validator=is_identifier, metadata=IDENTIFIER)
    code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    message: str = field(validator=non_blank_line, metadata=LINE)
    actor: Actor = field(validator=instance_of(Actor))
    reason: str = field(validator=non_blank_line, metadata=LINE)
    request_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    command_digest: str = field(validator=is_digest)
    at: datetime = field(validator=is_instant)
    hash: str = ""

    def record_digest(self) -> str:
        """Return the digest that `hash` must equal."""
        values = field_values(self)
        del values["hash"]
        return digest(values)


@frozen(kw_only=True)
class RefusedCommand:
    """A refused command, or one that changed nothing, that is not stored yet."""

    command: str
    command_digest: str
    code: str
    message: str

    @classmethod
    def of(cls, command: object, error: IndelibleError) -> Self:
        """Return a command that the error refused.

        Raises:
            UsageError: The command has no name, or a value without a canonical text.
        """
        return cls(
            command=command_name(command),
            command_digest=digest(command),
            code=error.code,
            message=rejection_message(error),
        )

    @classmethod
    def without_effect(cls, command: object) -> Self:
        """Return a command that has changed nothing.

        Raises:
            UsageError: The command has no name, or a value without a canonical text.
        """
        return cls(
            command=command_name(command),
            command_digest=digest(command),
            code=NO_EFFECT,
            message=NO_EFFECT_MESSAGE,
        )


class RejectionReader(Protocol):
    """The rejections of a store, for queries."""

    def page(
        self, *, command: str | None = None, before: str = "", limit: int
    ) -> tuple[Rejection, ...]:
        """Return the next `limit` rejections, newest first; '' is the beginning.

        `before` is the id of the last rejection of the previous page. An unknown id has no next
        page. `command` is the name of the only command whose rejections are returned.
        """
        ...


class RejectionStore(RejectionReader, Protocol):
    """The rejections of a store, for handlers."""

    def add(self, rejection: Rejection) -> None:
        """Store a rejection."""
        ...


class RejectionsRead(ReadTransaction, Protocol):
    """The transaction that queries on rejections need."""

    @property
    def rejections(self) -> RejectionReader: ...


class RejectionsWrite(RejectionsRead, Transaction, Protocol):
    """The transaction that stores a rejection."""

    @property
    def rejections(self) -> RejectionStore: ...
    @property
    def has_written(self) -> bool:
        """Return True once it has written a change, a task, a subject or a cursor."""
        ...


Read = TypeVar("Read", bound=RejectionsRead)
Write = TypeVar("Write", bound=RejectionsWrite)


@single_statement
def list_rejections(
    tx: RejectionsRead, *, command: str | None = None, before: str = "", limit: int = 50
) -> tuple[Rejection, ...]:
    """Return a page of rejections, newest first, as `RejectionReader.page` does.

    The page contains at most MAX_REJECTIONS.
    """
    return tx.rejections.page(command=command, before=before, limit=min(limit, MAX_REJECTIONS))


def run_recorded(
    store: Store[Read, Write],
    handler: Callable[[Write, Command], R],
    command: Command,
    *,
    actor: Actor,
    reason: str,
    request_id: str | None = None,
    idempotency: Idempotency[R] | None = None,
    has_later_steps: bool = False,
) -> R:
    """Run the handler as `store.run` does, and store a command without an effect as a record.

    The record of a refusal has a transaction of its own, after the command's was rolled back. The
    error of the command is raised in any case. The record of a command that changed nothing is
    stored in the command's transaction, unless `has_later_steps` tells that a change follows in
    another one.
    """

    def recording_handler(tx: Write, command: Command) -> R:
        result = handler(tx, command)
        if not tx.has_written and not has_later_steps:
            _add_rejection(tx, RefusedCommand.without_effect(command))
        return result

    try:
        return store.run(
            recording_handler,
            command,
            actor=actor,
            reason=reason,
            request_id=request_id,
            idempotency=idempotency,
        )
    except NO_REJECTIONS:
        raise
    except IndelibleError as error:
        record_rejection(store, command, error, actor=actor, reason=reason, request_id=request_id)
        raise


def record_rejection(
    store: Store[Read, Write],
    command: object,
    error: IndelibleError,
    *,
    actor: Actor,
    reason: str,
    request_id: str | None = None,
) -> None:
    """Store the refusal of a command; log a failure to do so, and raise nothing."""
    try:
        refused = RefusedCommand.of(command, error)
        store.run(_add_rejection, refused, actor=actor, reason=reason, request_id=request_id)
    except Exception:
        logger.exception(
            "rejection not stored: code %s, actor %s, request %s",
            error.code,
            actor,
            request_id or "-",
        )


def rejection_message(error: IndelibleError) -> str:
    """Return an error as one printable line without secrets, of a bounded length."""
    masked = mask_secrets(error.describe()[:MAX_INPUT_CHARACTERS])
    printable = "".join(character if character.isprintable() else " " for character in masked)
    line = " ".join(printable.split())[:MAX_MESSAGE_CHARACTERS].strip()

    return line or error.code


def new_rejection(
    audit: HasAuditContext, refused: RefusedCommand, *, rejection_id: str, now: datetime
) -> Rejection:
    """Return the record of a refused command, with its hash."""
    unhashed = Rejection(
        id=rejection_id,
        command=refused.command,
        code=refused.code,
        message=refused.message,
        actor=audit.actor,
        reason=audit.reason,
        request_id=audit.request_id,
        command_digest=refused.command_digest,
        at=now,
    )
    return evolve(unhashed, hash=unhashed.record_digest())


def _add_rejection(tx: RejectionsWrite, refused: RefusedCommand) -> None:
    rejection = new_rejection(tx, refused, rejection_id=tx.ids.new(), now=tx.clock.now())
    tx.rejections.add(rejection)
