"""Walks: commands on the aggregates of a context, each of which is checked when it has run."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from random import Random
from traceback import extract_tb
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from indelible.kernel import Actor, Change, Head, Idempotency, errors
from indelible.kernel.actions import At, Command, actions_of
from indelible.kernel.appends import MAX_ROWS, AppendedRecord, appended_types
from indelible.kernel.conditions import presence_in
from indelible.kernel.context_checks import MAX_HEADS
from indelible.kernel.contexts import AnyContext
from indelible.kernel.references import Reference
from indelible.kernel.values import field_values
from indelible.testing.own.operations import Operation
from indelible.testing.own.references import Targets, numbered, with_ids
from indelible.testing.own.versions import number_fault, version_faults

ACTORS: Final = tuple(Actor.user(name) for name in ("ann", "maya", "noor", "sol"))
REASON: Final = "a walk"
NOT_COMPARED: Final = frozenset(("id", "created_at", "updated_at"))  # of a store, not of a rule
REFUSALS: Final = (
    errors.Conflict,
    errors.Forbidden,
    errors.Invalid,
    errors.NotFound,
    errors.Stale,
)


class OwnStore(Protocol):
    """The methods of a store with a host's context that a walk calls."""

    def run(
        self,
        handler: Any,  # noqa: ANN401 - of any transaction
        command: Any,  # noqa: ANN401 - of any handler
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        idempotency: Idempotency[Any] | None = None,
    ) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        ...

    def read(
        self,
        query: Any,  # noqa: ANN401 - of any transaction
        /,
        *args: Any,  # noqa: ANN401 - of any query
        **kwargs: Any,  # noqa: ANN401 - of any query
    ) -> Any:  # noqa: ANN401 - of any query
        """Answer a query."""
        ...


OpenedStore = AbstractContextManager[OwnStore]


class Rule(StrEnum):
    """The rules that every aggregate of a host fulfills in every store."""

    RUNS = "each action runs from each of its states"
    BODIES = "a body returns, or refuses with an error of indelible"
    STATES = "an action runs only from its states"
    REFUSALS = "a refused command changes nothing"
    STEPS = "an accepted command is one change, of a declared edge"
    FIELDS = "a field has a value in each state that requires it, and none where it is excluded"
    FROZEN = "nothing changes a head that a caller has"
    STALE = "a command on a seq that is not the last one is refused"
    ONCE = "a repeated command gets the first answer"
    PAST = "as_of returns each former head"
    LISTS = "each filter, each finder and the search find what has the value"
    UNIQUE = "a value of a unique field is refused a second time"
    VERSIONS = "another value of a counted field is the next version, and each can be read"
    REFERENCES = "a reference to an unknown id is refused"


@frozen(kw_only=True)
class Former:
    """A head as a store has returned it, with a copy of its values."""

    head: Head[Any]
    values: Mapping[str, object]

    @property
    def state(self) -> str:
        """Return the state."""
        return self.head.revision.state


@frozen(kw_only=True)
class Trial:
    """A command that can be repeated in another store; `number` is that of its aggregate.

    `target` is the position of its form in `targets_of`. A command that creates has neither.
    """

    operation: Operation
    arguments: Mapping[str, object]
    actor: Actor
    number: int | None = None
    target: int = 0


@frozen(kw_only=True)
class Answer:
    """The answer of a store to a command: the values that it has left, or the code of a refusal.

    The values lack what the store sets: the id and the times.
    """

    code: str = ""
    seq: int = 0
    values: Mapping[str, object] = field(factory=dict[str, object])


def targets_of(head: Head[Any]) -> tuple[Head[Any] | At | str, ...]:
    """Return the forms of a head as the target of a command."""
    return head, At(head.id, head.seq), head.id


