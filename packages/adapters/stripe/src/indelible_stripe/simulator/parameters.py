"""The parameters of a request, which remember what has been read of them.

A parameter that a request names and no code reads has been accepted and ignored: the journal lists
it, and a test whose journal has one fails.
"""

from collections.abc import ItemsView, Iterator
from typing import Any, cast

from indelible_stripe.simulator.parts import Items, Members, Part, member_name


class Parameters(dict[str, Any]):
    """An object of a request; each way to its values marks them as read."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Copy the values; nothing has been read."""
        super().__init__(values)
        self.names_read: set[str] = set()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - of any type
        """Return a value."""
        self.names_read.add(name)
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        """Yield the names; a copy of the object, `dict(parameters)`, begins here."""
        self.names_read.update(super().keys())
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - of any type
        """Return a value, or the default."""
        self.names_read.add(name)
        return super().get(name, default)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]  # the view of a plain dict
        """Return names and values."""
        self.names_read.update(super().keys())
        return super().items()

    def unmarked_items(self) -> ItemsView[str, Any]:
        """Return names and values, without marking them as read."""
        return super().items()


def tracked(value: Any) -> Any:  # noqa: ANN401 - of any type
    """Return a value in which every object remembers what has been read of it."""
    if isinstance(value, list):
        return [tracked(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, object]", value)
    return Parameters({name: tracked(member) for name, member in members.items()})


def unread_names(value: object, part: Part, name: str = "") -> Iterator[str]:
    """Yield the names of the values that nobody has read, `line_items[0][quantity]`."""
    if isinstance(value, list) and isinstance(part, Items):
        for number, item in enumerate(cast("list[object]", value)):
            yield from unread_names(item, part.part, f"{name}[{number}]")
    if not isinstance(value, Parameters) or not isinstance(part, Members):
        return
    for key, member in value.unmarked_items():
        name_of_member = member_name(name, key)
        if key in value.names_read:
            yield from unread_names(member, part.parts[key], name_of_member)
        elif not part.parts[key].is_constant:
            yield name_of_member
