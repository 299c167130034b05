"""JSON texts at every limit and beyond it, for the domain and for both databases."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from indelible.kernel.json_limits import MAX_JSON_DIGITS, JsonLimits

# The content of a text with brackets, quotes, spaces and digits, which exceed no limit.
MISLEADING: Final = r"\"[{, " * 50 + "1" * (MAX_JSON_DIGITS + 1)

Builder = Callable[[int, str], str]


class JsonCase(NamedTuple):
    """Two JSON texts: one at a limit, and one that exceeds it by one."""

    within: str
    beyond: str


def json_cases(limits: JsonLimits, kind: str) -> Mapping[str, JsonCase]:
    """Return the cases of each limit for values of a kind: "object", "array" or "value"."""
    return {
        **small_cases(limits, kind),
        "bytes": _case(_text_of_bytes, limits.max_bytes, kind),
        "values": _case(_list_of_values, limits.max_values, kind),
    }


def small_cases(limits: JsonLimits, kind: str) -> Mapping[str, JsonCase]:
    """Return the cases whose texts are short."""
    cases: dict[str, JsonCase] = {
        "depth": _case(_nested, limits.max_depth, kind),
        "depth of objects": _case(_nested_objects, limits.max_depth, kind),
    }
    for name, within, beyond in _numbers():
        cases[name] = JsonCase(_around(kind, within), _around(kind, beyond))

    return cases


def _numbers() -> Iterator[tuple[str, str, str]]:
    nines = "9" * MAX_JSON_DIGITS
    yield "digits of a whole number", nines, f"{nines}9"
    yield "digits of a negative number", f"-{nines}", f"-{nines}9"
    yield "digits of a fraction", f"0.{nines[1:]}", f"0.{nines}"
    yield "digits on both sides of the point", f"12.{nines[2:]}", f"123.{nines[2:]}"


def _case(build: Builder, limit: int, kind: str) -> JsonCase:
    return JsonCase(build(limit, kind), build(limit + 1, kind))


def _nested(depth: int, kind: str) -> str:
    inner = depth if kind == "value" else depth - 1
    return _around(kind, "[" * inner + "]" * inner)


def _nested_objects(depth: int, kind: str) -> str:
    inner = depth if kind == "value" else depth - 1
    return _around(kind, '{"[":' * inner + "1" + "}" * inner)


def _text_of_bytes(size: int, kind: str) -> str:
    characters = size - len(_around(kind, '""').encode())
    return _around(kind, '"' + "é" * (characters // 2) + "x" * (characters % 2) + '"')


def _list_of_values(count: int, kind: str) -> str:
    inner = count - 1 if kind == "value" else count - 2
    return _around(kind, f"[{','.join(['0'] * inner)}]")


def _around(kind: str, text: str) -> str:
    """Return the text of a value inside an object or a list, or as it is."""
    if kind == "object":
        return f'{{"a":{text}}}'
    if kind == "array":
        return f"[{text}]"
    return text
