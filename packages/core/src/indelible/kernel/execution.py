"""Run the commands of actions: save an aggregate as its action leaves it."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

from attrs import fields_dict

from indelible.kernel.actions import Action, At, Command, Fields
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.appends import returned_rows
from indelible.kernel.audit import Actor, AuditContext, HasActorAndReason
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.choices import allowed_actions, choices_of
from indelible.kernel.errors import InvalidTransition, UsageError
from indelible.kernel.history import AggregateRepository, Head
from indelible.kernel.kept_values import with_kept_values
from indelible.kernel.transaction import Transaction
from indelible.kernel.transaction_rules import NO_RULES, Rules, obey

E = TypeVar("E", bound=Aggregate)
UNSAVED: Final = "a value that nothing saves"  # the reason where nobody gives one


def execute(
    tx: Transaction,
    repository: AggregateRepository[E],
    command: Command[E],
    *,
    now: datetime | None = None,
    bulk: Sequence[AnyBulk] = (),
    rules: Rules[E] = NO_RULES,
) -> Head[E]:
    """Save the aggregate as the command's action leaves it, and return the new head.

    A command on an id locks the aggregate first. `now` is the time of the action if the handler has
    read the clock already. One of the `rules` may refuse the aggregate before it is saved.

    Raises:
        InvalidTransition: The state has no such action.
        NotFound: The error of the lifecycle, for an unknown id.
        Stale: The aggregate is not at the head's seq.
        IndelibleError: The rule of the action refuses it, or one of the errors of `save_change`.
    """
    command.use()
    head = _target(repository, command)
    at = now or tx.clock.now()
    if head is None:
        result = perform_birth(command, now=at, audit=tx, new_id=tx.ids.new)
    else:
        command = chosen(command, head.entity, tx.actor)
        result = perform(command, head.entity, now=at, audit=tx)

    obey(rules, tx, command.action, result.entity)
    added = (*result.bulk, *bulk)
    change = change_for(tx, head, result.entity, command.action.name, bulk=added)
    repository.save(change, result.entity, bulk=added)
    return Head(entity=result.entity, revision=change.revision)


def _target(repository: AggregateRepository[E], command: Command[E]) -> Head[E] | None:
    """Return the head that the command changes, None for one that creates."""
    target = command.target
    if isinstance(target, str):
        return repository.lock(target)
    if isinstance(target, At):
        return repository.load(target.id, expected_seq=target.seq)
    return target


_actor: Final[ContextVar[Actor]] = ContextVar("actor")


def current_actor() -> Actor:
    """Return the actor of the command whose rule asks, in the body of an action.

    Raises:
        UsageError: No command is running.
    """
    actor = _actor.get(None)
    if actor is None:
        raise UsageError("no command is running: ask for its actor in the body of an action")
    return actor


@contextmanager
def _acting(actor: Actor) -> Generator[None]:
    """Let the body of an action ask for its actor."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def chosen(command: Command[E], before: E, actor: Actor) -> Command[E]:
    """Return the command of the action that a choice takes; another command stays as it is."""
    if command.choose is None:
        return command
    command.use()
    choice = choices_of(command.action.entity)[command.choice]
    _refuse_state(command, before, [action.name for action in choice.actions])
    with _acting(actor):
        taken = command.choose(before, command)
    taken.use()
    return taken


def _refuse_state(command: Command[Any], before: Aggregate, names: Sequence[str]) -> None:
    """Raise InvalidTransition if the state allows none of the actions.

    It names what a caller can run: a choice, and not the actions that only the choice takes.
    """
    allowed = before.lifecycle.allowed(before.status)
    if not set(names).intersection(allowed):
        name = command.choice or command.action.name
        runnable = allowed_actions(command.action.entity, before.status)
        raise InvalidTransition(before.lifecycle.name, before.status, name, runnable)


def no_id() -> str:
    """Raise UsageError: the action that creates takes no id, and nothing makes one."""
    raise UsageError("the aggregate has no id: pass `new_id`")


class Performed(NamedTuple, Generic[E]):
    """An aggregate as an action leaves it, and the rows that the action appends."""

    entity: E
    bulk: tuple[AnyBulk, ...] = ()


def created(
    command: Command[E],
    *,
    now: datetime,
    actor: Actor,
    reason: str = UNSAVED,
    new_id: Callable[[], str] = no_id,
) -> E:
    """Return the aggregate that the command creates; `new_id` makes the id that it does not say."""
    audit = AuditContext(actor=actor, reason=reason)
    return perform_birth(command, now=now, audit=audit, new_id=new_id).entity


