"""Aggregates: entities with a lifecycle and a history, and the one function that saves them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from attrs import evolve, field, fields, fields_dict, frozen

from indelible.kernel import digest_schemes
from indelible.kernel.action_faults import action_faults
from indelible.kernel.aggregate_errors import (
    FieldFixed,
    FieldNotOfAction,
    FieldNotOfState,
    FieldNotRising,
    InvalidBirth,
    RecordMismatch,
    RecordsDiffer,
    TimeNotAdvanced,
    TimeTooLate,
    VersionMismatch,
)
from indelible.kernel.audit import HasActorAndReason, HasAuditContext
from indelible.kernel.bulk import NO_BULK, AnyBulk, BulkTypes, check_bulk
from indelible.kernel.clock import instant_after
from indelible.kernel.completion import complete_by_actions
from indelible.kernel.conditions import FixedIf, Rising, WithConditions
from indelible.kernel.declarations import refuse_faults
from indelible.kernel.errors import IndelibleError, NotFound, NotFoundType
from indelible.kernel.field_rules import unused_rules
from indelible.kernel.history import (
    NOT_IN_CHANGE_DATA,
    AggregateRepository,
    Change,
    Data,
    Head,
    Record,
    Update,
    next_change,
)
from indelible.kernel.json import instant_text
from indelible.kernel.lifecycle import Lifecycle
from indelible.kernel.numbered_versions import NumberedVersions
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.references import Reference
from indelible.kernel.taken_fields import check_taken
from indelible.kernel.values import IDENTIFIER, field_values, is_identifier, is_instant

ALWAYS_FIXED = ("id", "created_at")


@frozen(kw_only=True)
class Aggregate(WithConditions):
    """An entity with a lifecycle: created by its first action, moved one action at a time.

    `fixed` names the fields that keep their first value, and the lifecycle's `changes` those that
    each action changes; both follow from methods that are actions (`indelible.kernel.actions`).
    `conditions` holds what each value of it, and each change of one, must fulfill. The databases
    enforce the same. What no condition can express, `__attrs_post_init__`, `fixed_fields` and
    `check_change` check.

    An aggregate with versioned content names its counter in `version_field`. An action that adds
    a version must add exactly one record of each type in `version_records`; no other action adds
    any. The action that creates adds one record of each type in `first_records` too, after those.
    `bulk_records` maps an action to the bulk records that each change of it adds.

    `one_per_parent` holds the rules that at most one aggregate of a parent is in certain states.
    `references` are the fields with the id of another aggregate.
    `final_states` are those that no action leaves; None checks none of the others for a way out.
    `adopting_states` are those in which the rows of an older table become aggregates, and
    `adopted_states` those in which they did until all were adopted.
    `missing_error` makes the error of an unknown id, `missing_version_error` that of an unknown
    number among the `numbered_versions`.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]]
    missing_error: ClassVar[NotFoundType]
    fixed: ClassVar[tuple[str, ...]] = ()
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = ()
    references: ClassVar[tuple[Reference, ...]] = ()
    final_states: ClassVar[tuple[StrEnum, ...] | None] = None
    adopting_states: ClassVar[tuple[StrEnum, ...]] = ()
    adopted_states: ClassVar[tuple[StrEnum, ...]] = ()
    numbered_versions: ClassVar[NumberedVersions | None] = None
    missing_version_error: ClassVar[Callable[[str, int], NotFound]]
    version_field: ClassVar[str] = ""
    version_records: ClassVar[tuple[type[Record], ...]] = ()
    first_records: ClassVar[tuple[type[Record], ...]] = ()
    bulk_records: ClassVar[BulkTypes] = NO_BULK

    id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    status: StrEnum
    created_at: datetime = field(validator=is_instant)
    updated_at: datetime = field(validator=is_instant)

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Check what the class declares, complete its lifecycle, and compile its claims.

        Raises: UsageError, if a condition, an action or a rule is wrong.
        """
        attributes = fields(cls)
        refuse_faults(cls, attributes, (*unused_rules(attributes), *action_faults(cls, attributes)))
        complete_by_actions(cls, attributes)
        super().__attrs_init_subclass__()

    def _claim_error(self, name: str, expected: str) -> IndelibleError:
        """Return the error about a field that must be something else in this state."""
        return FieldNotOfState(self.lifecycle.name, self.id, name, expected, str(self.status))

    @classmethod
    def create(
        cls,
        action: str,
        *,
        now: datetime,
        **fields: Any,  # noqa: ANN401 - of any subclass
    ) -> Self:
        """Return a new aggregate in the state that the action leads to.

        Raises:
            InvalidTransition: No edge begins with this action.
        """
        edge = cls.lifecycle.edge("", action)
        if cls.version_field:
            fields[cls.version_field] = edge.adds_version

        return cls(status=edge.to_state, created_at=now, updated_at=now, **fields)

    def transition(
        self,
        action: str,
        *,
        now: datetime | None = None,
        **fields: Any,  # noqa: ANN401 - the fields of each type
    ) -> Self:
        """Return the aggregate after the action, with the given fields replaced.

        Without `now`, `updated_at` stays: whoever saves the aggregate must set it.

        Raises:
            InvalidTransition: No edge has this action in the present state.
        """
        edge = self.lifecycle.edge(self.status, action)
        if self.version_field:
            fields[self.version_field] = version_of(self) + edge.adds_version
        if self.numbered_versions is not None:
            number = self.numbered_versions.number_after(self, fields)
            fields[self.numbered_versions.field] = number

        updated_at = self.updated_at if now is None else instant_after(self.updated_at, now)
        return evolve(self, status=edge.to_state, updated_at=updated_at, **fields)

    def fixed_fields(
        self,
        following: "Aggregate",  # noqa: ARG002 - for subclasses
    ) -> tuple[str, ...]:
        """Return the fields that must be the same in the following value."""
        names = list(self.fixed)
        for condition in self.conditions:
            if isinstance(condition, FixedIf) and condition.applies(self):
                names.extend(condition.fields)

        return tuple(names)

    def check_change(self, previous: Any) -> None:  # noqa: ANN401 - each type has its own
        """Check what the value before a change requires of this one, or raise FieldNotOfState."""


E = TypeVar("E", bound=Aggregate)


def version_of(entity: Aggregate) -> int:
    """Return the number of the aggregate's current version, 0 without versioned content."""
    if not entity.version_field:
        return 0

    version: int = getattr(entity, entity.version_field)
    return version


