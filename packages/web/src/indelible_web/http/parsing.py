"""Strict parsing of requests: JSON bodies and queries."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from math import isinf
from typing import Any, Final, NoReturn, Self, cast

from attrs import frozen
from flask import Request
from marshmallow import Schema, ValidationError, missing
from marshmallow.fields import Field

from indelible.kernel.json_limits import JsonLimitExceeded
from indelible_web.http import errors
from indelible_web.http.header_names import IF_MATCH
from indelible_web.http.json_fields import holds_documents, holds_written
from indelible_web.http.request import this_request

MAX_LEVELS: Final = 32
# Of a body with JSON documents, whose own limits are lower.
MAX_DOCUMENT_LEVELS: Final = 64
MAX_NUMBER_CHARACTERS: Final = 100
MAX_REPORTED_FIELDS: Final = 20
MAX_FIELD_NAME_CHARACTERS: Final = 200

# A whole string, or one bracket outside of strings.
STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
CONTENT_TYPE: Final = re.compile(r'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)


@frozen
class RequestParser:
    """The parser of a route's requests; whatever depends on the route alone is computed once.

    Its schemas load without state, so that threads share them.
    """

    _schemas: tuple[tuple[str, Schema], ...]
    _needed_locations: frozenset[str]  # which are read even where they are empty
    _header_names: tuple[str, ...]
    _has_documents: bool
    _has_written: bool

    @classmethod
    def of(cls, schemas: Mapping[str, type[Schema]]) -> Self:
        """Return the parser of `path`, `query`, `headers` and `json`, in the order of parsing."""
        by_location = {location: schema() for location, schema in schemas.items()}
        header_names: list[str] = []
        for name, header in _fields(by_location["headers"]).items():
            header_names.append(header.data_key or name)

        has_documents = "json" in by_location and holds_documents(by_location["json"])
        has_written = "json" in by_location and holds_written(by_location["json"])
        return cls(
            tuple(by_location.items()),
            frozenset(name for name, schema in by_location.items() if _needs_values(schema)),
            tuple(header_names),
            has_documents,
            has_written,
        )

    def parse(self) -> dict[str, Any]:
        """Return the values of all locations of the current request.

        Raises: InvalidFields, IfMatchMissing, IdempotencyKeyRequired, or the errors of a location.
        """
        request = this_request()
        values: dict[str, Any] = {}
        for location, schema in self._schemas:
            data = self._data(location, request)
            if data == {} and location not in self._needed_locations:
                continue
            try:
                values.update(cast("dict[str, Any]", schema.load(data)))
            except ValidationError as error:
                if location == "headers":
                    raise _missing_header(error) from error
                raise invalid_fields([error.messages_dict]) from error

        return values

    def _data(self, location: str, request: Request) -> Any:  # noqa: ANN401 - any JSON value
        match location:
            case "path":
                return request.view_args or {}
            case "query" if not request.query_string:
                return {}
            case "query":
                return _unique(request.args.items(multi=True))
            case "headers":
                headers = request.headers
                return {name: headers[name] for name in self._header_names if name in headers}
            case _:
                return self._body(_body_of(request))

    def _body(self, body: bytes) -> object:
        """Return the JSON value of a body, with fractions as its fields need them."""
        if self._has_documents:
            parse_fraction = _parse_written if self._has_written else _parse_exact
            return parse_documents(body, parse_fraction)
        return parse_json(body, _parse_written if self._has_written else None)


def _missing_header(
    error: ValidationError,
) -> errors.IfMatchMissing | errors.IdempotencyKeyRequired:
    """Return the error of the first required header that is missing."""
    if IF_MATCH in error.messages_dict:
        return errors.IfMatchMissing()
    return errors.IdempotencyKeyRequired()


def _fields(schema: Any) -> Mapping[str, Field[Any]]:  # noqa: ANN401 - marshmallow's is untyped
    fields: Mapping[str, Field[Any]] = schema.fields
    return fields


def _needs_values(schema: Schema) -> bool:
    """Return True if a schema returns a value or an error for no values."""
    fields = _fields(schema).values()
    return any(field.required or field.load_default is not missing for field in fields)


def _body_of(request: Request) -> bytes:
    """Return the body; a body of another media type is not read.

    Raises: UnsupportedBody.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    content_type = request.headers.get("Content-Type", "").strip()
    if encoding != "identity" or not CONTENT_TYPE.fullmatch(content_type):
        raise errors.UnsupportedBody

    return request.get_data(cache=False)


