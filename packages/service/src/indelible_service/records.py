"""The aggregates of one table, of a host's context or a built-in one, as commands show them."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from attrs import Attribute, fields_dict, frozen
from cattrs import BaseValidationError

from indelible.kernel import Head, Invalid, NotFound
from indelible.kernel.choices import allowed_actions
from indelible.kernel.context_checks import comparison_of
from indelible.kernel.declarations import enumeration_of, is_optional, value_types
from indelible.kernel.history import Change
from indelible.kernel.idempotency import structure_json
from indelible.kernel.labels import label_of, unique_fields
from indelible.kernel.numbered_versions import first_changes
from indelible.kernel.past import entity_after
from indelible.kernel.questions import Comparison, equal
from indelible.kernel.repository import Repository
from indelible.kernel.values import UNSTORABLE, field_values, value_text
from indelible_sql import HeadMapping, SqlAggregateRepository, SqlReading, SqlStore

FLAGS: Final = {"true": True, "false": False}
HIDDEN: Final = "***"


@frozen
class ContextUnknown(NotFound):
    """A command names a context or a table that the store does not know."""

    message: ClassVar[str] = "No context or table is called {name}: expected one of {names}."
    name: str
    names: str


@frozen
class FilterUnknown(Invalid):
    """A command filters by a field that has no index."""

    message: ClassVar[str] = "{name} cannot be filtered by {field}: expected one of {fields}."
    name: str
    field: str
    fields: str


@frozen
class FilterUnreadable(Invalid):
    """The text of a filter is not a field and a value that the field can have."""

    message: ClassVar[str] = "Filter {condition} cannot be read: expected {expected}."
    condition: str
    expected: str


@frozen
class VersionsNotNumbered(Invalid):
    """A command asks for a version of aggregates whose versions have no numbers."""

    message: ClassVar[str] = "{name} has no numbered versions."
    name: str


@frozen(eq=False)
class Records:
    """The aggregates of one table."""

    mapping: HeadMapping[Any]

    @property
    def name(self) -> str:
        """Return the name of the table, which is that of a host's context."""
        return self.mapping.table.name

    @property
    def entity(self) -> type[Any]:
        """Return the class of the aggregates."""
        return self.mapping.entity

    def filters(self) -> tuple[str, ...]:
        """Return the fields with which an index begins."""
        known = fields_dict(self.entity)
        names = {"id", *(index.columns[0].name for index in self.mapping.table.indexes)}
        return tuple(sorted(name for name in names if name in known))

    def where(self, conditions: Sequence[str]) -> tuple[Comparison, ...]:
        """Return the comparisons of filters such as `status=OPEN`.

        Raises:
            FilterUnreadable: A text has no `=`, or a value that the field cannot have.
            FilterUnknown: No index begins with the field.
            Invalid: The error of the field's kind.
        """
        comparisons: list[Comparison] = []
        for condition in conditions:
            field, equals, text = condition.partition("=")
            if not equals:
                raise FilterUnreadable(condition, "FIELD=VALUE")
            if field not in self.filters():
                raise FilterUnknown(self.name, field, ", ".join(self.filters()))
            attribute = fields_dict(self.entity)[field]
            comparisons.append(comparison_of(attribute, _value_of(attribute, condition, text)))
        return tuple(comparisons)

    def page(
        self, tx: SqlReading, where: Sequence[Comparison], *, after: str, limit: int
    ) -> tuple[Head[Any], ...]:
        """Return the next heads after an id, in order of id."""
        return self._repository(tx).select(*where, after=after, limit=limit)

    def find(self, tx: SqlReading, name: str) -> Head[Any]:
        """Return the aggregate with an id, or with a value of a unique field.

        Raises:
            NotFound: The aggregate's error.
        """
        repository = self._repository(tx)
        if UNSTORABLE.search(name):
            raise self.entity.missing_error(value_text(name))
        for field in ("id", *unique_fields(self.entity)):
            head = repository.only(equal(field, name))
            if head is not None:
                return head
        raise self.entity.missing_error(name)

    def find_as_of(self, tx: SqlReading, name: str, at: datetime) -> Head[Any]:
        """Return an aggregate as it was at a time.

        Raises:
            NotFound: The aggregate's error: it does not exist, or did not exist then.
        """
        head = self.find(tx, name)
        past = [change for change in self.changes(tx, head) if change.at <= at]
        if not past:
            raise self.entity.missing_error(name)
        return entity_after(self.entity, past[0], past[-1])

    def find_version(self, tx: SqlReading, name: str, number: int) -> Head[Any]:
        """Return an aggregate as the first change of a version has left it.

        Raises:
            NotFound: The aggregate's error: it does not exist, or no version has the number.
            VersionsNotNumbered: No field numbers the versions of these aggregates.
        """
        rule = self.entity.numbered_versions
        if rule is None:
            raise VersionsNotNumbered(self.name)
        changes = self.changes(tx, self.find(tx, name))
        for entry in first_changes(rule, changes):
            if entry.number == number:
                return entity_after(self.entity, changes[0], entry.change)
        raise self.entity.missing_version_error(name, number)

    def changes(self, tx: SqlReading, head: Head[Any]) -> tuple[Change, ...]:
        """Return the changes of an aggregate, oldest first."""
        return tx.history.of(self.entity.lifecycle.name, head.id)

    def label(self, head: Head[Any]) -> str:
        """Return the name of an aggregate for people."""
        return label_of(self.entity, head.entity)

    def fields(self, head: Head[Any]) -> dict[str, object]:
        """Return the label, the seq and the fields of an aggregate; a secret is hidden."""
        label = {"label": self.label(head), "seq": head.seq}
        return {**label, **hidden_secrets(self.entity, field_values(head.entity))}

    def allowed_actions(self, head: Head[Any]) -> tuple[str, ...]:
        """Return the names of the actions that the state of an aggregate allows."""
        return allowed_actions(self.entity, head.revision.state)

    def _repository(self, tx: SqlReading) -> Repository[Any]:
        return Repository(SqlAggregateRepository(tx.session, self.mapping))


