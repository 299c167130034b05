"""Random decisions that belong to an actor and a purpose, never to a statement.

A draw is the digest of the seed, the actor, the purpose and a number. A change of the program that
saves a statement therefore moves no other draw, and no hash seed of Python matters.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

from attrs import define, frozen

T = TypeVar("T")

BITS: Final = 53  # that a float holds
SEPARATOR: Final = "\x1f"


def digest_of(*parts: str | int) -> bytes:
    """Return 32 bytes that follow from the parts and their order."""
    text = SEPARATOR.join(str(part) for part in parts)
    return blake2b(text.encode(), digest_size=32).digest()


@define
class Draws:
    """The draws of one actor for one purpose, one after the other."""

    _seed: int
    _actor: str
    _purpose: str
    _number: int = 0

    def fraction(self) -> float:
        """Return a number from 0 up to, but not including, 1."""
        self._number += 1
        digest = digest_of(self._seed, self._actor, self._purpose, self._number)
        return (int.from_bytes(digest[:8]) >> (64 - BITS)) / (1 << BITS)

    def whole(self, lowest: int, highest: int) -> int:
        """Return a whole number between two, both included."""
        return lowest + int(self.fraction() * (highest - lowest + 1))

    def happens(self, rate: float) -> bool:
        """Return True for a share of all calls."""
        return self.fraction() < rate

    def choice(self, values: Sequence[T]) -> T:
        """Return one of the values, each as likely."""
        return values[self.whole(0, len(values) - 1)]

    def log_uniform(self, lowest: float, highest: float) -> float:
        """Return a number between two, whose logarithm is evenly distributed."""
        exponent = math.log(lowest) + self.fraction() * (math.log(highest) - math.log(lowest))
        return math.exp(exponent)

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """Return the values in another order."""
        keyed = [(self.fraction(), number) for number in range(len(values))]
        return [values[number] for _, number in sorted(keyed)]


@frozen
class Seed:
    """The source of all draws of a simulation."""

    number: int

    def draws(self, actor: str, purpose: str) -> Draws:
        """Return the draws of an actor for a purpose, from the first one."""
        return Draws(self.number, actor, purpose)
