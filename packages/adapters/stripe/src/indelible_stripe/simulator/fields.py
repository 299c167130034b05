"""Strict reading of JSON objects: stories and the test controls."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, TypeVar, cast

from attrs import define, field, frozen

from indelible.kernel import Invalid
from indelible_stripe.simulator.parts import is_currency

E = TypeVar("E", bound=Enum)


@frozen
class StoryInvalid(Invalid):
    """A story file, or the body of a test control, that the simulator cannot follow."""

    message: ClassVar[str] = (
        "The simulator cannot follow {subject}: expected {expected}, got {actual}."
    )
    subject: str
    expected: str
    actual: str


@define
class Fields:
    """Reads the fields of one object; `finish` refuses those that nobody has read."""

    subject: str
    values: Mapping[str, Any]
    _seen: set[str] = field(factory=set[str], init=False)

    @classmethod
    def of(cls, subject: str, value: object) -> "Fields":
        """Return the reader of an object.

        Raises:
            StoryInvalid: The value is not an object.
        """
        if not isinstance(value, dict):
            raise StoryInvalid(subject=subject, expected="a JSON object", actual=_text(value))
        return cls(subject, cast("dict[str, Any]", value))

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = self._value(name, default)
        if not isinstance(value, str) or not value:
            raise self._wrong(name, "a text", value)
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None without the field."""
        if name not in self.values:
            return None
        return self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an array of texts, or nothing without the field."""
        value = self._value(name, [])
        if not isinstance(value, list):
            raise self._wrong(name, "an array of texts", value)

        texts: list[str] = []
        for item in cast("list[object]", value):
            if not isinstance(item, str):
                raise self._wrong(name, "an array of texts", cast("object", value))
            texts.append(item)
        return tuple(texts)

    def whole(
        self, name: str, default: int | None = None, *, minimum: int = 0, maximum: int = 10**12
    ) -> int:
        """Return a whole number within bounds."""
        value = self._value(name, default)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not minimum <= value <= maximum:
            raise self._wrong(name, f"a whole number from {minimum} to {maximum}", value)
        return int(value)

    def optional_whole(self, name: str, *, minimum: int = 0) -> int | None:
        """Return a whole number, or None without the field."""
        if name not in self.values:
            return None
        return self.whole(name, minimum=minimum)

    def fraction(self, name: str, default: float = 0.0) -> float:
        """Return a number from 0 to 1."""
        value = self._value(name, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= 1:
            raise self._wrong(name, "a number from 0 to 1", value)
        return float(value)

    def boolean(self, name: str, default: bool | None = None) -> bool:  # noqa: FBT001 - a value
        """Return true or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false", value)
        return value

    def optional_boolean(self, name: str) -> bool | None:
        """Return true or false, or None without the field."""
        if name not in self.values:
            return None
        return self.boolean(name)

    def choice(self, name: str, choices: type[E], default: E | None = None) -> E:
        """Return a member of an enumeration by its value."""
        value = self._value(name, default)
        for member in choices:
            if value in (member, member.value):
                return member
        values = ", ".join(str(member.value) for member in choices)
        raise self._wrong(name, f"one of {values}", value)

    def objects(self, name: str) -> "tuple[Fields, ...]":
        """Return the readers of an array of objects, or nothing without the field."""
        value = self._value(name, [])
        if not isinstance(value, list):
            raise self._wrong(name, "an array of objects", value)
        readers: list[Fields] = []
        for number, item in enumerate(cast("list[object]", value)):
            readers.append(Fields.of(f"{self.subject}, {name}[{number}]", item))
        return tuple(readers)

    def member(self, name: str) -> "Fields":
        """Return the reader of an object, which is empty without the field."""
        return Fields.of(f"{self.subject}, {name}", self._value(name, {}))

    def amounts(self, name: str) -> dict[str, int]:
        """Return minor units by lower-case currency, or nothing without the field."""
        return self.member(name).all_amounts()

    def all_amounts(self) -> dict[str, int]:
        """Return minor units by lower-case currency, if each field is a currency."""
        result: dict[str, int] = {}
        for currency in self.values:
            if not is_currency(currency):
                expected = "currencies of ISO 4217 in lower case"
                raise StoryInvalid(subject=self.subject, expected=expected, actual=_text(currency))
            result[currency] = self.whole(currency, minimum=-(10**12))
        return result

    def finish(self) -> None:
        """Refuse fields that have not been read.

        Raises:
            StoryInvalid: There is such a field.
        """
        unknown = self.values.keys() - self._seen
        if unknown:
            names = ", ".join(sorted(self._seen)) or "no field"
            raise StoryInvalid(
                subject=self.subject, expected=f"the fields {names}", actual=min(unknown)
            )

    def wrong(self, name: str, expected: str) -> StoryInvalid:
        """Return the error for a field with another value than expected."""
        return self._wrong(name, expected, self.values.get(name))

    def _value(self, name: str, default: object) -> Any:  # noqa: ANN401 - of any type
        self._seen.add(name)
        return self.values.get(name, default)

    def _wrong(self, name: str, expected: str, value: object) -> StoryInvalid:
        return StoryInvalid(
            subject=f"{self.subject}, field {name}", expected=expected, actual=_text(value)
        )


def _text(value: object) -> str:
    if value is None:
        return "nothing"
    return repr(value)[:100]
