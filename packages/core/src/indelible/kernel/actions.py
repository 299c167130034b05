"""Actions: the methods of an aggregate that take it from state to state.

    @creates(Status.OPEN)
    def open(self, id: Identifier, title: OneLine) -> None: ...

    @action(Status.OPEN, to=Status.ASSIGNED)
    def assign(self, assignee: Identifier) -> None: ...

A method is one action of the lifecycle: its states are the edges, its parameters the fields that it
sets. `Ticket.assign(head, assignee="ann")` is a command, a value that saves nothing by itself:
`indelible.kernel.execution.execute` runs it, and so does `execute` of a `Context`. Python reports
a command that nobody runs on stderr, with the line that made it.
`appends=Scan` adds a row to a record (`indelible.kernel.appends`), whose fields are parameters too.

A method needs no body. A body is a rule, which raises an error to refuse the action; it learns who
acts from `indelible.kernel.execution.current_actor`. With `computes=("total",)` it also returns the
fields that it computes, from parameters that need not be fields. The body of an `action` sees the
aggregate before it, that of `creates` the new one, or with `computes` only the fields that are
given. `time_field="assigned_at"` names a field that gets the time of the action.

A field that the new state excludes loses its value, which history keeps: `empties=("resolution",)`
says so, and a declaration that does not is refused. What follows from the rest of the class is not
written: a field of a `NamesActor` gets the actor and one of a `GivesReason` the reason, and a field
that no `action` changes is fixed.
"""

import inspect
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property, update_wrapper
from types import FrameType, FunctionType
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast

from attrs import field, fields_dict, frozen

from indelible.kernel.appends import AppendedRecord, Appending
from indelible.kernel.conditions import GivesReason, NamesActor, presence_in
from indelible.kernel.errors import UsageError
from indelible.kernel.history import Entity, Head
from indelible.kernel.json import to_json_value
from indelible.kernel.kept_values import passed_values
from indelible.kernel.lifecycle import Edge
from indelible.kernel.numbered_versions import NumberedVersions
from indelible.kernel.signatures import bound_arguments, needs_target, without_self
from indelible.kernel.taken_fields import taken_fields

E = TypeVar("E", bound=Entity)
P = ParamSpec("P")
Fields = Mapping[str, object]  # what a body computes, by the names in `computes`
_frame: Final[Callable[[int], FrameType]] = vars(sys)["_getframe"]
Choose = Callable[[E, "Command[E]"], "Command[E]"]  # picks the action of a choice


def creates(
    to: StrEnum,
    *,
    computes: tuple[str, ...] = (),
    time_field: str = "",
    appends: type[AppendedRecord] | None = None,
    max_rows: int = 0,
    retired: bool = False,
) -> Callable[[Callable[Concatenate[E, P], Fields | None]], "CreatingAction[E, P]"]:
    """Make a method the action that creates the aggregate in a state.

    Its body returns the fields in `computes`. `time_field` gets the time of the action. `appends`
    and `max_rows` are as in `action`. Once it is `retired`, nothing is created by it any more, and
    what it created stays legal.
    """
    appending = Appending.of(appends, max_rows)
    return lambda method: CreatingAction(
        method, (), to, computes, time_field, appending, is_retired=retired
    )


def action(
    *from_states: StrEnum,
    to: StrEnum | None = None,
    computes: tuple[str, ...] = (),
    time_field: str = "",
    empties: tuple[str, ...] = (),
    appends: type[AppendedRecord] | None = None,
    max_rows: int = 0,
    retired_from: tuple[StrEnum, ...] = (),
) -> Callable[[Callable[Concatenate[E, P], Fields | None]], "ChangingAction[E, P]"]:
    """Make a method an action of these states; without `to` the aggregate stays in its state.

    Its body returns the fields in `computes`. `time_field` gets the time of the action. In the
    states of `retired_from` it was allowed once: history may have taken these edges, and nothing
    takes them any more.

    `empties` names the fields that have a value in a state before and none in the state after: the
    aggregate loses them, and only history keeps them.

    The action adds a row to the record in `appends`, whose fields are among its parameters. With
    `max_rows` its body returns the rows instead, at most so many, by the name of the record.
    """
    appending = Appending.of(appends, max_rows)
    return lambda method: ChangingAction(
        method,
        from_states,
        to,
        computes,
        time_field,
        appending,
        empties=empties,
        is_retired=bool(retired_from),
        retired_from=retired_from,
    )


def _names(arguments: Mapping[str, Any]) -> str:
    """Return the names of arguments; a value can be a secret."""
    return ", ".join(arguments)


@frozen
class At:
    """An aggregate at a seq, as a caller has read it: what the ETag of a request says."""

    id: str
    seq: int


