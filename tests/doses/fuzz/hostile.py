"""Hostile and mistaken values, and the tally of what becomes of them."""

from collections import Counter
from random import Random
from typing import Any, Final, cast

from attrs import define, field

import indelible_web
from indelible.kernel.errors import error_types

assert indelible_web  # its import registers the errors of the web
CODES: Final = {error.code for error in error_types()}
TEXTS = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "\udc00\ud800",
        "\u202eabc",
        "\u2066abc\u2069",
        "\u200b",
        "\ufeff",
        "\x1b[31m",
    ),
    *(
        "'; DROP TABLE history; --",
        "%s%n{0}",
        "../../etc/passwd",
        "<script>",
        "\u0130",
        "e\u0301",
        "a" * 1_001,
    ),
    *(
        "9" * 400,
        "-1",
        "1e9",
        "NaN",
        "0x10",
        "\u0663",
        "2026-02-30T00:00:00Z",
        "10000-01-01T00:00:00Z",
    ),
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(
        None,
        True,
        0,
        -1,
        1.5,
        1e308,
        2**63,
        -(2**63) - 1,
        10**30,
        float("nan"),
        float("inf"),
        b"bytes",
        object,
    ),
    *([], {}, [[]], [None], ["a"] * 300, {"__proto__": {}}, {"": 1}, "a" * 30_000, ("a", 7)),
)


@define
class Tally:
    """The number of answers by interface and code, and the faults."""

    answers: Counter[str] = field(factory=Counter[str])
    wrong: list[str] = field(factory=list[str])


def bent(value: object, chance: Random) -> object:
    """Return the value with something hostile in one part of it, or under an extra name."""
    if isinstance(value, list) and value and chance.random() < 0.5:
        items = cast("list[object]", value)
        return [*items[1:], bent(items[0], chance)]
    if not isinstance(value, dict) or chance.random() < 0.1:
        return chance.choice(VALUES)
    parts = cast("dict[str, object]", value)
    if chance.random() < 0.1:
        return {**parts, chance.choice(TEXTS): chance.choice(TEXTS)}
    name = chance.choice(sorted(parts))
    return {**parts, name: bent(parts[name], chance)}
