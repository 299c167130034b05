"""Observe an installation in real time through its API: the same signs, and the same verdict."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, field

from indelible.kernel import SystemClock
from indelible_service.simulation.absence.client import NoAnswer, OperatorClient
from indelible_service.simulation.absence.episodes import Episodes, recovery_figures
from indelible_service.simulation.absence.signs import SERVICE, Look, Sign
from indelible_service.simulation.absence.verdict import pages, verdict

STATES: Final = ("SCHEDULED", "LOCKED", "LIVE", "COMPLETE")


@define(kw_only=True)
class Observation:
    """Looks again and again; it sends nothing that changes anything.

    `states` are those in which each contest was seen, in order.
    """

    client: OperatorClient
    look_seconds: float
    clock: Callable[[], datetime] = SystemClock().now
    pause: Callable[[float], object] = time.sleep
    episodes: Episodes = field(factory=Episodes)
    states: dict[str, list[str]] = field(factory=dict[str, list[str]])
    looks: int = 0
    unanswered: int = 0
    _newest: Look | None = None

    def observe(self, days: float) -> dict[str, Any]:
        """Look until the days are over, and return the report."""
        began = self.clock()
        ends = began + timedelta(days=days)
        while self.clock() < ends:
            self._look()
            left = (ends - self.clock()).total_seconds()
            self.pause(max(0.0, min(self.look_seconds, left)))
        self._look()
        return {
            "began": began.isoformat(),
            "ended": self.clock().isoformat(),
            "problems": list(self._problems()),
            "looks": self.looks,
            "unanswered_looks": self.unanswered,
            "contests": dict(sorted(self.states.items())),
            "recovery": recovery_figures(self.episodes.recoveries),
            "still_failing": sorted(sign.slug for sign in self.episodes.open.values()),
        }

    def _look(self) -> None:
        at = self.clock()
        self.looks += 1
        try:
            self._newest = Look.take(self.client, at)
            for contest in pages(self.client, "contest-in-error", "list-contests"):
                states = self.states.setdefault(contest["id"], [])
                if states[-1:] != [contest["status"]]:
                    states.append(contest["status"])
        except NoAnswer:
            self.unanswered += 1
            self._newest = None
            signs = [*self.episodes.open.values(), Sign("api-errors", SERVICE, at)]
            self.episodes.follow(signs, at)
            return
        self.episodes.follow(self._newest.signs(), at)

    def _problems(self) -> list[str]:
        """Return what is wrong at the end."""
        if self._newest is None:
            return ["the service does not answer"]
        problems: list[str] = []
        for contest_id, states in self.states.items():
            expected = [state for state in STATES if state in states]
            if states != expected:
                problems.append(f"contest {contest_id} has gone through {', '.join(states)}")
        try:
            problems.extend(verdict(self.client, self._newest))
        except NoAnswer as error:
            problems.append(f"no answer to {error}")
        return problems
