"""`indelible simulate`: the same seed is the same story, and a broken invariant is named."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest
from tests.service.commands import run

from indelible_service.simulation import invariants
from indelible_service.simulation.observed import Observed

pytestmark = pytest.mark.slow

COMMAND: Final = (sys.executable, "-m", "indelible_service", "simulate")
SAME: Final = ("changes", "changes_digest", "trace_digest", "steps", "counts")
DATABASES: Final = ("sqlite", "postgresql")
# The digest of what one day of seed 1 commits, on any machine. A change that is meant to leave what
# is committed as it is leaves this, too; one that is not says in its commit what differs.
COMMITTED: Final = "537d1eb2593332740e245cfa69e3126c"


def simulate(database: str, days: int, hash_seed: int) -> dict[str, Any]:
    """Run the command in a process with a hash seed, and return what has to be the same."""
    words = (*COMMAND, "--days", str(days), "--seed", "1", "--db", database, "--json")
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    return {name: document[name] for name in SAME}


@pytest.mark.dose
def test_a_day_is_the_same_with_another_hash_seed_on_the_other_database() -> None:
    days = [simulate(name, 1, number) for number, name in enumerate(DATABASES, start=1)]

    assert days[0] == days[1]
    assert days[0]["changes_digest"] == COMMITTED
    assert days[0]["counts"]["transfers"] > 0
    assert days[0]["counts"]["comparisons of balances"] > 0


@pytest.mark.dose
def test_three_days_are_the_same_twice_on_each_database() -> None:
    runs = [simulate(name, 3, seed) for name in DATABASES for seed in (1, 2)]

    assert runs == [runs[0]] * len(runs)


def test_a_broken_invariant_is_named_and_the_command_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Observed) -> Any:  # noqa: ANN401 - an iterator
        yield "planted"

    monkeypatch.setitem(invariants.HOURLY, "always-broken", broken)
    result = run("simulate", "--days", "1")

    assert result.exit_code == 1
    assert "Seed 1, sqlite: day 1 01:00:00: always-broken: planted" in result.stdout
