"""Check the invariants: some after each simulated hour, all at the end of each day."""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from indelible_service.simulation.absence import invariants as absence_invariants
from indelible_service.simulation.host_steps import host_checks
from indelible_service.simulation.hosts import SimulatedHost
from indelible_service.simulation.invariants import DAILY, FINAL, HOURLY, Check
from indelible_service.simulation.observed import Observed
from indelible_service.simulation.payout_invariants import stored_results
from indelible_service.simulation.world import time_text

if TYPE_CHECKING:
    from indelible_service.simulation.absence.absent import Absence

AbsenceCheck = Callable[["Absence", Observed], Iterator[str]]


class Noticed(StrEnum):
    """An invariant that is noticed where it breaks, and not by a check of an hour or a day."""

    UNEXPECTED = "no-unexpected-error"
    FORBIDDEN = "only-runbooks"
    RESTORED_CLEAN = "restored-is-clean"
    RESTORED_PAST = "restored-is-the-past"
    MIGRATED_CLEAN = "migrated-is-clean"
    MIGRATED_HISTORY = "migrated-keeps-history"


@frozen(kw_only=True)
class Violation:
    """A broken invariant, with what it has found, and when.

    `error` is the type of an unexpected error, and `traceback` tells persons where it came from.
    """

    invariant: str
    detail: str
    seconds: int
    error: str = ""
    traceback: str = field(default="", eq=False)

    @property
    def cause(self) -> tuple[str, str]:
        """Return what is the same in each smaller plan that fails for the same reason."""
        return self.invariant, self.error

    def __str__(self) -> str:
        return f"{time_text(self.seconds)}: {self.invariant}: {self.detail}"


@define(kw_only=True, eq=False)
class Checker(Observed):
    """Compares what is observed with what must hold."""

    timings: dict[str, float] = field(factory=dict[str, float])
    noted: Violation | None = None  # between two checks
    absence: "Absence | None" = None

    def end(self) -> None:
        """Close the present store, which a restore has replaced."""
        self.store.dispose()

    def note(self, violation: Violation | None) -> None:
        """Keep the first violation that is found between two checks."""
        self.noted = self.noted or violation

    def violate(self, invariant: Noticed, detail: str) -> None:
        """Note a violation."""
        seconds = self.world.clock.seconds
        self.note(Violation(invariant=invariant, detail=detail, seconds=seconds))

    def unexpected(self, error: Exception) -> Violation:
        """Return the violation by an error that nothing has handled."""
        raised = traceback.extract_tb(error.__traceback__)[-1]
        name = type(error).__name__
        return Violation(
            invariant=Noticed.UNEXPECTED,
            detail=f"{name}: {error} ({Path(raised.filename).name}, line {raised.lineno})",
            seconds=self.world.clock.seconds,
            error=name,
            traceback="".join(traceback.format_exception(error)),
        )

    def forbidden(self, call: str) -> Violation:
        """Return the violation by a call that nobody may make in an absence."""
        seconds = self.world.clock.seconds
        return Violation(invariant=Noticed.FORBIDDEN, detail=call, seconds=seconds)

    @property
    def hosts(self) -> Iterable[SimulatedHost]:
        """Return the hosts."""
        return self.people.around.hosts.values()

    def check_hour(self) -> Violation | None:
        """Return the first invariant of an hour that is broken."""
        if self.noted is not None:
            return self.noted
        self.new_changes = self.changes.read_new(self.store)
        self.people.losses.find_again(self.store, self.stripe)
        self.notice_lost_webhooks()
        self.reference.read_payments()
        self.settled = stored_results(self)
        hourly = {**HOURLY, **host_checks(self.hosts)}
        if self.absence is not None:
            self.absence.follow(self.new_changes)
            hourly.update(_bound(absence_invariants.HOURLY, self.absence))
        return self._first(hourly)

    def check_day(self) -> Violation | None:
        """Return the first invariant of a day that is broken."""
        return self._first(DAILY)

    def check_end(self) -> Violation | None:
        """Return the first invariant of the end that is broken."""
        final = dict(FINAL)
        if self.absence is not None:
            final.update(_bound(absence_invariants.FINAL, self.absence))
        return self._first(final)

    def _first(self, checks: Mapping[str, Check]) -> Violation | None:
        for name, check in checks.items():
            began = perf_counter()
            detail = next(iter(check(self)), None)
            self.timings[name] = self.timings.get(name, 0.0) + perf_counter() - began
            if detail is not None:
                seconds = self.world.clock.seconds
                return Violation(invariant=name, detail=detail, seconds=seconds)

        return None


def _bound(checks: Mapping[str, AbsenceCheck], absence: "Absence") -> dict[str, Check]:
    """Return the checks of an absence as those of any simulation."""
    return {name: partial(check, absence) for name, check in checks.items()}
