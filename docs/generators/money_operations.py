"""The page of the operators' routes of money, which the OpenAPI document leaves out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from docs.generators.http import reference, schema_table, type_text
from docs.generators.markdown import cell, coded, first_sentence, page, table
from docs.generators.operator_scopes import scopes_text

from indelible.kernel import (
    IdempotencyKeyConflict,
    IndelibleError,
    RequestInFlight,
    Stale,
    StoreUnreachable,
)
from indelible_web.http import errors
from indelible_web.http.admin import PREFIX
from indelible_web.http.downloads import MEDIA_TYPE, Download
from indelible_web.http.paging import PageQuery
from indelible_web.http.routing import Operation, Routes
from indelible_web.http.schemas import Side, schema_of
from indelible_web.money import CONTEXT

Json = Mapping[str, Any]
ErrorType = type[IndelibleError]

# A group of routes without a title fails, so that a new one gets its place on the page.
TITLES: Mapping[str, str] = {
    "money_payments": "Charges, refunds, disputes, halt and resume",
    "money_inbox": "The inbox: events, replay and backfill",
    "money_reconciliations": "Reconciliation",
    "money_ledger": "The ledger",
    "money_payouts": "Commands on payouts",
    "money_payout_reads": "Reads of payouts",
    "money_causes": "Causes of payouts",
    "money_payees": "Payees",
}
# The fields that many requests have; one table shows their types.
SHARED_FIELDS = ("reason", "limit", "cursor")
OF_ALL: tuple[ErrorType, ...] = (
    errors.Unauthenticated,
    errors.ScopeMissing,
    errors.InvalidFields,
    errors.TooManyRequests,
    errors.InternalError,
    StoreUnreachable,
)
OF_LISTS: tuple[ErrorType, ...] = (errors.InvalidCursor,)
OF_COMMANDS: tuple[ErrorType, ...] = (
    errors.IdempotencyKeyRequired,
    errors.InvalidIdempotencyKey,
    errors.MalformedJson,
    IdempotencyKeyConflict,
    RequestInFlight,
    Stale,
    errors.BodyTooLarge,
    errors.UnsupportedBody,
)
LEAD = """
These are the routes with which operators read and repair money. They are outside of
[the public OpenAPI document](http.md); `GET /admin/openapi.json` describes them. The page is
generated from the routes, and a test fails when one of them is missing.
[Pay out by hand](../how-to/pay-out-by-hand.md) and [take payments](../how-to/take-payments.md)
show them at work; the console's pages of money do the same with forms. [Alerts](alerts.md) tell
when they are needed ([watch it](../how-to/watch-with-prometheus.md)).

Every request needs a key with the scope of its route, or with `admin`
([scopes of operators](operator-scopes.md)). Every POST needs the header `Idempotency-Key` and
a `reason`, which is recorded: the same request again gets the first answer, and another request
with the same key is refused. A command that is refused or changes nothing is recorded, too:
`GET /admin/rejections` lists the records. Amounts are whole minor units.

