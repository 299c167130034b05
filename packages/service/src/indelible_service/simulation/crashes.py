"""The death of a simulated process, in the middle of its work."""

from typing import Final

from attrs import define, field

from indelible_service.simulation.clock import SimulatedClock
from indelible_sql.engine.failpoints import Failpoint

# Both databases reach these equally often. The others lie between the statements of a transaction,
# which are not the same on both.
COUNTED: Final = frozenset({Failpoint.BEFORE_BEGIN, Failpoint.AFTER_COMMIT})
# The last moments at which neither database has committed.
INSIDE: Final = frozenset({Failpoint.BEFORE_UPDATE, Failpoint.BEFORE_COMMIT})


class SimulatedCrash(BaseException):
    """The process was killed: no `except Exception` of the program sees it."""


@define
class CrashPlan:
    """A crash that is to come: at a number of failpoints after a time.

    With `is_inside` it comes later, just before the next COMMIT.
    """

    at_seconds: int
    failpoints: int
    down_seconds: int
    is_inside: bool = False


@define(eq=False)
class Mortality:
    """The life of a process; a dead one reaches no database and no gateway any more.

    Each failpoint of the store, of the stages and of the contexts is reached by `reach`.
    """

    clock: SimulatedClock
    planned: list[CrashPlan] = field(factory=list[CrashPlan])
    is_dead: bool = False
    down_until: int = 0
    crashed_at: str = ""  # the name of the failpoint
    reached: dict[str, int] = field(factory=dict[str, int])

    def reach(self, failpoint: object) -> None:
        """Note a failpoint.

        Raises: SimulatedCrash for a dead process, and for one that dies here.
        """
        self.require_life()
        name = str(getattr(failpoint, "name", failpoint))
        self.reached[name] = self.reached.get(name, 0) + 1
        if not self.planned or self.planned[0].at_seconds > self.clock.seconds:
            return
        plan = self.planned[0]
        is_counted = failpoint in COUNTED or not isinstance(failpoint, Failpoint)
        if plan.failpoints > 0 and is_counted:
            plan.failpoints -= 1
        if plan.failpoints == 0 and (failpoint in INSIDE if plan.is_inside else is_counted):
            self._die(plan, name)

    def _die(self, plan: CrashPlan, name: str) -> None:
        self.planned.remove(plan)
        self.is_dead = True
        self.down_until = self.clock.seconds + plan.down_seconds
        self.crashed_at = name
        raise SimulatedCrash

    def require_life(self) -> None:
        """Return for a process that lives.

        Raises: SimulatedCrash.
        """
        if self.is_dead:
            raise SimulatedCrash
