"""The page of HTTP routes, read from the committed OpenAPI document."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.generators.markdown import cell, coded, page, table

DOCUMENT = Path(__file__).parents[1] / "reference" / "openapi.json"
LEAD = """
This page is generated from [the OpenAPI document](openapi.json), which a running instance serves at
`/openapi.json`, and as a page at `/docs`. Send `Authorization: Bearer ind_<id>_<secret>`, or what
[your own login](../how-to/own-login.md) reads. The scope `admin` permits every route. Names and
limits are exact; an unknown field is refused.

To change an aggregate, send `If-Match` with the ETag that you read: a request without it gets 428,
an outdated one 412. A POST or PUT accepts `Idempotency-Key`: the same request again has no second
effect and gets the first result. A list returns `next`, the cursor of its next page; a cursor is
valid only for the same query.

Captures ([how to](../how-to/captures.md)): you never send the owner, it is the owner of the key,
who must be a user; another user's data is 404. The header `Idempotency-Key` can replace a capture's
`capture_key`. A stored capture that is sent again gets 200 with `replayed`; otherwise a new page is
201 and a known page 200. `margin`, `magnitude`, `signal_magnitude` and `updates_centroid` are
accepted and ignored with a warning. Lists omit embeddings; single artifacts and subspaces contain
them. Send `If-Match: "0"` for the first value of a setting.

Contests ([how to](../how-to/contests.md)): amounts are whole minor units. A configuration is read
as it is written, so that `4.0` is not the integer 4. A contest in ERROR is 404 unless you are an
operator, and so is another user's entry.

Payments ([how to](../how-to/take-payments.md), [contract](payment-contract.md)): the server
determines every amount; another user's payment is 404.

Tokens ([how to](../how-to/tokens.md)): a prompt needs its wallet's signature and no key; the signed
nonce replaces `Idempotency-Key`.

An error is `application/problem+json` with a `code` ([errors](errors.md)), and for a refused
transition the actions that are allowed.
"""
OUTSIDE = """
These routes are not in this document. Without a key: `/health`, `/health/live`, `/health/ready`,
`/metrics` ([metrics](metrics.md)), `/openapi.json`, `/docs`. With a signature: `/webhooks/alchemy`,
`/payments/webhook`. With the scope `ops` or `admin`
([scopes of operators](operator-scopes.md)): the operators' routes for [tasks](../how-to/tokens.md),
[contests](../how-to/contests.md) and [money](money-operations.md) under `/admin`; their commands
require an `Idempotency-Key`. `GET /admin/openapi.json` describes them all, and needs `ops` too.
"""
SIGNATURE = "a wallet's signature"
LIMIT_UNITS = {"maxLength": "characters", "maxItems": "items"}

Json = Mapping[str, Any]


def http_page() -> str:
    """Return the page with every operation and every schema."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    head = ("request", "effect", "scope", "parameters and body", "response", "statuses")
    operations = table(head, _operation_rows(document["paths"]))

    schemas: list[str] = []
    for name, schema in document["components"]["schemas"].items():
        schemas += [f"### {name}\n", schema_table(schema)]

    return page(
        "HTTP",
        LEAD.lstrip(),
        "## Operations\n",
        operations,
        OUTSIDE.lstrip(),
        "## Schemas\n",
        *schemas,
    )


def _operation_rows(paths: Json) -> Iterator[tuple[str, ...]]:
    for path, operations in paths.items():
        for method, operation in operations.items():
            yield (
                f"`{method.upper()} {path}`",
                cell(operation["summary"]),
                scopes(operation),
                ", ".join(_inputs(operation)),
                success_schema(operation),
                " ".join(operation["responses"]),
            )


def scopes(operation: Json) -> str:
    """Return the scopes of which one is needed, or the signature."""
    names: list[str] = []
    for choice in operation["security"]:
        names += [f"`{scope}`" for scope in choice["key"]]

    return ", ".join(names) or SIGNATURE


def _inputs(operation: Json) -> Iterator[str]:
    """Yield the parameters, required ones marked with a star, and the schema of the body."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            continue
        mark = "*" if parameter["required"] else ""
        yield f"`{parameter['name']}`{mark}"
    if "requestBody" in operation:
        yield reference(operation["requestBody"]["content"]["application/json"]["schema"])


def success_schema(operation: Json) -> str:
    """Return the schema of the successful response."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            return reference(response["content"]["application/json"]["schema"])

    message = f"operation {operation['operationId']} has no successful response"
    raise LookupError(message)


def reference(schema: Json) -> str:
    """Return a link to a named schema."""
    name = str(schema["$ref"]).rpartition("/")[2]
    return f"[{name}](#{name.lower()})"


def schema_table(schema: Json) -> str:
    """Return a table of the schema's fields with their types and limits."""
    required_fields = set(schema.get("required", ()))
    rows: list[tuple[str, ...]] = []
    for name, field in schema["properties"].items():
        required = "yes" if name in required_fields else ""
        rows.append((coded(name), type_text(field), required, cell(str(field.get("default", "")))))

    return table(("field", "type", "required", "default"), rows)


def type_text(schema: Json) -> str:
    """Return the type of a field in words, with its limits."""
    if "$ref" in schema:
        return reference(schema)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " or ".join(type_text(choice) for choice in choices)
    if "enum" in schema:
        values = ["null" if value is None else f"`{value}`" for value in schema["enum"]]
        return ", ".join(values)

    types: str | list[str] = schema.get("type", "anything")
    words = types if isinstance(types, str) else " or ".join(types)
    if words.startswith("array"):
        words = words.replace("array", f"list of {type_text(schema['items'])}")

    return words + limits(schema)


def limits(schema: Json) -> str:
    """Return the limits of a field in words, or ''."""
    text = ""
    for name, unit in LIMIT_UNITS.items():
        if name in schema:
            text += f", at most {schema[name]:,} {unit}"
    if "minimum" in schema and "maximum" in schema:
        text += f", {schema['minimum']} to {schema['maximum']}"

    return text