@frozen
class Command(Generic[E]):
    """An action with its arguments, which `execute` runs.

    `target` is the head that the action changes, its id and seq, or its id alone; None for an
    action that creates. `made_at` is the file and the line that made it.
    """

    action: "Action[E, ...]"
    target: Head[E] | At | str | None
    arguments: Mapping[str, Any] = field(repr=_names)
    made_at: tuple[str, int] = field(eq=False, repr=False)
    # Of a choice (see `indelible.kernel.choices`): its name, and what picks the action.
    choice: str = field(default="", repr=False)
    choose: "Choose[E] | None" = field(default=None, eq=False, repr=False)
    is_used: bool = field(default=False, init=False, eq=False, repr=False)

    @property
    def command_name(self) -> str:
        """Return the name that fingerprints and metrics use, such as `assign_ticket`."""
        return f"{self.choice or self.action.name}_{self.action.entity.lifecycle.name}"

    def use(self) -> None:
        """Note that something runs the command: nothing is reported when it is gone."""
        object.__setattr__(self, "is_used", True)

    def json_value(self) -> dict[str, object]:
        """Return what a repeated request must repeat: the target and the arguments."""
        self.use()
        target: object = self.target
        if isinstance(target, Head):
            target = At(target.id, target.seq)
        if isinstance(target, At):
            target = [target.id, target.seq]
        arguments = to_json_value(passed_values(self.arguments))
        return {"name": self.command_name, "target": target, "arguments": arguments}

    def __del__(self) -> None:
        """Report a command that nobody has run: to its author the call looked as if it saved.

        Raises:
            UsageError: Nobody has run it. Python prints the error, and goes on.
        """
        # The class of a command that could not be made has no value of this field.
        if getattr(self, "is_used", True):
            return
        file, line = self.made_at
        raise UsageError(
            f"{file}:{line}: {self.action} was called and never run, so nothing is saved: pass the"
            " command to `execute`"
        )


