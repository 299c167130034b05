"""Requests of actions: the signature of an aggregate's action is the request of its route.

    AssignTicket = request_of(Ticket.assign)

    @routes.add(
        "POST /tickets/<ticket_id>/assign",
        "tickets:write",
        request_type=AssignTicket,
        response_type=TicketView,
    )
    def assign_ticket(context: OperationContext, request: ActionRequest[Ticket]) -> TicketView:
        \"\"\"Give a ticket to somebody.\"\"\"
        return context.run(assign, request)

    def assign(tx: WriteTx, request: ActionRequest[Ticket]) -> TicketView:
        return view_of(TicketView, run_request(tx, tx.tickets.tickets, request))

The path has the id of the ticket, `If-Match` its seq, and the body the parameters of the action,
each with the validator and the limits of its kind. An action that only appends a row overwrites
nothing, so that its requests may leave `If-Match` out.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar, cast, get_type_hints

from attrs import NOTHING, Attribute, field, fields, fields_dict, frozen, make_class

from indelible.kernel import Head, UsageError
from indelible.kernel.actions import Action, Command
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.choices import Choice
from indelible.kernel.execution import execute
from indelible.kernel.history import AggregateRepository
from indelible.kernel.json import to_json_value
from indelible.kernel.kept_values import KEEP, passed_values
from indelible.kernel.kinds import DESCRIPTION, Count, kinds
from indelible.kernel.transaction import Transaction
from indelible.kernel.values import field_values
from indelible_web.http.routing import EXPECTED_SEQ, IDEMPOTENCY_KEY
from indelible_web.http.schemas import Side, UnsupportedType, ValidatorOfPassed, schema_from

E = TypeVar("E", bound=Aggregate)
AnyAttribute: TypeAlias = "Attribute[Any]"
AnyAction: TypeAlias = Action[Any, ...] | Choice[Any, ...]

KEPT_DESCRIPTION: Final = "Without it the value stays as it is."
REQUEST_NAMES: Final = frozenset(
    {
        EXPECTED_SEQ,
        IDEMPOTENCY_KEY,
        "declaration",
        "command_name",
        "arguments",
        "command_on",
        "json_value",
    }
)


@frozen(kw_only=True)
class RequestDeclaration:
    """The action of a class of requests, and those of its parameters that are fields.

    `target_field` names the field with the id of the aggregate, '' for an action that creates.
    """

    action: Action[Any, ...] | Choice[Any, ...]
    target_field: str
    parameters: tuple[str, ...]


@frozen(kw_only=True)
class ActionRequest(Generic[E]):
    """A request that runs an action; `request_of` makes a class of each action."""

    declaration: ClassVar[RequestDeclaration]
    command_name: ClassVar[str]

    def arguments(self) -> dict[str, Any]:
        """Return the values of the action's parameters that the request has."""
        return {name: getattr(self, name) for name in self.declaration.parameters}

    def command_on(self, target: Head[E] | None = None, **others: object) -> Command[E]:
        """Return the command of the action, on a head where it changes one.

        `others` are the parameters that the request leaves out.

        Raises:
            TypeError: The arguments do not fit the signature of the action.
        """
        arguments = {**self.arguments(), **others}
        make_command = cast("Any", self.declaration.action)
        command: Command[E]
        if self.declaration.action.is_creating:
            command = make_command(**arguments)
        else:
            command = make_command(target, **arguments)
        return command


def run_request(
    tx: Transaction,
    repository: AggregateRepository[E],
    request: ActionRequest[E],
    **others: object,
) -> Head[E]:
    """Run the action of a request and return the new head.

    `others` are the parameters that the request leaves out.

    Raises:
        IndelibleError: One of the errors of `requested_command` and of `execute`.
    """
    return execute(tx, repository, requested_command(repository, request, **others))


def requested_command(
    repository: AggregateRepository[E], request: ActionRequest[E], **others: object
) -> Command[E]:
    """Return the command of a request, on the head that it names, which is locked.

    `others` are the parameters that the request leaves out.

    Raises:
        NotFound: The error of the lifecycle, for an unknown id.
        Stale: The aggregate is not at the seq that the request expects.
    """
    head: Head[E] | None = None
    target_field = request.declaration.target_field
    if target_field:
        entity_id: str = getattr(request, target_field)
        expected_seq: int | None = getattr(request, EXPECTED_SEQ, None)
        if expected_seq is None:
            head = repository.lock(entity_id)
        else:
            head = repository.load(entity_id, expected_seq=expected_seq)

    return request.command_on(head, **others)


