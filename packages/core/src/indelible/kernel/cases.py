"""Claims that differ by the state of an aggregate."""

from collections.abc import Iterable
from enum import StrEnum
from operator import attrgetter
from typing import Final

from attrs import frozen

from indelible.kernel.claims import (
    Absent,
    Claim,
    FieldPredicate,
    Holds,
    OneOf,
    Predicate,
    Present,
    Refusal,
)

_status_of: Final = attrgetter("status")


@frozen
class Case:
    """The claims that are fulfilled in some states."""

    states: tuple[StrEnum, ...]
    claims: tuple[Claim, ...]


@frozen
class ByState(Claim):
    """The claims of the state's case are fulfilled, and those of `others` in every other state."""

    cases: tuple[Case, ...]
    others: tuple[Claim, ...]

    @property
    def inner(self) -> tuple[Claim, ...]:
        """Return the states of the cases, and the claims of all cases."""
        claims: list[Claim] = []
        for case in self.cases:
            claims += [OneOf("status", case.states), *case.claims]
        return (*claims, *self.others)

    def claims_in(self, state: str) -> tuple[Claim, ...]:
        """Return the claims of a state."""
        for case in self.cases:
            if state in case.states:
                return case.claims
        return self.others

    def compiled(self) -> Holds:
        """Return the function that asks the claims of the entity's state."""
        by_state: dict[StrEnum, list[Holds]] = {}
        for case in self.cases:
            by_state.update(dict.fromkeys(case.states, _compiled(case.claims)))
        others = _compiled(self.others)

        def holds(entity: object) -> bool:
            for check in by_state.get(_status_of(entity), others):  # `all` takes twice as long
                if not check(entity):
                    return False
            return True

        return holds

    def refusal(self, entity: object, /) -> Refusal:
        """Return what the first claim refuses that is not fulfilled."""
        claims = self.claims_in(_status_of(entity))
        for claim in claims[:-1]:
            if not claim.compiled()(entity):
                return claim.refusal(entity)
        return claims[-1].refusal(entity)


@frozen
class IsNumber(FieldPredicate):
    """The field is this number; it has a value where this is asked."""

    number: int
    is_negated: bool = False

    def compiled(self) -> Holds:
        """Return the function that compares the field with the number."""
        name, number, expected = self.field, self.number, not self.is_negated
        return lambda entity: (getattr(entity, name) == number) is expected

    def refusal(self, _: object, /) -> Refusal:
        """Return the number that the field must be, or must not be."""
        return self.field, f"another than {self.number}" if self.is_negated else str(self.number)

    def negated(self) -> Predicate:
        """Return that the field is another number."""
        return IsNumber(self.field, self.number, not self.is_negated)


def all_set(names: Iterable[str]) -> tuple[Claim, ...]:
    """Return the claims that each field has a value."""
    return tuple(map(Present, names))


def all_empty(names: Iterable[str]) -> tuple[Claim, ...]:
    """Return the claims that no field has a value."""
    return tuple(map(Absent, names))


def _compiled(claims: Iterable[Claim]) -> list[Holds]:
    return [claim.compiled() for claim in claims]
