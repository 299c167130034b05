"""A cache of what the vector functions compute from one vector, by the vector's bytes.

A key is the content itself, so that no entry can be outdated.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from attrs import define, field

MAX_CACHE_BYTES: Final = 16 * 1024 * 1024

V = TypeVar("V")


@define(eq=False)
class VectorCache(Generic[V]):
    """Values by bytes; it is emptied when it is full.

    `value_bytes` is the memory of a value for each byte of its key.
    """

    compute: Callable[[bytes], V]
    value_bytes: int
    _values: dict[bytes, V] = field(factory=dict[bytes, V], init=False, repr=False)
    _size: int = field(default=0, init=False)

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._values)

    def get(self, data: bytes) -> V:
        """Return the value of these bytes."""
        value = self._values.get(data)
        if value is not None:
            return value

        value = self.compute(data)
        size = len(data) * (1 + self.value_bytes)
        if self._size + size > MAX_CACHE_BYTES:
            self._values.clear()
            self._size = 0
        self._size += size
        self._values[data] = value
        return value