def request_of(
    action: Action[E, ...] | Choice[E, ...],
    *,
    name: str = "",
    command_name: str = "",
    target_field: str = "",
    expects_seq: bool | None = None,
    leave_out: tuple[str, ...] = (),
) -> type[ActionRequest[E]]:
    """Return the class of the requests that run an action.

    `Ticket.assign` gives `AssignTicket` with the command's name `assign_ticket` and the id in
    `ticket_id`, unless other names are passed. Its requests expect a seq, in `If-Match`, unless
    `expects_seq` is False; without it, those of an action that only appends may leave it out. A
    request of an action that creates has neither. Handlers pass the parameters of `leave_out`, such
    as an id that the server makes. `user_id` is the caller, and `reason` that of the change too.

    Raises:
        UsageError: The declaration is wrong; all faults are named at once, with file and line.
    """
    lifecycle = _lifecycle_name(action)
    names = tuple(parameter for parameter in action.parameters if parameter not in leave_out)
    parameters = _parameter_fields(action, names)
    _refuse_faults(
        action,
        *_creating_faults(action, target_field=target_field, expects_seq=expects_seq),
        *_name_faults(action, names, target_field, leave_out),
        *_type_faults(parameters),
    )

    if not action.is_creating:
        target_field = target_field or f"{lifecycle}_id"
    declaration = RequestDeclaration(action=action, target_field=target_field, parameters=names)
    attributes = _target_fields(declaration, expects_seq=expects_seq)
    return _request_class(
        declaration,
        {**attributes, **parameters},
        name=name or _class_name(action),
        command_name=command_name or f"{action.name}_{lifecycle}",
    )


def only_appends(action: AnyAction) -> bool:
    """Return whether an action adds a row, and changes neither the state nor a field."""
    if isinstance(action, Choice) or action.appending is None:
        return False
    stays = all(edge.from_state == edge.to_state for edge in action.edges)
    return stays and action.affected_names.isdisjoint(fields_dict(action.entity))


def _lifecycle_name(action: object) -> str:
    """Return the name of the lifecycle of an action.

    Raises:
        UsageError: It is no action of an aggregate.
    """
    entity: type[Any] = object
    if isinstance(action, Action | Choice):
        entity = cast("Action[Any, ...]", action).entity
    if not issubclass(entity, Aggregate):
        raise UsageError(f"{action!r} is no action of an aggregate, such as Ticket.assign")
    return entity.lifecycle.name


def _class_name(action: AnyAction) -> str:
    """Return the name of the requests of an action, such as `AssignTicket`."""
    words = action.name.split("_")
    return "".join(word.capitalize() for word in words) + action.entity.__name__


def _request_class(
    declaration: RequestDeclaration, attributes: Mapping[str, Any], *, name: str, command_name: str
) -> type[ActionRequest[Any]]:
    """Return a class of requests with these fields."""
    action = declaration.action
    body: dict[str, Any] = {
        "__doc__": inspect.getdoc(action.method),
        "__module__": action.entity.__module__,
        "declaration": declaration,
        "command_name": command_name,
    }
    if any(parameter.default is KEEP for parameter in action.parameters.values()):
        body["json_value"] = _passed_values
    request_class: type[ActionRequest[Any]] = make_class(
        name,
        dict(attributes),
        bases=(ActionRequest,),
        class_body=body,
        frozen=True,
        kw_only=True,
        field_transformer=_kinds_with_keep,
    )
    return request_class


def _passed_values(request: ActionRequest[Any]) -> object:
    """Return what a repeated request must repeat: all but the fields that it keeps."""
    return to_json_value(passed_values(field_values(request)))


