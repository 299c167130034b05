"""A planted failure: the plan of its installation, how it comes about, and what explains it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from attrs import frozen
from tests.explanations.bundles import Bundle, logged, write_export
from tests.explanations.facts import Fact
from tests.runbooks.bed import Installation, installation, small_plan

from indelible_service.simulation.plan import Plan


@frozen
class Planted:
    """The truth about a failure: when it began, and the names in its facts."""

    since: datetime
    names: Mapping[str, str]


Plant = Callable[[Installation], Planted]


@frozen(kw_only=True)
class Failure:
    """A failure, with the facts that must be in the two files."""

    plant: Plant
    facts: tuple[Fact, ...]
    plan: Callable[[], Plan] = small_plan

    @property
    def name(self) -> str:
        """Return a name for a test."""
        return self.plant.__name__

    def write(self, scratch: Path, folder: Path) -> Planted:
        """Let it come about in an installation, and write the files."""
        with installation(scratch, self.plan()) as running:
            with logged(running.simulation.around.clock, folder):
                planted = self.plant(running)
            write_export(running.store, folder)
        return planted

    def missing(self, bundle: Bundle, planted: Planted) -> list[Fact]:
        """Return the facts that no line of the files says."""
        absent: list[Fact] = []
        for fact in self.facts:
            if not fact.is_in(bundle, planted.names, planted.since):
                absent.append(fact)
        return absent


def failure(*facts: Fact, plan: Callable[[], Plan] = small_plan) -> Callable[[Plant], Failure]:
    """Declare what a function plants."""

    def declare(plant: Plant) -> Failure:
        return Failure(plant=plant, facts=facts, plan=plan)

    return declare
