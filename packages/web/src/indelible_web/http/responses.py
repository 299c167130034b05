"""How values leave: one JSON for everything."""

import json
from datetime import datetime
from typing import Any, Final, TypeVar, cast

import attrs
from cattrs.preconf.json import make_converter
from flask import Response

from indelible.kernel import Actor, instant_text
from indelible_web.http.number_lists import is_number_list

T = TypeVar("T")

JSON: Final = "application/json"

_converter = make_converter()  # core's own knows no floats, which have no place in what is digested
_converter.register_unstructure_hook(Actor, str)
_converter.register_unstructure_hook(datetime, instant_text)
_converter.register_unstructure_hook_func(is_number_list, list)


def to_json(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A value as an answer shows it."""
    return _converter.unstructure(value)


def project(cls: type[T], source: object, **more: object) -> T:
    """An instance of a class of answers: what else is not given is what the source has under the same names."""
    names = (each.name for each in attrs.fields(cast("Any", cls)) if each.name not in more)
    return cls(**{name: getattr(source, name) for name in names}, **more)


def json_text(value: object) -> bytes:
    """The value as JSON in UTF-8; half a surrogate pair, which only a refusal can quote, becomes its escape."""
    return json.dumps(to_json(value), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "backslashreplace"
    )


def json_response(value: object, status: int, media_type: str = JSON) -> Response:
    """The value as an answer."""
    return Response(json_text(value), status=status, content_type=media_type)
