"""A conformance suite for the context of a host.

    TestTickets = conformance(tickets)

is a class of tests for pytest: it runs each action from each state of the lifecycle in a memory
store, with arguments of every kind, and tests what indelible says about each aggregate.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any, ClassVar, Final, TypeVar, cast

from attrs import frozen

from indelible.kernel import Actor
from indelible.kernel.contexts import AnyContext
from indelible.kernel.references import in_order_of_references
from indelible.memory.store import MemoryStore
from indelible.testing.own.exploring import ATTEMPTS, explore
from indelible.testing.own.operations import NO_VALUES, Values, operations_of
from indelible.testing.own.references import Targets
from indelible.testing.own.walks import (
    ACTORS,
    OpenedStore,
    OwnStore,
    Rule,
    Walk,
    difference_in,
)
from indelible.testing.suite import Suite

STEPS: Final = 60
SEED: Final = 37
MAX_FAULTS: Final = 10  # of a message
TARGETS: Final = 3  # of each aggregate that others refer to
OpenStore = Callable[[], OpenedStore]
S = TypeVar("S", bound="ContextConformance")


@frozen(kw_only=True)
class Plan:
    """The walks of a suite: the context, its store, the source of its arguments, and a seed.

    Without `store` it is a memory store. `memory_store` is the one in which all commands run again.
    `others` are the contexts of the aggregates that the one of `context` refers to.
    """

    context: AnyContext
    others: tuple[AnyContext, ...] = ()
    store: OpenStore | None = None
    memory_store: OpenStore | None = None
    values: Values = NO_VALUES
    actors: Sequence[Actor] = ACTORS
    steps: int = STEPS
    seed: int = SEED

    def walk(self, store: OwnStore) -> Walk:
        """Return a walk that has not begun."""
        return Walk(
            store=store,
            context=self.context,
            operations=operations_of(self.context, self.values),
            random=Random(self.seed),  # noqa: S311 - a test draws the same from the same seed
            actors=self.actors,
            targets=self._targets_in(store),
        )

    def _targets_in(self, store: OwnStore) -> Targets:
        """Create the aggregates that others refer to, and return their ids."""
        targets: dict[type[Any], list[str]] = {}
        for other in in_order_of_references(self.others):
            walk = Walk(
                store=store,
                context=other,
                operations=operations_of(other, NO_VALUES),
                random=Random(self.seed),  # noqa: S311 - a test draws the same from the same seed
                targets=targets,
            )
            for operation in walk.operations * ATTEMPTS:
                if operation.is_creating and len(walk.heads) < TARGETS:
                    walk.create(operation)
            targets[other.aggregate] = walk.ids
        return targets

    def explored(self, store: OwnStore) -> Walk:
        """Return a walk that has explored the lifecycle in a store."""
        walk = self.walk(store)
        explore(walk, self.steps)
        return walk

    def open_store(self) -> OpenedStore:
        """Open the store of the suite."""
        return self.open_memory() if self.store is None else self.store()

    def open_memory(self) -> OpenedStore:
        """Open the memory store in which all commands run again."""
        return self.memory() if self.memory_store is None else self.memory_store()

    @contextmanager
    def memory(self) -> Generator[OwnStore]:
        """Open a memory store with the context."""
        yield MemoryStore(contexts=(*self.others, self.context))


class ContextConformance(Suite):
    """Requirements on the aggregate of a context; `conformance` makes the class for one.

    `walk` is the walk that has explored its lifecycle; `walk.taken` and `walk.refused` count the
    edges that were taken, and the refusals.
    """

    plan: ClassVar[Plan]
    resources: ClassVar[ExitStack]
    walk: ClassVar[Walk]

    @classmethod
    def setup_class(cls) -> None:
        """Open the store, and explore the lifecycle in it."""
        cls.resources = ExitStack()
        try:
            cls.walk = cls.plan.explored(cls.open_store())
        except BaseException:
            cls.resources.close()
            raise

    @classmethod
    def open_store(cls) -> OwnStore:
        """Return the store, which is closed after the last test."""
        return cls.resources.enter_context(cls.plan.open_store())

    @classmethod
    def teardown_class(cls) -> None:
        """Close the store."""
        cls.resources.close()

    def test_each_action_runs_from_each_of_its_states(self) -> None:
        require(self.walk, Rule.RUNS)

    def test_a_body_returns_or_refuses_with_an_error_of_indelible(self) -> None:
        require(self.walk, Rule.BODIES)

    def test_an_action_runs_only_from_its_states(self) -> None:
        require(self.walk, Rule.STATES)

    def test_a_refused_command_changes_nothing(self) -> None:
        require(self.walk, Rule.REFUSALS)

    def test_an_accepted_command_is_one_change_of_a_declared_edge(self) -> None:
        require(self.walk, Rule.STEPS)

    def test_a_field_has_a_value_where_its_state_says_so(self) -> None:
        require(self.walk, Rule.FIELDS)

    def test_nothing_changes_a_head_that_a_caller_has(self) -> None:
        require(self.walk, Rule.FROZEN)

    def test_a_command_on_another_seq_is_stale(self) -> None:
        require(self.walk, Rule.STALE)

    def test_a_repeated_command_gets_the_first_answer(self) -> None:
        require(self.walk, Rule.ONCE)

    def test_each_former_head_can_be_read(self) -> None:
        require(self.walk, Rule.PAST)

    def test_filters_and_the_search_find_what_has_the_value(self) -> None:
        require(self.walk, Rule.LISTS)

    def test_a_value_of_a_unique_field_is_refused_a_second_time(self) -> None:
        require(self.walk, Rule.UNIQUE)

    def test_each_version_has_the_next_number_and_can_be_read(self) -> None:
        require(self.walk, Rule.VERSIONS)

    def test_a_reference_to_an_unknown_id_is_refused(self) -> None:
        require(self.walk, Rule.REFERENCES)

    def test_a_memory_store_gives_the_same_answers(self) -> None:
        with self.plan.open_memory() as store:
            difference = difference_in(self.plan.walk(store), self.walk)
        if difference:
            message = f"the same commands get other answers in a memory store: {difference}"
            raise AssertionError(message)


def conformance(
    context: AnyContext,
    *,
    others: Sequence[AnyContext] = (),
    store: OpenStore | None = None,
    memory: OpenStore | None = None,
    values: Values = NO_VALUES,
    actors: Sequence[Actor] = ACTORS,
    steps: int = STEPS,
    seed: int = SEED,
) -> type[ContextConformance]:
    """Return a class of tests of a context, for a module that pytest collects.

    `store` opens the store in which the lifecycle is explored, by default that of `memory`; a
    function of `contextlib.contextmanager` does. `memory` opens the memory store in which all
    commands run again. `others` are the contexts of the aggregates that this one refers to, of
    which the suite creates some; a `store` that is passed must know them. `values` maps a
    field, such as `title`, or a parameter of one action, such as `open.title`, to a function that
    draws its values from a `random.Random`; kinds draw all others. The commands are run by the
    `actors` in turn. After each action from each state, `steps` commands are drawn from the `seed`.

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
        steps=steps,
        seed=seed,
    )
    return suite_of(ContextConformance, plan)


def suite_of(base: type[S], plan: Plan) -> type[S]:
    """Return a class of a suite for the walks of a plan."""
    name = f"{plan.context.aggregate.__name__}{base.__name__}"
    suite = type(name, (base,), {"plan": plan})
    return cast("type[S]", suite)


def require(walk: Walk, rule: Rule) -> None:
    """Raise AssertionError with the faults of a rule."""
    faults = walk.faults.get(rule, [])
    if faults:
        lines = "\n".join(faults[:MAX_FAULTS])
        others = len(faults) - MAX_FAULTS
        more = f"\nand {others} more" if others > 0 else ""
        message = f"broken: {rule}\n{lines}{more}"
        raise AssertionError(message)
