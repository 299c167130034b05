"""Storms of transactions, reorgs and faults leave the store as the chain is."""

from collections.abc import Callable
from itertools import cycle
from random import Random

import pytest
from tests.chain.standards import STANDARDS
from tests.chain.storms import run_storm
from tests.conftest import folder

from indelible.kernel import SystemClock
from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore

pytestmark = pytest.mark.slow

STEPS = 100
PAIRS = tuple(zip(STANDARDS, cycle(("sqlite", "postgresql", "memory")), strict=False))


@pytest.mark.parametrize(("name", "store_name"), PAIRS)
def test_a_storm_over_a_contract_loses_and_invents_nothing(
    name: str,
    store_name: str,
    request: pytest.FixtureRequest,
    chance: Random,
    add_summary_line: Callable[[str], None],
) -> None:
    store: AnyStore = MemoryStore(clock=SystemClock())
    if store_name != "memory":
        store = request.getfixturevalue(store_name)
    with folder() as directory:
        report = run_storm(directory, store, STANDARDS[name], chance, STEPS)

    add_summary_line(f"Storm over {name}, {store_name}: {report}")
    assert report.problems == ()
    assert report.events > 0
