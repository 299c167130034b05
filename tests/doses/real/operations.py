"""Simulate a week whose tournament begins with a real leaderboard, in a storm."""

import sys
from pathlib import Path
from typing import Final

from attrs import evolve

from indelible_service.cli.simulation import text_of
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import Plan, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.running import run_plan

DAYS: Final = 7
SEEDS: Final = (1, 2, 3)


def operate_a_real_week(file: Path) -> list[str]:
    """Run a week of each seed on both databases, and return what is wrong.

    The invariants are those of `indelible simulate`.
    """
    problems: list[str] = []
    for seed in SEEDS:
        digests: set[str] = set()
        for kind in DatabaseKind:
            report = run_plan(_week(seed, file), kind)
            sys.stdout.write(f"{text_of(report)}\n")
            sys.stdout.flush()
            digests.add(report.changes_digest)
            if report.violation is not None:
                problems.append(f"seed {seed}, {kind}: {report.violation}")
            if not report.counts["transfers"]:
                problems.append(f"seed {seed}, {kind}: no winner was paid")
        if len(digests) > 1:
            problems.append(f"seed {seed}: the databases have other changes: {sorted(digests)}")
    return problems


def _week(seed: int, file: Path) -> Plan:
    """Return the plan of a week in which the players of all tournaments are those of the file."""
    plan = make_plan(seed, DAYS, Profile.STORM)
    tournaments = tuple(
        evolve(tournament, leaderboard=str(file)) for tournament in plan.tournaments
    )
    return evolve(plan, tournaments=tournaments)
