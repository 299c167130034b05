"""Forged changes: complete, with a true hash, and illegal. Only the guards of a table see them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_type_hints

from attrs import define, evolve, field, fields_dict, frozen

from indelible.kernel import (
    AuditContext,
    Change,
    Head,
    IndelibleError,
    UsageError,
    to_json_value,
)
from indelible.kernel.actions import Command, actions_of
from indelible.kernel.aggregates import Aggregate, change_data, change_for
from indelible.kernel.bulk import AnyBulk, Bulk
from indelible.kernel.conditions import TakenFromChange, presence_in
from indelible.kernel.difference_rules import different_fields
from indelible.kernel.execution import chosen, perform, perform_birth
from indelible.kernel.kept_values import KEEP
from indelible.kernel.numbered_versions import FIRST
from indelible.testing.own.exploring import ATTEMPTS, enter
from indelible.testing.own.operations import Operation
from indelible.testing.own.references import UNKNOWN_ID, with_ids
from indelible.testing.own.values import Draw, draw_for
from indelible.testing.own.walks import Walk

ACTIONS_TAKE: Final = timedelta(seconds=1)
OTHER_ACTOR: Final = "user:forged"
LONG_AGO: Final = datetime(2001, 1, 1, tzinfo=UTC)


@frozen(kw_only=True)
class LegalStep:
    """A change that the library would save, with the entity that it leaves."""

    before: Head[Any] | None
    entity: Aggregate
    change: Change
    bulk: tuple[AnyBulk, ...] = ()


@frozen
class Miscounted(Bulk[Any]):
    """Rows whose change counts one row more."""

    def summary(self) -> dict[str, Any]:
        """Return the false count, and the digest."""
        return {"count": len(self.rows) + 1, "digest": self.digest}


@define(kw_only=True, eq=False)
class Forger:
    """Forged changes of the aggregates of a walk, saved in its store past the checks of Python.

    `refused` has what the database has refused, with the name of the guard or the error, and
    `accepted` what it has not.
    """

    walk: Walk
    refused: dict[str, str] = field(factory=dict[str, str], init=False)
    accepted: list[str] = field(factory=list[str], init=False)
    steps: int = field(default=0, init=False)

    def forge_all(self) -> None:
        """Forge the change of each operation from each state, and save the true one after it.

        Raises:
            AssertionError: The database refuses the true change, so that nothing is proven.
        """
        for operation in self.walk.operations:
            for state in sorted({edge.from_state for edge in operation.edges}):
                step = self._legal_step(operation, state)
                if step is None or self._has_accepted(step, operation.name, state):
                    continue
                problem = self._save(step)
                if problem:
                    message = f"the true change of {operation.name} is refused too: {problem}"
                    raise AssertionError(message)

    def _has_accepted(self, step: LegalStep, name: str, state: str) -> bool:
        """Save the illegal forms of a step until one is accepted; return whether one is."""
        for subject, forged in self._forgeries(step):
            full_name = f"{name} from {state or 'nothing'}, {subject}"
            problem = self._save(forged)
            if not problem:
                self.accepted.append(full_name)
                return True
            self.refused[full_name] = problem
        return False

    def _legal_step(self, operation: Operation, state: str) -> LegalStep | None:
        """Return a step of an operation from a state, None if the host's rules refuse each."""
        before: Head[Any] | None = None
        if state:
            number = enter(self.walk, state)
            if number is None:
                return None
            before = self.walk.heads[number][-1].head
        for _ in range(ATTEMPTS):
            try:
                return self._step(operation, before)
            except IndelibleError:  # a rule of the host refuses these arguments
                continue
        return None

    def _step(self, operation: Operation, before: Head[Any] | None) -> LegalStep:
        walk = self.walk
        actor = walk.random.choice(walk.actors)
        arguments = operation.arguments(walk.random)
        command: Command[Any] = walk.command(operation, before, arguments)
        command.use()
        audit = AuditContext(actor=actor, reason="a forged change", request_id=None)
        newest = walk.heads[-1][-1].head if before is None else before
        now = newest.entity.updated_at + ACTIONS_TAKE
        if before is None:
            self.steps += 1
            new_id = f"{newest.id}-{self.steps}"
            entity, bulk = perform_birth(command, now=now, audit=audit, new_id=lambda: new_id)
        else:
            command = chosen(command, before.entity, actor)
            entity, bulk = perform(command, before.entity, now=now, audit=audit)
        change = change_for(audit, before, entity, command.action.name, bulk=bulk)
        return LegalStep(before=before, entity=entity, change=change, bulk=bulk)

    def _forgeries(self, step: LegalStep) -> Iterator[tuple[str, LegalStep]]:
        """Yield illegal forms of a step, each with the reason."""
        yield from self._forged_fields(step)
        yield from self._forged_states(step)
        yield from forged_rows(self.walk.context.aggregate, step)
        if step.before is None:
            yield "with another time of creation", _with(step, created_at=LONG_AGO)
        else:
            same = step.before.entity.updated_at
            yield "at the time of the change before", _with(step, updated_at=same)

    def _forged_fields(self, step: LegalStep) -> Iterator[tuple[str, LegalStep]]:
        entity = self.walk.context.aggregate
        lifecycle = entity.lifecycle
        state = str(step.entity.status)
        presence = presence_in(entity.conditions, state)
        for name, is_present in presence.items():
            if is_present:
                yield f"without {name}", _with(step, **{name: None})
            else:
                yield f"with {name}", _with(step, **{name: self._other(name, None)})
        if step.before is not None:
            before = step.before.entity
            for name in (*entity.fixed, *lifecycle.kept_fields(step.change.action)):
                if presence.get(name) is not False:
                    other = self._other(name, getattr(before, name))
                    yield f"with another {name}", _with(step, **{name: other})
        for condition in entity.conditions:
            if isinstance(condition, TakenFromChange) and condition.action == step.change.action:
                forged = _with(step, **{condition.field: OTHER_ACTOR})
                yield f"with another {condition.part} as {condition.field}", forged
        yield from self._forged_numbers(step)
        yield from self._taken_values(step)
        yield from self._forged_links(step)

    def _forged_links(self, step: LegalStep) -> Iterator[tuple[str, LegalStep]]:
        """Yield steps with unknown ids, and with one value in two fields that must differ."""
        entity = self.walk.context.aggregate
        presence = presence_in(entity.conditions, str(step.entity.status))
        for reference in entity.references:
            if presence.get(reference.field) is not False:
                forged = _with(step, **{reference.field: UNKNOWN_ID})
                yield f"with an unknown id as {reference.field}", forged
        for claim in different_fields(entity.conditions):
            taken = getattr(step.entity, str(claim.other))
            if taken is not None and presence.get(claim.field) is not False:
                forged = _with(step, **{claim.field: taken})
                yield f"with the {claim.other} as {claim.field}", forged

    def _forged_numbers(self, step: LegalStep) -> Iterator[tuple[str, LegalStep]]:
        """Yield steps with another number of a version, and those whose content is another one."""
        rule = self.walk.context.aggregate.numbered_versions
        if rule is None:
            return
        number: int = getattr(step.entity, rule.field)
        yield f"with the {rule.field} after the next", _with(step, **{rule.field: number + 1})
        if number > FIRST:
            yield f"with the {rule.field} before", _with(step, **{rule.field: number - 1})
        if step.before is None or rule.expected(step.before.entity, step.entity) != number:
            return
        if number == getattr(step.before.entity, rule.field):
            for name in rule.counted_fields:
                other = self._other(name, getattr(step.entity, name))
                yield f"with another {name} in one version", _with(step, **{name: other})

    def _taken_values(self, step: LegalStep) -> Iterator[tuple[str, LegalStep]]:
        """Yield steps with a value of a unique field that another aggregate has."""
        for rule in self.walk.context.aggregate.one_per_parent:
            name = rule.parent_field
            for heads in self.walk.heads:
                last = heads[-1]
                is_other = step.before is None or last.head.id != step.before.id
                if is_other and last.state in rule.states and last.values[name] is not None:
                    yield f"with a taken {name}", _with(step, **{name: last.values[name]})
                    break

    def _forged_states(self, step: LegalStep) -> Iterator[tuple[str, LegalStep]]:
        """Yield steps to states to which the action does not lead."""
        for state in type(step.entity.status):
            if state != step.entity.status:
                yield f"to {state}", _with(step, status=state)

    def _other(self, name: str, value: object) -> object:
        """Return another value of a field."""
        for _ in range(ATTEMPTS):
            arguments = {name: self._draw(name)(self.walk.random)}
            other = with_ids(arguments, self.walk.ids_of)[name]
            if other not in (None, KEEP, value):
                return other
        return value

    def _draw(self, name: str) -> Draw:
        for operation in self.walk.operations:
            if name in operation.draws:
                return operation.draws[name]
        annotations = get_type_hints(self.walk.context.aggregate, include_extras=True)
        return draw_for(annotations[name], name)

    def _save(self, step: LegalStep) -> str:
        """Save a step; return the guard or the error that refuses it, '' if nothing does."""
        store: Any = self.walk.store
        change = step.change
        try:
            with store.transaction(actor=change.actor, reason=change.reason) as tx:
                self.walk.context.of(tx).save(change, step.entity, (), step.bulk)
        except UsageError:
            raise
        except IndelibleError as error:
            return str(getattr(error, "guard", "") or error.code)
        return ""


