"""JSON texts of any content, for property tests, and their comparison."""

import json
from decimal import Decimal
from typing import Any

from hypothesis.strategies import (
    SearchStrategy,
    booleans,
    characters,
    decimals,
    dictionaries,
    integers,
    just,
    lists,
    one_of,
    recursive,
    text,
)

from indelible.kernel import canonical_json
from indelible.kernel.json_values import normalize_json

TEXTS = text(characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def _number_texts() -> SearchStrategy[str]:
    fractions = decimals(allow_nan=False, allow_infinity=False, places=6)
    exponents = integers(-20, 20).map(lambda exponent: f"12.5e{exponent}")
    return one_of(integers().map(str), fractions.map(lambda number: f"{number:f}"), exponents)


def _scalars() -> SearchStrategy[str]:
    return one_of(just("null"), booleans().map(json.dumps), _number_texts(), TEXTS.map(json.dumps))


def _list_text(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def _object_text(values: dict[str, str]) -> str:
    items = [f"{json.dumps(name)}: {value}" for name, value in values.items()]
    return f"{{{','.join(items)}}}"


def _containers(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    return one_of(
        lists(inner, max_size=4).map(_list_text),
        dictionaries(TEXTS, inner, max_size=4).map(_object_text),
    )


def json_objects() -> SearchStrategy[str]:
    """Return the texts of JSON objects of any content."""
    values = recursive(_scalars(), _containers, max_leaves=12)
    return dictionaries(TEXTS, values, max_size=5).map(_object_text)


def same_json(first: str, second: str) -> bool:
    """Return True if two texts have the same value, with numbers compared exactly."""
    return _canonical(first) == _canonical(second)


def _canonical(json_text: str) -> str:
    value: Any = json.loads(json_text, parse_float=Decimal)
    return canonical_json(normalize_json(value))
