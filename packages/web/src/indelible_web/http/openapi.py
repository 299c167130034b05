"""The OpenAPI document: every operation with its schemas, its problems and its examples."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast, get_args

from attrs import frozen
from flask import Flask, Response
from flask_smorest import Api, Blueprint

from indelible.kernel import IndelibleError, InvalidTransition, Stale, StoreUnreachable, Unavailable
from indelible.kernel.keys import KEY, KeyNotFound
from indelible.kernel.problems import MEDIA_TYPE, Problem, problem_of
from indelible.kernel.values import TextBlank
from indelible_web.http import errors, header_names
from indelible_web.http.descriptions import Descriptions, describe_fields
from indelible_web.http.downloads import MEDIA_TYPE as DOWNLOAD_TYPE
from indelible_web.http.downloads import Download
from indelible_web.http.examples import COMMON, ENTITY_ID, Examples, Ignored
from indelible_web.http.health_document import document_health
from indelible_web.http.paging import Page
from indelible_web.http.responses import to_json
from indelible_web.http.routing import PREFIX, Operation, Routes
from indelible_web.http.schemas import Side, schema_of

View = Callable[..., Response]

LICENSE: Final = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
PUBLIC_TEXT: Final = "Records that move forward only, and whose history cannot be rewritten."
ADMIN_TEXT: Final = (
    "The routes of operators. They are no part of the public API, and may change with any version."
)
SERVERS: Final = ({"url": "/", "description": "The server that this document comes from."},)
SECURITY_SCHEME: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, `ind_<id>_<secret>`; the scope `admin` includes all others.",
}
POSITION_HEADER: Final = {
    "description": (
        "The position of the write, where the service reads from a standby; send it with the reads"
        " that must see the write."
    ),
    "schema": {"type": "string"},
    "required": False,
}
# One example for each status; the document shows them as its problem responses.
PROBLEM_EXAMPLES: Final[tuple[IndelibleError, ...]] = (
    errors.MalformedJson("Expecting value at character 0"),
    errors.Unauthenticated(),
    errors.ScopeMissing(("history:read",)),
    KeyNotFound(ENTITY_ID),
    InvalidTransition(KEY.name, "ACTIVE", "create", ("revoke",)),
    Stale(ENTITY_ID, 3, 4),
    errors.BodyTooLarge(2**20),
    errors.UnsupportedBody(),
    TextBlank("reason"),
    errors.IfMatchMissing(),
    errors.TooManyRequests("requests", 600),
    errors.InternalError(),
    StoreUnreachable("OperationalError"),
)
COMMON_PROBLEMS: Final = (400, 401, 403, 422, 429, 500, 503)
BODY_PROBLEMS: Final = (409, 413, 415)  # A preview is a query with a body, and may conflict too.


class StrictApi(Api):
    """The API of flask-smorest without its default responses; each operation lists its own."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        pass


@frozen
class DocumentedRoutes:
    """Routes with the examples and the descriptions that the document shows for them."""

    routes: Routes
    examples: Examples
    descriptions: Descriptions


def describe(documented: Iterable[DocumentedRoutes]) -> dict[str, Any]:
    """Return the public document, which describes the routes below `/v1` and `/health`."""
    api = _api("indelible", PUBLIC_TEXT)
    groups = list(documented)
    _register(api, groups, PREFIX)
    document: dict[str, Any] = api.spec.to_dict()
    document_health(document)

    return _completed(document, groups)


def describe_admin(documented: Iterable[DocumentedRoutes], prefix: str) -> dict[str, Any]:
    """Return the document of the operators' routes, which are below the prefix."""
    api = _api("indelible, for operators", ADMIN_TEXT)
    groups = list(documented)
    _register(api, groups, prefix)

    return _completed(api.spec.to_dict(), groups)


