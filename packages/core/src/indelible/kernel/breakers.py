"""Circuit breakers: a stage whose outside system is down pauses itself, and probes it.

The declaration and the stored count are here; `indelible.kernel.breaker_commands` has the rules.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol, Self

from attrs import evolve, field, frozen
from attrs.validators import optional

from indelible.kernel.audit import Actor
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    is_identifier,
    is_instant,
)

# The actor of every pause and resumption by a breaker. A pause by anybody else is an operator's.
BREAKER: Final = Actor.system("breaker")
MAX_PROBE_SECONDS: Final = 86_400
OUTAGES: Final = {"minimum": 0, "maximum": 2**63 - 1}
PROBE_SECONDS: Final = {"minimum": 1, "maximum": MAX_PROBE_SECONDS}


@frozen(kw_only=True)
class CircuitBreaker:
    """The rule by which a stage pauses itself.

    After so many consecutive outages (`Outage`, raised by `perform`) the stage is paused. Every
    `probe_seconds` one task is performed nevertheless; its success resumes the stage.
    """

    outages: int = field(default=5, validator=bounded_int, metadata=COUNT)
    probe_seconds: int = field(default=300, validator=bounded_int, metadata=PROBE_SECONDS)


@frozen(kw_only=True)
class BreakerState:
    """The consecutive outages of a stage, and when the next probe is due while it is paused."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    outages: int = field(default=0, validator=bounded_int, metadata=OUTAGES)
    probe_at: datetime | None = field(default=None, validator=optional(is_instant))

    @property
    def is_clear(self) -> bool:
        """Return True if nothing is counted and no probe is planned."""
        return self.outages == 0 and self.probe_at is None

    def cleared(self) -> Self:
        """Return the state after an answer of the outside system."""
        return type(self)(stage=self.stage)

    def counted(self) -> Self:
        """Return the state after one more outage."""
        return evolve(self, outages=self.outages + 1)

    def probing_after(self, now: datetime, breaker: CircuitBreaker) -> Self:
        """Return the state with the next probe after the breaker's pause."""
        return evolve(self, probe_at=now + timedelta(seconds=breaker.probe_seconds))

    def is_probe_due(self, now: datetime) -> bool:
        """Return True if an open breaker may probe now; one without a plan may probe at once."""
        return self.probe_at is None or self.probe_at <= now


class BreakerReader(Protocol):
    """Read access to the states of breakers."""

    def get(self, stage: str) -> BreakerState:
        """Return the state of a stage's breaker; a clear one for a stage without outages."""
        ...

    def all(self) -> tuple[BreakerState, ...]:
        """Return the state of every stage that ever had an outage, in order of stage."""
        ...


class BreakerStore(BreakerReader, Protocol):
    """Write access to the states of breakers."""

    def lock(self, stage: str) -> BreakerState:
        """Return the state of a stage's breaker, locked until the transaction ends."""
        ...

    def save(self, state: BreakerState) -> None:
        """Store a state that this transaction has locked."""
        ...
