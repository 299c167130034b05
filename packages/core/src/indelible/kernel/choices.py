"""Choices: one command that takes one of several actions, such as by an approval limit.

    @action(Status.DRAFT, to=Status.APPROVED)
    def accept(self) -> None: ...
    @action(Status.DRAFT, to=Status.PLACED)
    def submit(self) -> None: ...
    @chooses(accept, submit)
    def place(self) -> ChangingAction["Order", []]:
        return Order.accept if self.total <= LIMIT else Order.submit

`Order.place(head)` is a command. History names the action that was taken, and nobody can take it
in another way: `Order.accept(head)` is refused.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from attrs import Attribute, evolve

from indelible.kernel.actions import At, ChangingAction, Command, actions_of
from indelible.kernel.errors import UsageError
from indelible.kernel.history import Entity, Head
from indelible.kernel.kept_values import with_kept_values
from indelible.kernel.signatures import needs_target

E = TypeVar("E", bound=Entity)
P = ParamSpec("P")
Body = Callable[Concatenate[E, P], ChangingAction[E, P]]


def chooses(*actions: ChangingAction[E, P]) -> Callable[[Body[E, P]], "ChoosingAction[E, P]"]:
    """Make a method the choice between actions; its body returns the one that is taken.

    The actions have the parameters of the method.
    """
    return lambda method: ChoosingAction(method, actions)


class Choice(Generic[E, P]):
    """A method that `chooses` has made a choice."""

    def __init__(self, method: Body[E, P], actions: tuple[ChangingAction[E, P], ...]) -> None:
        self.method: Callable[..., ChangingAction[E, P]] = method
        self.name = method.__name__
        update_wrapper(cast("Any", self), method, ("__doc__",), ())
        self.actions = actions
        parameters = dict(inspect.signature(method).parameters)
        parameters.pop("self", None)
        self.parameters: Mapping[str, inspect.Parameter] = parameters
        code: Any = method
        self.declared_at = f"{code.__code__.co_filename}:{code.__code__.co_firstlineno}"
        self.entity: type[Any] = object

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.entity = owner
        for action in self.actions:
            action.chosen_by = name

    def __repr__(self) -> str:
        return f"{self.entity.__name__}.{self.name}"

    @property
    def is_creating(self) -> bool:
        """Return False: a choice sees the aggregate that it changes."""
        return False

    def choose(self, before: E, command: Command[E]) -> Command[E]:
        """Return the command of the action that the body chooses.

        Raises:
            UsageError: The body returns something else than one of the actions.
        """
        arguments = with_kept_values(command.arguments, self.parameters, before)
        action = self.method(before, **arguments)
        if action not in self.actions:
            expected = ", ".join(one.name for one in self.actions)
            raise UsageError(f"{self} must return one of {expected}, got {action!r}")
        return evolve(command, action=action, choose=None)


class ChoosingAction(Choice[E, P]):
    """A choice as a command: `Order.place(head)`."""

    def __get__(self, value: None, owner: type[Any]) -> "ChoosingAction[E, P]":
        """Return the choice of the class; a value has none."""
        self.actions[0].refuse_value(value)
        return self

    @needs_target
    def __call__(
        self, target: Head[E] | At | str, /, *args: P.args, **kwargs: P.kwargs
    ) -> Command[E]:
        """Return the command on a head, on an id at a seq, or on the aggregate of an id."""
        command = self.actions[0].command(target, args, kwargs, depth=3, called=self)
        command.use()  # the other one is run
        return evolve(command, choose=self.choose, choice=self.name)


def choices_of(entity: type) -> dict[str, Choice[Any, ...]]:
    """Return the choices of a class by their names."""
    return {name: value for name, value in vars(entity).items() if isinstance(value, Choice)}


def choice_faults(entity: type, attributes: Iterable["Attribute[Any]"]) -> Iterator[str]:
    """Yield what is wrong with the choices of a class, each fault with its file and line."""
    actions = actions_of(entity)
    fields = {attribute.name for attribute in attributes}
    for name, choice in choices_of(entity).items():
        subject = f"{choice.declared_at}: choice {name}"
        if name in fields:
            yield f"{subject} has the name of a field"
        if len(choice.actions) < 2:  # noqa: PLR2004 - between fewer there is nothing to choose
            yield f"{subject} names fewer than two actions"
        for action in choice.actions:
            if actions.get(action.name) is not action:
                yield f"{subject}: {action.name} is no action of the class"
            elif _defaults(action.parameters) != _defaults(choice.parameters):
                yield f"{subject} has other parameters than action {action.name}"


def allowed_actions(entity: type[Any], state: str) -> tuple[str, ...]:
    """Return the names of the actions that a state allows, as they are declared.

    Instead of the actions that a choice takes there is the choice.
    """
    actions = actions_of(entity)
    names: list[str] = []
    for name in entity.lifecycle.allowed(state):
        chosen_by = actions[name].chosen_by if name in actions else ""
        names.append(chosen_by or name)
    return tuple(dict.fromkeys(names))


def _defaults(parameters: Mapping[str, inspect.Parameter]) -> list[tuple[str, object]]:
    """Return the names of parameters with their defaults, in order."""
    return [(name, parameter.default) for name, parameter in parameters.items()]
