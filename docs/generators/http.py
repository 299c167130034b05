"""The pages of HTTP routes, read from the committed OpenAPI documents."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.generators.markdown import cell, coded, page, table

from indelible_web.http.admin import PREFIX
from indelible_web.http.request import ADMIN, OPS

DOCUMENTS = Path(__file__).parents[1] / "reference"
PUBLIC = "openapi.json"
LEAD = """
This page is generated from [the OpenAPI document](../../reference/openapi.json), which a running
instance serves at `/openapi.json`, and as a page at `/docs`. Send `Authorization: Bearer
ind_<id>_<secret>`, or what [your own login](../../how-to/own-login.md) reads. The scope `admin`
permits every route. Names and limits are exact; an unknown field is refused.

To change an aggregate, send `If-Match` with the ETag that you read: a request without it gets 428,
an outdated one 412. A POST or PUT accepts `Idempotency-Key`: the same request again has no second
effect and gets the first result. A list returns `next`, the cursor of its next page; a cursor is
valid only for the same query.

Captures ([how to](../../how-to/captures.md)): you never send the owner, it is the owner of the key,
who must be a user; another user's data is 404. The header `Idempotency-Key` can replace a capture's
`capture_key`. A stored capture that is sent again gets 200 with `replayed`; otherwise a new page is
201 and a known page 200. `margin`, `magnitude`, `signal_magnitude` and `updates_centroid` are
accepted and ignored with a warning. Lists omit embeddings; single artifacts and subspaces contain
them. Send `If-Match: "0"` for the first value of a setting.

Contests ([how to](../../how-to/contests.md)): amounts are whole minor units. A configuration is
read as it is written, so that `4.0` is not the integer 4. A contest in ERROR is 404 unless you are
an operator, and so is another user's entry.

Payments ([how to](../../how-to/take-payments.md), [contract](payment-contract.md)): the server
determines every amount; another user's payment is 404.

Tokens ([how to](../../how-to/tokens.md)): a prompt needs its wallet's signature and no key; the
signed nonce replaces `Idempotency-Key`.

An error is `application/problem+json` with a `code` ([errors](errors.md)), and for a refused
transition the actions that are allowed.
"""
OUTSIDE = """
These routes are not in this document. Without a key: `/health`, `/health/live`, `/health/ready`,
`/metrics` ([metrics](metrics.md)), `/openapi.json`, `/docs`. With a signature: `/webhooks/alchemy`,
`/payments/webhook`. With the scope `ops` or
`admin`: [the operators' routes](operators.md) under `/admin`; their commands require an
`Idempotency-Key`.
"""
OPERATORS_LEAD = f"""
An operator's key has one of two scopes. `{OPS}` reads what operators read, and does what a runbook
says: repair, repeat, halt and resume. `{ADMIN}` opens everything, and it alone decides about
people's money, about the contests of others, and about keys. Give `{OPS}` to the people and
programs that follow runbooks, and keep `{ADMIN}` for few.

The console needs the scope `console` as well, and shows an operator the pages, forms and choices
of these routes only. In the history, `{OPS}` shows the data of money, and `{ADMIN}` that
of keys too. A key with `{OPS}` alone opens no route of the public API and creates no key. Contests
are read with `contests:read`; `{OPS}` adds those in ERROR.

Each POST needs a `reason` and an `Idempotency-Key`, and leaves a change or a record, which
`GET {PREFIX}/rejections` lists: a refusal has its code, the lack of a scope is `SCOPE_MISSING`, and
a command that changed nothing is `NO_EFFECT`. The same request again, with the same key, gets the
first answer and adds no record.

A POST sends the fields of its body; a field that is required says so in the table of its schema. An
error has a `code` ([errors](errors.md)). `GET {PREFIX}/openapi.json` describes all of these routes.
[Pay out by hand](../../how-to/pay-out-by-hand.md) shows those of money at work.

Besides the routes with the scope `{ADMIN}` below, `{ADMIN}` is needed to cancel a contest by
`POST {PREFIX}/contests/<contest_id>/resolve-error`, to restart a subscriber at a position that
leaves out changes, which are then never handled, to change the configuration of a contest that
somebody else organizes, and to list, create and revoke the keys of others.
"""
SIGNATURE = "a wallet's signature"
LIMIT_UNITS = {"maxLength": "characters", "maxItems": "items"}

Json = Mapping[str, Any]


def http_page() -> str:
    """Return the page with every operation and every schema of the public document."""
    return _document_page("HTTP", LEAD, PUBLIC, OUTSIDE)


def operators_page() -> str:
    """Return the page with every operation and every schema of operators."""
    return _document_page("Operators' routes", OPERATORS_LEAD, "openapi-operators.json", "")


def _document_page(title: str, lead: str, file: str, after: str) -> str:
    document = json.loads((DOCUMENTS / file).read_text(encoding="utf-8"))
    head = ("request", "effect", "scope", "parameters and body", "response", "statuses")
    operations = table(head, _operation_rows(document["paths"]))

    schemas: list[str] = []
    for name, schema in document["components"]["schemas"].items():
        schemas += [f"### {name}\n", schema_table(schema)]

    parts = ("## Operations\n", operations, after.lstrip(), "## Schemas\n", *schemas)
    return page(title, lead.lstrip(), *parts)


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
    """Return the schema of the successful response, or the type of its bytes."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            ((media_type, content),) = response["content"].items()
            return reference(content["schema"]) if "$ref" in content["schema"] else media_type

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
