"""The one canonical JSON, and its digest."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

from cattrs.preconf.json import make_converter

from indelible.kernel.audit import Actor
from indelible.kernel.errors import UsageError
from indelible.kernel.values import UNSTORABLE, TextTooLong, TextUnstorable

MAX_JSON_CHARACTERS = 100_000  # characters of a value that an entity keeps
JSON_SCALARS = frozenset((str, int, bool, type(None)))


def instant_text(instant: datetime) -> str:
    """The one text of an instant: UTC, six digits of microseconds; such texts sort as instants do."""
    if instant.tzinfo is None:
        raise UsageError("a canonical value holds no instant without its time zone")
    return (instant if instant.tzinfo is UTC else instant.astimezone(UTC)).isoformat(
        timespec="microseconds"
    )


def _refuse(value: object) -> None:
    raise UsageError(f"a canonical value holds no {type(value).__name__}")


_converter = make_converter()
_converter.register_unstructure_hook(Actor, str)
_converter.register_unstructure_hook(datetime, instant_text)
# A value that knows its own text is written as that: an embedding, to its last bit.
_converter.register_unstructure_hook_func(
    lambda kind: hasattr(kind, "canonical_text"), lambda value: value.canonical_text()
)
for _kind in (float, bytes, bytearray, set, frozenset, complex):
    _converter.register_unstructure_hook(_kind, _refuse)


_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def to_json_value(value: object) -> object:
    """A value as JSON knows it: objects, lists, texts, whole numbers."""
    if type(value) in JSON_SCALARS:  # of most fields: cattrs takes ten times as long to say so
        return value
    if type(value) is dict:
        items = cast("dict[object, object]", value).items()
        return {
            to_json_value(key): each if type(each) in JSON_SCALARS else to_json_value(each)
            for key, each in items
        }
    return instant_text(value) if type(value) is datetime else _converter.unstructure(value)


def canonical_json(value: object) -> str:
    """The one text of a value: keys sorted, no spaces, no floats."""
    return encode_canonical(to_json_value(value))


def encode_canonical(value: object) -> str:
    """The one text of a value that is plain already."""
    return _encoder.encode(value)


def normalize_json(value: object) -> Any:  # noqa: ANN401 - what JSON knows
    """The value as a database gives it back; WrongUse for what JSON has not, TextTooLong, or TextUnstorable."""
    if value is None:  # of most entities
        return None
    try:
        text = canonical_json(value)
    except RecursionError:
        raise TextTooLong(
            "value", MAX_JSON_CHARACTERS
        ) from None  # so deep that no database would take it
    if len(text) > MAX_JSON_CHARACTERS:
        raise TextTooLong("value", MAX_JSON_CHARACTERS)
    if UNSTORABLE.search(text.replace(r"\\", "").replace(r"\u0000", "\x00")):
        raise TextUnstorable("value")
    return json.loads(text)


def digest(value: object) -> str:
    """The SHA-256 of a value's canonical text, in hex."""
    return sha256_hex(canonical_json(value))


def sha256_hex(text: str) -> str:
    """The SHA-256 of a text, in hex."""
    return sha256(text.encode()).hexdigest()
