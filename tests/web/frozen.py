"""The frozen contract of contests and payments; `python -m tests.web.frozen` writes it.

Iteration 04 has written the file. A later iteration adds to it, and never breaks it.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docs.generators.payment_contract import reached_schemas
from tests.web.compatibility import COMMITTED, breaking_changes, text_of

FROZEN: Final = Path(__file__).with_name("frozen_contract.json")
CHANGELOG: Final = Path(__file__).parents[2] / "CHANGELOG.md"
PREFIXES: Final = ("/v1/contests", "/v1/payments")
UNRELEASED: Final = re.compile(r"^## \[Unreleased\]$(.*?)(?=^## \[|\Z)", re.MULTILINE | re.DOTALL)
Json = dict[str, Any]


def frozen_part(document: Json) -> Json:
    """Return the part of an OpenAPI document that is frozen: public routes with their schemas."""
    paths: Json = {}
    for path, operations in document["paths"].items():
        if path.startswith(PREFIXES):
            paths[path] = operations
    schemas = document["components"]["schemas"]
    reached = reached_schemas(document, paths)
    frozen_schemas = {name: schemas[name] for name in schemas if name in reached}
    return {"paths": paths, "components": {"schemas": frozen_schemas}}


def read_frozen() -> Json:
    """Return the frozen contract."""
    contract: Json = json.loads(FROZEN.read_text("utf-8"))
    return contract


def additions(old: Json, new: Json) -> list[str]:
    """Return the names of what only the new contract has, as the changelog must name them."""
    old_names = set(_names(old))
    return [name for name in _names(new) if name not in old_names]


def unnamed_additions(old: Json, new: Json, changelog: str) -> list[str]:
    """Return the additions that the changelog's part about the next release does not name."""
    match = UNRELEASED.search(changelog)
    lines = "" if match is None else match[1]
    return [name for name in additions(old, new) if f"`{name}`" not in lines]


def _names(contract: Mapping[str, Any]) -> Iterator[str]:
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            title = f"{method.upper()} {path}"
            yield title
            for parameter in operation.get("parameters", ()):
                yield f"{title} {parameter['name']}"
            for status in operation["responses"]:
                if status.startswith("2"):
                    yield f"{title} {status}"
    for name, schema in contract["components"]["schemas"].items():
        yield name
        for field, properties in schema["properties"].items():
            yield f"{name}.{field}"
            for value in properties.get("enum", ()):
                yield f"{name}.{field} {value}"


def main() -> None:
    """Write the contract, unless it breaks the frozen one and `--break` is missing."""
    contract = frozen_part(json.loads(COMMITTED.read_text("utf-8")))
    changes: list[str] = []
    if FROZEN.exists():
        changes = breaking_changes(read_frozen(), contract)
        changes += unnamed_additions(read_frozen(), contract, CHANGELOG.read_text("utf-8"))
    if changes and "--break" not in sys.argv:
        hint = "Nothing was written: name additions in CHANGELOG.md, or pass --break."
        sys.exit("\n".join([*changes, hint]))

    FROZEN.write_text(text_of(contract), "utf-8")


if __name__ == "__main__":
    main()
