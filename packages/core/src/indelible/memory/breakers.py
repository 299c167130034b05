"""The states of circuit breakers in memory."""

from typing import Self

from attrs import field, frozen

from indelible.kernel.breakers import BreakerState

BreakerRows = dict[str, BreakerState]  # by their stages


@frozen
class MemoryBreakers:
    """The states of a store's breakers."""

    _rows: BreakerRows = field(factory=BreakerRows)

    def get(self, stage: str) -> BreakerState:
        """Return the state of a stage's breaker; a clear one for a stage without outages."""
        return self._rows.get(stage, BreakerState(stage=stage))

    def all(self) -> tuple[BreakerState, ...]:
        """Return the state of every stage that ever had an outage, in order of stage."""
        return tuple(state for _, state in sorted(self._rows.items()))

    def lock(self, stage: str) -> BreakerState:
        """Return the state of a stage's breaker; a store in memory runs one transaction."""
        return self._rows.setdefault(stage, BreakerState(stage=stage))

    def save(self, state: BreakerState) -> None:
        """Store a state that this transaction has locked."""
        self._rows[state.stage] = state

    def copy(self) -> Self:
        """Return a draft that can be discarded."""
        return type(self)(self._rows.copy())
