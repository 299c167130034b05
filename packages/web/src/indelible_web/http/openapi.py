"""The OpenAPI document: every operation with its schemas, its problems and its examples."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, get_args

from flask import Flask, Response
from flask_smorest import Api, Blueprint

from indelible.kernel import IndelibleError, InvalidTransition, Stale, StoreUnreachable, Unavailable
from indelible.kernel.keys import KEY, KeyNotFound
from indelible.kernel.values import TextBlank
from indelible_web.http import errors
from indelible_web.http.examples import COMMON, ENTITY_ID, Examples, Ignored
from indelible_web.http.paging import Page
from indelible_web.http.parsing import StrictParser
from indelible_web.http.problems import MEDIA_TYPE, Problem, problem_of
from indelible_web.http.responses import to_json
from indelible_web.http.routing import Operation, Routes, Server
from indelible_web.http.schemas import Side, schema_of

View = Callable[..., Response]

PREFIX: Final = "/v1"
REFUSALS: Final[tuple[IndelibleError, ...]] = (
    errors.MalformedJson("Expecting value at character 0"),
    errors.Unauthenticated(),
    errors.ScopeMissing(("history:read",)),
    KeyNotFound(ENTITY_ID),
    InvalidTransition(KEY.name, "ACTIVE", "create", ("revoke",)),
    Stale(ENTITY_ID, 3),
    errors.BodyTooLarge(),
    errors.UnsupportedBody(),
    TextBlank("reason"),
    errors.IfMatchMissing(),
    errors.TooManyRequests(),
    errors.InternalError(),
    StoreUnreachable("OperationalError"),
)
ANY: Final = (400, 401, 403, 422, 429, 500, 503)


class StrictBlueprint(Blueprint):
    """flask-smorest's, reading strictly."""

    ARGUMENTS_PARSER = StrictParser(unknown=None)  # as each schema says


class StrictApi(Api):
    """flask-smorest's, without its own responses and headers in the document: each operation lists its problems."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        pass


def publish(
    app: Flask, server: Server, documented: Iterable[tuple[Routes, Examples]]
) -> dict[str, Any]:
    """Give the application its operations, and get the document that describes them."""
    about = {
        "description": "Records that move forward only, and whose history cannot be rewritten."
    }
    api = StrictApi(
        app,
        spec_kwargs={
            "title": "indelible",
            "version": "1",
            "openapi_version": "3.1.0",
            "info": about,
        },
    )
    scheme = {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, `ind_<id>_<secret>`; `admin` opens all.",
    }
    api.spec.components.security_scheme("key", scheme)
    for refusal in REFUSALS:
        api.spec.components.response(f"Problem{errors.status_of(type(refusal))}", _problem(refusal))
    for routes, examples in documented:
        api.register_blueprint(blueprint_of(routes, server, examples))
    document = api.spec.to_dict()
    for operations in document["paths"].values():
        operations.pop("parameters", None)  # each operation has its own
        for operation in operations.values():
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return document


def _problem(refusal: IndelibleError) -> dict[str, Any]:
    example = to_json(problem_of(refusal, str(COMMON["request_id"])))
    is_sure = not isinstance(
        refusal, Unavailable
    )  # nobody can say when to ask again after a lost COMMIT
    headers = {
        name: {"schema": {"type": "string"}, "required": is_sure}
        for name in errors.headers_of(refusal)
    }
    content = {MEDIA_TYPE: {"schema": schema_of(Problem, Side.ANSWER), "example": example}}
    return {
        "description": refusal.describe(),
        "content": content,
        **({"headers": headers} if headers else {}),
    }


def blueprint_of(
    routes: Routes, server: Server, examples: Examples, prefix: str = PREFIX
) -> Blueprint:
    """The operations as Flask knows them; the document has those that its API registers."""
    blueprint = StrictBlueprint(
        routes.name, __name__, url_prefix=prefix, description=routes.description
    )
    for operation in routes.operations:
        view = _described(
            blueprint,
            operation,
            examples,
            _reading(blueprint, operation, examples, server.view(operation)),
        )
        blueprint.add_url_rule(operation.rule, operation.name, view, methods=[operation.method])
    return blueprint


def _reading(blueprint: Blueprint, operation: Operation, examples: Examples, view: View) -> View:
    """The view behind its readers; the outermost reads first."""
    for location, schema in reversed(list(operation.schemas(examples).items())):
        example = (
            {"example": to_json(_body_example(operation, examples))} if location == "json" else {}
        )
        view = blueprint.arguments(schema, location=location, **example)(view)
    return view


def _described(blueprint: Blueprint, operation: Operation, examples: Examples, view: View) -> View:
    answer: object = examples.of_type(operation.response_type, "")
    said: dict[str, Any] = {
        "schema": operation.answer_schema(),
        "example": to_json(Page(items=(answer,), next=None) if operation.is_paged else answer),
        "headers": _headers(operation),
    }
    if operation.is_created:
        view = blueprint.alt_response(200, description="It was there already.", **said)(view)
    is_birth = operation.status == HTTPStatus.CREATED
    description = "Born." if is_birth else "Done." if operation.reason else "Found."
    view = blueprint.response(operation.status, description=description, **said)(view)
    security = [] if operation.is_signed else [{"key": [scope]} for scope in operation.scopes]
    name = f"{blueprint.name}.{operation.name}"
    return blueprint.doc(operationId=name, security=security, responses=_other_answers(operation))(
        view
    )


def _body_example(operation: Operation, examples: Examples) -> Mapping[str, Any]:
    named = {each.name: f"{operation.request_type.__name__}.{each.name}" for each in operation.sent}
    values = {each.name: examples.of_type(each.type, named[each.name]) for each in operation.sent}
    return {
        each.name: values[each.name]
        for each in operation.sent
        if Ignored not in get_args(each.type)
    }


def _other_answers(operation: Operation) -> dict[int, object]:
    of_entity = (404,) if operation.in_path or operation.is_owned or operation.reason else ()
    of_body = (
        (409, 413, 415) if operation.has_body else ()
    )  # a question in a body may conflict as well: a preview
    of_tag = (412, 428) if operation.min_seq is not None else ()
    unchanged = (
        {304: {"description": "Nothing has changed since."}}
        if operation.has_tag and not of_body
        else {}
    )
    return {
        **unchanged,
        **{status: f"Problem{status}" for status in (*ANY, *of_entity, *of_body, *of_tag)},
    }


def _headers(operation: Operation) -> dict[str, Any]:
    text = {"schema": {"type": "string"}, "required": True}
    tag = {"ETag": {"description": "The state's tag, for If-Match.", **text}}
    place = {"Location": {"description": "Where it is.", **text}}
    return (tag if operation.has_tag else {}) | (place if operation.location_id else {})
