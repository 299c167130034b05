"""Claims about the fields of one row: values with two readings.

`compiled` returns the reading in Python; `indelible_sql.schema.entity_conditions` has the one in
SQL. A claim sees one row: what needs another table is a guard that is written by hand. A comparison
without a value is fulfilled, as in a CHECK.
"""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final

from attrs import frozen

from indelible.kernel.json import instant_text

Holds = Callable[[Any], bool]  # whether an entity fulfills a claim
Refusal = tuple[str, str]  # the name of a field, and what it must be

# The comparison of each operator, and the words before the bound in a refusal.
OPERATORS: Final[Mapping[str, tuple[Callable[[Any, Any], bool], str]]] = {
    "=": (operator.eq, ""),
    "!=": (operator.ne, "another than "),
    "<": (operator.lt, "below "),
    "<=": (operator.le, "at most "),
    ">": (operator.gt, "above "),
    ">=": (operator.ge, "at least "),
}


class Claim(ABC):
    """A claim about the fields of one row."""

    __slots__ = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the names of the fields that the claim itself reads."""
        return ()

    @property
    def inner(self) -> "tuple[Claim, ...]":
        """Return the claims that this one is made of."""
        return ()

    def all_fields(self) -> set[str]:
        """Return the names of the fields that the claim and its parts read."""
        return {name for claim in all_claims(self) for name in claim.reads}

    @abstractmethod
    def compiled(self) -> Holds:
        """Return the function that tells whether an entity fulfills the claim."""

    @abstractmethod
    def refusal(self, entity: object, /) -> Refusal:
        """Return the field that does not fulfill the claim, and what it must be."""


class Predicate(Claim):
    """A claim that is true or false of every row, never unknown: it can be negated."""

    __slots__ = ()

    @abstractmethod
    def negated(self) -> "Predicate":
        """Return the opposite."""


@frozen
class FieldPredicate(Predicate):
    """A predicate of one field."""

    field: str

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the field."""
        return (self.field,)


@frozen
class Present(FieldPredicate):
    """The field has a value."""

    def compiled(self) -> Holds:
        """Return the function that tells whether the field has a value."""
        read = attrgetter(self.field)
        return lambda entity: read(entity) is not None

    def refusal(self, _: object, /) -> Refusal:
        """Return that the field must be set."""
        return self.field, "set"

    def negated(self) -> Predicate:
        """Return that the field has no value."""
        return Absent(self.field)


@frozen
class Absent(FieldPredicate):
    """The field has no value."""

    def compiled(self) -> Holds:
        """Return the function that tells whether the field has no value."""
        read = attrgetter(self.field)
        return lambda entity: read(entity) is None

    def refusal(self, _: object, /) -> Refusal:
        """Return that the field must be empty."""
        return self.field, "empty"

    def negated(self) -> Predicate:
        """Return that the field has a value."""
        return Present(self.field)


@frozen
class OneOf(FieldPredicate):
    """The field, which always has a value, has one of these; with `is_negated` another one."""

    values: tuple[StrEnum, ...]
    is_negated: bool = False

    def compiled(self) -> Holds:
        """Return the function that tells whether the field has one of the values."""
        read = attrgetter(self.field)
        values = self.values
        if self.is_negated:
            return lambda entity: read(entity) not in values
        return lambda entity: read(entity) in values

    def refusal(self, _: object, /) -> Refusal:
        """Return the values that the field must have, or must not have."""
        names = " or ".join(sorted(self.values))
        return self.field, f"another than {names}" if self.is_negated else names

    def negated(self) -> Predicate:
        """Return that the field has none of these values."""
        return OneOf(self.field, self.values, not self.is_negated)


