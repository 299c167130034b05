"""The scope that each route of the API requires, as the committed documents name it."""

import json
from collections.abc import Iterator
from typing import Final

from tests.web.harness import PUBLISHED

DOCUMENTS: Final = (PUBLISHED, PUBLISHED.with_name("openapi-operators.json"))


def _required_scopes() -> Iterator[tuple[str, str, str]]:
    """Yield each operation that one scope opens, with examples for what its address needs."""
    for document in DOCUMENTS:
        paths = json.loads(document.read_text(encoding="utf-8"))["paths"]
        for template, operations in paths.items():
            for method, operation in operations.items():
                if len(operation["security"]) != 1:
                    continue
                path = template
                query = ""
                for parameter in operation["parameters"]:
                    if parameter["in"] == "path":
                        example = str(parameter["schema"]["examples"][0])
                        path = path.replace(f"{{{parameter['name']}}}", example)
                    elif parameter["in"] == "query" and parameter["required"]:
                        example = str(parameter["schema"]["examples"][0])
                        query += f"&{parameter['name']}={example}"
                address = f"{path}?{query[1:]}" if query else path
                yield operation["security"][0]["key"][0], method.upper(), address


# (scope, method, path) of each route.
REQUIRED_SCOPES: Final = tuple(_required_scopes())
GET_PATHS: Final = tuple(path for _, method, path in REQUIRED_SCOPES if method == "GET")
