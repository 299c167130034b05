"""Observe an installation in real time through its API: the same signs, and the same verdict."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, field

from indelible.kernel import SystemClock
from indelible_service.simulation.absence.client import NoAnswer, NoStep, OperatorClient
from indelible_service.simulation.absence.episodes import Episodes, recovery_figures
from indelible_service.simulation.absence.signs import SERVICE, Look, Sign, instant
from indelible_service.simulation.absence.verdict import verdict

STATES: Final = ("SCHEDULED", "LOCKED", "LIVE", "COMPLETE")
# No answer, or one that is not of this API, such as the page of a proxy.
UNANSWERED: Final = (NoAnswer, NoStep, LookupError, TypeError, ValueError, AttributeError)


@define(kw_only=True)
class Observation:
    """Looks again and again; it sends nothing that changes anything.

    `states` are those in which each contest was seen, in order. `contests` are their newest rows.
    """

    client: OperatorClient
    look_seconds: float
    clock: Callable[[], datetime] = SystemClock().now
    pause: Callable[[float], object] = time.sleep
    episodes: Episodes = field(factory=Episodes)
    states: dict[str, list[str]] = field(factory=dict[str, list[str]])
    contests: dict[str, Mapping[str, Any]] = field(factory=dict[str, Mapping[str, Any]])
    looks: int = 0
    unanswered_at: list[datetime] = field(factory=list[datetime])
    reasons: Counter[str] = field(factory=Counter[str])  # of looks without an answer
    _newest: Look | None = None

    def reports(self, days: float) -> Iterator[dict[str, Any]]:
        """Look until the days are over, and yield the report so far after each look.

        Only the last report, which is over, judges the end.
        """
        began = self.clock()
        ends = began + timedelta(days=days)
        while self.clock() < ends:
            self._look()
            yield self._report(began, self._problems())
            left = (ends - self.clock()).total_seconds()
            self.pause(max(0.0, min(self.look_seconds, left)))
        self._look()
        problems = [*self._problems(), *self._problems_of_the_end(self.clock())]
        yield {**self._report(began, problems), "is_over": True}

    def _report(self, began: datetime, problems: list[str]) -> dict[str, Any]:
        return {
            "began": began.isoformat(),
            "ended": self.clock().isoformat(),
            "is_over": False,
            "problems": problems,
            "looks": self.looks,
            "unanswered_looks": len(self.unanswered_at),
            "unanswered_reasons": dict(sorted(self.reasons.items())),
            "contests": dict(sorted(self.states.items())),
            "recovery": {"seen": recovery_figures(self.episodes.recoveries)},
            "still_failing": sorted(sign.slug for sign in self.episodes.open.values()),
        }

    def _look(self) -> None:
        at = self.clock()
        self.looks += 1
        try:
            look = Look.take(self.client, at)
            signs = list(look.signs())
            self._follow_contests()
        except UNANSWERED as error:
            self.unanswered_at.append(at)
            self.reasons[f"{type(error).__name__}: {error}"] += 1
            self._newest = None
            known = [*self.episodes.open.values(), Sign("api-errors", SERVICE, at)]
            self.episodes.follow(known, at)
            return
        self._newest = look
        self.episodes.follow(signs, at)

    def _follow_contests(self) -> None:
        """Note the states of the contests.

        Raises: NoAnswer.
        """
        for contest in self.client.pages("contest-in-error", "list-contests"):
            self.contests[contest["id"]] = contest
            states = self.states.setdefault(contest["id"], [])
            if states[-1:] != [contest["status"]]:
                states.append(contest["status"])

    def _problems(self) -> list[str]:
        """Return what was wrong so far."""
        problems: list[str] = []
        if self.unanswered_at:
            number, first = len(self.unanswered_at), self.unanswered_at[0]
            last = self.unanswered_at[-1]
            looks = f"{number} of {self.looks} looks had no answer"
            problems.append(f"{looks}, the first at {first}, the last at {last}")
        for contest_id, states in self.states.items():
            expected = [state for state in STATES if state in states]
            if states != expected:
                problems.append(f"contest {contest_id} has gone through {', '.join(states)}")
        return problems

    def _problems_of_the_end(self, ended: datetime) -> Iterator[str]:
        """Yield what is wrong at the end."""
        if not self.contests:
            yield "no contest was seen"
        for contest_id, contest in self.contests.items():
            status = contest["status"]
            end_time = instant(contest["end_time"])
            if status == STATES[-1]:
                continue
            if end_time > ended:
                yield f"contest {contest_id} is {status}: it ends at {end_time}, after these days"
            else:
                yield f"contest {contest_id} is {status}: it has not become {STATES[-1]}"
        try:
            yield from verdict(self.client, self._newest)
        except UNANSWERED as error:
            yield f"no verdict: {type(error).__name__}: {error}"