def change_data(entity: Aggregate) -> Data:
    """Return the aggregate's own fields, which its changes store."""
    excluded = (*NOT_IN_CHANGE_DATA, entity.version_field)
    return {name: value for name, value in field_values(entity).items() if name not in excluded}


def change_for(
    audit: HasAuditContext,
    head: Head[E] | None,
    entity: E,
    action: str,
    *,
    data: Data | None = None,
    records: Sequence[Record] = (),
    bulk: Sequence[AnyBulk] = (),
) -> Change:
    """Return the change that takes the head to the entity; `head` is None for a new aggregate.

    Its data holds the aggregate's own fields, the digests of the records, the counts and digests of
    the bulk records, and `data`.

    Raises:
        InvalidTransition: No edge has this action in the head's state.
        FieldFixed, FieldNotOfAction, TimeNotAdvanced, TimeTooLate, InvalidBirth: The entity does
            not follow from the head.
        VersionMismatch, RecordsDiffer, RecordMismatch: The records do not fit the entity.
        BulkDiffers: The bulk records are not those that the action must add.
    """
    change_values = dict(change_data(entity))
    for record in records:
        change_values[record.record_name] = record.digest(digest_schemes.DIGEST_SCHEME)
    change_values.update(data or {})
    for item in bulk:
        change_values[item.record_name] = item.summary()

    change = next_change(audit, entity.lifecycle, head, entity, action, change_values)
    check_step(None if head is None else head.entity, entity, action, audit)
    _check_records(change, entity, records)
    check_bulk(entity.bulk_records, action, entity.id, bulk)
    return change


def save_change(
    audit: HasAuditContext,
    repository: AggregateRepository[E],
    head: Head[E] | None,
    entity: E,
    action: str,
    *,
    data: Data | None = None,
    records: Sequence[Record] = (),
    bulk: Sequence[AnyBulk] = (),
) -> int:
    """Save the aggregate with its change and records, and return the new seq.

    Raises:
        Stale: The stored aggregate is not at the head's seq.
        RecordExists: A stored record has the same value in its unique field.
        Conflict: The error of a rule in `one_per_parent`, when another aggregate has the place.
        IndelibleError: One of the errors of `change_for`.
    """
    change = change_for(audit, head, entity, action, data=data, records=records, bulk=bulk)
    repository.save(change, entity, records, bulk)
    return change.seq


def save_changes(
    audit: HasAuditContext,
    repository: AggregateRepository[E],
    steps: Sequence[tuple[Head[E], E, str]],
) -> list[Head[E]]:
    """Save many aggregates, each given as head, next value and action, and return the new heads.

    Raises:
        Stale: One of the stored aggregates is not at its head's seq; nothing is saved.
        IndelibleError: One of the errors of `change_for`.
    """
    updates: list[Update[E]] = []
    for head, entity, action in steps:
        change = change_for(audit, head, entity, action)
        updates.append(Update(head, change, entity))

    repository.save_all(updates)
    return [Head(entity=update.entity, revision=update.change.revision) for update in updates]


