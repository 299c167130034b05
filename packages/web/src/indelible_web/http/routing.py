"""Operations: each is declared once, and its view, checks and documentation derive from it."""

from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote

from attrs import NOTHING, Factory, field, fields, frozen
from flask import Blueprint, Response, request
from marshmallow import EXCLUDE, Schema

from indelible.kernel import AuditContext, Idempotency, IndelibleError, UsageError
from indelible_web.http.access import SIGNED
from indelible_web.http.bodies import body_schema_of, check_limit
from indelible_web.http.downloads import Download, download_response
from indelible_web.http.examples import Examples, attributes_of
from indelible_web.http.headers import headers_schema
from indelible_web.http.key_reads import KeyedView
from indelible_web.http.operation import OperationContext, Services
from indelible_web.http.paging import Page
from indelible_web.http.parsing import RequestParser
from indelible_web.http.responses import json_response
from indelible_web.http.schemas import (
    Attribute,
    Side,
    make_schema,
    page_schema_of,
    schema_from,
    schema_of,
    structure,
)

T = TypeVar("T")
R = TypeVar("R")
View = Callable[[OperationContext, T], R]
ViewDecorator = Callable[[View[T, R]], View[T, R]]

PREFIX: Final = "/v1"
SEQ: Final = "seq"
EXPECTED_SEQ: Final = "expected_seq"
IDEMPOTENCY_KEY: Final = "once_key"
SEEN_POSITION: Final = "seen_position"  # of the header; requests have a `position` of their own
USER_ID: Final = "user_id"
REASON: Final[Attribute] = fields(AuditContext).reason


