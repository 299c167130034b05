"""Validators, converters and limits of the fields of token entities."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, cast

from attrs import Attribute

from indelible.kernel.json_values import normalize_json
from indelible.kernel.kinds import Kind
from indelible.kernel.values import (
    NumberOutOfRange,
    bounded_int,
    instance_of,
    is_identifier,
    non_blank_line,
    value_text,
    wrong_type,
)
from indelible.tokens import errors

NATURAL: Final = {"minimum": 0, "maximum": 2**63 - 1}
MAX_UINT256: Final = 2**256 - 1
UINT256: Final = {"minimum": 0, "maximum": MAX_UINT256}
# Of a mint: more tokens than ERC-2309 contracts mint at once. A setting allows fewer.
MAX_TOKENS_PER_MINT: Final = 10_000
QUANTITY: Final = {"minimum": 1, "maximum": MAX_TOKENS_PER_MINT}
TOKEN_ID: Final = UINT256
# Answers in JSON have this number as a text of decimal digits: many readers of JSON round numbers
# of more than 53 bits.
TokenNumber = Annotated[int, "uint256"]
PROMPT: Final = {"max_length": 1_000}
HANDLE: Final = {"max_length": 255}
WEI: Final = {"max_length": 78}  # decimal digits, enough for any number below 2**256

DECIMAL: Final = re.compile("0|[1-9][0-9]{0,77}")

Document = Mapping[str, Any]
Validator = Callable[[object, "Attribute[Any]", object], None]


def _is_hex(digits: int) -> Validator:
    """Return a validator for 0x and this many lower-case hexadecimal digits."""
    pattern = re.compile(rf"0x[0-9a-f]{{{digits}}}")

    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, str):
            raise wrong_type(attribute.name, "text", value)
        if not pattern.fullmatch(value):
            raise errors.NotHex(attribute.name, digits)

    return check


is_wallet = _is_hex(40)
is_hash = _is_hex(64)


def is_uint256_tuple(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a tuple of numbers that a word of the chain can hold."""
    if not isinstance(value, tuple):
        raise wrong_type(attribute.name, "tuple of whole numbers", value)
    numbers = cast("tuple[object, ...]", value)
    if not 1 <= len(numbers) <= MAX_TOKENS_PER_MINT:
        count = f"{len(numbers)} numbers"
        raise NumberOutOfRange(attribute.name, 1, MAX_TOKENS_PER_MINT, count)
    for number in numbers:
        if type(number) is not int or not 0 <= number <= MAX_UINT256:
            raise NumberOutOfRange(attribute.name, 0, MAX_UINT256, value_text(number))


def is_decimal_tuple(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a tuple of numbers below 2**256 as texts of decimal digits."""
    if not isinstance(value, tuple):
        raise wrong_type(attribute.name, "tuple of decimal texts", value)
    texts = cast("tuple[object, ...]", value)
    for text in texts:
        if not isinstance(text, str) or not DECIMAL.fullmatch(text) or int(text) > MAX_UINT256:
            raise NumberOutOfRange(attribute.name, 0, MAX_UINT256, value_text(text))


def optional_tuple(value: Any) -> Any:  # noqa: ANN401 - the field's validator refuses others
    """Return a list as a tuple, and every other value as it is."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def lowercase(value: Any) -> Any:  # noqa: ANN401 - the field's validator refuses what is not text
    """Return a wallet or hash in lower case; upper case in it is only a checksum."""
    return value.lower() if isinstance(value, str) else value


def require(name: str, value: str | None) -> str:
    """Return the value of an argument. Raises ArgumentMissing for None or an empty text."""
    if not value:
        raise errors.ArgumentMissing(name)
    return value


Wallet = Annotated[str, Kind(is_wallet, converter=lowercase, is_bounded=True, column="wallet")]
ChainHash = Annotated[str, Kind(is_hash, converter=lowercase, is_bounded=True, column="chain_hash")]
Handle = Annotated[str, Kind(is_identifier, HANDLE, column="collated_text")]
Prompt = Annotated[str, Kind(non_blank_line, PROMPT, column="nonblank_text")]
Quantity = Annotated[int, Kind(bounded_int, QUANTITY, column="ordinal")]
Uint256 = Annotated[int, Kind(bounded_int, UINT256)]
Uint256Tuple = Annotated[tuple[int, ...], Kind(is_uint256_tuple, is_bounded=True)]
DecimalTuple = Annotated[
    tuple[str, ...],
    Kind(is_decimal_tuple, converter=optional_tuple, is_bounded=True, column="json_array"),
]
Wei = Annotated[str, Kind(is_identifier, WEI, column="collated_text")]
ErrorData = Annotated[
    Document, Kind(instance_of(dict), converter=normalize_json, column="json_details")
]
