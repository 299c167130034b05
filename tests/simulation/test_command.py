"""`indelible simulate`: a failure is repeated, shrunk and replayed, and runs are compared."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from tests.service.commands import error_code, run

from indelible_service.simulation import invariants, many
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.many import (
    Batch,
    SeedResult,
    never_reached,
    not_deterministic,
    repeated_seeds,
)
from indelible_service.simulation.observed import Observed
from indelible_service.simulation.plan import Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.repeating import difference
from indelible_service.simulation.running import SimulationReport
from indelible_service.simulation.sometimes import SOMETIMES

DAY: Final = ("simulate", "--days", "1", "--profile", "calm")
READER_OF_CHAINS: Final = ("indelible_evm", "indelible_service.simulation.chain_node")
# The order of a set depends on the hash seed of Python.
UNSTABLE: Final = """
from indelible_service.__main__ import main
from indelible_service.simulation import draws, invariants

draws.Draws.shuffled = lambda self, values: list(set(values))
invariants.HOURLY["always-broken"] = lambda observed: iter(["planted"])
if __name__ == "__main__":
    main()
"""
RESULT: Final = SeedResult(
    seed=1, violation="", changes_digest="a", trace_digest="b", seconds=1.0, reached=()
)


def break_always(monkeypatch: pytest.MonkeyPatch, *details: object) -> None:
    """Let the first hour break an invariant; each run has the next detail, and then the last."""
    coming = iter(details)
    last = [details[-1]]

    def broken(_: Observed) -> Any:  # noqa: ANN401 - an iterator
        yield f"planted {next(coming, last[0])}"

    monkeypatch.setitem(invariants.HOURLY, "always-broken", broken)


def run_unstable(folder: Path, *words: str) -> dict[str, Any]:
    """Run the command with a defect that depends on the hash seed, and return its document."""
    script = folder / "unstable.py"
    script.write_text(UNSTABLE)
    ended = subprocess.run(
        (sys.executable, str(script), *words, "--json"),
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


@pytest.mark.slow
def test_a_failure_that_does_not_come_again_is_not_deterministic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    break_always(monkeypatch, *range(9))

    result = run(*DAY)

    assert result.exit_code == 1
    assert "NOT DETERMINISTIC: it ends with day 1 01:00:00: always-broken" in result.stdout
    assert "planted 0, and then" in result.stdout


@pytest.mark.dose
def test_a_failure_is_written_to_a_file_named_by_its_seed_and_replays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    break_always(monkeypatch, "always")

    result = run(*DAY, "--seed", "3", "--shrink")
    again = run("simulate", "--replay", "simulation-3.json")

    assert result.exit_code == again.exit_code == 1
    assert "--replay simulation-3.json" in result.stdout
    assert "always-broken: planted always" in again.stdout
    assert "NOT DETERMINISTIC" not in result.stdout + again.stdout
    assert json.loads(Path("simulation-3.json").read_text())["contests"] == []


@pytest.mark.parametrize("words", [("--shrink",), ("--replay", "plan.json")])
def test_options_of_one_seed_are_refused_for_many(words: tuple[str, ...]) -> None:
    assert run("simulate", "--seeds", "1-2", *words).exit_code == 2


@pytest.mark.dose
@pytest.mark.parametrize("profile", ["chain", "storm"])
def test_a_chain_needs_the_reader_of_chains(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith(READER_OF_CHAINS)]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "indelible_evm", None)

    missing = error_code("simulate", "--days", "1", "--profile", profile, exit_code=3)
    assert missing == "DISTRIBUTION_MISSING"


@pytest.mark.dose
def test_a_run_that_depends_on_the_hash_seed_is_not_deterministic(tmp_path: Path) -> None:
    document = run_unstable(tmp_path, *DAY, "--twice")

    assert document["not_deterministic"].startswith("step ")
    assert "work: " in document["not_deterministic"]


@pytest.mark.dose
def test_seeds_that_depend_on_the_hash_seed_are_not_deterministic(tmp_path: Path) -> None:
    document = run_unstable(tmp_path, *DAY, "--seeds", "1-2", "--twice")

    assert document["not_deterministic"] == [1, 2]


def test_each_tenth_seed_is_repeated() -> None:
    assert [*repeated_seeds(range(1, 41))] == [10, 20, 30, 40]
    assert [*repeated_seeds(range(1, 3), every=1)] == [1, 2]


@pytest.mark.parametrize("left_out", ["", "a refund succeeds"])
def test_seeds_that_never_had_what_must_happen_end_with_1(
    left_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = tuple(name for name in SOMETIMES[Profile.MONEY] if name != left_out)

    def results(seeds: Sequence[int], *_: object, **__: object) -> list[SeedResult]:
        return [evolve(RESULT, seed=seed, reached=reached) for seed in seeds]

    monkeypatch.setattr(many, "run_seeds", results)
    result = run("simulate", "--seeds", "1-10", "--days", "3", "--profile", "money")

    assert result.exit_code == (1 if left_out else 0)
    assert ("NEVER HAPPENED: a refund succeeds" in result.stdout) is bool(left_out)
    assert result.stdout.startswith("seed 1: 1.0 s, a: clean\n")


@pytest.mark.parametrize(("number", "days"), [(9, 3), (10, 2)])
def test_few_seeds_or_days_owe_nothing(number: int, days: int) -> None:
    batch = Batch(days=days, profile=Profile.STORM, database=DatabaseKind.SQLITE)

    assert never_reached([RESULT] * number, batch) == []


@pytest.mark.parametrize("name", ["violation", "changes_digest", "trace_digest"])
def test_a_seed_with_another_outcome_is_not_deterministic(name: str) -> None:
    changed: dict[str, Any] = {name: "other"}
    other = evolve(RESULT, **changed)

    assert not_deterministic([RESULT], [RESULT]) == []
    assert not_deterministic([RESULT], [other]) == [1]


def test_the_first_step_that_differs_is_told() -> None:
    plan = make_plan(1, 1, Profile.CALM)
    first = SimulationReport(plan, DatabaseKind.SQLITE, trace=["a", "b", "c"])
    shorter = SimulationReport(plan, DatabaseKind.SQLITE, trace=["a", "b"])
    other = SimulationReport(plan, DatabaseKind.SQLITE, trace=["a", "x", "c"])
    changed = SimulationReport(
        plan, DatabaseKind.SQLITE, trace=["a", "b", "c"], changes_digest="other"
    )

    assert difference(first, first) is None
    assert difference(first, shorter) == "step 3 is `c`, and then `the end`"
    assert difference(first, other) == "step 2 is `b`, and then `x`"
    assert "committed changes" in (difference(first, changed) or "")
