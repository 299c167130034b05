"""The headers that an operation takes."""

import re
from typing import Final

from marshmallow import EXCLUDE, Schema

from indelible_web.http.errors import InvalidIdempotencyKey, InvalidIfMatch
from indelible_web.http.scalars import MOST, SchemaProps, scalar, text
from indelible_web.http.schemas import make_schema

TAG: Final = re.compile('"(0|[1-9][0-9]{0,18})"')
ONCE_KEY: Final = re.compile("[!-~]{1,255}")
IF_MATCH: Final = {
    "type": "string",
    "description": "The ETag of the state that the change is made for.",
    "pattern": '^"([1-9][0-9]{0,18})"$',
    "least_seq": 1,
    "examples": ['"3"'],
}
IF_MATCH_OR_NOTHING: Final = {  # of what may never have been there
    **IF_MATCH,
    "description": 'The ETag of the state that the change is made for; "0" where there is none yet.',
    "pattern": f"^{TAG.pattern}$",
    "least_seq": 0,
}
IF_NONE_MATCH: Final = {
    "type": "string",
    "description": "The ETags of the states that the caller has.",
    "examples": ['"3"'],
}
IDEMPOTENCY_KEY: Final = {
    "type": "string",
    "description": "The caller's own name for this request: sent again under the same name, it has no second effect.",
    "pattern": f"^{ONCE_KEY.pattern}$",
    "examples": ["import-2026-01-01-line-7"],
}


def headers_schema(*, of_command: bool, least_seq: int | None, has_tag: bool) -> type[Schema]:
    """What the operation reads of a request's headers, under the names of the values; If-Match has a least seq."""
    if_match = scalar(
        _seen_seq,
        IF_MATCH if least_seq else IF_MATCH_OR_NOTHING,
        required=True,
        data_key="If-Match",
    )
    once_key = scalar(_once_key, IDEMPOTENCY_KEY, required=False, data_key="Idempotency-Key")
    if_none_match = scalar(text, IF_NONE_MATCH, required=False, data_key="If-None-Match")
    taken = {
        **({"expected_seq": if_match} if least_seq is not None else {}),
        **({"once_key": once_key} if of_command else {}),
        **({"if_none_match": if_none_match} if has_tag and not of_command else {}),
    }
    return make_schema("Headers", EXCLUDE, taken)


def _seen_seq(value: object, _: str, says: SchemaProps) -> int:
    match = TAG.fullmatch(str(value))
    if match is None or not says["least_seq"] <= int(match.group(1)) <= MOST:
        raise InvalidIfMatch
    return int(match.group(1))


def _once_key(value: object, _: str, __: SchemaProps) -> str:
    if not ONCE_KEY.fullmatch(str(value)):
        raise InvalidIdempotencyKey
    return str(value)