class Action(Generic[E, P]):
    """A method that `creates` or `action` has made an action."""

    def __init__(
        self,
        method: Callable[Concatenate[E, P], Fields | None],
        from_states: tuple[StrEnum, ...],
        to_state: StrEnum | None,
        computes: tuple[str, ...],
        time_field: str,
        appending: Appending | None = None,
        *,
        empties: tuple[str, ...] = (),
        is_retired: bool,
        retired_from: tuple[StrEnum, ...] = (),
    ) -> None:
        """Read the signature; `from_states` is empty for an action that creates.

        The state stays as it is where `to_state` is None. `is_retired` says that the action took
        edges once which it takes no more: the one that creates, or those from `retired_from`.
        """
        self.method: Callable[..., Fields | None] = method
        self.name = method.__name__
        update_wrapper(cast("Any", self), method, ("__doc__",), ())
        self.from_states = from_states
        self.to_state = to_state
        self.is_retired = is_retired
        self.retired_from = retired_from
        self.computes = computes
        self.time_field = time_field
        self.empties = empties
        self.appending = appending
        self.entity: type[Any] = object
        self.chosen_by = ""  # the name of the choice that alone takes the action
        self.has_self, self.signature = without_self(inspect.signature(method))
        self.parameters: Mapping[str, inspect.Parameter] = self.signature.parameters

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.entity = owner

    def __repr__(self) -> str:
        return f"{self.entity.__name__}.{self.name}"

    @property
    def is_creating(self) -> bool:
        """Return True if the action creates the aggregate."""
        return isinstance(self, CreatingAction)

    @property
    def declared_at(self) -> str:
        """Return the file and the line of the method."""
        code = cast("FunctionType", self.method).__code__
        return f"{code.co_filename}:{code.co_firstlineno}"

    @property
    def edges(self) -> tuple[Edge[Any], ...]:
        """Return the edges that the action takes; a retired one may take none."""
        is_over = self.is_creating and self.is_retired
        return () if is_over else self._edges_from(self.from_states)

    @property
    def retired(self) -> tuple[Edge[Any], ...]:
        """Return the edges that the action took once."""
        was_once = self.is_retired or not self.is_creating
        return self._edges_from(self.retired_from) if was_once else ()

    @property
    def known_edges(self) -> tuple[Edge[Any], ...]:
        """Return the edges that history may have taken."""
        return (*self.edges, *self.retired)

    def _edges_from(self, states: tuple[StrEnum, ...]) -> tuple[Edge[Any], ...]:
        if self.is_creating:
            return (Edge("", self.name, self.to_state, 0),)
        edges: list[Edge[Any]] = []
        for state in states:
            to_state = state if self.to_state is None else self.to_state
            edges.append(Edge(state, self.name, to_state, 0))
        return tuple(edges)

    @cached_property
    def parameter_fields(self) -> tuple[str, ...]:
        """Return the parameters that are fields."""
        known = fields_dict(self.entity)
        return tuple(name for name in self.parameters if name in known)

    @cached_property
    def row_parameters(self) -> tuple[str, ...]:
        """Return the parameters that are fields of the row which the action appends."""
        names = () if self.appending is None else self.appending.row_fields
        return tuple(name for name in self.parameters if name in names)

    @property
    def has_inputs(self) -> bool:
        """Return whether the body computes something: its parameters need not be fields."""
        return bool(self.computes) or (self.appending is not None and self.appending.is_computed)

    @cached_property
    def returned_names(self) -> frozenset[str]:
        """Return the names in what the body must return: fields, and the record of its rows."""
        names = set(self.computes)
        if self.appending is not None and self.appending.is_computed:
            names.add(self.appending.record.record_name)
        return frozenset(names)

    @cached_property
    def emptied_fields(self) -> tuple[str, ...]:
        """Return the fields that the new state excludes, and a state before it does not."""
        if self.is_creating:
            return ()
        names: list[str] = []
        for edge in self.known_edges:
            before = presence_in(self.entity.conditions, edge.from_state)
            after = presence_in(self.entity.conditions, edge.to_state)
            for name, is_present in after.items():
                was_excluded = before.get(name) is False
                if not is_present and not was_excluded and name not in names:
                    names.append(name)
        return tuple(names)

    @cached_property
    def actor_fields(self) -> tuple[str, ...]:
        """Return the fields that get the actor of the change."""
        return taken_fields(self.entity.conditions, NamesActor, self.name)

    @cached_property
    def reason_fields(self) -> tuple[str, ...]:
        """Return the fields that get the reason of the change."""
        return taken_fields(self.entity.conditions, GivesReason, self.name)

    @property
    def derived_fields(self) -> tuple[str, ...]:
        """Return the fields whose values the caller does not pass, without a version's number."""
        time_fields = (self.time_field,) if self.time_field else ()
        return (*self.computes, *self.actor_fields, *self.reason_fields, *time_fields)

    @property
    def affected_names(self) -> frozenset[str]:
        """Return the names of all that the action sets or empties, and of its other parameters."""
        names = frozenset((*self.parameters, *self.derived_fields, *self.emptied_fields))
        versions: NumberedVersions | None = self.entity.numbered_versions
        if versions is not None and not self.is_creating and versions.is_changed_by(names):
            return names | {versions.field}
        return names

    def command(
        self,
        target: Head[E] | At | str | None,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        depth: int,
        called: object = None,
    ) -> Command[E]:
        """Return the command, made by the caller at a depth of the stack.

        Raises: TypeError, if the arguments do not fit the signature; it names what was `called`.
        """
        # In 0.1 microseconds; `inspect.stack` takes a thousand times as long.
        caller = _frame(depth)
        made_at = (caller.f_code.co_filename, caller.f_lineno)
        if not args and kwargs.keys() == self.parameters.keys():
            return Command(self, target, kwargs, made_at)  # binding would take 6 microseconds more

        target_name = "" if self.is_creating else self.entity.lifecycle.name
        arguments = bound_arguments(called or self, target_name, self.signature, args, kwargs)
        return Command(self, target, arguments, made_at)

    def refuse_value(self, value: object) -> None:
        """Raise UsageError for an action of a value: the call would look as if it saved."""
        if value is not None:
            call = f"{type(value).__name__}.{self.name}"
            raise UsageError(f"{call} of a value saves nothing: execute {call}(...) of the class")


class CreatingAction(Action[E, P]):
    """An action that creates: `Ticket.open(title=...)` is its command."""

    def __get__(self, value: None, owner: type[Any]) -> "CreatingAction[E, P]":
        """Return the action of the class; a value has none."""
        self.refuse_value(value)
        return self

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Command[E]:
        """Return the command."""
        return self.command(None, args, kwargs, depth=2)


class ChangingAction(Action[E, P]):
    """An action that changes: `Ticket.assign(head, assignee=...)` is its command."""

    def __get__(self, value: None, owner: type[Any]) -> "ChangingAction[E, P]":
        """Return the action of the class; a value has none."""
        self.refuse_value(value)
        return self

    @needs_target
    def __call__(
        self, target: Head[E] | At | str, /, *args: P.args, **kwargs: P.kwargs
    ) -> Command[E]:
        """Return the command on a head, on an id at a seq, or on the aggregate of an id.

        A head and a seq must be the last ones when the command runs.
        """
        if self.chosen_by:
            raise UsageError(f"{self} is taken by the choice {self.chosen_by} alone: call that")
        return self.command(target, args, kwargs, depth=3)


def actions_of(entity: type) -> dict[str, Action[Any, ...]]:
    """Return the actions of a class by their names, in the order of their declaration."""
    return {name: value for name, value in vars(entity).items() if isinstance(value, Action)}
