"""Aggregates that nobody has thought of: states, fields and actions drawn from a seed."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Annotated, Any, Final

from attrs import frozen

from indelible.declare import (
    Aggregate,
    Amount,
    Context,
    Count,
    Currency,
    Date,
    Digest,
    Flag,
    Identifier,
    Instant,
    Label,
    Natural,
    NonBlankText,
    OneLine,
    States,
    Text,
    Texts,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
)
from indelible.kernel.json_objects import JsonObject

MAX_STATES: Final = 12
MAX_FIELDS: Final = 15


class Colour(StrEnum):
    """The values of a field that is an enumeration."""

    RED = "red"
    GREEN = "green"


# The annotation of each kind.
KINDS: Final[Mapping[str, Any]] = {
    "identifier": Identifier,
    "one_line": OneLine,
    "label": Label,
    "text": Text,
    "non_blank": NonBlankText,
    "texts": Texts,
    "digest": Digest,
    "currency": Currency,
    "instant": Instant,
    "date": Date,
    "price": Annotated[Decimal, decimal_kind(digits=12, places=2)],
    "ratio": Annotated[Decimal, decimal_kind(digits=18, places=18)],
    "units": Annotated[Decimal, decimal_kind(digits=18, places=0)],
    "count": Count,
    "natural": Natural,
    "amount": Amount,
    "flag": Flag,
    "colour": Colour,
    "document": JsonObject,
}
# The kinds that are filtered.
FILTER_KINDS: Final = ("identifier", "digest", "colour", "date", "price", "ratio", "units")


@frozen(kw_only=True)
class FieldPlan:
    """A field: its kind, and the states that require it or allow it; None is every state."""

    name: str
    kind: str
    is_unique: bool
    required_in: tuple[StrEnum, ...] | None
    allowed_in: tuple[StrEnum, ...]

    @property
    def is_optional(self) -> bool:
        """Return whether the field may have no value."""
        return self.required_in is not None

    def is_required(self, state: StrEnum) -> bool:
        """Return whether the field has a value in a state."""
        return self.required_in is None or state in self.required_in

    def is_allowed(self, state: StrEnum) -> bool:
        """Return whether the field may have a value in a state."""
        if self.required_in is None or not (self.required_in or self.allowed_in):
            return True
        return state in (*self.required_in, *self.allowed_in)


@frozen(kw_only=True)
class ActionPlan:
    """An action: its states, and the fields that it must set and may set."""

    name: str
    from_states: tuple[StrEnum, ...]
    to: StrEnum | None
    required: tuple[FieldPlan, ...]
    optional: tuple[FieldPlan, ...]


def generated(number: int, seed: int) -> Context[Any]:
    """Return the context of an aggregate that follows from a seed; `number` is part of its name."""
    random = Random(f"{seed} {number}")  # noqa: S311 - a test draws the same from the same seed
    count = random.randint(2, MAX_STATES)
    make_states: Any = States
    states: Any = make_states(
        f"Status{number}", {f"S{index}": f"S{index}" for index in range(count)}
    )
    members: list[StrEnum] = list(states)
    fields = [_field(index, members, random) for index in range(random.randint(1, MAX_FIELDS))]
    creating = _action("begin", (), members[0], fields, random)
    edges = list(_edges(members, random))
    changing = [
        _action(f"move_{index}", sources, target, fields, random)
        for index, (sources, target) in enumerate(edges)
    ]
    for plan in tuple(fields):
        if any(plan in (*one.required, *one.optional) for one in (creating, *changing)):
            continue
        if plan.is_allowed(members[0]):
            creating = _with_field(creating, plan)
        else:
            fields.remove(plan)  # nothing could set it

    left = {
        state
        for sources, target in edges
        for state in sources
        if target is not None and target is not state
    }
    final = tuple(state for state in members if state not in left)
    entity = _entity(f"Thing{number}", states, fields, (creating, *changing), final)
    filters = [plan.name for plan in fields if plan.kind in FILTER_KINDS]
    search = [plan.name for plan in fields if plan.kind in ("label", "one_line", "text")]
    context: Context[Any] = Context(entity, filters=("status", *filters), search=tuple(search))
    return context


def _field(index: int, members: Sequence[StrEnum], random: Random) -> FieldPlan:
    kind = random.choice(list(KINDS))
    required: tuple[StrEnum, ...] | None = None
    allowed: tuple[StrEnum, ...] = ()
    if random.random() < 1 / 2:
        chosen = [random.choice("ran") for _ in members]
        required = tuple(m for m, mark in zip(members, chosen, strict=True) if mark == "r")
        allowed = tuple(m for m, mark in zip(members, chosen, strict=True) if mark == "a")
        if not required and len(allowed) == len(members):
            allowed = ()
    return FieldPlan(
        name=f"f{index}_{kind}",
        kind=kind,
        is_unique=kind in ("identifier", "digest") and random.random() < 1 / 3,
        required_in=required,
        allowed_in=allowed,
    )


def _edges(
    members: Sequence[StrEnum], random: Random
) -> Iterator[tuple[tuple[StrEnum, ...], StrEnum | None]]:
    """Yield the states and the target of each action; each state is reached from the first."""
    for index in range(1, len(members)):
        yield (members[random.randrange(index)],), members[index]
    for _ in range(random.randint(0, len(members))):
        sources = tuple(random.sample(members, random.randint(1, min(3, len(members)))))
        yield sources, random.choice((None, random.choice(members)))


def _action(
    name: str,
    sources: tuple[StrEnum, ...],
    target: StrEnum | None,
    fields: Sequence[FieldPlan],
    random: Random,
) -> ActionPlan:
    """Return an action that sets what its targets require, and some of what they allow."""
    required: list[FieldPlan] = []
    optional: list[FieldPlan] = []
    targets = (target,) if target is not None else sources
    for plan in fields:
        if not all(plan.is_allowed(state) for state in targets):
            continue
        must_have = any(plan.is_required(state) for state in targets)
        steps = zip(sources, targets if target is None else targets * len(sources), strict=True)
        lacks = not sources or any(
            plan.is_required(after) and not plan.is_required(before) for before, after in steps
        )
        if must_have and (lacks or random.random() < 1 / 4):
            required.append(plan)
        elif not must_have and random.random() < 1 / 3:
            optional.append(plan)
    return ActionPlan(
        name=name,
        from_states=sources,
        to=target,
        required=tuple(required),
        optional=tuple(optional),
    )


def _with_field(creating: ActionPlan, plan: FieldPlan) -> ActionPlan:
    """Return the action that creates with one field more that it may set, or must."""
    is_required = creating.to is not None and plan.is_required(creating.to)
    return ActionPlan(
        name=creating.name,
        from_states=(),
        to=creating.to,
        required=(*creating.required, plan) if is_required else creating.required,
        optional=creating.optional if is_required else (*creating.optional, plan),
    )


def _entity(
    name: str,
    states: type[StrEnum],
    fields: Sequence[FieldPlan],
    actions: Sequence[ActionPlan],
    final: tuple[StrEnum, ...],
) -> type[Any]:
    """Return the class that a host would write."""
    body: dict[str, Any] = {"__doc__": f"The generated {name}.", "__module__": __name__}
    annotations: dict[str, Any] = {"status": states}
    for plan in fields:
        annotation: Any = KINDS[plan.kind]
        annotations[plan.name] = annotation | None if plan.is_optional else annotation
        body[plan.name] = field(
            unique=plan.is_unique,
            required_in=plan.required_in or (),
            allowed_in=plan.allowed_in,
        )
    body["__annotations__"] = annotations
    for of_action in actions:
        method = _method(of_action)
        if of_action.from_states:
            body[of_action.name] = action(*of_action.from_states, to=of_action.to)(method)
        else:
            assert of_action.to is not None
            body[of_action.name] = creates(of_action.to)(method)
    entity: type[Any] = aggregate(final=final)(type(name, (Aggregate,), body))
    return entity


def _method(plan: ActionPlan) -> Any:  # noqa: ANN401 - with a signature of its own
    """Return a method with the parameters of an action."""

    def method(self: object, **_: object) -> None:
        """Do what is declared."""

    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    annotations: dict[str, Any] = {"return": None}
    for of_field in plan.required:
        annotations[of_field.name] = KINDS[of_field.kind]
        parameters.append(inspect.Parameter(of_field.name, kind))
    for of_field in plan.optional:
        annotation: Any = KINDS[of_field.kind]
        annotations[of_field.name] = annotation | None
        parameters.append(inspect.Parameter(of_field.name, kind, default=None))
    method.__name__ = plan.name
    method.__annotations__ = annotations
    method.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # functions take it
    return method
