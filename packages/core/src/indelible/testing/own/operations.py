"""The actions and choices of a context that a caller can run, with arguments."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from random import Random
from typing import Any, Final, get_type_hints

from attrs import fields_dict, frozen

from indelible.kernel import Head, UsageError
from indelible.kernel.actions import Action, At, Command, actions_of
from indelible.kernel.choices import Choice, choices_of
from indelible.kernel.contexts import AnyContext
from indelible.kernel.kept_values import KEEP
from indelible.kernel.lifecycle import Edge
from indelible.testing.own.references import reference_draw, reference_of
from indelible.testing.own.values import Draw, accepts_none, draw_for

Values = Mapping[str, Draw]
NO_VALUES: Final[Values] = {}


@frozen(kw_only=True)
class Operation:
    """An action, or a choice, that a caller can run; `draws` draw its arguments.

    `edges` are those that it can take. `omitted` has the value of each parameter that may be left
    out: None, or KEEP.
    """

    name: str
    is_creating: bool
    edges: tuple[Edge[StrEnum], ...]
    draws: Mapping[str, Draw]
    omitted: Mapping[str, object]
    make: Callable[..., Command[Any]]

    def arguments(self, random: Random, *, is_short: bool = False) -> dict[str, object]:
        """Return a value for each parameter; short, leave out each that may be left out."""
        arguments = {name: draw(random) for name, draw in self.draws.items()}
        return {**arguments, **self.omitted} if is_short else arguments

    def command(
        self, target: Head[Any] | At | str | None, arguments: Mapping[str, object]
    ) -> Command[Any]:
        """Return the command; `target` is None for an operation that creates."""
        if target is None:
            return self.make(**arguments)
        return self.make(target, **arguments)

    def allowed_in(self, state: str) -> bool:
        """Return whether the lifecycle allows the operation in a state."""
        return any(edge.from_state == state for edge in self.edges)


def operations_of(context: AnyContext, values: Values) -> tuple[Operation, ...]:
    """Return the operations of a context, in the order of their declaration, choices last.

    `values` has a function that draws for a field, such as `title`, or for a parameter of one
    action, such as `open.title`; kinds draw all others.

    Raises:
        UsageError: A name in `values` is unknown, or nothing draws the values of a parameter.
    """
    entity = context.aggregate
    _check_names(entity, values)
    result: list[Operation] = []
    for action in actions_of(entity).values():
        if not action.chosen_by:
            result.append(_operation(entity, action, action.edges, values))
    for choice in choices_of(entity).values():
        edges = tuple(edge for action in choice.actions for edge in action.edges)
        result.append(_operation(entity, choice, edges, values))
    return tuple(result)


def _operation(
    entity: type[Any],
    declared: Action[Any, ...] | Choice[Any, ...],
    edges: tuple[Edge[Any], ...],
    values: Values,
) -> Operation:
    # A choice has the parameters of its actions.
    action = declared if isinstance(declared, Action) else declared.actions[0]
    annotations = get_type_hints(action.method, include_extras=True)
    draws: dict[str, Draw] = {}
    omitted: dict[str, object] = {}
    for name, parameter in declared.parameters.items():
        full_name = f"{declared.name}.{name}"
        draw = values.get(full_name) or values.get(name)
        if parameter.default is KEEP:
            omitted[name] = KEEP
        elif draw is None and accepts_none(annotations[name]):
            omitted[name] = None
        if draw is None:
            draw = draw_for(annotations[name], full_name)
            reference = reference_of(entity, action.name, name)
            if reference is not None:
                draw = reference_draw(reference, draw)
        draws[name] = _keeping(draw) if parameter.default is KEEP else draw
    return Operation(
        name=declared.name,
        is_creating=declared.is_creating,
        edges=edges,
        draws=draws,
        omitted=omitted,
        make=getattr(entity, declared.name),
    )


def _keeping(draw: Draw) -> Draw:
    """Return a function that passes KEEP every third time."""
    return lambda random: KEEP if random.randrange(3) == 0 else draw(random)


def _check_names(entity: type[Any], values: Values) -> None:
    known = set(fields_dict(entity))
    declared: dict[str, Action[Any, ...] | Choice[Any, ...]] = {
        **actions_of(entity),
        **choices_of(entity),
    }
    for name, operation in declared.items():
        known.update(operation.parameters)
        known.update(f"{name}.{parameter}" for parameter in operation.parameters)
    unknown = sorted(set(values) - known)
    if unknown:
        raise UsageError(
            f"{entity.__name__} has neither a field nor a parameter {', '.join(unknown)}"
        )
