"""Conditions of aggregates: what every row, and every change of a row, must fulfill.

An aggregate declares them in `Aggregate.conditions`. The domain checks them in Python; the SQL
adapter derives CHECKs and guards from the same values, under the same names.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType
from typing import ClassVar, Final

import attrs
from attrs import Factory, frozen

from indelible.kernel.cases import ByState
from indelible.kernel.claims import (
    Absent,
    Claim,
    Holds,
    Implies,
    OneOf,
    Predicate,
    Present,
    SetOnlyIf,
    WithinKind,
)
from indelible.kernel.errors import IndelibleError, Invalid, UsageError

GENERATED: Final = "<attrs generated"  # how the files of attrs' own functions begin


def position_outside(*files: str) -> str:
    """Return the file and the line that calls into these files and this one."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if file not in (__file__, *files) and not file.startswith(GENERATED):
            return f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


@frozen(init=False)
class Condition:
    """All claims are fulfilled by every row; the CHECK is called `<table>_<name>`."""

    name: str
    claims: tuple[Claim, ...]
    declared_at: str = attrs.field(default="", eq=False, repr=False)

    def __init__(self, name: str, *claims: Claim, declared_at: str = "") -> None:
        """Declare a condition by the end of its CHECK's name.

        `declared_at` is the file and the line; by default those of the caller.
        """
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "claims", claims)
        object.__setattr__(self, "declared_at", declared_at or position_outside())


def _applies(condition: "FixedIf") -> Holds:
    """Return the compiled predicate of the condition."""
    return condition.where.compiled()


@frozen
class FixedIf:
    """The fields are the same in each next row of one for which the predicate is true.

    `are_set` says that they all have values then. The guard is called `<table>_<name>`.
    """

    name: str
    where: Predicate
    fields: tuple[str, ...]
    are_set: bool = False
    applies: Holds = attrs.field(
        init=False, eq=False, repr=False, default=Factory(_applies, takes_self=True)
    )
    declared_at: str = attrs.field(kw_only=True, eq=False, repr=False, factory=position_outside)


@frozen(kw_only=True)
class Rising:
    """The number never falls, and rises by at most `most` in one change; None is no limit.

    The guard is called `<table>_<name>`.
    """

    name: str
    field: str
    most: int | None = None
    declared_at: str = attrs.field(init=False, eq=False, repr=False, factory=position_outside)

    def expected(self, before: object, after: object) -> str:
        """Return what the number must be in the row after a change; '' where it is."""
        least: int | None = getattr(before, self.field)
        number: int | None = getattr(after, self.field)
        if least is None:
            return ""

        most = None if self.most is None else least + self.most
        is_met = number is not None and number >= least and (most is None or number <= most)
        if is_met:
            return ""
        return f"at least {least}" if most is None else f"{least} to {most}"


@frozen
class TakenFromChange:
    """The action stores a part of its change in the field: `part` names the column of history."""

    part: ClassVar[str]
    field: str
    action: str
    declared_at: str = attrs.field(eq=False, repr=False, factory=position_outside)


@frozen
class NamesActor(TakenFromChange):
    """The action stores the actor of its change in the field."""

    part: ClassVar[str] = "actor"


@frozen
class GivesReason(TakenFromChange):
    """The action stores the reason of its change in the field."""

    part: ClassVar[str] = "reason"


AnyCondition = Condition | FixedIf | Rising | NamesActor | GivesReason


def fixed_once_set(name: str) -> FixedIf:
    """Return the condition that a field is the same as soon as it has a value."""
    return FixedIf(f"keeps_{name}", Present(name), (name,), are_set=True)


def claims_of(conditions: Iterable[AnyCondition]) -> tuple[Claim, ...]:
    """Return the claims that Python checks of every row; validators check what a kind allows."""
    claims: list[Claim] = []
    for condition in conditions:
        if isinstance(condition, Condition):
            claims += [claim for claim in condition.claims if not isinstance(claim, WithinKind)]
    return tuple(claims)


@frozen
class FieldNotOfRecord(Invalid):
    """A field of a record that its other fields exclude."""

    message: ClassVar[str] = "Field {field} of record {record} must be {expected}."
    record: str
    field: str
    expected: str


@frozen
class WithConditions:
    """A row whose conditions are checked whenever a value of it is made.

    It is the base of aggregates and of records.
    """

    conditions: ClassVar[tuple[AnyCondition, ...]] = ()
    # The claims of `conditions`, each with its reading in Python.
    _claims: ClassVar[tuple[tuple[Holds, Claim], ...]] = ()

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Compile the claims of the class."""
        cls._claims = tuple((claim.compiled(), claim) for claim in claims_of(cls.conditions))

    def __attrs_post_init__(self) -> None:
        """Raise the error of `_claim_error` unless the conditions' claims are fulfilled."""
        for holds, claim in self._claims:
            if not holds(self):
                raise self._claim_error(*claim.refusal(self))

    def unmet_claims(self) -> Iterator[IndelibleError]:
        """Yield an error for each claim that is not fulfilled; a checked value has none."""
        for holds, claim in self._claims:
            if not holds(self):
                yield self._claim_error(*claim.refusal(self))

    def _claim_error(self, name: str, expected: str) -> IndelibleError:
        """Return the error about a field that must be something else."""
        raise UsageError(f"{type(self).__name__} has no error of its own about {name}: {expected}")


def presence_in(conditions: Iterable[AnyCondition], state: str) -> Mapping[str, bool]:
    """Return the fields that a state requires (True) or excludes (False)."""
    presence: dict[str, bool] = {}
    for claim in claims_of(conditions):
        match claim:
            case SetOnlyIf(fields=names, where=OneOf(field="status") as where, is_empty=is_empty):
                is_set = _holds_in(where, state) is not is_empty
                presence.update(dict.fromkeys(names, is_set))
            case Implies(where=OneOf(field="status") as where, claims=claims):
                if _holds_in(where, state):
                    presence.update(_presence(claims))
            case ByState():
                presence.update(_presence(claim.claims_in(state)))
            case _:
                pass
    return presence


def _holds_in(where: OneOf, state: str) -> bool:
    """Return whether a predicate of the status is true in a state."""
    return (state in where.values) is not where.is_negated


def _presence(claims: Iterable[Claim]) -> Mapping[str, bool]:
    """Return the fields that claims require (True) or exclude (False)."""
    presence: dict[str, bool] = {}
    for claim in claims:
        if isinstance(claim, Present | Absent):
            presence[claim.field] = isinstance(claim, Present)
    return presence