A field with a star is required. These fields have the same meaning in every request:
"""
ERRORS = """
An error is a problem document with a `code` ([errors](errors.md)). A value outside of its limits is
refused with 422 and the code of the limit, such as `NUMBER_OUT_OF_RANGE`. Besides these codes and
those in the tables of routes, the following are possible:
"""
ANSWERS = """
An answer of success has the status 200. A page of a list has the fields `items`, and `next`: the
`cursor` of the next page, or null.
"""
ROUTE_COLUMNS = ("request", "effect", "scope", "body or query", "answer", "error codes of its own")


def money_operations_page() -> str:
    """Return the page with every route of operators, and the schemas of their answers."""
    schemas = schemas_of(CONTEXT.admin_routes)
    groups: list[str] = []
    for routes in CONTEXT.admin_routes:
        rows = [_route_row(operation, schemas) for operation in routes.operations]
        groups += [f"## {TITLES[routes.name]}\n", table(ROUTE_COLUMNS, rows)]

    return page(
        "Operators' routes of money",
        LEAD.lstrip(),
        table(("field", "in", "type", "default"), _shared_rows(schemas)),
        *groups,
        "## Error codes of every route\n",
        ERRORS.lstrip(),
        table(("code", "HTTP", "of", "meaning"), _common_rows()),
        "## Answers\n",
        ANSWERS.lstrip(),
        *_answer_parts(schemas),
    )


def path_of(operation: Operation) -> str:
    """Return the path of a route as a client writes it."""
    return PREFIX + operation.rule


def schemas_of(groups: Iterable[Routes]) -> Json:
    """Return the JSON schemas of the requests and of the answers, by their names.

    The schema of a request has the name of its operation.
    """
    spec = APISpec(
        title="money", version="1", openapi_version="3.1.0", plugins=[MarshmallowPlugin()]
    )
    components: Any = spec.components
    for routes in groups:
        for operation in routes.operations:
            # Operations with the same payload share a schema, which may be added once only.
            payload = type(operation.name, (_payload_schema(operation),), {})
            components.schema(operation.name, schema=payload)
            answer = operation.response_type
            if answer is not Download and answer.__name__ not in components.schemas:
                components.schema(answer.__name__, schema=schema_of(answer, Side.ANSWER))

    schemas: Json = components.schemas
    return schemas


def _payload_schema(operation: Operation) -> type[Any]:
    location = "json" if operation.has_body else "query"
    return operation.schemas()[location]


def _route_row(operation: Operation, schemas: Json) -> tuple[str, ...]:
    return (
        f"`{operation.method} {path_of(operation)}`",
        cell(first_sentence(operation.view)),
        scopes_text(operation),
        _fields_text(schemas[operation.name]),
        _answer_text(operation),
        _codes_text(operation.errors),
    )


def _fields_text(schema: Json) -> str:
    """Return the fields of a body or a query, required ones marked with a star."""
    required = set(schema.get("required", ()))
    texts: list[str] = []
    for name, field in schema.get("properties", {}).items():
        text = f"`{name}`"
        if name in required:
            text += r"\*"
        if name not in SHARED_FIELDS:
            text += f": {type_text(field)}{_default_text(field)}"
        texts.append(text)

    return cell("; ".join(texts))


def _default_text(field: Json) -> str:
    if "default" not in field:
        return ""
    return f", by default {field['default']}"


def _answer_text(operation: Operation) -> str:
    """Return what a route answers with: a schema, a page of one, or bytes."""
    if operation.response_type is Download:
        return f"bytes, as `{MEDIA_TYPE}`"

    link = reference({"$ref": operation.response_type.__name__})
    return f"a page of {link}" if operation.is_paged else link


def _codes_text(leaves: Iterable[ErrorType]) -> str:
    codes = sorted((leaf.http_status, leaf.code) for leaf in leaves)
    return ", ".join(f"{status} `{code}`" for status, code in codes)


def _shared_rows(schemas: Json) -> Iterator[tuple[str, ...]]:
    """Yield the fields that many requests have, as one of the routes declares them."""
    for name in SHARED_FIELDS:
        place = "queries of lists" if name in PageQuery.__annotations__ else "bodies"
        for operation in _operations():
            field = schemas[operation.name].get("properties", {}).get(name)
            if field is not None:
                yield coded(name), place, type_text(field), str(field.get("default", ""))
                break


def _operations() -> Iterator[Operation]:
    for routes in CONTEXT.admin_routes:
        yield from routes.operations


def _common_rows() -> Iterator[tuple[str, ...]]:
    groups = ((OF_ALL, "every request"), (OF_LISTS, "lists"), (OF_COMMANDS, "every POST"))
    for leaves, place in groups:
        for leaf in sorted(leaves, key=lambda leaf: (leaf.http_status, leaf.code)):
            status = str(leaf.http_status)
            yield coded(leaf.code), status, place, cell(first_sentence(leaf))


def _answer_parts(schemas: Json) -> Iterator[str]:
    """Yield the table of each schema of an answer, in order of name."""
    requests = {operation.name for operation in _operations()}
    for name in sorted(schemas):
        if name not in requests:
            yield f"### {name}\n"
            yield schema_table(schemas[name])
