"""Validators, converters and limits of the fields of token entities."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import Attribute

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.values import WrongType
from indelible.tokens import errors

NATURAL: Final = {"minimum": 0, "maximum": 2**63 - 1}
QUANTITY: Final = {"minimum": 1, "maximum": 50}  # the contract mints at most 50 at once
PROMPT: Final = {"max_length": 1_000}
HANDLE: Final = {"max_length": 255}

Document = Mapping[str, Any]
Validator = Callable[[object, "Attribute[Any]", object], None]


def _is_hex(digits: int) -> Validator:
    """Return a validator for 0x and this many lower-case hexadecimal digits."""
    pattern = re.compile(rf"0x[0-9a-f]{{{digits}}}")

    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, str):
            raise WrongType(attribute.name, "text")
        if not pattern.fullmatch(value):
            raise errors.NotHex(attribute.name, digits)

    return check


is_wallet = _is_hex(40)
is_hash = _is_hex(64)


def lowercase(value: Any) -> Any:  # noqa: ANN401 - the field's validator refuses what is not text
    """Return a wallet or hash in lower case; upper case in it is only a checksum."""
    return value.lower() if isinstance(value, str) else value


def require(name: str, value: str | None) -> str:
    """Return the value of an argument. Raises ArgumentMissing for None or an empty text."""
    if not value:
        raise errors.ArgumentMissing(name)
    return value


def require_fields(entity: Aggregate, names: tuple[str, ...]) -> None:
    """Raise FieldRequired unless each of these fields of the entity has a value."""
    for name in names:
        if getattr(entity, name) is None:
            raise errors.FieldRequired(entity.lifecycle.name, entity.status, name)
