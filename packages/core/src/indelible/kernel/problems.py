"""Errors as problem documents of RFC 9457, for any web framework.

The status and the headers of an error are declared by its kind: see `IndelibleError`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import frozen
from cattrs.preconf.json import make_converter

from indelible.kernel.errors import IndelibleError, InvalidTransition
from indelible.kernel.json import instant_text
from indelible.kernel.json_numbers import ExactEncoder
from indelible.kernel.json_objects import JsonObject

FIRST_FAULT: Final = 500  # the statuses from this one on are faults of the server
MEDIA_TYPE: Final = "application/problem+json"


@frozen(kw_only=True)
class Problem:
    """A refused request: `code` is for programs, `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: Mapping[str, Any]
    request_id: str
    allowed: tuple[str, ...] | None = None


@frozen(kw_only=True)
class HttpProblem:
    """A complete HTTP answer to a refused request: any framework makes its response of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def problem_of(error: IndelibleError, request_id: str, docs_url: str = "/docs") -> Problem:
    """Return the error as its caller may see it."""
    fields = error.detail
    detail = error.describe()
    if fields and error.http_status >= FIRST_FAULT:
        # The values of a server's fault are internal: the caller gets the code and its title only.
        fields, detail = {}, ""

    return Problem(
        type=f"{docs_url}#{error.code}",
        title=error.title,
        status=error.http_status,
        code=error.code,
        detail=detail,
        fields=fields,
        request_id=request_id,
        allowed=error.allowed if isinstance(error, InvalidTransition) else None,
    )


def http_problem(
    error: IndelibleError, request_id: str = "", docs_url: str = "/docs"
) -> HttpProblem:
    """Return the HTTP answer to an error: its status, headers and JSON document.

    `request_id` is the one of the host's log, and `docs_url` the page to which the document's
    `type` points. With a status from 500 on the document has no values.
    """
    document = _converter.unstructure(problem_of(error, request_id, docs_url))
    # A lone surrogate, which only a refused value can contain, becomes its escape sequence.
    body = _encoder.encode(document).encode("utf-8", "backslashreplace")

    return HttpProblem(
        status=error.http_status,
        headers={"Content-Type": MEDIA_TYPE, **error.http_headers},
        body=body,
    )


def _object_to_json(value: JsonObject) -> dict[str, Any]:
    return value.json_value()


_converter = make_converter()
_converter.register_unstructure_hook(datetime, instant_text)
_converter.register_unstructure_hook(JsonObject, _object_to_json)
_encoder = ExactEncoder(ensure_ascii=False, allow_nan=False)
