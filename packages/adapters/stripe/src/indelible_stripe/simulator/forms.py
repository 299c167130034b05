"""The bracket form in which clients send parameters: `metadata[charge_id]=7&expand[0]=data`."""

import re
from collections.abc import Iterable
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from indelible_stripe.simulator.answers import ApiError, JsonObject

MAX_FIELDS: Final = 2_000
MAX_DEPTH: Final = 12
NAME: Final = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")
PART: Final = re.compile(r"[^\[\]]+|(?<=\[)(?=\])")


def parse_form(text: str) -> JsonObject:
    """Return the nested parameters of a query or body; every leaf is a text.

    Raises:
        ApiError: The form is malformed.
    """
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise _malformed("the form cannot be parsed") from None

    return _nested(pairs)


def _nested(pairs: Iterable[tuple[str, str]]) -> JsonObject:
    root: JsonObject = {}
    for name, text in pairs:
        if NAME.fullmatch(name) is None:
            raise _malformed(f"{name[:100]!r} is not the name of a parameter")
        *parents, last = _parts(name)
        node = root
        for part in parents:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                raise _malformed(f"{name[:100]!r} is both a value and an object")
            node = cast("JsonObject", child)
        if last in node:
            raise _malformed(f"{name[:100]!r} occurs twice")
        node[last or str(len(node))] = text

    return root


def _parts(name: str) -> list[str]:
    parts: list[str] = PART.findall(name)
    if len(parts) > MAX_DEPTH:
        raise _malformed(f"{name[:100]!r} is nested more than {MAX_DEPTH} deep")
    return parts


def _malformed(problem: str) -> ApiError:
    return ApiError(f"Invalid request: {problem}")


def as_array(value: dict[str, Any]) -> list[Any] | None:
    """Return the items of an array in bracket form, `{"0": ..., "1": ...}`, or None."""
    if not all(key.isascii() and key.isdigit() for key in value):
        return None
    return [value[key] for key in sorted(value, key=int)]