def _api(title: str, description: str) -> StrictApi:
    """Return the API whose document has the problems of every route.

    flask-smorest reads it from an application, which here serves no request.
    """
    api = StrictApi(
        Flask("described", static_folder=None),
        spec_kwargs={
            "title": title,
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": description, "license": LICENSE},
            "servers": SERVERS,
        },
    )
    api.spec.components.security_scheme("key", SECURITY_SCHEME)
    for error in PROBLEM_EXAMPLES:
        name = f"Problem{error.http_status}"
        api.spec.components.response(name, _problem_response(error))

    return api


def _register(api: StrictApi, documented: Iterable[DocumentedRoutes], prefix: str) -> None:
    for group in documented:
        api.register_blueprint(_described_blueprint(group.routes, group.examples, prefix))


def _completed(document: dict[str, Any], documented: Iterable[DocumentedRoutes]) -> dict[str, Any]:
    """Return the document with sorted responses and the descriptions of all fields."""
    for operations in document["paths"].values():
        operations.pop("parameters", None)  # Each operation has its own.
        for operation in operations.values():
            operation["responses"] = dict(sorted(operation["responses"].items()))
    for group in documented:
        describe_fields(document, group.routes.name, group.descriptions)

    return document


def _described_blueprint(routes: Routes, examples: Examples, prefix: str) -> Blueprint:
    """Return a blueprint whose views have the documents of the operations."""
    blueprint = Blueprint(routes.name, __name__, url_prefix=prefix, description=routes.description)
    for operation in routes.operations:
        # flask-smorest's decorators would parse and serialize again at each request. Only what
        # they document is used.
        view = _with_parameters(blueprint, operation, examples)
        view = _with_description(blueprint, operation, examples, view)
        blueprint.add_url_rule(operation.rule, operation.name, view, methods=[operation.method])

    return blueprint


def _problem_response(error: IndelibleError) -> dict[str, Any]:
    """Return the document's response for the error's status."""
    example = to_json(problem_of(error, str(COMMON["request_id"])))
    response: dict[str, Any] = {
        "description": error.describe(),
        "content": {
            MEDIA_TYPE: {"schema": schema_of(Problem, Side.ANSWER), "example": example},
        },
    }

    # After a lost COMMIT no time for a retry is known, so a 503 may lack Retry-After.
    is_required = not isinstance(error, Unavailable)
    headers: dict[str, Any] = {}
    for name in error.http_headers:
        headers[name] = {"schema": {"type": "string"}, "required": is_required}
    if headers:
        response["headers"] = headers

    return response


def _with_parameters(blueprint: Blueprint, operation: Operation, examples: Examples) -> View:
    """Return the view with the document of its parameters; the outermost comes first."""
    view = cast("View", operation.view)  # it is described, and never called
    schemas = operation.schemas(examples)
    for location, schema in reversed(list(schemas.items())):
        options: dict[str, Any] = {}
        if location == "json":
            options["example"] = to_json(_body_example(operation, examples))
        view = blueprint.arguments(schema, location=location, **options)(view)

    return view


def _with_description(
    blueprint: Blueprint, operation: Operation, examples: Examples, view: View
) -> View:
    """Return the view with its part of the document."""
    response = _success_response(operation, examples)
    if operation.is_created:
        describe_existing = blueprint.alt_response(
            HTTPStatus.OK, description="It existed already.", **response
        )
        view = describe_existing(view)
    describe = blueprint.response(
        operation.status, description=_success_text(operation), **response
    )
    view = describe(view)

    security = [{"key": [scope]} for scope in operation.scopes]
    document = blueprint.doc(
        operationId=operation.name,
        description=_operation_text(operation),
        security=[] if operation.is_signed else security,
        responses=_other_responses(operation, examples),
    )
    described: View = document(view)

    return described


def _success_response(operation: Operation, examples: Examples) -> dict[str, Any]:
    """Return the schema, the example and the headers of success, or the media type of a file."""
    headers = _headers(operation)
    if operation.response_type is Download:
        # In OpenAPI 3.1, bytes have a media type and no schema.
        return {"schema": {}, "content_type": DOWNLOAD_TYPE, "headers": headers}

    example: object = examples.of_type(operation.response_type, "")
    if operation.is_paged:
        example = Page(items=(example,), next=None)

    return {
        "schema": operation.response_schema(),
        "example": to_json(example),
        "headers": headers,
    }