def hidden_secrets(type_: type[Any], values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a class's fields; a secret is hidden."""
    hidden = dict(values)
    for name, attribute in fields_dict(type_).items():
        if attribute.repr is False and values[name] is not None:
            hidden[name] = HIDDEN
    return hidden


def records_of(store: SqlStore, name: str, off: Container[str] = ()) -> Records:
    """Return the aggregates of a table or a lifecycle, such as `tickets` or `ticket`.

    `off` are the names of the contexts that are off.

    Raises:
        ContextUnknown: No context that is on has one of this name.
    """
    known: dict[str, Records] = {}
    for mapping in _mappings(store, off):
        records = Records(mapping)
        if name in (records.name, records.entity.lifecycle.name):
            return records
        known[records.name] = records
    raise ContextUnknown(value_text(name), ", ".join(sorted(known)))


def _mappings(store: SqlStore, off: Container[str]) -> Iterator[HeadMapping[Any]]:
    for context in store.catalog.contexts:
        if context.name in off:
            continue
        for mapping in context.mappings:
            if isinstance(mapping, HeadMapping):
                yield mapping


def _value_of(attribute: "Attribute[Any]", condition: str, text: str) -> object:
    """Return the value of a field that a text stands for; no text is no value.

    Raises:
        FilterUnreadable: It stands for none.
    """
    if not text and is_optional(attribute):
        return None

    (value_type, *_) = [kind for kind in value_types(attribute) if kind is not type(None)]
    members = enumeration_of(attribute)
    try:
        if members is not None:
            return members(text)
        return _parsed(value_type, text)
    except (ArithmeticError, BaseValidationError, KeyError, ValueError) as error:
        expected = "a value of its kind"
        if members is not None:
            expected = "one of " + ", ".join(members)
        raise FilterUnreadable(condition, expected) from error


def _parsed(value_type: Any, text: str) -> object:  # noqa: ANN401 - the type of a field
    """Return the value of a type; raise KeyError, ValueError or an error of cattrs."""
    if value_type is bool:
        return FLAGS[text]
    if value_type is int:
        return int(text)
    if value_type is datetime:
        value = datetime.fromisoformat(text)
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return structure_json(text, value_type)