def changed(
    command: Command[E], before: E, *, now: datetime, actor: Actor, reason: str = UNSAVED
) -> E:
    """Return the aggregate after the command's action.

    Raises:
        UsageError: The command is one of another aggregate.
    """
    audit = AuditContext(actor=actor, reason=reason)
    return perform(command, before, now=now, audit=audit).entity


def perform_birth(
    command: Command[E],
    *,
    now: datetime,
    audit: HasActorAndReason,
    new_id: Callable[[], str] = no_id,
) -> Performed[E]:
    """Return the aggregate that the command creates, and its rows.

    `new_id` makes the id that the command does not say.
    """
    command.use()
    action = command.action
    entity_type: type[E] = action.entity
    fields = {**command.arguments, **_stamps(action, now, audit)}
    if "id" not in action.parameters:
        fields["id"] = new_id()
    returned: Fields = {}
    with _acting(audit.actor):
        if action.computes:
            returned = _returned(action, _draft(entity_type, fields), command.arguments)
            fields.update({name: returned[name] for name in action.computes})
        if action.has_inputs or action.appending is not None:
            fields = _without_inputs(action, fields)
        entity = entity_type.create(action.name, now=now, **fields)
        if not action.computes and action.has_inputs:
            returned = _returned(action, entity, command.arguments)
        elif not action.computes:
            action.method(entity, **command.arguments)
    return Performed(entity, _rows(action, command.arguments, returned, now, audit.actor))


def perform(
    command: Command[E], before: E, *, now: datetime, audit: HasActorAndReason
) -> Performed[E]:
    """Return the aggregate after the command's action, and its rows.

    Raises:
        UsageError: The command is one of another aggregate.
    """
    command.use()
    action = command.action
    if not issubclass(type(before), action.entity):
        raise UsageError(f"{action} is no action of {type(before).__name__}")

    _refuse_state(command, before, (action.name,))  # the state refuses before the rule does
    fields: dict[str, Any] = dict.fromkeys(action.emptied_fields)
    arguments = with_kept_values(command.arguments, action.parameters, before)
    for name in action.parameter_fields:
        fields[name] = arguments[name]

    with _acting(audit.actor):
        returned = _returned(action, before, arguments)
    fields.update({name: returned[name] for name in action.computes})
    fields.update(_stamps(action, now, audit))
    entity = before.transition(action.name, now=now, **fields)
    rows = _rows(action, arguments, returned, entity.updated_at, audit.actor)
    return Performed(entity, rows)


def _rows(
    action: Action[Any, ...], arguments: Fields, returned: Fields, now: datetime, actor: Actor
) -> tuple[AnyBulk, ...]:
    """Return the rows that an action appends, as they are saved."""
    appending = action.appending
    if appending is None:
        return ()
    rows: Sequence[Fields] = ({name: arguments[name] for name in action.row_parameters},)
    if appending.is_computed:
        name = appending.record.record_name
        rows = returned_rows(returned[name], appending, action)
    return appending.bulk(rows, now=now, actor=actor)


def _draft(entity_type: type[E], fields: Fields) -> E:
    """Return an aggregate that has only the values that are given, for what computes the others."""
    draft = object.__new__(entity_type)
    for name, value in fields.items():
        if name in fields_dict(entity_type):
            object.__setattr__(draft, name, value)
    return draft


def _without_inputs(action: Action[Any, ...], fields: Fields) -> dict[str, Any]:
    """Return the fields among the arguments of an action that computes others."""
    known = fields_dict(action.entity)
    return {name: value for name, value in fields.items() if name in known}


def _stamps(action: Action[Any, ...], now: datetime, audit: HasActorAndReason) -> Fields:
    """Return the fields that get the time, the actor and the reason of the action."""
    fields: dict[str, object] = dict.fromkeys(action.actor_fields, str(audit.actor))
    fields.update(dict.fromkeys(action.reason_fields, audit.reason))
    if action.time_field:
        fields[action.time_field] = now
    return fields


def _returned(action: Action[E, ...], before: E, arguments: Fields) -> Fields:
    """Run the body of an action, and return the fields and rows that it has computed.

    Raises:
        UsageError: They are not those that the action declares.
    """
    returned = action.method(before, **arguments) or {}
    if frozenset(returned) != action.returned_names:
        expected = ", ".join(sorted(action.returned_names)) or "no fields"
        actual = ", ".join(returned) or "none"
        raise UsageError(f"{action} must compute {expected}, got {actual}")
    return returned