def invalid_fields(messages: Iterable[object]) -> errors.InvalidFields:
    """Return the error that lists the messages of a schema by the path of each field."""
    by_path: list[tuple[str, str]] = []
    for message in messages:
        by_path += _flatten("", message)

    return errors.InvalidFields(dict(by_path[:MAX_REPORTED_FIELDS]))


def parse_json(body: bytes, parse_fraction: Callable[[str], object] | None = None) -> object:
    """Return the JSON value of a body; by default, integers are exact in every notation.

    Raises: MalformedJson, TooDeep, BadNumber, DuplicateKey.
    """
    text = _text_of(body)
    if _is_deeper(text, MAX_LEVELS):
        raise errors.TooDeep(MAX_LEVELS)

    return _parse(text, _unique, parse_fraction or _parse_float)


def _parse_written(text: str) -> Decimal:
    """Return the exact number; one that is written with a point or an exponent stays a Decimal."""
    if len(text) > MAX_NUMBER_CHARACTERS or isinf(float(text)):
        raise errors.BadNumber
    try:
        return Decimal(text)
    except InvalidOperation as error:  # the exponent has too many digits
        raise errors.BadNumber from error


def _parse_exact(text: str) -> int | Decimal:
    """Return the exact number: an integer if it is one."""
    exact = _parse_written(text)
    if exact == exact.to_integral_value():
        return int(exact)
    return exact


def parse_documents(body: bytes, parse_fraction: Callable[[str], object] = _parse_exact) -> object:
    """Return the JSON value of a body that contains documents, with exact fractions and names.

    Fractions are Decimals, and names are compared as they are.

    Raises: MalformedJson, BadNumber, DuplicateKey, or JsonLimitExceeded for a body that is too
        deep.
    """
    text = _text_of(body)
    if _is_deeper(text, MAX_DOCUMENT_LEVELS):
        limit = f"at most {MAX_DOCUMENT_LEVELS} levels are allowed"
        raise JsonLimitExceeded("body", limit)

    return _parse(text, _unique_as_written, parse_fraction)


def _text_of(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise errors.MalformedJson("invalid UTF-8") from error
    if text.startswith("\ufeff"):
        raise errors.MalformedJson("a byte order mark")

    return text


def _parse(
    text: str,
    read_object: Callable[[list[tuple[str, Any]]], object],
    parse_fraction: Callable[[str], object],
) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=read_object,
            parse_int=_parse_int,
            parse_float=parse_fraction,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise errors.MalformedJson(f"{error.msg} at character {error.pos}") from error


def _is_deeper(text: str, max_levels: int) -> bool:
    """Return True if a text has more levels; the parser recurses into lists and objects."""
    level = 0
    for match in STRING_OR_BRACKET.finditer(text):
        if match.group() in "[{":
            level += 1
        elif match.group() in "]}":
            level -= 1
        if level > max_levels:
            return True

    return False


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as an object; names with the same normal form are the same name."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        key = unicodedata.normalize("NFC", name)
        if key in result:
            raise errors.DuplicateKey(key[:MAX_FIELD_NAME_CHARACTERS])
        result[key] = value

    return result


def _unique_as_written(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as an object, with the names as they are written."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise errors.DuplicateKey(name[:MAX_FIELD_NAME_CHARACTERS])
        result[name] = value

    return result


def _parse_int(text: str) -> int:
    if len(text) > MAX_NUMBER_CHARACTERS:
        raise errors.BadNumber
    return int(text)


def _parse_float(text: str) -> int | float:
    """Return the number; in JSON Schema 3100.0 is an integer."""
    exact = _parse_exact(text)
    return exact if isinstance(exact, int) else float(text)


def _refuse_constant(_: str) -> NoReturn:
    raise errors.BadNumber


def _flatten(path: str, messages: object) -> Iterator[tuple[str, str]]:
    """Yield each field's path and message from marshmallow's nested messages."""
    if isinstance(messages, Mapping):
        for name, nested in cast("Mapping[object, object]", messages).items():
            step = str(name)[:MAX_FIELD_NAME_CHARACTERS]
            # marshmallow reports an error of a whole object under `_schema`.
            nested_path = path if step == "_schema" else f"{path}.{step}".lstrip(".")
            yield from _flatten(nested_path, nested)
    elif isinstance(messages, list):
        texts = [str(message) for message in cast("list[object]", messages)]
        yield path, " ".join(texts)
