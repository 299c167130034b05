"""Finders that a host declares: the heads whose fields equal the arguments, by an index.

    @finds
    def by_number(self, number: Identifier) -> None: ...
    @finds
    def queue(self, status: Status, assignee: Identifier | None) -> None: ...

`Ticket.queue(Status.OPEN, assignee="ann")` is a lookup, a value that reads nothing by itself:
`find` and `find_one` of a `Context` answer it. The parameters are fields, and the finder has no
body. Where neither a unique field nor a filter serves it, its table gets an index.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import update_wrapper
from types import FunctionType, NoneType
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast

from attrs import Attribute, frozen, has

from indelible.kernel.declarations import enumeration_of, value_types
from indelible.kernel.errors import UsageError
from indelible.kernel.field_rules import MAX_UNIQUE_CHARACTERS
from indelible.kernel.history import Entity
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.signatures import bound_arguments, without_self
from indelible.kernel.values import value_text

E = TypeVar("E", bound=Entity)
P = ParamSpec("P")
Fields = Mapping[str, "Attribute[Any]"]
# The types of values that an index of both databases has.
INDEXED: Final = frozenset((str, int, bool, Decimal, datetime, date))


def finds(method: Callable[Concatenate[E, P], None]) -> "DeclaredFinder[E, P]":
    """Make a method a finder: its parameters are the fields that it compares."""
    return DeclaredFinder(method)


@frozen
class Lookup(Generic[E]):
    """A finder with its arguments, which `find` and `find_one` answer."""

    finder: "DeclaredFinder[E, ...]"
    values: Mapping[str, object]

    def unique_value(self) -> object:
        """Return the value of the finder's unique field.

        Raises:
            UsageError: None of its fields is unique, so that several heads can be found.
        """
        name = self.finder.unique_field
        if not name:
            raise UsageError(f"{self.finder} compares no unique field: call find, not find_one")
        return self.values[name]


def check_lookup(lookup: object) -> None:
    """Raise UsageError for what is no lookup."""
    if not isinstance(lookup, Lookup):
        problem = f"{value_text(lookup)} is no lookup: call a finder of the class"
        raise UsageError(problem)


class DeclaredFinder(Generic[E, P]):
    """A method that `finds` has made a finder: `Ticket.by_number("T-1")` is its lookup."""

    def __init__(self, method: Callable[Concatenate[E, P], None]) -> None:
        self.method: Callable[..., None] = method
        self.name = method.__name__
        update_wrapper(cast("Any", self), method, ("__doc__",), ())
        self.has_self, self.signature = without_self(inspect.signature(method))
        self.parameters: Mapping[str, inspect.Parameter] = self.signature.parameters
        self.entity: type[Any] = object

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.entity = owner

    def __repr__(self) -> str:
        return f"{self.entity.__name__}.{self.name}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Lookup[E]:
        """Return the lookup.

        Raises: TypeError, if the arguments do not fit the signature.
        """
        return Lookup(self, bound_arguments(self, "", self.signature, args, kwargs))

    @property
    def declared_at(self) -> str:
        """Return the file and the line of the method."""
        code = cast("FunctionType", self.method).__code__
        return f"{code.co_filename}:{code.co_firstlineno}"

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that the finder compares."""
        return tuple(self.parameters)

    @property
    def unique_field(self) -> str:
        """Return the first field that is unique in every state, '' if there is none."""
        rules: tuple[OnePerParent, ...] = self.entity.one_per_parent
        every_state = {edge.to_state for edge in self.entity.lifecycle.known_edges}
        unique = {rule.parent_field for rule in rules if every_state <= set(rule.states)}
        for name in self.fields:
            if name in unique:
                return name
        return ""

    @property
    def has_body(self) -> bool:
        """Return whether the method is more than `...` or a docstring."""
        code = cast("FunctionType", self.method).__code__
        # A docstring is the first constant.
        constants = code.co_consts[1:] if inspect.getdoc(self.method) else code.co_consts
        other = set(constants) - {None, ...}
        return bool(other or code.co_names) or len(code.co_code) > len(_empty.__code__.co_code)


def _empty(self: object) -> None:
    """Have no body, as a finder has none."""


def declared_finders(entity: type) -> dict[str, DeclaredFinder[Any, ...]]:
    """Return the finders of a class by their names, in the order of their declaration."""
    return {name: one for name, one in vars(entity).items() if isinstance(one, DeclaredFinder)}


def finder_faults(entity: type[Any], fields: Fields) -> Iterator[str]:
    """Yield finders that are no comparison of fields, or that no index can serve."""
    inherited = entity.__mro__[1]
    for name, finder in declared_finders(entity).items():
        subject = f"{finder.declared_at}: finder {name}"
        if name in fields:
            yield f"{subject} has the name of a field"
        elif hasattr(inherited, name):
            yield f"{subject} has the name of a method of aggregates"
        if not finder.has_self:
            yield f"{subject} lacks self"
            continue
        if not finder.parameters:
            yield f"{subject} compares no field"
        if finder.has_body:
            yield f"{subject} has a body, which nothing would run: write a query of your own"
        problems = tuple(_parameter_problems(finder, fields))
        yield from (f"{subject}: parameter {problem}" for problem in problems)
        if not problems:
            yield from (f"{subject}: {problem}" for problem in _index_problems(finder, fields))


def _parameter_problems(finder: DeclaredFinder[Any, ...], fields: Fields) -> Iterator[str]:
    """Yield the parameters that are no fields, or that a caller could leave out."""
    for name, parameter in finder.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            yield f"{name} has no name for the caller"
        elif name not in fields:
            yield f"{name} is no field"
        elif name == "id":
            yield f"{name} needs no finder: call get"
        elif parameter.default is not parameter.empty:
            yield f"{name} has a default: a finder compares each of its fields"


def _index_problems(finder: DeclaredFinder[Any, ...], fields: Fields) -> Iterator[str]:
    """Yield the fields whose values do not fit into an index."""
    characters = 0
    for name in finder.fields:
        attribute = fields[name]
        types = value_types(attribute)
        if enumeration_of(attribute) is not None:
            continue
        unindexed = _unindexed_values(attribute)
        if unindexed:
            yield f"field {name} has no index: its values are {unindexed}"
        elif str in types:
            characters += attribute.metadata.get("max_length", 0)
    if characters > MAX_UNIQUE_CHARACTERS:
        yield (
            f"its index has texts of at most {characters} characters together, and"
            f" {MAX_UNIQUE_CHARACTERS} fit into one"
        )


def _unindexed_values(attribute: "Attribute[Any]") -> str:
    """Return what the values of a field are if no index has them, '' if an index does."""
    if "max_items" in attribute.metadata:
        return "lists"
    types = value_types(attribute)
    if INDEXED.intersection(types):
        return ""

    value_type: Any = next(one for one in types if one is not NoneType)
    if value_type is JsonObject or has(value_type):
        return "objects"
    name = getattr(value_type, "__name__", str(value_type))
    return f"of type {name}; an index has texts, whole numbers, decimals, flags, times and dates"
