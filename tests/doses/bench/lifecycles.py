"""Measure a transition of a lifecycle in memory, next to libraries for state machines."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

from attrs import evolve
from statemachine import State, StateMachine
from tests.doses.bench.rounds import Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.testbed import Testbed
from transitions import Machine

from indelible.kernel import Lifecycle
from indelible.kernel.lifecycle import Edge

CYCLES: Final = 20  # in one call: a single one is too short to be measured
MICROSECONDS: Final = 1e3  # in a millisecond
OURS: Final = "indelible"


class Stage(StrEnum):
    """The state of an invoice."""

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
EDGES: Final = (Edge("", "create", Stage.DRAFT, 0), *(Edge(*step, 0) for step in STEPS))
INVOICE: Final = Lifecycle(name="invoice", edges=EDGES)
ACTIONS: Final = tuple(action for _, action, _ in STEPS)


class Invoice:
    """The model of a state machine of `transitions`."""

    state: str


class InvoiceMachine(StateMachine):
    """The same lifecycle, as python-statemachine declares it."""

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
    """Measure one transition by each library."""
    ways = {
        OURS: _by_lifecycle(),
        "transitions": _by_transitions(),
        "python-statemachine": _by_statemachine(),
    }
    rows: dict[str, Measured] = {}
    for name, row in measure_in_turns(ways, dose).items():
        transitions = CYCLES * len(STEPS)
        values = tuple(value * MICROSECONDS / transitions for value in row.values)
        rows[name] = evolve(row, unit="µs", values=values)

    ratio = rows["transitions"].over(rows[OURS])
    yield Table(
        name="lifecycle",
        title="A transition of a lifecycle, in memory",
        description=(
            "Five transitions that lead back to the first state, over and over; `Lifecycle.next`"
            " returns the next state, the others also store it. Nothing is written anywhere."
        ),
        rows=tuple(rows.values()),
        baseline=OURS,
        goals=(Goal(promise="times as fast as transitions", value=ratio, at_least=10),),
    )


def _by_lifecycle() -> Way:
    state = Stage.DRAFT

    def take(action: str) -> None:
        nonlocal state
        state = INVOICE.next(state, action)

    return _cycling(take, lambda: state is Stage.DRAFT)


def _by_transitions() -> Way:
    edges = [{"trigger": action, "source": start, "dest": end} for start, action, end in STEPS]
    invoice: Any = Invoice()
    Machine(
        invoice, states=[*Stage], transitions=edges, initial=Stage.DRAFT, auto_transitions=False
    )
    return _cycling(invoice.trigger, lambda: invoice.state == Stage.DRAFT)


def _by_statemachine() -> Way:
    machine: Any = InvoiceMachine()
    return _cycling(machine.send, lambda: machine.draft.is_active)


def _cycling(take: Callable[[str], object], is_at_start: Callable[[], bool]) -> Way:
    """Return a way that takes all actions many times, and counts if it ends where it started."""
    calls = 0

    def cycle() -> None:
        nonlocal calls
        for _ in range(CYCLES):
            for action in ACTIONS:
                take(action)
        calls += is_at_start()

    return Way(cycle, lambda: calls)