@frozen(kw_only=True)
class Operation:
    """A route: its request and its response, and the scopes that open it.

    `reason` names the field of a command's body that holds the reason. `location_id` returns the
    id of what a command created. `is_created` tells whether a command that may find its result in
    place has created it. `accepts_idempotency_key` is for operations that run several commands.
    Every command may carry an Idempotency-Key; with `requires_idempotency_key` it must.
    `max_body_bytes` replaces the application's limit of bodies, by a larger or a smaller one.
    `errors` are those that the document names by their codes, beside what every route answers.
    With `reads_standby` the answer may come from a standby, and be older than the newest change:
    only for queries by which nobody decides what to write.
    With `reads_with_key` the view runs before `OperationContext.read` reads the key with its query,
    which may be called twice and for refused callers: only for views that only read.
    With `shows_head_alone` the answer may be 304: only for queries whose view follows from its
    address and the head's seq, without other aggregates, the clock, the caller and settings.
    """

    method: str
    rule: str
    view: View[Any, object]
    scopes: tuple[str, ...]
    request_type: type
    response_type: type
    is_paged: bool = False
    reason: str = ""
    location_id: Callable[[Any], str] | None = None
    accepts_idempotency_key: bool = False
    requires_idempotency_key: bool = False
    is_created: Callable[[Any], bool] | None = None
    max_body_bytes: int | None = None
    errors: tuple[type[IndelibleError], ...] = ()
    reads_standby: bool = False
    reads_with_key: bool = False
    shows_head_alone: bool = False

    def __attrs_post_init__(self) -> None:
        """Check the limit of bodies, a required key, and that only a GET declares what a query may.

        Raises: UsageError.
        """
        route = f"{self.method} {self.rule}"
        check_limit(route, self.max_body_bytes)
        if self.requires_idempotency_key and not self.takes_idempotency_key:
            raise UsageError(f"{route} requires an Idempotency-Key, but takes none")
        if self.reads_standby and self.has_body:
            raise UsageError(f"{route} may write: expected no `reads_standby`")
        if self.reads_with_key and self.has_body:
            raise UsageError(f"{route} may write: expected no `reads_with_key`")
        if self.shows_head_alone and not self.takes_if_none_match:
            raise UsageError(f"{route} is no query with a seq: expected no `shows_head_alone`")

    @property
    def name(self) -> str:
        """Return the view's name, under which Flask knows the route."""
        return self.view.__name__

    @cached_property
    def status(self) -> int:
        """Return the status of success."""
        if self.location_id or self.is_created:
            return HTTPStatus.CREATED
        return HTTPStatus.OK

    @cached_property
    def has_tag(self) -> bool:
        """Return True if the answer has an ETag, which is the seq of its entity."""
        return not self.is_paged and SEQ in field_names(self.response_type)

    @property
    def takes_if_none_match(self) -> bool:
        """Return True if the request may carry If-None-Match, which may be ignored."""
        return self.has_tag and not self.has_body

    @property
    def min_seq(self) -> int | None:
        """Return the least seq that If-Match may name, None if the request takes no If-Match."""
        if self._expected_seq is None:
            return None
        minimum: int = self._expected_seq.metadata["minimum"]
        return minimum

    @property
    def requires_if_match(self) -> bool:
        """Return True if a request without If-Match is refused."""
        return self._expected_seq is not None and self._expected_seq.default is NOTHING

    @property
    def _expected_seq(self) -> "Attribute | None":
        for attribute in attributes_of(self.request_type):
            if attribute.name == EXPECTED_SEQ:
                return attribute
        return None

    @cached_property
    def is_owned(self) -> bool:
        """Return True if the request is about resources of the caller."""
        return USER_ID in field_names(self.request_type)

    @property
    def is_signed(self) -> bool:
        """Return True if a signature opens it; the signed message holds the idempotency key."""
        return self.scopes == SIGNED

    @property
    def has_body(self) -> bool:
        """Return True if the payload is a body, and not the query."""
        return self.method != "GET"

    @property
    def takes_idempotency_key(self) -> bool:
        """Return True if the request may carry an Idempotency-Key."""
        is_command = bool(self.reason) and not self.is_signed
        return is_command or self.accepts_idempotency_key

    @property
    def path_attributes(self) -> tuple[Attribute, ...]:
        """Return the fields that the path carries."""
        attributes = attributes_of(self.request_type)
        return tuple(attribute for attribute in attributes if f"<{attribute.name}>" in self.rule)

    @property
    def payload(self) -> tuple[Attribute, ...]:
        """Return the fields that the body or the query carries, with the reason of a command."""
        path_names = {attribute.name for attribute in self.path_attributes}
        elsewhere = {EXPECTED_SEQ, USER_ID, *path_names}

        payload: list[Attribute] = []
        for attribute in attributes_of(self.request_type):
            if attribute.name not in elsewhere:
                payload.append(attribute)
        has_reason = any(attribute.name == REASON.name for attribute in payload)
        if self.reason == REASON.name and not has_reason:
            payload.append(REASON)

        return tuple(payload)

    @cached_property
    def parser(self) -> RequestParser:
        """Return the parser of the requests, which all applications share.

        Raises: UnsupportedType, also where only the answer has a type without a schema.
        """
        self.response_schema()
        return RequestParser.of(self.schemas())

    def schemas(self, examples: Examples | None = None) -> dict[str, type[Schema]]:
        """Return the schemas of the request by location, in the order of parsing.

        Only the OpenAPI document needs them with examples.
        """
        title = self.request_type.__name__
        query = () if self.has_body else self.payload
        schemas = {
            "path": schema_from(f"{title}Path", self.path_attributes, Side.TEXT, examples),
            "query": schema_from(f"{title}Query", query, Side.TEXT, examples),
            "headers": headers_schema(
                min_seq=self.min_seq,
                requires_if_match=self.requires_if_match,
                takes_idempotency_key=self.takes_idempotency_key,
                requires_idempotency_key=self.requires_idempotency_key,
                takes_if_none_match=self.takes_if_none_match,
                answers_not_modified=self.shows_head_alone,
                takes_position=self.reads_standby,
            ),
        }
        if self.has_body:
            schemas["json"] = self._body_schema()

        return schemas

    def response_schema(self) -> type[Schema]:
        """Return the schema of the answer, a page of it if the operation is paged."""
        if self.is_paged:
            return page_schema_of(self.response_type)
        if self.response_type is Download:
            return make_schema(Download.__name__, EXCLUDE, {})
        return schema_of(self.response_type, Side.ANSWER)

    def _body_schema(self) -> type[Schema]:
        if self.payload == attributes_of(self.request_type):
            return schema_of(self.request_type, Side.BODY)  # Other bodies may nest this schema.

        return body_schema_of(self.request_type, self.payload)


