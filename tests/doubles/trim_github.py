"""Trim GitHub's description to what our client uses: `python -m tests.doubles.trim_github FOLDER`.

FOLDER is the unpacked npm package `@octokit/openapi` 23.0.2, whose license is MIT. The result is
`github_api.json` next to this file. Texts and examples are left out.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from tests.doubles.github_schema import DESCRIPTION

OPERATIONS = {
    "/user": "get",
    "/user/repos": "post",
    "/repos/{owner}/{repo}": "get",
}
SOURCE = "generated/api.github.com.json"
LICENSE = "MIT License, Copyright (c) 2020 Octokit contributors"
TEXTS = {"description", "summary", "example", "examples", "externalDocs", "title", "tags"}


def references(value: object) -> Iterator[str]:
    """Yield every `$ref` in a document."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            if key == "$ref":
                yield str(item)
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from references(item)


def without_texts(value: object, *, is_names: bool = False) -> object:
    """Return a document without its texts; the keys of `properties` are names, and stay."""
    if isinstance(value, list):
        return [without_texts(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value

    result: dict[str, object] = {}
    for key, item in cast("dict[str, object]", value).items():
        is_text = key in TEXTS or key.startswith("x-")
        if is_names or not is_text:
            result[key] = without_texts(item, is_names=key == "properties" and not is_names)

    return result


def trimmed(source: dict[str, Any]) -> dict[str, Any]:
    """Return the operations, and the components that they need."""
    paths: dict[str, Any] = {}
    for path, method in OPERATIONS.items():
        paths[path] = {method: without_texts(source["paths"][path][method])}

    components: dict[str, dict[str, Any]] = {}
    needed = list(references(paths))
    while needed:
        kind, name = needed.pop().split("/")[-2:]
        if name in components.setdefault(kind, {}):
            continue
        component = without_texts(source["components"][kind][name])
        components[kind][name] = component
        needed += references(component)

    info = {**source["info"], "x-license": LICENSE}
    return {"openapi": source["openapi"], "info": info, "paths": paths, "components": components}


def main() -> None:
    """Write the trimmed description."""
    source = json.loads((Path(sys.argv[1]) / SOURCE).read_text(encoding="utf-8"))
    text = json.dumps(trimmed(source), indent=1, sort_keys=True)
    DESCRIPTION.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
