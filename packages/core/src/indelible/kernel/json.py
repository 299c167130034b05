"""Canonical JSON, and digests of it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, cast

from cattrs.preconf.json import make_converter

from indelible.kernel.audit import Actor
from indelible.kernel.decimals import FixedDecimal
from indelible.kernel.errors import UsageError
from indelible.kernel.json_numbers import ExactEncoder

JSON_SCALARS = frozenset((str, int, bool, type(None)))


def instant_text(instant: datetime) -> str:
    """Return the canonical text of a time: UTC with microseconds, so that texts sort as times do.

    Raises:
        UsageError: The time has no time zone.
    """
    if instant.tzinfo is None:
        raise UsageError("a time without a time zone has no canonical text")

    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")


def _refuse(value: object) -> None:
    raise UsageError(f"a value of type {type(value).__name__} has no canonical text")


def _has_canonical_text(kind: Any) -> bool:  # noqa: ANN401 - any type of a value
    return hasattr(kind, "canonical_text")


def _canonical_text(value: Any) -> object:  # noqa: ANN401 - any type of a value
    return value.canonical_text()


def number_or_text(value: Decimal) -> Decimal | str:
    """Return the text of a field's decimal; a number in a JSON object stays a number."""
    if isinstance(value, FixedDecimal):
        return value.canonical_text()
    return value


def _has_json_value(kind: Any) -> bool:  # noqa: ANN401 - any type of a value
    return hasattr(kind, "json_value")


def _json_value(value: Any) -> object:  # noqa: ANN401 - any type of a value
    return value.json_value()


def is_written_whole(kind: type) -> bool:
    """Return True for a class whose values are written as one text or document, not by fields."""
    return kind is Actor or _has_canonical_text(kind) or _has_json_value(kind)


def _is_text_tuple(kind: Any) -> bool:  # noqa: ANN401 - any type of a value
    return bool(kind == tuple[str, ...])


_converter = make_converter()
# cattrs would convert each text by itself.
_converter.register_unstructure_hook_func(_is_text_tuple, list)
_converter.register_unstructure_hook(Actor, str)
_converter.register_unstructure_hook(date, date.isoformat)
_converter.register_unstructure_hook(datetime, instant_text)
_converter.register_unstructure_hook(Decimal, number_or_text)
# A type with its own exact text, such as an embedding, is written as that text.
_converter.register_unstructure_hook_func(_has_canonical_text, _canonical_text)
# A frozen JSON object is written as dicts and lists.
_converter.register_unstructure_hook_func(_has_json_value, _json_value)
for _kind in (float, bytes, bytearray, set, frozenset, complex):
    _converter.register_unstructure_hook(_kind, _refuse)

_encoder = ExactEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def to_json_value(value: object) -> object:
    """Return a value as JSON knows it: objects, lists, texts, whole numbers and Decimals.

    The common types are converted here, because cattrs takes ten times as long.

    Raises:
        UsageError: The value contains a type without a canonical text.
    """
    kind = type(value)
    if kind in JSON_SCALARS:
        return value
    if kind is dict:
        return _dict_to_json(cast("dict[object, object]", value))
    if kind is datetime:
        return instant_text(cast("datetime", value))
    if kind is FixedDecimal:
        return str(value)
    if kind is list or kind is tuple:
        return _list_to_json(cast("Iterable[object]", value))

    return _converter.unstructure(value)


def _dict_to_json(values: dict[object, object]) -> dict[object, object]:
    converted: dict[object, object] = {}
    for key, item in values.items():
        name = key if type(key) in JSON_SCALARS else to_json_value(key)
        converted[name] = item if type(item) in JSON_SCALARS else to_json_value(item)

    return converted


def _list_to_json(values: Iterable[object]) -> list[object]:
    converted: list[object] = []
    for item in values:
        is_scalar = type(item) in JSON_SCALARS
        converted.append(item if is_scalar else to_json_value(item))

    return converted


def canonical_json(value: object) -> str:
    """Return the canonical text of a value: keys sorted, no spaces, no floats."""
    return _encoder.encode(to_json_value(value))


def encode_canonical(value: object) -> str:
    """Return the canonical text of a value that JSON knows already."""
    return _encoder.encode(value)


def digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical text, in hex."""
    return sha256_hex(canonical_json(value))


def sha256_hex(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return sha256(text.encode()).hexdigest()
