"""Vectors of 32-bit floats, and the embeddings made of them."""

import struct
from collections.abc import Iterable
from itertools import islice
from math import isfinite
from typing import Annotated, Any, Final, Self

from attrs import Attribute, evolve, field, frozen

from indelible.captures import errors
from indelible.kernel.kinds import Identifier, Kind, kinds
from indelible.kernel.values import bounded_int, wrong_type

MAX_DIMENSION: Final = 4_096
DIMENSION: Final = {"minimum": 1, "maximum": MAX_DIMENSION}
VECTOR: Final = {"max_items": MAX_DIMENSION}


class Vector(tuple[float, ...]):
    """Numbers that 32-bit floats represent exactly."""

    __slots__ = ()

    def packed(self) -> bytes:
        """Return the numbers as little-endian 32-bit floats."""
        return struct.pack(f"<{len(self)}f", *self)

    def canonical_text(self) -> str:
        """Return the bytes in hexadecimal, exact to the last bit."""
        return self.packed().hex()

    @classmethod
    def unpacked(cls, data: bytes) -> Self:
        """Return the vector with these bytes."""
        return cls(struct.unpack(f"<{len(data) // 4}f", data))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the vector with this canonical text."""
        return cls.unpacked(bytes.fromhex(text))


def as_float32(values: Iterable[float]) -> Vector:
    """Round the numbers to 32-bit floats; OverflowError where one is too large."""
    return Vector.unpacked(Vector(values).packed())


def as_embedding(values: Iterable[float]) -> Vector:
    """Convert any sequence of numbers to a vector.

    Raises:
        WrongType: The value is no sequence of numbers.
        EmbeddingUnusable: The numbers are too many or too large, not finite, or all zero.

    """
    items = _first_items(values)
    if not 1 <= len(items) <= MAX_DIMENSION:
        raise errors.EmbeddingUnusable(f"not 1 to {MAX_DIMENSION} numbers")

    numbers: list[float] = []
    for item in items:
        if isinstance(item, bool) or not isinstance(item, int | float):
            raise wrong_type("embedding", "sequence of numbers", item)
        numbers.append(item)
    if isinstance(values, str | bytes):
        raise wrong_type("embedding", "sequence of numbers", values)

    try:
        vector = as_float32(numbers)
    except (OverflowError, struct.error) as error:
        raise errors.EmbeddingUnusable("a number is too large") from error
    _check_numbers(vector)
    return vector


def is_embedding(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a vector that an embedding may have."""
    if not isinstance(value, Vector):
        raise wrong_type(attribute.name, "vector", value)
    _check_numbers(value)


def _check_numbers(vector: Vector) -> None:
    if not 1 <= len(vector) <= MAX_DIMENSION:
        raise errors.EmbeddingUnusable(f"not 1 to {MAX_DIMENSION} numbers")
    if not all(map(isfinite, vector)):
        raise errors.EmbeddingUnusable("a number is not finite")
    if not any(vector):
        raise errors.EmbeddingUnusable("every number is zero")


def _first_items(values: Iterable[object]) -> list[object]:
    """Return the items, but never more than one too many: a longer sequence is not read."""
    try:
        return list(islice(values, MAX_DIMENSION + 1))
    except TypeError as error:
        raise wrong_type("embedding", "sequence of numbers", values) from error


Dimension = Annotated[int, Kind(bounded_int, DIMENSION, column="ordinal")]
Embedding = Annotated[Vector, Kind(is_embedding, is_bounded=True, column="embedding")]


@frozen(kw_only=True, field_transformer=kinds)
class EmbeddingVector:
    """The embedding of a text by one model: finite 32-bit floats, not all zero."""

    values: Vector = field(converter=as_embedding, metadata=VECTOR)
    model: Identifier

    @property
    def dimension(self) -> int:
        """The number of its numbers."""
        return len(self.values)

    def truncated(self, dimension: int) -> Self:
        """Return the first numbers as a unit vector, as models with nested embeddings need it."""
        first = self.values[:dimension]
        length = sum(number * number for number in first) ** 0.5
        return evolve(self, values=Vector(number / (length or 1) for number in first))
