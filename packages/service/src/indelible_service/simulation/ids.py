"""Ids and secrets that follow from the seed."""

from typing import Final
from uuid import UUID

from attrs import define, field

from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.draws import digest_of

MILLISECONDS: Final = 1_000
RANDOM_BITS: Final = 76
VERSION: Final = 7 << 76
VARIANT: Final = 0b10 << 62
VARIANT_MASK: Final = ~(0b11 << 62)


@define(eq=False)
class SeededIds:
    """UUIDv7 texts of the virtual time; their other bits belong to the step that draws them.

    The number of ids that one step draws changes no id of another step.
    """

    seed: int
    clock: SimulatedClock
    _step: str = field(default="start", init=False)
    _number: int = field(default=0, init=False)

    def begin(self, step: str) -> None:
        """Begin a step, whose name no other step has."""
        self._step = step
        self._number = 0

    def new(self) -> str:
        """Return an id that was never returned before."""
        milliseconds = int(self.clock.now().timestamp()) * MILLISECONDS
        random_bits = int.from_bytes(self._next("id")) & ((1 << RANDOM_BITS) - 1)
        low_bits = ((VERSION | random_bits) & VARIANT_MASK) | VARIANT
        return str(UUID(int=milliseconds << 80 | low_bits))

    def secret(self) -> str:
        """Return 64 hexadecimal digits."""
        return self._next("secret").hex()

    def _next(self, kind: str) -> bytes:
        self._number += 1
        return digest_of(self.seed, self._step, kind, self._number)
