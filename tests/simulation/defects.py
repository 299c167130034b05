"""Defects that are planted into the program, and the invariant by whose name each is found."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve, frozen

from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.nemesis import Nemesis
from indelible_service.simulation.plan import HOUR, Fate, FaultKind, Plan, PlannedFault, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.processes import Surroundings
from indelible_service.simulation.running import SimulationReport, run_plan

NOON: Final = 12 * HOUR
SILENCE: Final = PlannedFault(
    kind=FaultKind.STRIPE_SILENCE, at=17 * HOUR, seconds=6 * HOUR, rate=1.0
)
Plant = Callable[[pytest.MonkeyPatch], None]


@frozen(kw_only=True)
class Defect:
    """A defect, and the plan of a simulation that finds it."""

    name: str
    invariant: str
    plant: Plant
    faults: tuple[PlannedFault, ...] = ()
    fates: tuple[Fate, ...] = ()  # of the first entries, in place of those of the seed
    enroll_after_seconds: int | None = None  # of all entries, in place of those of the seed

    def plan(self) -> Plan:
        """Return a plan of one day."""
        plan = day(*self.faults)
        entries = list(plan.entries)
        for number, fate in enumerate(self.fates):
            entries[number] = evolve(entries[number], fate=fate)
        seconds = self.enroll_after_seconds
        if seconds is not None:
            entries = [evolve(entry, enroll_after_seconds=seconds) for entry in entries]
        return evolve(plan, entries=tuple(entries))


def day(*faults: PlannedFault) -> Plan:
    """Return a plan of one day with these faults."""
    return evolve(make_plan(1, 1, Profile.MONEY), faults=faults)


def simulate(plan: Plan) -> SimulationReport:
    """Run a plan on SQLite."""
    return run_plan(plan, DatabaseKind.SQLITE)


def always(value: object) -> Callable[..., object]:
    """Return a function that returns a value, whatever it is called with."""

    def function(*_: object, **__: object) -> object:
        return value

    return function


def plant_step(patch: pytest.MonkeyPatch, at: int, act: Callable[[Surroundings], None]) -> None:
    """Let something happen at a time, so many seconds after the start."""
    begin = Nemesis.begin

    def begin_with_defect(self: Nemesis) -> None:
        begin(self)

        def act_once() -> str:
            act(self.around)
            return "done"

        self.world.at(at, "defect", "acts", act_once)

    patch.setattr(Nemesis, "begin", begin_with_defect)


def write_without_guards(around: Surroundings, table: str, statement: str) -> None:
    """Change rows of a table while its guards are left out."""
    write_to_file(Path(around.database.url.removeprefix("sqlite:///")), table, statement)


def write_to_file(file: Path, table: str, statement: str) -> None:
    """Change rows of a table in a file while its guards are left out."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        guards = connection.execute(query, [table]).fetchall()
        for name, _ in guards:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement)
        for _, declaration in guards:
            connection.execute(declaration)
