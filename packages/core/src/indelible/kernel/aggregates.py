"""Entities whose head holds every field: born, moved a step at a time, and recorded with the change that says so."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from attrs import evolve, field, frozen

from indelible.kernel.audit import HasAuditContext
from indelible.kernel.clock import instant_after
from indelible.kernel.history import AggregateRepository, Data, Head, next_change
from indelible.kernel.lifecycle import Lifecycle
from indelible.kernel.values import IDENTIFIER, field_values, is_identifier, is_instant

NOT_IN_CHANGE_DATA = ("id", "status", "created_at", "updated_at")  # which a change says by itself


@frozen(kw_only=True)
class Aggregate:
    """What goes through history, a step of its lifecycle at a time."""

    lifecycle: ClassVar[Lifecycle[StrEnum]]
    id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    status: StrEnum
    created_at: datetime = field(validator=is_instant)
    updated_at: datetime = field(validator=is_instant)

    @classmethod
    def create(cls, action: str, *, now: datetime, **said: Any) -> Self:  # noqa: ANN401 - the fields of each kind
        """The entity as its lifecycle begins it."""
        return cls(status=cls.lifecycle.next("", action), created_at=now, updated_at=now, **said)

    def transition(self, action: str, *, now: datetime | None = None, **fields: Any) -> Self:  # noqa: ANN401 - as above
        """Return the entity after an action, with these fields changed.

        Without `now`, `updated_at` stays as it is and the repository that saves the entity sets it.

        Raises: InvalidTransition.
        """
        status = self.lifecycle.next(self.status, action)
        updated_at = self.updated_at if now is None else instant_after(self.updated_at, now)

        return evolve(self, status=status, updated_at=updated_at, **fields)


E = TypeVar("E", bound=Aggregate)


def change_data(entity: Aggregate) -> Data:
    """What a change keeps of an entity beside its place and its times: every field that its head holds."""
    return {
        name: value
        for name, value in field_values(entity).items()
        if name not in NOT_IN_CHANGE_DATA
    }


def save_change(
    cause: HasAuditContext,
    heads: AggregateRepository[E],
    head: Head[E] | None,
    entity: E,
    action: str,
) -> int:
    """The seq at which the head, or nothing at a birth, has become the entity."""
    change = next_change(cause, entity.lifecycle, head, entity, action, change_data(entity))
    heads.record(change, entity)
    return change.seq
