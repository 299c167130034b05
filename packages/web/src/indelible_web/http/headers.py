"""The request headers that an operation reads."""

import re
from typing import Any, Final

from marshmallow import EXCLUDE, Schema
from marshmallow.fields import Field

from indelible_web.http import header_names
from indelible_web.http.errors import InvalidIdempotencyKey, InvalidIfMatch
from indelible_web.http.scalars import MAX_INTEGER, SchemaProps, read_text, scalar
from indelible_web.http.schemas import make_schema

TAG: Final = re.compile('"(0|[1-9][0-9]{0,18})"')
IDEMPOTENCY_KEY: Final = re.compile("[!-~]{1,255}")

IF_MATCH_PROPS: Final = {
    "type": "string",
    "description": "The ETag of the state that the change is made for.",
    "pattern": '^"([1-9][0-9]{0,18})"$',
    "min_seq": 1,
    "examples": ['"3"'],
}
IF_MATCH_OR_ZERO_PROPS: Final = {
    **IF_MATCH_PROPS,
    "description": ('The ETag of the state that the change is made for; "0" if there is none yet.'),
    "pattern": f"^{TAG.pattern}$",
    "min_seq": 0,
}
IF_NONE_MATCH_PROPS: Final = {
    "type": "string",
    "description": "The ETags of the states that the caller has; 304 says that one is current.",
    "examples": ['"3"'],
}
IGNORED_IF_NONE_MATCH_PROPS: Final = {
    **IF_NONE_MATCH_PROPS,
    "description": "Ignored: the answer also has values that change without the ETag.",
}
IDEMPOTENCY_KEY_PROPS: Final = {
    "type": "string",
    "description": (
        "The caller's name for this request; a request sent again under it has no second effect."
    ),
    "pattern": f"^{IDEMPOTENCY_KEY.pattern}$",
    "examples": ["import-2026-01-01-line-7"],
}

EXAMPLE_POSITION: Final = f"{'5e' * 32}.1:0/16B3748"
POSITION_PROPS: Final = {
    "type": "string",
    "description": (
        "The position of a write, from the header of its answer; the answer to this request is not"
        " older than that write."
    ),
    "examples": [EXAMPLE_POSITION],
}


def headers_schema(
    *,
    min_seq: int | None,
    requires_if_match: bool,
    takes_idempotency_key: bool,
    requires_idempotency_key: bool,
    takes_if_none_match: bool,
    answers_not_modified: bool,
    takes_position: bool,
) -> type[Schema]:
    """Return the schema of an operation's headers.

    `min_seq` is the least seq that If-Match may name, or None if the operation takes no If-Match.
    """
    fields: dict[str, Field[Any]] = {}
    if min_seq is not None:
        props = IF_MATCH_PROPS if min_seq else IF_MATCH_OR_ZERO_PROPS
        fields["expected_seq"] = scalar(
            read_tag, props, required=requires_if_match, data_key=header_names.IF_MATCH
        )
    if takes_idempotency_key:
        fields["once_key"] = scalar(
            read_idempotency_key,
            IDEMPOTENCY_KEY_PROPS,
            required=requires_idempotency_key,
            data_key=header_names.IDEMPOTENCY_KEY,
        )
    if takes_if_none_match:
        tag_props = IF_NONE_MATCH_PROPS if answers_not_modified else IGNORED_IF_NONE_MATCH_PROPS
        fields["if_none_match"] = scalar(
            read_text, tag_props, required=False, data_key="If-None-Match"
        )
    if takes_position:
        fields["seen_position"] = scalar(
            read_text, POSITION_PROPS, required=False, data_key=header_names.POSITION
        )

    return make_schema("Headers", EXCLUDE, fields)


def read_tag(value: object, _: str, props: SchemaProps) -> int:
    """Return the seq of an ETag.

    Raises: InvalidIfMatch.
    """
    match = TAG.fullmatch(str(value))
    if match is None:
        raise InvalidIfMatch

    seq = int(match.group(1))
    if not props["min_seq"] <= seq <= MAX_INTEGER:
        raise InvalidIfMatch

    return seq


def read_idempotency_key(value: object, _: str, __: SchemaProps) -> str:
    """Return the key of a request.

    Raises: InvalidIdempotencyKey.
    """
    text = str(value)
    if not IDEMPOTENCY_KEY.fullmatch(text):
        raise InvalidIdempotencyKey

    return text
