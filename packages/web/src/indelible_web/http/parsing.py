"""Reading what callers send: strict JSON, strict queries."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isinf
from typing import Any, Final, NoReturn, cast

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from indelible_web.http import errors

MOST_LEVELS: Final = 32
LONGEST_NUMBER: Final = 100  # characters
MOST_FIELDS_NAMED: Final = 20
LONGEST_FIELD_NAMED: Final = 200

STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
CONTENT_TYPE: Final = re.compile(r'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)


class StrictParser(FlaskParser):
    """flask-smorest's reader of requests, with our JSON and our errors."""

    def load_json(self, req: Request, schema: Schema) -> object:  # noqa: ARG002 - webargs calls it so
        """The body, or the error that says why not; a body of another type is not even read."""
        is_plain = req.headers.get("Content-Encoding", "identity").strip().lower() == "identity"
        if not is_plain or not CONTENT_TYPE.fullmatch(req.headers.get("Content-Type", "").strip()):
            raise errors.UnsupportedBody
        body = req.get_data(cache=False)
        req.stream.read(
            1
        )  # Werkzeug cuts a chunked body off at the limit, and says so only to whoever reads on.
        return parse_json(body)

    def load_querystring(self, req: Request, schema: Schema) -> dict[str, str]:  # noqa: ARG002 - webargs calls it so
        """The query's parameters, each given once."""
        return _unique(req.args.items(multi=True))

    def handle_error(self, error: ValidationError, *_: object, **__: object) -> NoReturn:
        """Say by its path what is wrong with each field; of headers, only If-Match can be missing."""
        if "headers" in error.messages_dict:
            raise errors.IfMatchMissing from error
        raise wrong_fields(error.messages_dict.values()) from error


def wrong_fields(messages: Iterable[object]) -> errors.InvalidFields:
    """What a schema has to say of each field, by its path."""
    found = [each for message in messages for each in _flat("", message)]
    return errors.InvalidFields(dict(found[:MOST_FIELDS_NAMED]))


def parse_json(body: bytes) -> object:
    """The one value that the body holds; whole numbers are exact, however they are written."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise errors.MalformedJson("invalid UTF-8") from error
    if text.startswith("\ufeff"):
        raise errors.MalformedJson("a byte order mark")
    _check_depth(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        raise errors.MalformedJson(f"{error.msg} at character {error.pos}") from error


def _check_depth(text: str) -> None:
    level = 0
    for match in STRING_OR_BRACKET.finditer(text):
        level += (match.group() in "[{") - (match.group() in "]}")
        if level > MOST_LEVELS:
            raise errors.TooDeep(MOST_LEVELS)


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as an object; names that differ only in how their accents are composed are the same name."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        key = unicodedata.normalize("NFC", name)
        if key in found:
            raise errors.DuplicateKey(key[:LONGEST_FIELD_NAMED])
        found[key] = value
    return found


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise errors.BadNumber
    return int(text)


def _number(text: str) -> int | float:
    """A whole number stays whole: for JSON Schema 3100.0 is an integer."""
    if len(text) > LONGEST_NUMBER or isinf(float(text)):
        raise errors.BadNumber
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(text)


def _no_number(_: str) -> NoReturn:
    raise errors.BadNumber


def _flat(path: str, messages: object) -> Iterable[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, below in cast("Mapping[object, object]", messages).items():
            step = str(name)[:LONGEST_FIELD_NAMED]
            yield from _flat(path if step == "_schema" else f"{path}.{step}".lstrip("."), below)
    elif isinstance(messages, list):
        yield path, " ".join(map(str, cast("list[object]", messages)))
