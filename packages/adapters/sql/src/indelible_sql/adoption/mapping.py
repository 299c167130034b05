"""The mapping of an older table's rows to the fields of an aggregate."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, Generic, TypeAlias, TypeVar

from attrs import NOTHING, Attribute, fields, frozen

from indelible.kernel import IndelibleError, UsageError
from indelible.kernel.adoption import adopting_action
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.values import wrong_type
from indelible_sql.adoption.conversions import Convert, as_utc, conversion_of
from indelible_sql.adoption.errors import (
    AdoptsNothing,
    FieldNotMapped,
    MappedFieldUnknown,
    MappingFailed,
    SourceColumnMissing,
    StateNotAdopted,
)
from indelible_sql.adoption.sources import Key, SourceRow, SourceTable, key_text

E = TypeVar("E", bound=Aggregate)

# For a field the column that has its value, or a function of the row.
FieldMapping: TypeAlias = Mapping[str, str | Callable[[SourceRow], object]]
SAME_NAMES: Final[FieldMapping] = MappingProxyType({})
OF_THE_CHANGE: Final = ("created_at", "updated_at")  # the time of the adoption


@frozen
class Column:
    """A field's value in a row: what reads it, and what makes it a value of the field."""

    field: str
    read: Callable[[SourceRow], object]
    convert: Convert

    def value(self, row: SourceRow) -> object:
        """Return the value of the field, or raise MappingFailed."""
        try:
            value = self.read(row)
        except IndelibleError:
            raise
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise MappingFailed(self.field, problem) from error
        return self.convert(value)


@frozen
class RowValues:
    """A row as the fields of an aggregate; a field whose mapping failed has no value."""

    key: Key
    fields: dict[str, Any]
    problems: tuple[IndelibleError, ...] = ()

    @property
    def id(self) -> str:
        """Return the id of the row's aggregate."""
        return str(self.fields["id"])


@frozen
class RowMapping(Generic[E]):
    """The compiled mapping of a table to an aggregate."""

    entity: type[E]
    source: SourceTable
    columns: tuple[Column, ...]

    @property
    def mapped_fields(self) -> frozenset[str]:
        """Return the fields that a row sets."""
        return frozenset(column.field for column in self.columns)

    def values_of(self, row: SourceRow) -> RowValues:
        """Return a row as the fields of the aggregate."""
        values: dict[str, Any] = {}
        problems: list[IndelibleError] = []
        for name in self.source.key_names:
            if row[name] is None:
                problems.append(wrong_type(name, "value of the primary key", None))
        for column in self.columns:
            try:
                values[column.field] = column.value(row)
            except IndelibleError as error:
                values[column.field] = None
                problems.append(error)
        return RowValues(self.source.key_of(row), values, tuple(problems))

    def born(self, row: RowValues, now: datetime) -> E:
        """Return the new aggregate of a row.

        Raises:
            IndelibleError: The aggregate refuses a value; `problems_of` names all of them.
        """
        for problem in row.problems:
            raise problem
        state = row.fields["status"]
        self._check_state(state)
        own = {name: value for name, value in row.fields.items() if name != "status"}
        return self.entity.create(adopting_action(state), now=now, **own)

    def problems_of(self, row: RowValues, now: datetime) -> Iterator[IndelibleError]:
        """Yield everything that the aggregate refuses about a row."""
        yield from row.problems
        failed = {getattr(problem, "field", "") for problem in row.problems}
        values = {**row.fields, "created_at": now, "updated_at": now}
        draft = object.__new__(self.entity)
        count = len(row.problems)
        for attribute in fields(self.entity):
            name = attribute.name
            value = values.get(name, attribute.default)
            problem = None if name in failed else self._value_problem(attribute, value)
            object.__setattr__(draft, name, value)
            if problem is not None:
                count += 1
                yield problem
        if values["status"] not in self.entity.adopting_states:
            return  # no claim is about an unknown state
        try:
            for unmet in draft.unmet_claims():
                count += 1
                yield unmet
        except (TypeError, ValueError, AttributeError):
            return  # a claim about a value of another type, which is a problem already
        if not count:
            yield from self._own_problem(row, now)

    def _own_problem(self, row: RowValues, now: datetime) -> Iterator[IndelibleError]:
        """Yield what only the aggregate's own code refuses."""
        try:
            self.born(row, now)
        except IndelibleError as error:
            yield error

    def _value_problem(self, attribute: "Attribute[Any]", value: object) -> IndelibleError | None:
        """Return why the value of one field is refused, None if it is not."""
        try:
            if attribute.name == "status":
                self._check_state(value)
            value = _converted(attribute, value)
            if attribute.validator is not None:
                attribute.validator(None, attribute, value)
        except IndelibleError as error:
            return error
        return None

    def _check_state(self, state: object) -> None:
        if state not in self.entity.adopting_states:
            expected = ", ".join(self.entity.adopting_states)
            raise StateNotAdopted(str(state), self.entity.__name__, expected)


def _converted(attribute: Any, value: object) -> object:
    """Return the value as the field's own converter leaves it."""
    return value if attribute.converter is None else attribute.converter(value)


def row_mapping(entity: type[E], source: SourceTable, mapping: FieldMapping) -> RowMapping[E]:
    """Return the compiled mapping; a field that it does not name has the column of its name.

    The id is the text of the primary key, unless the mapping says otherwise.

    Raises:
        AdoptsNothing: The declaration names no adopted states.
        MappedFieldUnknown: The mapping names what is no field.
        FieldNotMapped: A field that needs a value has none.
        SourceColumnMissing: The table lacks a column of the mapping.
    """
    if not entity.adopting_states:
        raise AdoptsNothing(entity.__name__)
    versions = entity.numbered_versions
    numbers = (entity.version_field, versions.field if versions else "")
    attributes = {
        attribute.name: attribute
        for attribute in fields(entity)
        if attribute.name not in OF_THE_CHANGE and attribute.name not in numbers
    }
    for name in mapping:
        if name not in attributes:
            raise MappedFieldUnknown(name, entity.__name__, ", ".join(attributes))

    columns: list[Column] = []
    for attribute in attributes.values():
        read = _reader(attribute, entity, source, mapping)
        if read is not None:
            columns.append(Column(attribute.name, read, conversion_of(attribute)))
    return RowMapping(entity, source, tuple(columns))


def _reader(
    attribute: "Attribute[Any]", entity: type, source: SourceTable, mapping: FieldMapping
) -> Callable[[SourceRow], object] | None:
    """Return what reads a field of a row; None for one that keeps its default."""
    name = attribute.name
    mapped = mapping.get(name)
    if mapped is None and name == "id":
        return lambda row: key_text(source.key_of(row))
    if mapped is None and name in source.column_names:
        mapped = name
    if mapped is None:
        if attribute.default is NOTHING:
            raise FieldNotMapped(name, entity.__name__, source.label)
        return None
    column = mapped.column if isinstance(mapped, as_utc) else mapped
    if isinstance(column, str):
        if column not in source.column_names:
            raise SourceColumnMissing(source.label, column, name)
        return mapped if isinstance(mapped, as_utc) else itemgetter(column)
    if not callable(mapped):
        raise UsageError(f"field {name} is mapped to {mapped!r}: expected a column or a function")
    return mapped
