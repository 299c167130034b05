"""The limits of an instance, and what was measured while its servers were stopped."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Final

from attrs import define, field, frozen
from tests.doses.chaos.http_clients import NO_ANSWER, READ, WRITE, Timing
from tests.doses.chaos.instance_load import LoadReport

from indelible_sql.kernel.outcome import MAX_SECONDS as LOOKUP_SECONDS

POSTGRESQL: Final = "postgresql"
REDIS: Final = "redis"
NODE: Final = "node"
HEALTH: Final = "health"
TASK: Final = "task"
GROUPS: Final = (READ, WRITE, HEALTH)
RECOVERIES: Final = (*GROUPS, TASK)
MARGIN_SECONDS: Final = 15  # beyond each limit, because the machine may be busy
HEALTHY: Final = 200
UNHEALTHY: Final = 503
HEADER: Final = (
    f"{'':22}{'longest':^20}{'recovered after':^28}{'during the stop':^36}\n     "
    f"{'stopped':12}{'seconds':>10}{READ:>6}{WRITE:>7}{HEALTH:>7}"
    f"{READ:>7}{WRITE:>7}{HEALTH:>7}{TASK:>7}{'requests':>10}{'refused':>8}  /health"
)


@frozen(kw_only=True)
class Limits:
    """The limits of an instance's settings, in seconds."""

    connect: int = 5
    statement: int = 30
    health: int = 1

    @property
    def variables(self) -> Mapping[str, str]:
        """Return the settings."""
        return {
            "INDELIBLE_CONNECT_SECONDS": str(self.connect),
            "INDELIBLE_STATEMENT_SECONDS": str(self.statement),
            "INDELIBLE_HEALTH_SECONDS": str(self.health),
        }

    @property
    def by_group(self) -> Mapping[str, int]:
        """Return the limit of a request of each group.

        A read waits for a free connection, for a new one and for a statement. After a write whose
        COMMIT got no reply, its outcome is looked up, and the last look-up may wait for a
        connection.
        """
        read = self.connect + self.connect + self.statement
        write = read + LOOKUP_SECONDS + self.connect + self.connect
        return {READ: read, WRITE: write, HEALTH: self.health}


@frozen(kw_only=True)
class Stop:
    """The measurements of one stop.

    `longest` are the seconds of the slowest requests during the stop and until the recovery.
    `recovered` are the seconds from the end of the stop to the first success of each kind.
    """

    server: str
    seconds: float
    longest: Mapping[str, float]
    recovered: Mapping[str, float]
    timings: Sequence[Timing]  # of the requests that ended during the stop
    health: Sequence[Timing]  # whose check of health also began during the stop

    def count(self, group: str, *, is_success: bool) -> int:
        """Return how many requests of a group succeeded, or failed, during the stop."""
        matching = [timing for timing in self.timings if timing.group == group]
        return sum(timing.is_success == is_success for timing in matching)

    def problems(self, limits: Limits) -> Iterator[str]:
        """Yield each breach of a limit, and each wrong answer."""
        for group, limit in limits.by_group.items():
            if self.longest[group] > limit + MARGIN_SECONDS:
                seconds = self.longest[group]
                yield f"{self.server}: a {group} took {seconds:.1f} s, and its limit is {limit} s"

        for name in RECOVERIES:
            if name not in self.recovered:
                yield f"{self.server}: no {name} succeeded after the stop"

        statuses = {timing.status for timing in self.health}
        is_down = self.server == POSTGRESQL
        expected = UNHEALTHY if is_down else HEALTHY
        if statuses != {expected}:
            yield f"{self.server}: /health answered {statuses or 'nothing'}, expected {expected}"

        has_refusals = self.seconds > limits.by_group[READ]
        for group in (READ, WRITE):
            if is_down and has_refusals and not self.count(group, is_success=False):
                yield f"{self.server}: no {group} was refused during the stop"
            if not is_down and not self.count(group, is_success=True):
                yield f"{self.server}: no {group} succeeded during the stop"

    def __str__(self) -> str:
        longest = "{:6.1f}{:7.1f}{:7.1f}".format(*(self.longest[group] for group in GROUPS))
        seconds = [self.recovered.get(name, inf) for name in RECOVERIES]
        recovered = "{:7.1f}{:7.1f}{:7.1f}{:7.1f}".format(*seconds)
        refused = 0
        for group in (READ, WRITE):
            refused += self.count(group, is_success=False)
        statuses = Counter(timing.status for timing in self.health)
        health = ", ".join(f"{status} {count} times" for status, count in statuses.items())
        requests = sum(timing.group != HEALTH for timing in self.timings)
        return (
            f"{self.server:12}{self.seconds:10.1f}{longest}{recovered}"
            f"{requests:10}{refused:8}  {health}"
        )


@define
class Report(LoadReport):
    """All stops of a run."""

    stops: list[Stop] = field(factory=list[Stop])

    def check(self, limits: Limits) -> None:
        """Add what is wrong with the stops and the answers."""
        for stop in self.stops:
            self.problems.extend(stop.problems(limits))
        if self.load.codes[NO_ANSWER]:
            self.problems.append(f"{self.load.codes[NO_ANSWER]} requests got no answer")

    def __str__(self) -> str:
        summary = (
            f"{len(self.stops)} stops, {self.comparison.answers} answers in the journal;"
            f" failed attempts: {dict(self.load.codes)}; problems: {self.problems or 'none'}"
        )
        return "\n     ".join([summary, HEADER, *map(str, self.stops)])
