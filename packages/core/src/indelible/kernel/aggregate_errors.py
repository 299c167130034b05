"""The errors of values that do not follow from their aggregate, and of records that do not fit."""

from typing import ClassVar, Self

from attrs import frozen

from indelible.kernel.errors import Conflict, Invalid
from indelible.kernel.history import Record


@frozen
class FieldNotOfState(Invalid):
    """A field of an aggregate that its state requires or excludes."""

    message: ClassVar[str] = (
        "Field {field} of {lifecycle} {entity_id} must be {expected} in state {status}."
    )
    lifecycle: str
    entity_id: str
    field: str
    expected: str
    status: str


@frozen
class FieldFixed(Conflict):
    """A change of a field that must keep its value."""

    message: ClassVar[str] = (
        "Field {field} of {lifecycle} {entity_id} is fixed: expected {expected}, got {actual}."
    )
    lifecycle: str
    entity_id: str
    field: str
    expected: str
    actual: str


@frozen
class FieldNotOfAction(Conflict):
    """A change of a field that the action does not change."""

    message: ClassVar[str] = (
        "Action {action} does not change field {field} of {lifecycle} {entity_id}: expected "
        "{expected}, got {actual}."
    )
    lifecycle: str
    entity_id: str
    action: str
    field: str
    expected: str
    actual: str


@frozen
class FieldNotRising(Conflict):
    """A change of a number that falls, or rises by more than one change may raise it."""

    message: ClassVar[str] = (
        "Field {field} of {lifecycle} {entity_id} must rise: expected {expected}, got {actual}."
    )
    lifecycle: str
    entity_id: str
    field: str
    expected: str
    actual: str


@frozen
class FieldNotActor(Conflict):
    """A field that must name the actor of the change names another one."""

    message: ClassVar[str] = (
        "Field {field} of {lifecycle} {entity_id} must name the actor of {action}: "
        "expected {expected}, got {actual}."
    )
    lifecycle: str
    entity_id: str
    action: str
    field: str
    expected: str
    actual: str


@frozen
class FieldNotReason(Conflict):
    """A field that must have the reason of the change has another text."""

    message: ClassVar[str] = (
        "Field {field} of {lifecycle} {entity_id} must be the reason of {action}: "
        "expected {expected}, got {actual}."
    )
    lifecycle: str
    entity_id: str
    action: str
    field: str
    expected: str
    actual: str


@frozen
class TimeTooLate(Invalid):
    """A time that is further ahead of its change than its lifecycle allows."""

    message: ClassVar[str] = (
        "Field {field} of {lifecycle} {entity_id} must be at most {latest}, got {actual}."
    )
    lifecycle: str
    entity_id: str
    field: str
    latest: str
    actual: str


@frozen
class TimeNotAdvanced(Conflict):
    """An aggregate's next value is not later than its previous one."""

    message: ClassVar[str] = "Entity {entity_id} must be updated after {previous}, got {actual}."
    entity_id: str
    previous: str
    actual: str


@frozen
class InvalidBirth(Invalid):
    """A new aggregate was created and updated at different times."""

    message: ClassVar[str] = (
        "New entity {entity_id} must have equal created_at and updated_at, got {created_at} and "
        "{updated_at}."
    )
    entity_id: str
    created_at: str
    updated_at: str


@frozen
class VersionMismatch(Invalid):
    """An aggregate's version number is not the one that its change gives it."""

    message: ClassVar[str] = "Entity {entity_id} must be at version {expected}, got {actual}."
    entity_id: str
    expected: int
    actual: int


@frozen
class RecordsDiffer(Invalid):
    """A change adds other records than its aggregate declares."""

    message: ClassVar[str] = (
        "Action {action} on {entity_id} must add these records: {expected}; got: {actual}."
    )
    entity_id: str
    action: str
    expected: tuple[str, ...]
    actual: tuple[str, ...]


@frozen
class RecordMismatch(Invalid):
    """A record does not belong to the value of the aggregate that it is saved with."""

    message: ClassVar[str] = (
        "Field {field} of record {record} does not match entity {entity_id}: expected {expected}, "
        "got {actual}."
    )
    entity_id: str
    record: str
    field: str
    expected: str
    actual: str


@frozen
class RecordExists(Conflict):
    """A stored record has the same value in a field that is unique."""

    message: ClassVar[str] = (
        "Record {record} of entity {entity_id} cannot be added: another one has {field} {value}."
    )
    entity_id: str
    record: str
    field: str
    value: str

    @classmethod
    def of(cls, record: Record, entity_id: str) -> Self:
        """Return the error for a record that the entity's change would add."""
        value: object = getattr(record, record.unique_field)
        return cls(entity_id, record.record_name, record.unique_field, str(value))