def _with(step: LegalStep, **values: object) -> LegalStep:
    """Return a step with other values in its entity and in its change, which has a true hash."""
    entity = _copy(step.entity, values)
    values_of_change = dict(change_data(entity))
    for item in step.bulk:
        values_of_change[item.record_name] = item.summary()
    data: Any = to_json_value(values_of_change)
    change = evolve(
        step.change,
        to_state=str(entity.status),
        at=entity.updated_at,
        data=data,
    )
    return evolve(step, entity=entity, change=evolve(change, hash=change.digest()))


def forged_rows(entity: type[Aggregate], step: LegalStep) -> Iterator[tuple[str, LegalStep]]:
    """Yield steps with other rows than the action appends, each with the reason."""
    action = actions_of(entity)[step.change.action]
    for item in step.bulk:
        record, rows = item.record_type, item.rows
        first = rows[0] if rows else None
        most = 1 if action.appending is None else action.appending.max_rows or 1
        name = record.record_name
        if first is not None:
            too_many = [evolve(first, number=number + 1) for number in range(most + 1)]
            yield f"with too many rows of {name}", _with_rows(step, record, too_many)
            later = tuple(evolve(row, number=row.number + 1) for row in rows)
            yield f"with rows of {name} from number 2", _with_bulk(step, evolve(item, rows=later))
            for reference in record.references:
                others = [evolve(first, **{reference.field: UNKNOWN_ID}), *rows[1:]]
                forged = _with_rows(step, record, others)
                yield f"with an unknown id as {reference.field} of {name}", forged
        miscounted = Miscounted(record, rows, item.texts, item.digest)
        yield f"with another count of {name}", _with_bulk(step, miscounted)
        if action.appending is not None and not action.appending.is_computed:
            yield f"without its row of {name}", _with_rows(step, record, ())
        stamps = ((record.time_field, LONG_AGO), (record.actor_field, OTHER_ACTOR))
        for field_name, other in stamps:
            if field_name and first is not None:
                others = [evolve(row, **{field_name: other}) for row in rows]
                forged = _with_rows(step, record, others)
                yield f"with another {field_name} of {name}", forged


def _with_rows(step: LegalStep, record: type[Any], rows: Iterable[Any]) -> LegalStep:
    """Return a step with other rows of its only record."""
    return _with_bulk(step, Bulk.of(record, rows))


def _with_bulk(step: LegalStep, bulk: AnyBulk) -> LegalStep:
    """Return a step with other rows, which are counted as they say."""
    return _with(evolve(step, bulk=(bulk,)))


def _copy(entity: Aggregate, values: Mapping[str, object]) -> Any:
    """Return an aggregate with other values, which nothing has checked."""
    copy: Any = object.__new__(type(entity))
    for name in fields_dict(type(entity)):
        object.__setattr__(copy, name, values.get(name, getattr(entity, name)))
    for name, value in values.items():
        object.__setattr__(copy, name, value)
    return copy
