"""A state machine of Hypothesis for the context of a host.

    TestWalks = machine(tickets)

draws commands and checks each; a failure is shrunk to the shortest walk that shows it.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from random import Random
from typing import Any, ClassVar, Final
from unittest import TestCase

from indelible.kernel import Actor
from indelible.kernel.contexts import AnyContext
from indelible.kernel.distributions import TESTING
from indelible.testing.own.operations import NO_VALUES, Operation, Values, operations_of
from indelible.testing.own.suites import OpenStore, Plan, require
from indelible.testing.own.walks import ACTORS, Rule, Walk, difference_in

with TESTING.required():
    from hypothesis import event, note, settings
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
    from hypothesis.strategies import randoms

DEFAULTS: Final = settings(max_examples=25, stateful_step_count=20, deadline=None)


class ContextMachine(RuleBasedStateMachine):
    """Commands on the aggregates of a context; `machine` makes the class for one."""

    plan: ClassVar[Plan]

    def __init__(self) -> None:
        """Open a store."""
        super().__init__()
        self.resources = ExitStack()
        self.walk: Walk = self.plan.walk(self.resources.enter_context(self.plan.open_store()))

    @rule(random=randoms())
    def create(self, random: Random) -> None:
        """Create an aggregate."""
        operation = self._operation(random, is_creating=True)
        self.walk.create(operation)
        self._report()

    @precondition(lambda self: bool(self.walk.heads) and self.can_change())
    @rule(random=randoms())
    def change(self, random: Random) -> None:
        """Run an action on an aggregate."""
        operation = self._operation(random, is_creating=False)
        self.walk.change(operation, random.randrange(len(self.walk.heads)))
        self._report()

    @invariant()
    def every_rule_is_fulfilled(self) -> None:
        """Refuse a walk with a fault."""
        for broken in Rule:
            require(self.walk, broken)

    def teardown(self) -> None:
        """Read what the walk has left, repeat it in a memory store, and close the store."""
        try:
            self.walk.check_heads()
            self.every_rule_is_fulfilled()
            with self.plan.open_memory() as store:
                difference = difference_in(self.plan.walk(store), self.walk)
            if difference:
                message = f"the same commands get other answers in a memory store: {difference}"
                raise AssertionError(message)
        finally:
            self.resources.close()

    def can_change(self) -> bool:
        """Return whether any operation does not create."""
        return any(not operation.is_creating for operation in self.walk.operations)

    def _operation(self, random: Random, *, is_creating: bool) -> Operation:
        """Return an operation that creates, or one that changes."""
        self.walk.random = random
        operations = [one for one in self.walk.operations if one.is_creating == is_creating]
        return random.choice(operations)

    def _report(self) -> None:
        """Show the last command, and count its answer."""
        trial, answer = self.walk.trials[-1]
        name = trial.operation.name
        subject = "" if trial.number is None else f" of aggregate {trial.number}"
        note(f"{name}{subject} with {dict(trial.arguments)!r}: {answer.code or 'accepted'}")
        event(f"{name}: {answer.code or 'accepted'}")


def machine(
    context: AnyContext,
    *,
    others: Sequence[AnyContext] = (),
    store: OpenStore | None = None,
    memory: OpenStore | None = None,
    values: Values = NO_VALUES,
    actors: Sequence[Actor] = ACTORS,
    settings: settings = DEFAULTS,
) -> type[TestCase]:
    """Return a test that Hypothesis plays, for a module that pytest or unittest collects.

    `others`, `store`, `memory`, `values` and `actors` are as in `conformance`; each walk opens new
    stores.

    Raises:
        UsageError: A name in `values` is unknown, or nothing draws the values of a parameter.
    """
    operations_of(context, values)
    plan = Plan(
        context=context,
        others=tuple(others),
        store=store,
        memory_store=memory,
        values=values,
        actors=actors,
    )
    name = f"{context.aggregate.__name__}Machine"
    of_context: Any = type(name, (ContextMachine,), {"plan": plan})
    of_context.TestCase.settings = settings
    test: type[TestCase] = of_context.TestCase
    return test