def check_step(
    previous: Aggregate | None, entity: Aggregate, action: str, audit: HasActorAndReason
) -> None:
    """Check that an action leads from a value to the next; None is before creation.

    Raises: IndelibleError, one of the first errors of `change_for`.
    """
    if previous is None:
        _check_birth(entity, action)
    else:
        _check_update(previous, entity, action)
    check_taken(entity, action, audit)
    for name, ahead in entity.lifecycle.latest.items():
        actual = getattr(entity, name)
        latest = entity.updated_at + ahead
        if actual is not None and actual > latest:
            raise TimeTooLate(
                entity.lifecycle.name, entity.id, name, instant_text(latest), instant_text(actual)
            )


def _check_birth(entity: Aggregate, action: str) -> None:
    if entity.created_at != entity.updated_at:
        raise InvalidBirth(entity.id, str(entity.created_at), str(entity.updated_at))

    for name, expected in entity.lifecycle.initial_fields(action).items():
        _require_same(entity, action, name, expected)


def _require_same(entity: Aggregate, action: str, name: str, expected: object) -> None:
    """Raise FieldNotOfAction for another value of a field that the action keeps."""
    actual = getattr(entity, name)
    if actual == expected:
        return
    raise FieldNotOfAction(
        lifecycle=entity.lifecycle.name,
        entity_id=entity.id,
        action=action,
        field=name,
        expected=_printed(entity, name, expected),
        actual=_printed(entity, name, actual),
    )


def _check_update(previous: Aggregate, entity: Aggregate, action: str) -> None:
    for name in (*ALWAYS_FIXED, *previous.fixed_fields(entity)):
        expected = getattr(previous, name)
        actual = getattr(entity, name)
        if actual != expected:
            raise FieldFixed(
                previous.lifecycle.name,
                previous.id,
                name,
                _printed(previous, name, expected),
                _printed(previous, name, actual),
            )

    for name in previous.lifecycle.kept_fields(action):
        _require_same(entity, action, name, getattr(previous, name))

    if entity.numbered_versions is not None:
        _check_number(entity.numbered_versions, previous, entity)
    for condition in previous.conditions:
        if isinstance(condition, Rising):
            _check_rising(condition, previous, entity)

    if entity.updated_at <= previous.updated_at:
        raise TimeNotAdvanced(entity.id, str(previous.updated_at), str(entity.updated_at))

    entity.check_change(previous)


def _check_number(rule: NumberedVersions, previous: Aggregate, entity: Aggregate) -> None:
    """Raise VersionMismatch for another number than that of the version of an aggregate."""
    expected, actual = rule.expected(previous, entity), getattr(entity, rule.field)
    if actual != expected:
        raise VersionMismatch(entity.id, expected, actual)


def _check_rising(condition: Rising, previous: Aggregate, entity: Aggregate) -> None:
    """Raise FieldNotRising for a number that falls, or rises too far."""
    expected = condition.expected(previous, entity)
    if expected:
        actual = str(getattr(entity, condition.field))
        raise FieldNotRising(entity.lifecycle.name, entity.id, condition.field, expected, actual)


def _printed(entity: Aggregate, name: str, value: object) -> str:
    """Return a field's value as text, or stars for a field that is left out of every repr."""
    is_secret = fields_dict(type(entity))[name].repr is False
    return "***" if is_secret else str(value)


def _check_records(change: Change, entity: Aggregate, records: Sequence[Record]) -> None:
    """Refuse a version number or records that do not fit the change."""
    if entity.version_field and version_of(entity) != change.version:
        raise VersionMismatch(entity.id, change.version, version_of(entity))

    expected = tuple(record_type.record_name for record_type in _record_types(change, entity))
    actual = tuple(record.record_name for record in records)
    if actual != expected:
        raise RecordsDiffer(entity.id, change.action, expected, actual)

    for record in records:
        for record_field, head_field in record.head_fields.items():
            wanted = getattr(entity, head_field)
            value = getattr(record, record_field)
            if value != wanted:
                raise RecordMismatch(
                    entity.id, record.record_name, record_field, str(wanted), str(value)
                )


def _record_types(change: Change, entity: Aggregate) -> tuple[type[Record], ...]:
    """Return the types of the records that the change must add, one of each, in order."""
    types: tuple[type[Record], ...] = ()
    if change.adds_version:
        types = entity.version_records
    if change.from_state == "":
        types = (*types, *entity.first_records)

    return types