@frozen
class Compared(Claim):
    """The field compared with a number or with another field, which `other` names.

    `expected` says what the field must be, where the operator does not; `{}` is the bound in it.
    """

    field: str
    operator: str
    other: str | int
    expected: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the field, and the other one."""
        if isinstance(self.other, str):
            return self.field, self.other
        return (self.field,)

    def compiled(self) -> Holds:
        """Return the function that compares; a missing value fulfills the claim."""
        compare, _ = OPERATORS[self.operator]
        if isinstance(self.other, str):
            read_both = attrgetter(self.field, self.other)

            def holds_of_both(entity: object) -> bool:
                left, right = read_both(entity)
                return left is None or right is None or compare(left, right)

            return holds_of_both

        read = attrgetter(self.field)
        number = self.other

        def holds(entity: object) -> bool:
            value = read(entity)
            return value is None or compare(value, number)

        return holds

    def refusal(self, entity: object, /) -> Refusal:
        """Return the bound that the field must respect, such as `at least 5`."""
        is_field = isinstance(self.other, str)
        bound: object = getattr(entity, str(self.other)) if is_field else self.other
        if isinstance(bound, datetime):
            bound = instant_text(bound)
        _, words = OPERATORS[self.operator]
        expected = self.expected or f"{words}{{}}"
        return self.field, expected.format(bound)


@frozen
class Together(Claim):
    """Both fields have values, or none of them has; `expected` says what the second must be."""

    first: str
    second: str
    expected: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """Return both fields."""
        return self.first, self.second

    def compiled(self) -> Holds:
        """Return the function that compares the presence of the fields."""
        read_both = attrgetter(self.first, self.second)

        def holds(entity: object) -> bool:
            first, second = read_both(entity)
            return (first is None) is (second is None)

        return holds

    def refusal(self, entity: object, /) -> Refusal:
        """Return what the second field must be."""
        has_first = getattr(entity, self.first) is not None
        return self.second, self.expected or ("set" if has_first else "empty")


@frozen
class AnyOf(Claim):
    """At least one of the parts is fulfilled; the last one says what is refused."""

    parts: tuple[Claim, ...]

    @property
    def inner(self) -> tuple[Claim, ...]:
        """Return the parts."""
        return self.parts

    def compiled(self) -> Holds:
        """Return the function that tries the parts in order."""
        first, *others = [part.compiled() for part in self.parts]
        return lambda entity: first(entity) or any(test(entity) for test in others)

    def refusal(self, entity: object, /) -> Refusal:
        """Return what the last part refuses."""
        return self.parts[-1].refusal(entity)


@frozen
class Implies(Claim):
    """All of the claims are fulfilled where the predicate is true.

    `about` replaces what is refused: a field, and what it must be.
    """

    where: Predicate
    claims: tuple[Claim, ...]
    about: Refusal | None = None

    @property
    def inner(self) -> tuple[Claim, ...]:
        """Return the predicate and the claims."""
        return (self.where, *self.claims)

    def compiled(self) -> Holds:
        """Return the function that asks the claims only where the predicate is true."""
        applies = self.where.compiled()
        checks = [claim.compiled() for claim in self.claims]

        def holds(entity: object) -> bool:
            if applies(entity):
                for check in checks:  # `all` with a generator takes twice as long
                    if not check(entity):
                        return False
            return True

        return holds

    def refusal(self, entity: object, /) -> Refusal:
        """Return that the tested field must be empty, or what the first claim refuses."""
        if self.about is not None:
            return self.about
        if isinstance(self.where, Present):
            return self.where.field, "empty"
        for claim in self.claims[:-1]:
            if not claim.compiled()(entity):
                return claim.refusal(entity)
        return self.claims[-1].refusal(entity)


@frozen
class SetOnlyIf(Claim):
    """The fields have values where the predicate is true, and none of them has one elsewhere.

    With `is_empty` it is the other way round.
    """

    fields: tuple[str, ...]
    where: Predicate
    is_empty: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the fields."""
        return self.fields

    @property
    def inner(self) -> tuple[Claim, ...]:
        """Return the predicate."""
        return (self.where,)

    def compiled(self) -> Holds:
        """Return the function that compares the presence of the fields with the predicate."""
        is_set = self._set_where().compiled()
        if len(self.fields) == 1:
            read = attrgetter(self.fields[0])
            return lambda entity: (read(entity) is not None) is is_set(entity)

        read_all = attrgetter(*self.fields)
        nothing = (None,) * len(self.fields)

        def holds(entity: object) -> bool:
            values = read_all(entity)
            return None not in values if is_set(entity) else bool(values == nothing)

        return holds

    def refusal(self, entity: object, /) -> Refusal:
        """Return the first field that must be set or empty."""
        must_be_set = self._set_where().compiled()(entity)
        expected = "set" if must_be_set else "empty"
        for name in self.fields:
            if (getattr(entity, name) is not None) != must_be_set:
                return name, expected
        return self.fields[-1], expected

    def _set_where(self) -> Predicate:
        return self.where.negated() if self.is_empty else self.where


@frozen
class WithinKind(Claim):
    """The fields are within the limits of their kind.

    In Python the fields' validators refuse other values. The databases have it as a condition where
    the type of a column is wider than the kind of its field.
    """

    fields: tuple[str, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the fields."""
        return self.fields

    def compiled(self) -> Holds:
        """Return the function that is true of every entity: its validators have passed."""
        return lambda _: True

    def refusal(self, _: object, /) -> Refusal:
        """Return that the first field must be a value of its kind."""
        return self.fields[0], "a value of its kind"


def all_claims(claim: Claim) -> Iterator[Claim]:
    """Yield the claim, and all claims that it is made of."""
    yield claim
    for part in claim.inner:
        yield from all_claims(part)


# What is declared about the status of an aggregate.
def required_in(fields: str | tuple[str, ...], *states: StrEnum) -> Claim:
    """Return the claim that fields have values in these states, and in no other."""
    return SetOnlyIf(_names(fields), OneOf("status", states))


def required_outside(fields: str | tuple[str, ...], *states: StrEnum) -> Claim:
    """Return the claim that fields have values in every state but these, and in none of these."""
    return SetOnlyIf(_names(fields), OneOf("status", states), is_empty=True)


def present_in(fields: str | tuple[str, ...], *states: StrEnum) -> Claim:
    """Return the claim that fields have values in these states, whatever is true elsewhere."""
    return Implies(OneOf("status", states), tuple(map(Present, _names(fields))))


def absent_in(fields: str | tuple[str, ...], *states: StrEnum) -> Claim:
    """Return the claim that fields have no values in these states, whatever is true elsewhere."""
    return Implies(OneOf("status", states), tuple(map(Absent, _names(fields))))


def follows(field: str, earlier: str, *, expected: str = "empty") -> Claim:
    """Return the claim that a field has no value before another one has; `expected` says it."""
    return Implies(Present(field), (Present(earlier),), about=(field, expected))


def _names(fields: str | tuple[str, ...]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else fields
