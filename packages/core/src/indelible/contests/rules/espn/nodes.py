"""Typed reading of JSON objects: what is absent or has another type becomes a fault."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, cast

from attrs import frozen

from indelible.contests.rules.faults import FaultCode, FaultList
from indelible.kernel.values import UNSTORABLE

MAX_TEXT_LENGTH: Final = 200
MAX_WHOLE_NUMBER: Final = 2**63 - 1
MAX_EXPONENT: Final = 18


@frozen
class Node:
    """A JSON object with its path in the document. A member that is null is absent."""

    values: dict[str, Any]
    path: str
    faults: FaultList

    def add_fault(self, code: FaultCode, key: str, value: object = None) -> None:
        """Add a fault about a member."""
        self.faults.add(code, f"{self.path}.{key}", value)

    def optional_child(self, key: str) -> "Node | None":
        """Return a member that is an object, None if it is absent; WRONG_TYPE for others."""
        value = self.values.get(key)
        if value is None:
            return None
        if type(value) is dict:
            return Node(cast("dict[str, Any]", value), f"{self.path}.{key}", self.faults)

        self.add_fault(FaultCode.WRONG_TYPE, key, value)
        return None

    def child(self, key: str) -> "Node | None":
        """Return a member that is an object; MISSING_FIELD if it is absent."""
        self._require(key)
        return self.optional_child(key)

    def optional_text(self, key: str) -> str | None:
        """Return a text that is not empty and can be stored, None if it is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if type(value) is str and self._is_fit(value):
            return value

        self.add_fault(FaultCode.WRONG_TYPE, key, value)
        return None

    def text(self, key: str) -> str | None:
        """Return a text as `optional_text` does; MISSING_FIELD if it is absent."""
        self._require(key)
        return self.optional_text(key)

    def optional_boolean(self, key: str) -> bool:
        """Return a boolean, False if it is absent."""
        value = self.values.get(key)
        if value is None or value is False:
            return False
        if value is not True:
            self.add_fault(FaultCode.WRONG_TYPE, key, value)

        return value is True

    def optional_number(self, key: str) -> int | None:
        """Return a natural number, None if it is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if type(value) is int and 0 <= value <= MAX_WHOLE_NUMBER:
            return value

        self.add_fault(FaultCode.WRONG_TYPE, key, value)
        return None

    def number(self, key: str) -> int | None:
        """Return a natural number; MISSING_FIELD if it is absent."""
        self._require(key)
        return self.optional_number(key)

    def optional_nodes(self, key: str) -> "Iterator[Node]":
        """Yield the objects of a list, none if it is absent; WRONG_TYPE for other items."""
        items = self.values.get(key)
        if items is None:
            return
        if type(items) is not list:
            self.add_fault(FaultCode.WRONG_TYPE, key, items)
            return
        for index, item in enumerate(cast("list[object]", items)):
            path = f"{self.path}.{key}[{index}]"
            if type(item) is dict:
                yield Node(cast("dict[str, Any]", item), path, self.faults)
            else:
                self.faults.add(FaultCode.WRONG_TYPE, path, item)

    def strokes(self, key: str, maximum: int) -> int | None:
        """Return strokes up to a maximum, None if they are absent; 66.0 is a whole number.

        Each unfit value has its own code, and none is rounded.
        """
        value = self.values.get(key)
        if value is None:
            return None
        if type(value) is not int and type(value) is not Decimal:
            self.add_fault(FaultCode.WRONG_TYPE, key, value)
            return None

        number = _exact(value)
        if number is None:
            self.add_fault(FaultCode.NON_INTEGER_STROKES, key, value)
        elif number < 0:
            self.add_fault(FaultCode.NEGATIVE_STROKES, key, value)
        elif number > maximum:
            self.add_fault(FaultCode.STROKES_OUT_OF_RANGE, key, value)
        else:
            return number
        return None

    def _require(self, key: str) -> None:
        if self.values.get(key) is None:
            self.add_fault(FaultCode.MISSING_FIELD, key)

    def _is_fit(self, text: str) -> bool:
        return 0 < len(text) <= MAX_TEXT_LENGTH and UNSTORABLE.search(text) is None


def _exact(value: int | Decimal) -> int | None:
    """Return a whole number exactly, None for a number with a fraction."""
    if isinstance(value, int):
        return value
    if value.is_zero():
        return 0
    if value.adjusted() > MAX_EXPONENT:
        return 10**MAX_EXPONENT if value > 0 else -(10**MAX_EXPONENT)
    if value != value.to_integral_value():
        return None
    return int(value)
