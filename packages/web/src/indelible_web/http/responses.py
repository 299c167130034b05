"""Answers in JSON."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

import attrs
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.preconf.json import make_converter
from flask import Response

from indelible.kernel import Actor, instant_text
from indelible.kernel.history import Data
from indelible.kernel.json import number_or_text
from indelible.kernel.json_numbers import ExactEncoder
from indelible.kernel.json_objects import JsonObject
from indelible_web.http.number_lists import is_number_list, is_uint256

T = TypeVar("T")

JSON: Final = "application/json"
DATA_KEY: Final = "data_key"  # The metadata that names a field in JSON, where its name differs.
MAX_SAFE_INTEGER: Final = 2**53 - 1  # which every reader of JSON reads exactly


def _is_data(kind: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    return bool(kind == Data)


def _object_to_json(value: JsonObject) -> dict[str, Any]:
    return value.json_value()


def _data_to_json(data: Data) -> dict[str, Any]:
    """Return the data of a change; its numbers of more than 53 bits are decimal texts."""
    values: dict[str, Any] = {}
    for name, value in data.items():
        is_large = type(value) is int and abs(value) > MAX_SAFE_INTEGER
        values[name] = str(value) if is_large else _converter.unstructure(value)

    return values


def _data_keys(cls: Any) -> dict[str, str]:  # noqa: ANN401 - any type that a field may have
    """Map the fields of an attrs class to their names in JSON, where these differ."""
    if not (isinstance(cls, type) and attrs.has(cls)):
        return {}

    keys: dict[str, str] = {}
    for attribute in attrs.fields(cls):
        if DATA_KEY in attribute.metadata:
            keys[attribute.name] = attribute.metadata[DATA_KEY]

    return keys


def _has_data_keys(cls: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    return bool(_data_keys(cls))


def _unstructure_renamed(cls: Any) -> Any:  # noqa: ANN401 - a class and cattrs' function for it
    renamed: dict[str, Any] = {}
    for name, key in _data_keys(cls).items():
        renamed[name] = override(rename=key)

    return make_dict_unstructure_fn(cls, _converter, **renamed)


# Core's own converter refuses floats, which have no canonical form in a digest.
_converter = make_converter()
_converter.register_unstructure_hook(Actor, str)
_converter.register_unstructure_hook(date, date.isoformat)
_converter.register_unstructure_hook(datetime, instant_text)
_converter.register_unstructure_hook(Decimal, number_or_text)
_converter.register_unstructure_hook(JsonObject, _object_to_json)
_converter.register_unstructure_hook_func(is_number_list, list)
_converter.register_unstructure_hook_func(is_uint256, str)
_converter.register_unstructure_hook_func(_is_data, _data_to_json)
_converter.register_unstructure_hook_factory(_has_data_keys, _unstructure_renamed)
_encoder = ExactEncoder(ensure_ascii=False, allow_nan=False)


def to_json(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value as it appears in an answer."""
    return _converter.unstructure(value)


def project(cls: type[T], source: object, **values: object) -> T:
    """Return an instance of `cls` from `values`, and for other fields the source's attributes."""
    arguments = dict(values)
    for attribute in attrs.fields(cast("Any", cls)):
        if attribute.name not in arguments:
            arguments[attribute.name] = getattr(source, attribute.name)

    return cls(**arguments)


def json_text(value: object) -> bytes:
    """Return the value as JSON in UTF-8.

    A lone surrogate, which only a refused value can contain, becomes its escape sequence.
    """
    return _encoder.encode(_converter.unstructure(value)).encode("utf-8", "backslashreplace")


def json_response(value: object, status: int, media_type: str = JSON) -> Response:
    """Return the value as an answer."""
    return Response(json_text(value), status=status, content_type=media_type)