def _kinds_with_keep(entity: type, attributes: list[AnyAttribute]) -> list[AnyAttribute]:
    """Give each field those of its kind, and accept KEEP where it is the default."""
    result: list[AnyAttribute] = []
    for attribute in kinds(entity, attributes):
        own: Any = attribute  # attrs' stubs do not know its converter
        if own.default is not KEEP:
            result.append(attribute)
            continue
        converter = None if own.converter is None else partial(_convert_passed, own.converter)
        validator = ValidatorOfPassed(own.validator)
        result.append(attribute.evolve(validator=validator, converter=converter))
    return result


def _convert_passed(converter: Callable[[Any], Any], value: object) -> object:
    """Return a converted value; what is kept stays as it is."""
    return value if value is KEEP else converter(value)


def _target_fields(declaration: RequestDeclaration, *, expects_seq: bool | None) -> dict[str, Any]:
    """Return the fields of a request for the id of the target and for its seq."""
    if not declaration.target_field:
        return {}

    entity_id = fields_dict(declaration.action.entity)["id"]
    result = {declaration.target_field: _copied(entity_id)}
    if expects_seq is None and only_appends(declaration.action):
        result[EXPECTED_SEQ] = field(type=cast("Any", Count) | None, default=None)
    elif expects_seq is not False:
        result[EXPECTED_SEQ] = field(type=cast("Any", Count))
    return result


def _parameter_fields(action: AnyAction, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of a request for these parameters of its action."""
    hints = get_type_hints(action.method, include_extras=True)
    entity_fields = fields_dict(action.entity)
    result: dict[str, Any] = {}
    for name in names:
        attribute = entity_fields.get(name)
        default = action.parameters[name].default
        if attribute is not None and attribute.type == hints.get(name):
            # A field with a validator of its own has a type without a kind.
            result[name] = _copied(attribute, NOTHING if default is not KEEP else KEEP)
            continue

        options: dict[str, Any] = {"type": hints.get(name)}
        if default in (None, KEEP):
            options["default"] = default
        if attribute is not None and DESCRIPTION in attribute.metadata:
            options["metadata"] = {DESCRIPTION: attribute.metadata[DESCRIPTION]}
        elif default is KEEP:
            options["metadata"] = {DESCRIPTION: KEPT_DESCRIPTION}
        result[name] = field(**options)

    return result


def _copied(attribute: AnyAttribute, default: object = NOTHING) -> Any:  # noqa: ANN401 - a field
    """Return a field like one of an aggregate, with another default or none."""
    return field(
        default=default,
        type=attribute.type,
        validator=attribute.validator,
        converter=cast("Any", attribute).converter,  # attrs' stubs do not know it
        metadata=dict(attribute.metadata),
    )


def _refuse_faults(action: AnyAction, *faults: str) -> None:
    """Raise one error for all faults of a request, each with the file and line of the action."""
    if faults:
        lines = "\n".join(f"{action.declared_at}: {fault}" for fault in faults)
        raise UsageError(f"the request of {action} has faults:\n{lines}")


def _creating_faults(
    action: AnyAction, *, target_field: str, expects_seq: bool | None
) -> Iterator[str]:
    """Yield what a request has no use for, because its action creates."""
    if not action.is_creating:
        return
    if target_field:
        yield f"{action} creates: there is no target whose id {target_field} could be"
    if expects_seq:
        yield f"{action} creates: there is no seq to expect"


def _name_faults(
    action: AnyAction, names: tuple[str, ...], target_field: str, leave_out: tuple[str, ...]
) -> Iterator[str]:
    """Yield names that mean something else, and parameters that are left out and unknown."""
    target = target_field or f"{action.entity.lifecycle.name}_id"
    for name in names:
        if name in REQUEST_NAMES:
            yield f"parameter {name} has a name that every request has: leave it out"
        elif name == target and not action.is_creating:
            yield f"parameter {name} has the name of the target: pass another target_field"
    for name in leave_out:
        if name not in action.parameters:
            yield f"{action} has no parameter {name} that could be left out"


def _type_faults(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield parameters that no request can have: without a kind, or of a type without a schema."""
    for name, parameter in parameters.items():
        try:
            probe = make_class("Request", {name: parameter}, kw_only=True, field_transformer=kinds)
            schema_from("", fields(probe), Side.BODY)
        except UsageError:
            yield f"parameter {name} has no kind with limits"
        except UnsupportedType as error:
            yield f"parameter {name} cannot be in a request: {error}"
