"""The properties of JSON Schema that say what a validator of a kind refuses."""

from collections.abc import Mapping
from typing import Final

from attrs.validators import optional

from indelible.kernel.money import CURRENCY_CHARACTERS, is_currency
from indelible.kernel.values import (
    DIGEST,
    is_digest,
    is_identifier,
    is_one_line,
    non_blank_line,
    non_blank_text,
)
from indelible_web.http.scalars import SchemaProps

CURRENCY_PROPS: Final = {"minLength": CURRENCY_CHARACTERS, "pattern": "^[A-Z]{3}$"}
IDENTIFIER_PROPS: Final = {"minLength": 1, "pattern": r"^\S+$"}
NOT_BLANK_PROPS: Final = {"minLength": 1, "pattern": r"\S"}
DIGEST_PROPS: Final = {"minLength": 64, "pattern": f"^{DIGEST.pattern}$"}
ONE_LINE_PROPS: Final = {"pattern": r"^[^\n\v\f\r\x1c-\x1e\x85\u2028\u2029]*$"}  # as LINE_BREAK
# The document can express these validators; all others are named by their error codes only.
VALIDATOR_PROPS: Final[Mapping[object, SchemaProps]] = {
    non_blank_line: NOT_BLANK_PROPS,
    optional(non_blank_line): NOT_BLANK_PROPS,
    non_blank_text: NOT_BLANK_PROPS,
    optional(non_blank_text): NOT_BLANK_PROPS,
    is_one_line: ONE_LINE_PROPS,
    optional(is_one_line): ONE_LINE_PROPS,
    is_identifier: IDENTIFIER_PROPS,
    optional(is_identifier): IDENTIFIER_PROPS,
    is_digest: DIGEST_PROPS,
    optional(is_digest): DIGEST_PROPS,
    is_currency: CURRENCY_PROPS,
    optional(is_currency): CURRENCY_PROPS,
}
