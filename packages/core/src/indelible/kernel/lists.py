"""Lists of entities: the filters and the orders that every list has, and positions in a list."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.audit import Actor
from indelible.kernel.errors import Invalid
from indelible.kernel.json import instant_text
from indelible.kernel.values import LINE, is_instant, is_text

# The filters of all lists. A list has those among them that its entries have values for.
FILTERS: Final = ("status", "owner", "name_prefix", "actor", "since", "until")
EQUALITIES: Final = ("status", "owner", "actor")


@frozen
class InvalidPosition(Invalid):
    """A text is not a position in a list of this order."""

    message: ClassVar[str] = "Position {position!r} does not belong to a list in this order."
    position: str


class ListOrder(StrEnum):
    """The orders of a list: by creation, or by last change with the latest first."""

    OLDEST = "oldest"
    NEWEST = "newest"
    CHANGED = "changed"


class NamedListOrder(StrEnum):
    """The orders of a list whose entries have names."""

    OLDEST = "oldest"
    NEWEST = "newest"
    CHANGED = "changed"
    NAME = "name"


@frozen
class Ordering:
    """The fields that a list is ordered by; the last one is different for each entry."""

    fields: tuple[str, ...]
    is_descending: bool = False


@frozen(kw_only=True, slots=False)  # A class with slots cannot be a second base.
class ListFilter:
    """The entries of a list, and their order; a field that is None excludes nothing.

    `actor`, `since` and `until` select by the last change of an entry: `since` is the first
    instant, and `until` the first one that no longer belongs to the time. Without an order, the
    list is in the order of its `own_field`, which no change moves an entry in.
    """

    own_field: ClassVar[str] = "id"
    own_type: ClassVar[type[str] | type[int]] = str
    name_field: ClassVar[str] = "name"

    actor: Actor | None = None
    since: datetime | None = field(default=None, validator=optional(is_instant))
    until: datetime | None = field(default=None, validator=optional(is_instant))
    order: StrEnum | None = None

    @property
    def ordering(self) -> Ordering:
        """Return the fields that the list is ordered by."""
        first_fields: dict[StrEnum, str] = {
            ListOrder.OLDEST: "created_at",
            ListOrder.NEWEST: "created_at",
            ListOrder.CHANGED: "updated_at",
            NamedListOrder.NAME: self.name_field,
        }
        if self.order is None or first_fields[self.order] == self.own_field:
            return Ordering((self.own_field,))

        is_descending = self.order in (ListOrder.NEWEST, ListOrder.CHANGED)
        return Ordering((first_fields[self.order], self.own_field), is_descending)

    def conditions(self) -> dict[str, Any]:
        """Return the filters that are set; a subclass may have other fields, which are none."""
        conditions: dict[str, Any] = {}
        for name in FILTERS:
            value = getattr(self, name, None)
            if value is not None:
                conditions[name] = value

        return conditions

    def matches(self, values: Mapping[str, Any]) -> bool:
        """Return True if an entry with these values, and the `actor` of its last change, belongs.

        This is the meaning of the filters; SQL stores have the same conditions in statements.
        """
        expected = self.conditions()
        if self.since is not None and values["updated_at"] < self.since:
            return False
        if self.until is not None and values["updated_at"] >= self.until:
            return False
        if "name_prefix" in expected:
            name = values.get(self.name_field)
            if name is None or not name.startswith(expected["name_prefix"]):
                return False

        return all(values[name] == expected[name] for name in EQUALITIES if name in expected)

    def position_of(self, entry: object) -> str:
        """Return the position of an entry: the list continues after it, whatever changes then."""
        values = {name: getattr(entry, name) for name in self.ordering.fields}
        return self.position_of_values(values)

    def position_of_values(self, values: Mapping[str, object]) -> str:
        """Return the position of the entry that has these values in the ordering's fields."""
        texts: list[str] = []
        for name in self.ordering.fields:
            value = values[name]
            texts.append(instant_text(value) if isinstance(value, datetime) else str(value))

        return self.position_at(*texts)

    def position_at(self, *texts: str) -> str:
        """Return the position of the texts of the ordering's fields.

        It names the order, since times and names could be read in another one. Without an order it
        is the own value alone.
        """
        if self.order is None:
            return " ".join(texts)
        return " ".join([self.order, *texts])

    def values_at(self, position: str) -> tuple[Any, ...] | None:
        """Return the values of the ordering's fields at a position; None for '', the beginning.

        Raises:
            InvalidPosition: The position does not belong to this order.
        """
        if not position:
            return None

        text = self._without_order(position)
        first_text, _, own_text = text.rpartition(" ")
        names = self.ordering.fields
        try:
            if len(names) == 1:
                return (self.own_type(text),)
            if names[0] == self.name_field:
                return first_text, self.own_type(own_text)
            return parse_instant(first_text), self.own_type(own_text)
        except ValueError as error:
            raise InvalidPosition(position) from error

    def _without_order(self, position: str) -> str:
        """Return a position without the order that it names, which must be this one."""
        if self.order is None:
            if " " in position:  # No own value contains a space.
                raise InvalidPosition(position)
            return position

        order, _, text = position.partition(" ")
        if order != self.order or not text:
            raise InvalidPosition(position)
        return text


def parse_instant(text: str) -> datetime:
    """Return the time that `instant_text` has written; ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("no time zone")

    return instant


@frozen(kw_only=True, slots=False)
class NamedListFilter(ListFilter):
    """The entries of a list whose names begin with a text, and their order."""

    name_prefix: str | None = field(default=None, validator=optional(is_text), metadata=LINE)
    order: NamedListOrder | None = None