def _operation_text(operation: Operation) -> str:
    """Return the rest of the docstring, and the conditions of a request."""
    _, *paragraphs = (inspect.getdoc(operation.view) or "").split("\n\n")
    paragraphs = [" ".join(paragraph.split()) for paragraph in paragraphs]
    if operation.is_signed:
        paragraphs.append("The request is signed; no API key is needed.")
    else:
        scopes = " or ".join(f"`{scope}`" for scope in operation.scopes)
        paragraphs.append(f"The API key needs the scope {scopes}.")
    if operation.min_seq is not None:
        duty = "required" if operation.requires_if_match else "optional"
        paragraphs.append(f"`If-Match` is {duty}; another state than that answers 412.")
    if operation.max_body_bytes is not None:
        paragraphs.append(f"The body has at most {operation.max_body_bytes:,} bytes.")
    if operation.requires_idempotency_key:
        paragraphs.append("`Idempotency-Key` is required; a request without it answers 400.")
    if operation.takes_idempotency_key:
        paragraphs.append("A request that is repeated with the same `Idempotency-Key` runs once.")
    if operation.errors:
        paragraphs.append(_codes_text(operation.errors))

    return "\n\n".join(paragraphs)


def _codes_text(leaves: Iterable[type[IndelibleError]]) -> str:
    """Return the sentence about the error codes that an operation declares."""
    codes: list[str] = []
    for leaf in sorted(leaves, key=lambda leaf: (leaf.http_status, leaf.code)):
        codes.append(f"{leaf.http_status} `{leaf.code}`")

    return f"Error codes of its own: {', '.join(codes)}."


def _success_text(operation: Operation) -> str:
    if operation.status == HTTPStatus.CREATED:
        return "Created."
    if operation.reason:
        return "Changed."
    return "Found."


def _body_example(operation: Operation, examples: Examples) -> Mapping[str, Any]:
    """Return the example of a body, without the fields that the server ignores."""
    body: dict[str, Any] = {}
    for attribute in operation.payload:
        if Ignored in get_args(attribute.type):
            continue
        field_name = f"{operation.request_type.__name__}.{attribute.name}"
        body[attribute.name] = examples.of_type(attribute.type, field_name)

    return body


def _other_responses(operation: Operation, examples: Examples) -> dict[int, object]:
    """Return every response but success, by status."""
    statuses: list[int] = [*COMMON_PROBLEMS]
    names_entity = operation.path_attributes or operation.is_owned or operation.reason
    if names_entity:
        statuses.append(404)
    if operation.has_body:
        statuses += BODY_PROBLEMS
    if operation.min_seq is not None:
        statuses.append(412)
    if operation.requires_if_match:
        statuses.append(428)

    responses: dict[int, object] = {status: f"Problem{status}" for status in statuses}
    if operation.max_body_bytes is not None:
        responses[413] = _problem_response(errors.BodyTooLarge(operation.max_body_bytes))
    for leaf in operation.errors:
        status = leaf.http_status
        if status not in responses:
            responses[status] = _problem_response(examples.of_class(leaf))
    if operation.shows_head_alone:
        responses[304] = {"description": "The state is the one that the caller has."}

    return responses


def _headers(operation: Operation) -> dict[str, Any]:
    """Return the headers of success."""
    text = {"schema": {"type": "string"}, "required": True}
    headers: dict[str, Any] = {}
    if operation.has_tag:
        headers["ETag"] = {"description": "The state's tag, for If-Match.", **text}
    if operation.location_id:
        headers["Location"] = {"description": "The address of the created resource.", **text}
    if operation.reason:
        headers[header_names.POSITION] = POSITION_HEADER
    if operation.response_type is Download:
        headers["Content-Disposition"] = {"description": "The name of the file.", **text}

    return headers