@define(kw_only=True, eq=False)
class Walk:
    """Commands on one store: the answers, the heads that they have left, and the faults.

    `trials` has the commands with their answers, and `heads` the former heads of each aggregate,
    oldest first. `targets` has the ids of the aggregates that others refer to. `taken` counts the
    edges that were taken, and `refused` the refusals by operation and code.
    """

    store: OwnStore
    context: AnyContext
    operations: tuple[Operation, ...]
    random: Random
    actors: Sequence[Actor] = ACTORS
    targets: Targets = field(factory=dict[type[Any], Sequence[str]])
    heads: list[list[Former]] = field(factory=list[list[Former]], init=False)
    trials: list[tuple[Trial, Answer]] = field(factory=list[tuple[Trial, Answer]], init=False)
    taken: Counter[tuple[str, str]] = field(factory=Counter[tuple[str, str]], init=False)
    refused: Counter[tuple[str, str]] = field(factory=Counter[tuple[str, str]], init=False)
    faults: defaultdict[Rule, list[str]] = field(
        factory=lambda: defaultdict[Rule, list[str]](list), init=False
    )
    others: frozenset[str] = field(factory=frozenset[str], init=False)  # ids of another program

    def __attrs_post_init__(self) -> None:
        """Note what the store has already."""
        self.others = frozenset(head.id for head in self.stored())

    def resting_in(self, state: str) -> list[int]:
        """Return the numbers of the aggregates that are in a state."""
        numbers: list[int] = []
        for number, heads in enumerate(self.heads):
            if heads[-1].state == state:
                numbers.append(number)
        return numbers

    def create(self, operation: Operation, *, is_short: bool = False) -> int | None:
        """Create an aggregate, and return its number, or None for a refusal."""
        count = len(self.heads)
        self.attempt(
            Trial(
                operation=operation,
                arguments=operation.arguments(self.random, is_short=is_short),
                actor=self.random.choice(self.actors),
            )
        )
        return count if len(self.heads) > count else None

    def change(self, operation: Operation, number: int, *, is_short: bool = False) -> bool:
        """Run an operation on an aggregate, and return whether it was accepted."""
        trial = Trial(
            operation=operation,
            arguments=operation.arguments(self.random, is_short=is_short),
            actor=self.random.choice(self.actors),
            number=number,
            target=self.random.randrange(len(targets_of(self.heads[number][-1].head))),
        )
        return not self.attempt(trial).code

    def attempt(self, trial: Trial) -> Answer:
        """Run a command, check what it has done, and return the answer."""
        operation = trial.operation
        before = None if trial.number is None else self.heads[trial.number][-1]
        head, code = self._head_or_code(trial, before)
        if head is not None:
            if before is not None and not operation.allowed_in(before.state):
                self.fault(Rule.STATES, f"{operation.name} has run in {before.state}")
            return self.follow(trial, head)

        self.refused[operation.name, code] += 1
        if trial.number is not None and self.changes_of(trial.number):
            self.fault(Rule.REFUSALS, f"{operation.name} was refused and has changed history")
        if before is not None:
            self._check_unchanged(before, f"after {operation.name} was refused")
        answer = Answer(code=code)
        self.trials.append((trial, answer))
        return answer

    def command(
        self,
        operation: Operation,
        target: Head[Any] | At | str | None,
        arguments: Mapping[str, object],
    ) -> Command[Any]:
        """Return the command of an operation with the ids that the store has."""
        return operation.command(target, with_ids(arguments, self.ids_of))

    @property
    def ids(self) -> list[str]:
        """Return the ids of the aggregates, in the order of their creation."""
        return [former[-1].head.id for former in self.heads]

    def ids_of(self, reference: Reference) -> Sequence[str]:
        """Return the ids that a reference can name."""
        if reference.target is not None:
            return self.targets.get(reference.target, ())
        return self.ids

    def execute(
        self,
        command: Command[Any],
        actor: Actor,
        idempotency: Idempotency[Any] | None = None,
    ) -> Head[Any]:
        """Run a command that is not one of the trials."""
        head: Head[Any] = self.store.run(
            self.context.execute, command, actor=actor, reason=REASON, idempotency=idempotency
        )
        return head

    def follow(self, trial: Trial, head: Head[Any]) -> Answer:
        """Check the change that has left a head, note the head, and return it as an answer."""
        if trial.number is None:
            self.heads.append([])
        number = len(self.heads) - 1 if trial.number is None else trial.number
        former = self.heads[number]
        if former:
            self._check_unchanged(former[-1], f"after {trial.operation.name}")
        self._check_step(trial.operation, former, head)
        self._check_fields(head)
        values = dict(field_values(head.entity))
        wrong_number = number_fault(self.context, former[-1].values if former else None, values)
        if wrong_number:
            self.fault(Rule.VERSIONS, f"after {trial.operation.name} {wrong_number}")
        former.append(Former(head=head, values=values))
        answer = Answer(seq=head.seq, values=self._comparable(head))
        self.trials.append((trial, answer))
        return answer

    def changes_of(self, number: int) -> tuple[Change, ...]:
        """Return the changes of an aggregate that the walk has not followed."""
        last = self.heads[number][-1].head
        changes: tuple[Change, ...] = self.store.read(self.context.history, last.id, after=last.seq)
        return changes

    def stored(self, **filters: object) -> list[Head[Any]]:
        """Return all heads of the store that have these values."""
        result: list[Head[Any]] = []
        after = ""
        while True:
            page = self.store.read(self.context.list, after=after, limit=MAX_HEADS, **filters)
            result.extend(page)
            if len(page) < MAX_HEADS:
                return result
            after = page[-1].id

    def fault(self, rule: Rule, text: str) -> None:
        """Note that a rule is broken."""
        if text not in self.faults[rule]:
            self.faults[rule].append(text)

    def _head_or_code(self, trial: Trial, before: Former | None) -> tuple[Head[Any] | None, str]:
        """Return the head that a command leaves, or the code of its refusal."""
        target = None if before is None else targets_of(before.head)[trial.target]
        command = self.command(trial.operation, target, trial.arguments)
        try:
            return self.execute(command, trial.actor), ""
        except (errors.Unavailable, errors.OutcomeUnknown):
            raise
        except REFUSALS as error:
            return None, error.code
        except Exception as error:  # noqa: BLE001 - the body of an action can raise anything
            frame = extract_tb(error.__traceback__)[-1]
            name = type(error).__name__
            text = f"{trial.operation.name} raises {name}: {error}"
            self.fault(Rule.BODIES, f"{text} ({frame.filename}:{frame.lineno})")
            return None, name

    def _comparable(self, head: Head[Any]) -> dict[str, object]:
        """Return the values of a head that no store sets."""
        actions = actions_of(self.context.aggregate).values()
        excluded = NOT_COMPARED.union(action.time_field for action in actions)
        values = dict(field_values(head.entity))
        for reference in self.context.aggregate.references:
            name = reference.field
            values[name] = numbered(reference, values[name], self.ids_of(reference))
        compared = {name: value for name, value in values.items() if name not in excluded}
        for record in appended_types(self.context.aggregate.bulk_records):
            compared[record.record_name] = self._rows_of(record, head)
        return compared

    def _rows_of(self, record: type[AppendedRecord], head: Head[Any]) -> list[dict[str, object]]:
        """Return the rows that the last change of a head has appended, without their time."""
        rows: list[dict[str, object]] = []
        after = (head.seq - 1, MAX_ROWS)
        for stored in self.store.read(
            self.context.rows, record, head, after=after, limit=MAX_HEADS
        ):
            values = dict(field_values(stored.record))
            values.pop(record.time_field, None)
            for reference in record.references:
                name = reference.field
                values[name] = numbered(reference, values[name], self.ids_of(reference))
            rows.append(values)
        return rows

    def _check_step(self, operation: Operation, former: Sequence[Former], head: Head[Any]) -> None:
        """Check the change that has left a head, and count its edge."""
        state, seq = (former[-1].state, former[-1].head.seq) if former else ("", 0)
        changes: tuple[Change, ...] = self.store.read(self.context.history, head.id, after=seq)
        name = operation.name
        if len(changes) != 1 or head.seq != seq + 1 or changes[0].revision != head.revision:
            seqs = [change.seq for change in changes]
            text = f"{name} of seq {seq} has left seq {head.seq} with the changes {seqs}"
            self.fault(Rule.STEPS, text)
        declared = {(edge.from_state, edge.action, str(edge.to_state)) for edge in operation.edges}
        for change in changes:
            edge = (change.from_state, change.action, change.to_state)
            if edge not in declared:
                self.fault(Rule.STEPS, f"{name} has taken the edge {edge}")
            self.taken[state, change.action] += 1

    def _check_fields(self, head: Head[Any]) -> None:
        """Check that a head has the fields that its state requires, and none that it excludes."""
        state = head.revision.state
        if state != head.entity.status:
            text = f"a head of the state {state} has the status {head.entity.status}"
            self.fault(Rule.FIELDS, text)
        for name, is_present in presence_in(self.context.aggregate.conditions, state).items():
            if (getattr(head.entity, name) is not None) != is_present:
                expected = "a value" if is_present else "no value"
                self.fault(Rule.FIELDS, f"{name} must have {expected} in {state}")

    def _check_unchanged(self, former: Former, when: str) -> None:
        """Check that a head has the values that it had when it was returned."""
        for name, value in field_values(former.head.entity).items():
            if value != former.values[name]:
                text = f"{name} of a head is {value!r} {when}, it was {former.values[name]!r}"
                self.fault(Rule.FROZEN, text)

    def check_heads(self) -> None:
        """Check that the store has the heads that the walk has followed, also as they were."""
        stored = {head.id: head for head in self.stored()}
        walked = set(self.ids)
        for entity_id in sorted(set(stored) - walked - self.others):
            self.fault(Rule.REFUSALS, f"the list has {entity_id}, which no command has created")
        for former in self.heads:
            last = former[-1]
            self._check_same(last, stored.get(last.head.id), Rule.REFUSALS, "the list")
            got = self.store.read(self.context.get, last.head.id)
            self._check_same(last, got, Rule.REFUSALS, "get")
            for one in former:
                at = one.values["updated_at"]
                past = self.store.read(self.context.as_of, one.head.id, at)
                self._check_same(one, past, Rule.PAST, "as_of")
            heads = [one.head for one in former]
            for fault in version_faults(self.context, self.store, heads):
                self.fault(Rule.VERSIONS, fault)

    def _check_same(self, former: Former, actual: Head[Any] | None, rule: Rule, name: str) -> None:
        """Check that a head is another one that was noted."""
        if actual is None:
            self.fault(rule, f"{name} lacks an aggregate in {former.state}")
            return
        if actual.revision != former.head.revision:
            text = f"{name} has revision {actual.revision}, expected {former.head.revision}"
            self.fault(rule, text)
        for field_name, value in field_values(actual.entity).items():
            if value != former.values[field_name]:
                text = f"{name} has {field_name} {value!r}, expected {former.values[field_name]!r}"
                self.fault(rule, text)


def difference_in(again: Walk, walk: Walk) -> str:
    """Repeat the commands of a walk in another one; return the first other answer, '' if none."""
    for position, (trial, expected) in enumerate(walk.trials):
        actual = again.attempt(trial)
        if actual != expected:
            return f"command {position}, {trial.operation.name}: got {actual}, expected {expected}"
    return ""
