"""What readers of a document would miss in the next one, which `python -m tests.web.compatibility` writes."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from tests.web.harness import Web, memory

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
Json = dict[str, Any]


def text_of(document: Mapping[str, Any]) -> str:
    """The document as it is committed."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def breaking_changes(old: Json, new: Json) -> list[str]:
    """What a program that was written for the old document would not find in the new, or not know to send."""
    return [*_operations(old, new), *_schemas(old, new)]


def _operations(old: Json, new: Json) -> Iterator[str]:
    before, after = dict(_by_name(old)), dict(_by_name(new))
    yield from (f"{name} is gone" for name in before if name not in after)
    for name in before.keys() & after.keys():
        yield from (
            f"{name} no longer answers {status}"
            for status in _missing(before, after, name, "responses")
        )
        was, now = (_parameters(operation) for operation in (before[name], after[name]))
        yield from (f"{name} no longer takes {each}" for each in was if each not in now)
        needed = {each for each, parameter in now.items() if parameter["required"]}
        yield from (
            f"{name} now needs {each}" for each in needed if not was.get(each, {}).get("required")
        )
        for each in was.keys() & now.keys():
            yield from _narrowed(
                f"{name} {each}", was[each]["schema"], now[each]["schema"], is_sent=True
            )


def _schemas(old: Json, new: Json) -> Iterator[str]:
    before, after = (cast("dict[str, Json]", each["components"]["schemas"]) for each in (old, new))
    yield from (f"{name} is gone" for name in before if name not in after)
    for name in before.keys() & after.keys():
        was, now = before[name], after[name]
        is_sent = name.endswith("Body")
        for field in was["properties"]:
            if field not in now["properties"]:
                yield f"{name}.{field} is gone"
            else:
                pair = was["properties"][field], now["properties"][field]
                yield from _narrowed(f"{name}.{field}", *pair, is_sent=is_sent)
        more = set(now.get("required", ())) - set(was.get("required", ()))
        less = set(was.get("required", ())) - set(now.get("required", ()))
        yield from (f"{name}.{field} is now needed" for field in sorted(more) if is_sent)
        yield from (f"{name}.{field} is no longer sure" for field in sorted(less) if not is_sent)


def _narrowed(name: str, was: Json, now: Json, *, is_sent: bool) -> Iterator[str]:
    """How a value's schema leaves out what was; of what callers send, limits that became tighter too."""
    yield from (
        f"{name} no longer knows {value}"
        for value in was.get("enum", ())
        if value not in now.get("enum", ())
    )
    shape = [
        {key: each.get(key) for key in ("type", "format", "$ref", "anyOf")} for each in (was, now)
    ]
    if shape[0] != shape[1]:
        yield f"{name} is of another type"
    if is_sent:
        for limit in ("maxLength", "maxItems", "maximum"):
            if now.get(limit, float("inf")) < was.get(limit, float("inf")):
                yield f"{name} takes less: {limit}"
        for limit in ("minLength", "minItems", "minimum"):
            if now.get(limit, float("-inf")) > was.get(limit, float("-inf")):
                yield f"{name} takes less: {limit}"
    if "items" in was and "items" in now:
        yield from _narrowed(f"{name}[]", was["items"], now["items"], is_sent=is_sent)


def _by_name(document: Json) -> Iterator[tuple[str, Json]]:
    for path, operations in document["paths"].items():
        yield from (
            (f"{method.upper()} {path}", operation) for method, operation in operations.items()
        )


def _parameters(operation: Json) -> dict[str, Json]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _missing(before: dict[str, Json], after: dict[str, Json], name: str, part: str) -> list[str]:
    return [
        each
        for each in before[name][part]
        if each.startswith("2") and each not in after[name][part]
    ]


if __name__ == "__main__":
    document = Web(memory()).document
    broken = (
        breaking_changes(json.loads(COMMITTED.read_text("utf-8")), document)
        if COMMITTED.exists()
        else []
    )
    if broken and "--break" not in sys.argv:
        sys.exit("\n".join([*broken, "Nothing was written; with --break it is."]))
    COMMITTED.write_text(text_of(document), "utf-8")
