"""The parts of a request that the simulator implements; every other one is refused by its name."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from attrs import frozen

from indelible.kernel.currencies import CURRENCIES
from indelible_stripe.simulator.answers import ApiError

MAX_METADATA_KEYS: Final = 50
MAX_METADATA_KEY_LENGTH: Final = 40
MAX_METADATA_VALUE_LENGTH: Final = 500
MAX_TEXT_LENGTH: Final = 100  # of a value that a message quotes


@frozen
class Unimplemented(ApiError):
    """The refusal of a parameter, a value or a header that the simulator does not implement."""


def unimplemented(name: str) -> Unimplemented:
    """Return the refusal of a parameter or a header."""
    return Unimplemented(
        f"The simulator does not implement {name}.", code="parameter_unknown", param=name
    )


def unimplemented_value(name: str, expected: str) -> Unimplemented:
    """Return the refusal of a value, which says what is implemented."""
    return Unimplemented(f"The simulator implements {name} only as {expected}.", param=name)


@frozen
class Part:
    """A parameter that is implemented with each value that Stripe describes."""

    @property
    def is_constant(self) -> bool:
        """Return True if the one implemented value is what the simulator always does."""
        return False

    def check(self, name: str, value: object) -> None:
        """Check a value that Stripe describes.

        Raises:
            ApiError: The simulator does not implement it.
        """

    def names(self, name: str) -> Iterator[str]:
        """Yield what is implemented, as a page for readers names it."""
        yield name


EVERY_VALUE: Final = Part()


@frozen
class OneOf(Part):
    """A parameter of which some values are implemented."""

    values: tuple[object, ...]

    @property
    def is_constant(self) -> bool:
        """Return True for a single value."""
        return len(self.values) == 1

    def check(self, name: str, value: object) -> None:
        """Check that the value is one of those."""
        if value not in self.values:
            raise unimplemented_value(name, self._text())

    def names(self, name: str) -> Iterator[str]:
        """Yield the name with the values."""
        yield f"{name}={self._text()}"

    def _text(self) -> str:
        return " or ".join(str(value).lower() for value in self.values)


@frozen
class Members(Part):
    """An object of which some members are implemented."""

    parts: Mapping[str, Part]

    def check(self, name: str, value: object) -> None:
        """Check each member; without a name these are the parameters of a request."""
        if not isinstance(value, Mapping):
            raise unimplemented_value(name, "an object")
        for key, member in cast("Mapping[str, object]", value).items():
            name_of_member = member_name(name, key)
            part = self.parts.get(key)
            if part is None:
                raise unimplemented(name_of_member)
            part.check(name_of_member, member)

    def names(self, name: str) -> Iterator[str]:
        """Yield the names of the members, in order."""
        for key in sorted(self.parts):
            yield from self.parts[key].names(member_name(name, key))


@frozen
class Items(Part):
    """An array with one implemented part for each item."""

    part: Part
    maximum: int

    def check(self, name: str, value: object) -> None:
        """Check the number of items, and each item."""
        if not isinstance(value, list):
            raise unimplemented_value(name, "an array")
        items = cast("list[object]", value)
        if len(items) > self.maximum:
            message = f"Array {name} exceeded maximum {self.maximum} allowed elements."
            raise ApiError(message, param=name)
        for number, item in enumerate(items):
            self.part.check(f"{name}[{number}]", item)

    def names(self, name: str) -> Iterator[str]:
        """Yield the names of an item."""
        yield from self.part.names(f"{name}[]")


def is_currency(text: str) -> bool:
    """Return True for the name of a currency at Stripe."""
    return text.islower() and text.upper() in CURRENCIES


@frozen
class Currency(Part):
    """A currency of ISO 4217, in lower case."""

    def check(self, name: str, value: object) -> None:
        """Check that there is such a currency."""
        text = str(value)
        if not is_currency(text):
            raise ApiError(f"Invalid currency: {text[:MAX_TEXT_LENGTH]}", param=name)


@frozen
class Metadata(Part):
    """Metadata within Stripe's limits: 50 keys of 40 characters, values of 500 characters."""

    def check(self, name: str, value: object) -> None:
        """Check the number of keys, and the length of keys and values."""
        if not isinstance(value, Mapping):  # an empty text removes all keys
            return
        values = cast("Mapping[str, str]", value)
        check_number_of_keys(values, name)
        for key, text in values.items():
            if len(key) > MAX_METADATA_KEY_LENGTH:
                message = (
                    f"Metadata keys can have up to {MAX_METADATA_KEY_LENGTH} characters, but you"
                    f" passed in a key that is {len(key)} characters. Invalid key:"
                    f" {key[:MAX_TEXT_LENGTH]}"
                )
                raise ApiError(message, param=name)
            if len(text) > MAX_METADATA_VALUE_LENGTH:
                message = (
                    f"Metadata values can have up to {MAX_METADATA_VALUE_LENGTH} characters, but"
                    f" you passed in a value that is {len(text)} characters. Invalid value:"
                    f" {text[:MAX_TEXT_LENGTH]}"
                )
                raise ApiError(message, param=name)


def check_number_of_keys(values: Mapping[str, str], name: str = "metadata") -> None:
    """Check how many keys an object has.

    Raises:
        ApiError: There are more than Stripe stores.
    """
    if len(values) > MAX_METADATA_KEYS:
        message = (
            f"Metadata can have up to {MAX_METADATA_KEYS} keys, but you passed in"
            f" {len(values)} keys."
        )
        raise ApiError(message, param=name)


def check_exclusive(params: Mapping[str, object], first: str, second: str) -> None:
    """Check that a request has at most one of two parameters.

    Raises: ApiError.
    """
    if first in params and second in params:
        message = f"You may only specify one of these parameters: {first}, {second}."
        raise ApiError(message, code="parameters_exclusive", param=second)


def missing_param(name: str) -> ApiError:
    """Return the error for a request without a parameter that it needs."""
    return ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)


CURRENCY: Final = Currency()
METADATA: Final = Metadata()


def members(*names: str, **parts: Part) -> Members:
    """Return an object: the names are implemented with each value, the others as their part."""
    return Members({**dict.fromkeys(names, EVERY_VALUE), **parts})


def member_name(name: str, key: str) -> str:
    """Return the name of a member, `metadata[key]`; a request itself has no name."""
    return f"{name}[{key}]" if name else key
