"""An operation is declared once: from it come its view, its checks and its place in the document."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote

from attrs import Factory, field, fields, frozen
from flask import Response, request
from marshmallow import Schema

from indelible.kernel import AuditContext, Idempotency
from indelible_web.http.access import SIGNED
from indelible_web.http.examples import Examples, attributes_of
from indelible_web.http.headers import headers_schema
from indelible_web.http.operation import OperationContext, Services
from indelible_web.http.paging import Page
from indelible_web.http.responses import json_response
from indelible_web.http.schemas import (
    Attribute,
    Side,
    page_schema_of,
    schema_from,
    schema_of,
    structure,
)

T = TypeVar("T")
R = TypeVar("R")
View = Callable[[OperationContext, T], R]
Declared = Callable[[View[T, R]], View[T, R]]

SEQ: Final = "seq"
EXPECTED_SEQ: Final = "expected_seq"
USER_ID: Final = "user_id"
REASON: Final[Attribute] = fields(AuditContext).reason


@frozen(kw_only=True)
class Operation:
    """A route: what it takes and gives, and who may use it."""

    method: str
    rule: str
    view: View[Any, object]
    scopes: tuple[str, ...]
    request_type: type
    response_type: type
    is_paged: bool = False
    reason: str = ""  # of a command: the field that says why
    location_id: Callable[[Any], str] | None = None  # of a birth: the id of what was born
    accepts_idempotency_key: bool = (
        False  # whether it takes an Idempotency-Key though it is no command of its own
    )
    is_created: Callable[[Any], bool] | None = (
        None  # of what may only add to something: whether it was born
    )

    @property
    def name(self) -> str:
        """The view's name, under which Flask knows the route."""
        return self.view.__name__

    @property
    def status(self) -> int:
        """The status of success."""
        return 201 if self.location_id or self.is_created else 200

    @property
    def has_tag(self) -> bool:
        """Whether the answer has an ETag: whatever has a seq has one."""
        return not self.is_paged and SEQ in {
            each.name for each in attributes_of(self.response_type)
        }

    @property
    def min_seq(self) -> int | None:
        """The least seq that If-Match may name, None where the request needs none."""
        return next(
            (
                each.metadata["minimum"]
                for each in attributes_of(self.request_type)
                if each.name == EXPECTED_SEQ
            ),
            None,
        )

    @property
    def is_owned(self) -> bool:
        """Whether what is asked for belongs to the caller, who is not named."""
        return USER_ID in {each.name for each in attributes_of(self.request_type)}

    @property
    def is_signed(self) -> bool:
        """Whether a signature opens it, and what is signed stands for a key of its own."""
        return self.scopes == SIGNED

    @property
    def has_body(self) -> bool:
        """Whether what is sent comes in a body."""
        return self.method != "GET"

    @property
    def in_path(self) -> tuple[Attribute, ...]:
        """The fields that the path gives."""
        return tuple(
            each for each in attributes_of(self.request_type) if f"<{each.name}>" in self.rule
        )

    @property
    def sent(self) -> tuple[Attribute, ...]:
        """The fields that the body gives, or for a question the query."""
        elsewhere = {EXPECTED_SEQ, USER_ID, *(each.name for each in self.in_path)}
        sent = tuple(
            each for each in attributes_of(self.request_type) if each.name not in elsewhere
        )
        is_said = self.reason != REASON.name or REASON.name in {each.name for each in sent}
        return sent if is_said else (*sent, REASON)

    def schemas(self, examples: Examples) -> Mapping[str, type[Schema]]:
        """What the operation reads, by place, in the order of reading."""
        title, in_query = self.request_type.__name__, () if self.has_body else self.sent
        headers = headers_schema(
            of_command=(bool(self.reason) and not self.is_signed) or self.accepts_idempotency_key,
            least_seq=self.min_seq,
            has_tag=self.has_tag,
        )
        found = {
            "path": schema_from(f"{title}Path", self.in_path, Side.TEXT, examples),
            "query": schema_from(f"{title}Query", in_query, Side.TEXT, examples),
            "headers": headers,
        }
        return {**found, "json": self._body_schema()} if self.has_body else found

    def _body_schema(self) -> type[Schema]:
        is_whole = self.sent == attributes_of(self.request_type)  # then others may name it too
        name = self.request_type.__name__ + Side.BODY
        return (
            schema_of(self.request_type, Side.BODY)
            if is_whole
            else schema_from(name, self.sent, Side.BODY)
        )

    def answer_schema(self) -> type[Schema]:
        """What the operation gives, or a page of it."""
        return (
            page_schema_of(self.response_type)
            if self.is_paged
            else schema_of(self.response_type, Side.ANSWER)
        )


@frozen
class Routes:
    """The operations of a context, as they are declared; nothing is built before an application asks."""

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
    ) -> Declared[T, R]:
        """Declare an operation, such as `POST /concepts`, that any of the scopes opens.

        A command's body says why in `reason`, or in the field of this name; where that is '', it asks, and changes
        nothing by itself. `location_id` gives the id of what was born, `is_created` says whether anything was.
        """
        why = "" if route.startswith("GET ") else reason
        options: dict[str, Any] = {
            "reason": why,
            "location_id": location_id,
            "is_created": is_created,
            "accepts_idempotency_key": accepts_idempotency_key,
        }
        return self._declare(
            route,
            partial(
                Operation,
                scopes=scopes,
                request_type=request_type,
                response_type=response_type,
                **options,
            ),
        )

    def pages(
        self, route: str, *scopes: str, request_type: type[T], response_type: type[R]
    ) -> Declared[T, Page[R]]:
        """Declare a question that is answered page by page."""
        return self._declare(
            route,
            partial(
                Operation,
                scopes=scopes,
                request_type=request_type,
                response_type=response_type,
                is_paged=True,
            ),
        )

    def _declare(self, route: str, operation: Callable[..., Operation]) -> Declared[Any, Any]:
        method, rule = route.split()

        def declare(view: View[T, R]) -> View[T, R]:
            self.operations.append(operation(method=method, rule=rule, view=view))
            return view

        return declare


@frozen(kw_only=True)
class Server(Services):
    """The operations of an application, as Flask calls them."""

    def view(self, operation: Operation) -> Callable[..., Response]:
        """The operation as Flask calls it: the parsed parts joined, structured once, and the answer dumped once."""

        @wraps(operation.view)
        def respond(*parts: Mapping[str, Any], **_: str) -> Response:
            values = {name: value for part in parts for name, value in part.items()}
            context = self._call(operation, values)
            asked = {name: value for name, value in values.items() if name in taken}
            if operation.is_owned:
                asked[USER_ID] = context.caller.user_id
            return _answer(
                operation, operation.view(context, structure(asked, operation.request_type))
            )

        taken = {each.name for each in attributes_of(operation.request_type)}
        return respond

    def _call(self, operation: Operation, values: Mapping[str, Any]) -> OperationContext:
        once: Idempotency[Any] | None = (
            Idempotency(values["once_key"], operation.response_type)
            if "once_key" in values
            else None
        )
        return self.open_operation(operation.rule, values.get(operation.reason, ""), once)


def _answer(operation: Operation, value: Any) -> Response:  # noqa: ANN401 - what the view gives
    was_there = operation.is_created is not None and not operation.is_created(value)
    response = json_response(value, HTTPStatus.OK if was_there else operation.status)
    if operation.has_tag:
        response.set_etag(str(value.seq))
    if operation.location_id:
        place = quote(operation.location_id(value), safe="")
        response.headers["Location"] = f"{request.script_root}{request.path}/{place}"
    response.make_conditional(request)
    return response
