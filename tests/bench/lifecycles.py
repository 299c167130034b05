"""A step of a lifecycle in memory, beside libraries for state machines."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from typing import Any, Final

from attrs import evolve
from statemachine import State, StateMachine
from tests.bench.rounds import Dose, Goal, Table, Way, measure_in_turns
from tests.chaos.testbed import Testbed
from transitions import Machine

from indelible.kernel import Lifecycle
from indelible.kernel.lifecycle import Edge

WALKS: Final = 20  # that are taken at once: a single one is shorter than the clock can tell
MICROSECONDS: Final = 1e3  # of a millisecond
OURS: Final = "indelible"


class Stage(StrEnum):
    """Where an invoice stands."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    APPROVED = "APPROVED"
    PAID = "PAID"
    CLOSED = "CLOSED"


STEPS: Final = (
    (Stage.DRAFT, "submit", Stage.SENT),
    (Stage.SENT, "approve", Stage.APPROVED),
    (Stage.APPROVED, "pay", Stage.PAID),
    (Stage.PAID, "close", Stage.CLOSED),
    (Stage.CLOSED, "reopen", Stage.DRAFT),
)
INVOICE: Final = Lifecycle(
    name="invoice", edges=(Edge("", "create", Stage.DRAFT, 0), *(Edge(*step, 0) for step in STEPS))
)
ACTIONS: Final = tuple(action for _, action, _ in STEPS)


class Held:
    """What `transitions` gives a state to."""

    state: str


class Declared(StateMachine):
    """The same lifecycle, as python-statemachine declares one."""

    draft = State(initial=True)
    sent = State()
    approved = State()
    paid = State()
    closed = State()
    submit = draft.to(sent)
    approve = sent.to(approved)
    pay = approved.to(paid)
    close = paid.to(closed)
    reopen = closed.to(draft)


def tables(_: Testbed, dose: Dose) -> Iterator[Table]:
    """One step, by each."""
    edges = [{"trigger": action, "source": begin, "dest": end} for begin, action, end in STEPS]
    held: Any = Held()
    Machine(held, states=[*Stage], transitions=edges, initial=Stage.DRAFT, auto_transitions=False)
    declared: Any = Declared()
    walks = {
        OURS: _ours(),
        "transitions": _walking(held.trigger, lambda: held.state == Stage.DRAFT),
        "python-statemachine": _walking(declared.send, lambda: declared.draft.is_active),
    }
    steps = WALKS * len(STEPS)
    found = {
        name: evolve(
            each, unit="µs", values=tuple(taken * MICROSECONDS / steps for taken in each.values)
        )
        for name, each in measure_in_turns(walks, dose).items()
    }
    ratio = found["transitions"].over(found[OURS])
    yield Table(
        name="lifecycle",
        title="A step of a lifecycle, in memory",
        description="Five steps that lead back to the first state, over and over; `Lifecycle.next` says where each one leads,"
        " the others also keep the state. Nothing is written anywhere.",
        rows=tuple(found.values()),
        baseline=OURS,
        goals=(Goal(promise="times as fast as transitions", value=ratio, at_least=10),),
    )


def _ours() -> Way:
    state = [Stage.DRAFT]

    def take(action: str) -> None:
        state[0] = INVOICE.next(state[0], action)

    return _walking(take, lambda: state[0] is Stage.DRAFT)


def _walking(take: Callable[[str], object], is_home: Callable[[], bool]) -> Way:
    walked = [0]

    def walk() -> None:
        for _ in range(WALKS):
            for action in ACTIONS:
                take(action)
        walked[0] += is_home()

    return Way(walk, partial(walked.__getitem__, 0))
