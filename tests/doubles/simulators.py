"""Run simulators of Stripe in tests; the journal of each must conform to Stripe's descriptions.

Tests start every simulator here, and `tests/architecture/test_simulators.py` finds one that is
started elsewhere. The summary of a session says how many requests were checked.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import httpx
from tests.doubles.journal_counts import TOTALS

from indelible_stripe.simulator import Simulator, Story, running_simulator
from indelible_stripe.simulator.state import Kind

READ_SECONDS: Final = 30
MAX_EVENTS: Final = 100  # of a type, that are checked: each takes milliseconds


@contextmanager
def checked_simulator(
    story: Story | None = None,
    *,
    seed: int = 1,
    port: int = 0,
    plants_wrong_requests: bool = False,
    totals: Counter[str] = TOTALS,
) -> Generator[Simulator]:
    """Run a simulator in a thread, and check its journal and its events at the end.

    Raises:
        AssertionError: A request, a response or the object of an event does not conform; or each
            request conforms, though the test plants a wrong one.
    """
    with running_simulator(story, seed=seed, port=port) as simulator:
        yield simulator
        check_journal(
            simulator.base_url, plants_wrong_requests=plants_wrong_requests, totals=totals
        )
    check_events(simulator, totals=totals)


@contextmanager
def simulator_program(*, seed: int = 1) -> Generator[str]:
    """Run the simulator as a process of its own, yield its address, and check its journal.

    Raises: AssertionError.
    """
    command = (sys.executable, "-m", "indelible_stripe.simulator", "--seed", str(seed))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            yield base_url
            check_journal(base_url)
        finally:
            process.terminate()


def check_journal(
    base_url: str, *, plants_wrong_requests: bool = False, totals: Counter[str] = TOTALS
) -> None:
    """Check the journal of a running simulator, which may be another process, and count it.

    Raises: AssertionError.
    """
    entries = _read(base_url, "journal?problems=1")["entries"]
    totals["simulators"] += 1
    totals["requests"] += _read(base_url, "counts")["requests"]
    if plants_wrong_requests:
        totals["planted"] += len(entries)
        assert entries, "the journal has no problem, though the test plants a wrong request"
        entries = [entry for entry in entries if entry["response_problems"] or entry["ignored"]]
    totals["nonconforming"] += len(entries)
    assert entries == [], "\n".join(_line(entry) for entry in entries)


def check_events(simulator: Simulator, *, totals: Counter[str] = TOTALS) -> None:
    """Check the objects in the events of a simulator, which no response of the API contains.

    Raises: AssertionError.
    """
    engine = simulator.engine
    problems: list[str] = []
    checked = Counter[str]()
    for event in engine.state.objects[Kind.EVENT].values():
        checked[event["type"]] += 1
        if checked[event["type"]] > MAX_EVENTS:
            continue
        value = event["data"]["object"]
        totals["objects"] += 1
        for problem in engine.descriptions.problems_of_object(value["object"], value):
            problems.append(f"{event['type']}: {problem}")
    assert problems == [], "\n".join(problems)


def _read(base_url: str, path: str) -> Any:  # noqa: ANN401 - JSON
    # A simulator with an outage or a fault still answers its controls.
    return httpx.get(f"{base_url}/_simulator/{path}", timeout=READ_SECONDS).json()


def _line(entry: dict[str, Any]) -> str:
    ignored = [f"ignored: {name}" for name in entry["ignored"]]
    problems = [*entry["problems"], *entry["response_problems"], *ignored]
    return f"{entry['method']} {entry['path']}: {'; '.join(problems)}"
