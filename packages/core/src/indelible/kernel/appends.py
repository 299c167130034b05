"""Appended records: the rows that an action of a host's aggregate adds, and that nothing changes.

    @record
    class Scan(AppendedRecord):
        place: OneLine

    @action(Status.MOVING, appends=Scan)
    def scan(self, place: OneLine) -> None: ...

Each command of the action adds one row, from the parameters that are fields of the record. With
`max_rows=100` its body returns the rows: `{"scan": [{"place": "Rome"}, {"place": "Oslo"}]}`.
They are bulk records: the change holds their number and digest.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final, Generic, Self, TypeAlias, TypeVar, cast

from attrs import NOTHING, fields, fields_dict, frozen

from indelible.kernel.audit import Actor
from indelible.kernel.bulk import AnyBulk, Bulk, BulkRecord
from indelible.kernel.errors import Invalid, UsageError
from indelible.kernel.references import Reference

MAX_ROWS: Final = 10_000  # that one action may append
POSITION: Final = re.compile(r"([0-9]{1,20})\.([0-9]{1,20})")

Position: TypeAlias = tuple[int, int]  # of a row: the seq of its change, and its number


@frozen
class TooManyRows(Invalid):
    """The body of an action has returned more rows than its declaration allows."""

    message: ClassVar[str] = "{action} appends at most {maximum} rows to {record}, got {actual}."
    action: str
    record: str
    maximum: int
    actual: int


@frozen(kw_only=True)
class AppendedRecord(BulkRecord):
    """A row that an action appends: nothing changes or deletes it.

    `time_field` gets the time of the action and `actor_field` its actor. `references` are the
    fields with the id of an aggregate. `is_appended` says that an aggregate has an action that
    appends it. `begins_later` says that the action may have begun to append it behind changes
    without rows, as the declarations of a host say; those of indelible itself are not stored.
    """

    leaves_out_defaults: ClassVar[bool] = True
    references: ClassVar[tuple[Reference, ...]] = ()
    time_field: ClassVar[str] = ""
    actor_field: ClassVar[str] = ""
    is_appended: ClassVar[bool] = False
    begins_later: ClassVar[bool] = True


R = TypeVar("R", bound=AppendedRecord)
# The declared records by module and name; a module that is imported again replaces its own.
DECLARED_RECORDS: Final[dict[tuple[str, str], type[AppendedRecord]]] = {}


@frozen(kw_only=True)
class StoredRecord(Generic[R]):
    """A row with the id of its aggregate and the seq of the change that has added it."""

    entity_id: str
    seq: int
    record: R

    @property
    def position(self) -> Position:
        """Return the seq and the number: the order of the rows of an aggregate."""
        return self.seq, self.record.number


def position_text(position: Position) -> str:
    """Return a position as addresses and options have it, such as `12.1`."""
    seq, number = position
    return f"{seq}.{number}"


def position_of(text: str) -> Position | None:
    """Return the position that a text stands for, None for another text."""
    match = POSITION.fullmatch(text)
    return None if match is None else (int(match[1]), int(match[2]))


@frozen(slots=False)
class Appending:
    """The rows of an action: one of its parameters, or up to `max_rows` that its body returns."""

    record: Any  # the class of the record, as soon as the declaration is checked
    max_rows: int = 0

    @classmethod
    def of(cls, record: type[AppendedRecord] | None, max_rows: int) -> "Self | None":
        """Return what an action appends, None for one that appends nothing."""
        return cls(record, max_rows) if record is not None or max_rows else None

    @property
    def is_record(self) -> bool:
        """Return whether the record is a class of appended records; the class is checked later."""
        record: object = self.record
        return isinstance(record, type) and issubclass(record, AppendedRecord)

    @property
    def is_computed(self) -> bool:
        """Return whether the body of the action returns the rows."""
        return self.max_rows > 0

    @cached_property
    def stamped_fields(self) -> tuple[str, ...]:
        """Return the fields that get the time and the actor of the action."""
        names = (self.record.time_field, self.record.actor_field)
        return tuple(name for name in names if name)

    @cached_property
    def row_fields(self) -> frozenset[str]:
        """Return the fields that parameters of the action set; none where its body returns rows."""
        if self.is_computed or not self.is_record:
            return frozenset()
        names = {attribute.name for attribute in fields(self.record)}
        return frozenset(names.difference(self.stamped_fields, ("number",)))

    def bulk(
        self, rows: Iterable[Mapping[str, Any]], *, now: datetime, actor: Actor
    ) -> tuple[AnyBulk, ...]:
        """Return the rows as they are saved, numbered from 1 and stamped.

        Raises:
            UsageError: A row has other names than the record.
            IndelibleError: A row has a value that its field refuses.
        """
        stamps: dict[str, object] = {}
        if self.record.time_field:
            stamps[self.record.time_field] = now
        if self.record.actor_field:
            stamps[self.record.actor_field] = str(actor)

        records: list[AppendedRecord] = []
        for number, row in enumerate(rows, start=1):
            self._check_names(row)
            records.append(self.record(**{**row, **stamps, "number": number}))
        return (Bulk.of(self.record, records),)

    def _check_names(self, row: Mapping[str, Any]) -> None:
        """Refuse a row that lacks a field, or has a name that is no field to set."""
        known = fields_dict(self.record)
        settable = known.keys() - {*self.stamped_fields, "number"}
        wrong = {name for name in settable - row.keys() if known[name].default is NOTHING}
        wrong |= row.keys() - settable
        if wrong:
            names = ", ".join(sorted(wrong))
            raise UsageError(f"a row and its record {self.record.__name__} differ in: {names}")


def returned_rows(
    returned: object, appending: Appending, action: object
) -> Sequence[Mapping[str, Any]]:
    """Return the rows that the body of an action has returned.

    Raises:
        UsageError: It has returned no list of dicts.
        TooManyRows: There are more than the action may append.
    """
    name = appending.record.record_name
    if not isinstance(returned, Sequence) or isinstance(returned, str):
        raise UsageError(f"{action} must return a list of rows as {name}")
    rows = cast("Sequence[object]", returned)
    if len(rows) > appending.max_rows:
        raise TooManyRows(str(action), name, appending.max_rows, len(rows))
    for row in rows:
        if not isinstance(row, Mapping):
            raise UsageError(f"{action} returns a row of {name} that is no dict")
    return cast("Sequence[Mapping[str, Any]]", rows)


def references_of_rows(bulk: Iterable[AnyBulk]) -> Iterator[tuple[type[Any], str]]:
    """Yield the aggregates that rows refer to, each as its class and id, in order."""
    for item in bulk:
        if not issubclass(item.record_type, AppendedRecord):
            continue
        references = item.record_type.references
        for row in item.rows if references else ():
            for reference in references:
                target_id = getattr(row, reference.field)
                if reference.target is not None and target_id is not None:
                    yield reference.target, target_id


def unused_records(modules: Iterable[str]) -> Iterator[type[AppendedRecord]]:
    """Yield the records of these modules that no action appends."""
    names = frozenset(modules)
    for (module, _), record in DECLARED_RECORDS.items():
        if module in names and not record.is_appended:
            yield record


def appended_types(types: Mapping[str, tuple[type[BulkRecord], ...]]) -> tuple[type[Any], ...]:
    """Return the appended records among the bulk types of an aggregate, each once."""
    appended: dict[type[Any], None] = {}
    for records in types.values():
        for record in records:
            if issubclass(record, AppendedRecord):
                appended[record] = None
    return tuple(appended)


def record_names(entity: type[Any]) -> frozenset[str]:
    """Return the names of the records that the actions of an aggregate append."""
    types = appended_types(entity.bulk_records)
    return frozenset(record.record_name for record in types)
