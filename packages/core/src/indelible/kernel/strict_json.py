"""Strict JSON: exact numbers, no repeated keys, no NaN, bounded depth."""

import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 100


class MalformedJson(Exception):
    """A body is not strict JSON; the message names the reason."""


def read_json(data: bytes) -> object:
    """Return the value of a JSON document; a number with a fraction is a Decimal.

    Raises:
        MalformedJson: The body is not strict JSON.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise MalformedJson(f"byte {error.start} is not UTF-8") from None
    try:
        value = _decoder.decode(text)
    except RecursionError:
        raise MalformedJson("too many levels") from None
    except ValueError as error:
        raise MalformedJson(str(error)) from None
    if _is_deeper(value, MAX_DEPTH):
        raise MalformedJson(f"more than {MAX_DEPTH} levels")

    return value


def _is_deeper(value: object, levels: int) -> bool:
    """Return True for lists and objects that are nested more deeply.

    The depth at which Python itself gives up depends on its caller, so it decides nothing.
    """
    level: list[Any] = [[value]]
    for _ in range(levels + 1):
        following: list[Any] = []
        for container in level:
            for item in _items(container):
                if type(item) is dict or type(item) is list:
                    following.append(item)
        if not following:
            return False
        level = following

    return True


def _items(container: Any) -> Iterable[Any]:  # noqa: ANN401 - a list or an object
    if isinstance(container, dict):
        return cast("dict[str, Any]", container).values()
    return cast("list[Any]", container)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) == len(pairs):
        return values

    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise MalformedJson(f"repeated key {key!r}")
        seen.add(key)
    return values


def _whole_number(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise MalformedJson(f"a number of more than {MAX_DIGITS} digits")
    return int(text)


def _fraction(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise MalformedJson(f"a number of more than {MAX_DIGITS} digits")
    try:
        return Decimal(text)
    except InvalidOperation:  # the exponent has too many digits
        raise MalformedJson(f"the number {text}") from None


def _refuse_constant(text: str) -> object:
    raise MalformedJson(f"{text} is no number")


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=_unique_keys,
    parse_int=_whole_number,
    parse_float=_fraction,
    parse_constant=_refuse_constant,
)