@frozen
class Routes:
    """The operations of a context; an application builds its views from them.

    Any of the scopes of an operation opens it. An empty `reason` declares a query with a body,
    which changes nothing.
    """

    name: str
    description: str
    operations: list[Operation] = field(default=Factory(list[Operation]), init=False)

    def add(
        self,
        route: str,
        *scopes: str,
        request_type: type[T],
        response_type: type[R],
        reason: str = REASON.name,
        location_id: Callable[[R], str] | None = None,
        is_created: Callable[[R], bool] | None = None,
        accepts_idempotency_key: bool = False,
        requires_idempotency_key: bool = False,
        max_body_bytes: int | None = None,
        errors: tuple[type[IndelibleError], ...] = (),
        reads_standby: bool = False,
        reads_with_key: bool = False,
        shows_head_alone: bool = False,
    ) -> ViewDecorator[T, R]:
        """Declare an operation, such as `POST /concepts`, with the options of `Operation`."""
        return self._declarer(
            route,
            scopes,
            request_type=request_type,
            response_type=response_type,
            reason="" if route.startswith("GET ") else reason,
            location_id=location_id,
            is_created=is_created,
            accepts_idempotency_key=accepts_idempotency_key,
            requires_idempotency_key=requires_idempotency_key,
            max_body_bytes=max_body_bytes,
            errors=errors,
            reads_standby=reads_standby,
            reads_with_key=reads_with_key,
            shows_head_alone=shows_head_alone,
        )

    def pages(
        self,
        route: str,
        *scopes: str,
        request_type: type[T],
        response_type: type[R],
        errors: tuple[type[IndelibleError], ...] = (),
        reads_standby: bool = False,
        reads_with_key: bool = False,
    ) -> ViewDecorator[T, Page[R]]:
        """Declare a query whose answer is a page of a list, with the errors of its own."""
        return self._declarer(
            route,
            scopes,
            request_type=request_type,
            response_type=response_type,
            is_paged=True,
            errors=errors,
            reads_standby=reads_standby,
            reads_with_key=reads_with_key,
        )

    def _declarer(
        self,
        route: str,
        scopes: tuple[str, ...],
        **options: Any,  # noqa: ANN401 - those of `Operation`
    ) -> ViewDecorator[Any, Any]:
        """Return the decorator that adds the operation of a view."""
        method, rule = route.split()

        def declare(view: View[T, R]) -> View[T, R]:
            operation = Operation(method=method, rule=rule, scopes=scopes, view=view, **options)
            self.operations.append(operation)
            return view

        return declare


@frozen(kw_only=True)
class Server(Services):
    """The operations of an application as Flask views."""

    def blueprint(self, routes: Routes, prefix: str = PREFIX) -> Blueprint:
        """Return the routes as a blueprint.

        Raises: UnsupportedType.
        """
        blueprint = Blueprint(routes.name, __name__, url_prefix=prefix)
        for operation in routes.operations:
            view = self._view(operation)
            blueprint.add_url_rule(operation.rule, operation.name, view, methods=[operation.method])

        return blueprint

    def _view(self, operation: Operation) -> Callable[..., Response]:
        """Return a Flask view that parses the request and serializes the result."""
        parser = operation.parser
        request_fields = field_names(operation.request_type)

        @wraps(operation.view)
        def respond(**_: str) -> Response:
            values = parser.parse()
            context = self._context(operation, values)
            arguments = {name: value for name, value in values.items() if name in request_fields}
            if operation.is_owned:
                arguments[USER_ID] = context.caller.user_id
            request_value = cast("object", structure(arguments, operation.request_type))
            after = values.get(SEEN_POSITION, "") if operation.reads_standby else ""
            if self.app_context.standby is None and not after:
                result = operation.view(context, request_value)
            else:
                with self.standby_session(after=after, is_reading=operation.reads_standby):
                    result = operation.view(context, request_value)

            return _response(operation, result)

        return KeyedView(respond) if operation.reads_with_key else respond

    def _context(self, operation: Operation, values: Mapping[str, Any]) -> OperationContext:
        idempotency: Idempotency[Any] | None = None
        if IDEMPOTENCY_KEY in values:
            idempotency = Idempotency(values[IDEMPOTENCY_KEY], operation.response_type)

        return self.open_operation(operation.rule, values.get(operation.reason, ""), idempotency)


def field_names(cls: type) -> frozenset[str]:
    """Return the names of an attrs class's fields."""
    return frozenset(attribute.name for attribute in attributes_of(cls))


def _response(operation: Operation, result: Any) -> Response:  # noqa: ANN401 - any response type
    if isinstance(result, Download):
        return download_response(result)

    status = operation.status
    if operation.is_created and not operation.is_created(result):
        status = HTTPStatus.OK

    response = json_response(result, status)
    if operation.has_tag:
        response.set_etag(str(result.seq))
    if operation.location_id:
        segment = quote(operation.location_id(result), safe="")
        response.headers["Location"] = f"{request.script_root}{request.path}/{segment}"
    if operation.shows_head_alone and request.if_none_match.contains_weak(str(result.seq)):
        response.status_code = HTTPStatus.NOT_MODIFIED

    return response
