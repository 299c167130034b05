"""Numbered versions of an aggregate's content: a field that counts the values of other fields.

    version: Version = field(version_of=("text", "scope"))

is 1 in a new aggregate, and one more after each change of a named field. Nobody passes it. Every
change stores the fields as it left them, so that history has each version already.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from attrs import Attribute, fields, frozen

from indelible.kernel.audit import Actor
from indelible.kernel.history import Change

CHANGES_READ: Final = 500  # in one query
FIRST: Final = 1  # the number of a new aggregate, and of a change that was made before the field


@frozen(kw_only=True)
class NumberedVersions:
    """The field has the number of the version, and `counted_fields` are its content.

    The database holds it with the guard `<table>_counts_<field>`.
    """

    field: str
    counted_fields: tuple[str, ...]
    declared_at: str

    def number_in(self, data: Mapping[str, Any]) -> int:
        """Return the number in the data of a change; changes from before the field have none."""
        number: int = data.get(self.field, FIRST)
        return number

    def number_after(self, before: object, values: Mapping[str, object]) -> int:
        """Return the number of an aggregate once fields have other values."""
        number: int = getattr(before, self.field)
        entity = cast("type[Any]", type(before))
        for name in self.counted_fields:
            if name not in values:
                continue
            attribute = getattr(fields(entity), name)
            if _converted(attribute, values[name]) != getattr(before, name):
                return number + 1
        return number

    def expected(self, before: object, after: object) -> int:
        """Return the number that an aggregate must have after another value of it."""
        values = {name: getattr(after, name) for name in self.counted_fields}
        return self.number_after(before, values)

    def is_changed_by(self, names: Iterable[str]) -> bool:
        """Return whether fields with these names are part of the content."""
        return not set(self.counted_fields).isdisjoint(names)


@frozen(kw_only=True)
class VersionEntry:
    """A version of an aggregate: its number, and the first change that has left it."""

    number: int
    change: Change

    @property
    def actor(self) -> Actor:
        """Return who has made the version."""
        return self.change.actor


def first_changes(
    rule: NumberedVersions, changes: Iterable[Change], *, after: int = 0
) -> Iterator[VersionEntry]:
    """Yield the versions that changes have left, in their order, after a number.

    The changes follow each other, and begin at most behind the seq `after`: a number is never
    higher than the seq of its change. Changes from before the field are all of version 1, which is
    the content as the last of them has left it.
    """
    unnumbered: Change | None = None
    number = after
    for change in changes:
        if rule.field not in change.data:
            unnumbered = change
            continue
        if unnumbered is not None and number < FIRST:
            yield VersionEntry(number=FIRST, change=unnumbered)
            number = FIRST
        unnumbered = None
        if rule.number_in(change.data) > number:
            number = rule.number_in(change.data)
            yield VersionEntry(number=number, change=change)
    if unnumbered is not None and number < FIRST:
        yield VersionEntry(number=FIRST, change=unnumbered)


def all_changes(read: Callable[..., tuple[Change, ...]], after: int) -> Iterator[Change]:
    """Yield all changes after a seq; `read` returns the next CHANGES_READ of them."""
    while True:
        page = read(after=after)
        yield from page
        if len(page) < CHANGES_READ:
            return
        after = page[-1].seq


def rule_faults(name: str, counted_fields: Sequence[str], known: Iterable[str]) -> Iterator[str]:
    """Yield why a field cannot count the values of other fields of a class."""
    if not counted_fields:
        yield f"field {name} names no field whose values it counts"
    for counted in counted_fields:
        if counted not in known:
            yield f"field {name} counts the values of {counted}, which is no field"
        elif counted in (name, "id", "status", "created_at", "updated_at"):
            yield f"field {name} cannot count the values of {counted}: it is no content"
    if len(set(counted_fields)) < len(counted_fields):
        yield f"field {name} names a field twice"


def _converted(attribute: "Attribute[Any]", value: object) -> object:
    """Return a value as its field stores it."""
    converter: Any = getattr(attribute, "converter", None)
    return value if converter is None else converter(value)
