"""The routes, read from the committed OpenAPI document."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.generators.markdown import cell, coded, page, table

DOCUMENT = Path(__file__).parents[1] / "reference" / "openapi.json"
LEAD = (
    "Read from [the OpenAPI document](openapi.json), which a running instance serves at `/openapi.json`, and as a page"
    " at `/docs`. A request carries `Authorization: Bearer ind_<id>_<secret>`, or what [your own"
    " login](../how-to/own-login.md) reads; `admin` opens all. Names and limits are exact; a field that is not listed"
    " is refused.\n\n"
    "A change of an entity carries `If-Match` with the ETag that its caller saw: without it 428, with an older one 412."
    " A POST or PUT may carry `Idempotency-Key`: sent again, it has no second effect, and the first answer. A list"
    " gives `next`, the cursor of its next page; a cursor fits the question that it was given for.\n\n"
    "Captures ([how to](../how-to/captures.md)): whose they are is never sent, it is the key's owner, a user; what is"
    " another user's is 404. A capture's `Idempotency-Key` stands for its `capture_key`, and 200 with `replayed` is the"
    " answer where it was kept before; 201 is a new page, 200 one that was met before. `margin`, `magnitude`,"
    " `signal_magnitude` and `updates_centroid` may be sent, and are ignored with a warning. Lists show no embeddings,"
    ' single artifacts and subspaces do. A setting that was never chosen is changed for `If-Match: "0"`.\n\n'
    "Tokens ([how to](../how-to/tokens.md)): a prompt is opened by its wallet's signature, and by no key; the nonce"
    " that is signed stands for an `Idempotency-Key`.\n\n"
    "A refusal is `application/problem+json` with a `code` ([errors](errors.md)), and where a step was refused, the"
    " actions that are allowed.\n"
)
OUTSIDE = (
    "Outside of the document, without a key: `/health`, `/health/live`, `/health/ready`, `/metrics`"
    " ([metrics](metrics.md)), `/openapi.json`, `/docs`; with a signature, `/webhooks/alchemy`; with the scope"
    " `admin`, what an operator does with [work](../how-to/tokens.md) below `/admin`.\n"
)
SIGNED = "a wallet's signature"
Json = Mapping[str, Any]


def http_page() -> str:
    """Every operation, and every schema."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    operations = [row for path, found in document["paths"].items() for row in rows(path, found)]
    head = ("request", "what it does", "scope", "takes", "gives", "answers")
    schemas = (
        part
        for name, schema in document["components"]["schemas"].items()
        for part in schema_part(name, schema)
    )
    return page(
        "HTTP", LEAD, "## Operations\n", table(head, operations), OUTSIDE, "## Schemas\n", *schemas
    )


def rows(path: str, operations: Json) -> Iterator[tuple[str, ...]]:
    """A line for each operation of a path."""
    for method, operation in operations.items():
        yield (
            f"`{method.upper()} {path}`",
            cell(operation["summary"]),
            ", ".join(f"`{scope}`" for choice in operation["security"] for scope in choice["key"])
            or SIGNED,
            ", ".join(taken(operation)),
            given(operation),
            " ".join(operation["responses"]),
        )


def taken(operation: Json) -> Iterator[str]:
    """Its parameters, required ones marked, and its body."""
    for each in operation.get("parameters", ()):
        if each["in"] != "path":
            yield f"`{each['name']}`" + ("*" if each["required"] else "")
    if "requestBody" in operation:
        yield reference(operation["requestBody"]["content"]["application/json"]["schema"])


def given(operation: Json) -> str:
    """What success answers."""
    success = next(answer for status, answer in operation["responses"].items() if status[0] == "2")
    return reference(success["content"]["application/json"]["schema"])


def reference(schema: Json) -> str:
    """A schema by its name, as a link."""
    name = str(schema["$ref"]).rpartition("/")[2]
    return f"[{name}](#{name.lower()})"


def schema_part(name: str, schema: Json) -> Iterable[str]:
    """One object: its fields, with their types and limits."""
    required = set(schema.get("required", ()))
    found = [
        (
            coded(field),
            kind_of(own),
            "yes" if field in required else "",
            cell(str(own.get("default", ""))),
        )
        for field, own in schema["properties"].items()
    ]
    return f"### {name}\n", table(("field", "type", "required", "default"), found)


def kind_of(schema: Json) -> str:
    """A type in words."""
    if "$ref" in schema:
        return reference(schema)
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(kind_of(each) for each in schema.get("anyOf") or schema["oneOf"])
    if "enum" in schema:
        return ", ".join("null" if each is None else f"`{each}`" for each in schema["enum"])
    kinds: str | list[str] = schema.get("type", "anything")
    words = " or ".join(kinds) if isinstance(kinds, list) else kinds
    if words.startswith("array"):
        words = words.replace("array", f"list of {kind_of(schema['items'])}")
    return words + "".join(limits(schema))


def limits(schema: Json) -> Iterator[str]:
    """How long, how many, how large."""
    named = {"maxLength": "characters", "maxItems": "items"}
    for key, unit in named.items():
        if key in schema:
            yield f", at most {schema[key]:,} {unit}"
    if "minimum" in schema and "maximum" in schema:
        yield f", {schema['minimum']} to {schema['maximum']}"
