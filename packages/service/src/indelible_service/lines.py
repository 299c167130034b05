"""A line of a file from elsewhere: strict JSON, and strictly the type that it should be."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedIOBase
from typing import Any, ClassVar, Final, TypeVar, cast, get_args, get_origin

from attrs import frozen
from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError, transform_error

from indelible.kernel import Actor, Data, IndelibleError, Invalid
from indelible.kernel.values import UNSTORABLE

T = TypeVar("T")

LONGEST_LINE: Final = 128 * 1024 * 1024  # bytes: a version whose every text is full still fits
MOST_LINES: Final = 5_000_000
DEEPEST: Final = 32

Document = dict[str, Any]


@frozen
class BadLine(Invalid):
    """A line of the file is not what it should be, and nothing was imported."""

    code: ClassVar[str] = "BAD_LINE"
    line: int
    problem: str


def documents(stream: BufferedIOBase) -> Iterator[tuple[int, bytes, Document]]:
    """Every line by its number, as it stands and as what it says; BadLine at the first that says nothing."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise BadLine(number, f"longer than {LONGEST_LINE} bytes")
        if number > MOST_LINES:
            raise BadLine(number, f"more than {MOST_LINES} lines")
        yield number, line, _document(number, line)


def structured(number: int, document: object, kind: type[T]) -> T:
    """The value that the line says, or BadLine with the place of its first fault."""
    try:
        return STRICT.structure(document, kind)
    except BaseValidationError as error:
        raise BadLine(number, transform_error(error, format_exception=_said)[0]) from error


def _document(number: int, line: bytes) -> Document:
    try:
        found: object = json.loads(
            line.decode(), parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once
        )
        _check(found)
    except (ValueError, RecursionError) as error:
        raise BadLine(number, f"not strict JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadLine(number, "not an object")
    return cast("Document", found)


def _no_float(_: str) -> None:
    raise ValueError("a number that is not whole")


def _once(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object that names a thing twice")
    return found


def _check(found: object) -> None:
    layer = [found]
    for _ in range(DEEPEST):
        if any(isinstance(value, str) and UNSTORABLE.search(value) for value in layer):
            raise ValueError("a text with NUL or half of a surrogate pair")
        layer = [inner for value in layer for inner in _inside(value)]
    if layer:
        raise ValueError(f"nested deeper than {DEEPEST}")


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        named = cast("dict[str, object]", value)
        return [*named, *named.values()]
    return cast("list[object]", value) if isinstance(value, list) else []


def _exactly(value: object, kind: type[T]) -> T:
    """The value; TypeError where it is of another type, a subtype too: True is no number."""
    if not isinstance(value, kind) or type(value) is not kind:
        raise TypeError(kind.__name__)
    return value


def _text(value: object, kind: type[str]) -> str:
    return kind(_exactly(value, str))  # an enum's member is a text too


def _actor(value: object, _: object) -> Actor:
    return Actor.parse(_exactly(value, str))


def _instant(value: object, _: object) -> datetime:
    instant = datetime.fromisoformat(_exactly(value, str))
    return instant if instant.tzinfo is None else instant.astimezone(UTC)  # its field refuses one without a zone


def _data(value: object, _: object) -> Data:
    return cast("Data", _exactly(value, dict))


def _is_tuple(kind: object) -> bool:
    return get_origin(kind) is tuple


def _tuple(value: object, kind: object) -> tuple[object, ...]:
    items = cast("list[object]", _exactly(value, list))
    return tuple(STRICT.structure(each, get_args(kind)[0]) for each in items)


def _said(error: BaseException, kind: type[Any] | None) -> str:
    match error:
        case IndelibleError():
            return f"{error.code} in {error.detail.get('field', 'a value')}"
        case KeyError():
            return "required field missing"
        case ForbiddenExtraKeysError():
            return "a field that does not belong here"
        case _:
            return f"not {getattr(kind, '__name__', 'as expected')}"


STRICT: Final = Converter(forbid_extra_keys=True)
STRICT.register_structure_hook(int, _exactly)
STRICT.register_structure_hook(str, _text)
STRICT.register_structure_hook_func(lambda kind: kind == Data, _data)
STRICT.register_structure_hook_func(_is_tuple, _tuple)
STRICT.register_structure_hook(Actor, _actor)
STRICT.register_structure_hook(datetime, _instant)
