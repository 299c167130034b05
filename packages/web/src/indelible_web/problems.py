"""Every refusal as RFC 9457 application/problem+json."""

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, cast

from attrs import frozen
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from indelible.kernel import IndelibleError, InvalidTransition
from indelible_web import errors
from indelible_web.answers import json_response
from indelible_web.exchange import present

MEDIA_TYPE: Final = "application/problem+json"

logger = logging.getLogger("indelible.web")


@frozen(kw_only=True)
class Problem:
    """Why a request was refused: `code` for programs, `title` and `detail` for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: Mapping[str, Any]
    request_id: str
    allowed: tuple[str, ...] | None = None


def problem_of(error: IndelibleError, request_id: str) -> Problem:
    """The error as its caller may see it."""
    status = errors.status_of(type(error))
    fields = error.detail if status < HTTPStatus.INTERNAL_SERVER_ERROR else {}  # our own troubles are nobody else's
    return Problem(
        type=f"/docs#{error.code}",
        title=error.message,
        status=status,
        code=error.code,
        detail="; ".join(f"{name}: {_said(value)}" for name, value in fields.items()),
        fields=fields,
        request_id=request_id,
        allowed=error.allowed if isinstance(error, InvalidTransition) else None,
    )


def refuse(error: IndelibleError) -> Response:
    """The answer to a request that was refused."""
    is_fault = errors.status_of(type(error)) == HTTPStatus.INTERNAL_SERVER_ERROR
    return refuse_for_fault(error) if is_fault else _answer(error)


def refuse_transport(error: HTTPException) -> Response:
    """The answer to what never came to a view."""
    response = _answer(errors.FROM_TRANSPORT.get(error.code or 0, errors.MalformedRequest)())
    response.headers.extend({name: value for name, value in error.get_headers() if name == "Allow"})
    return response


def refuse_for_fault(error: Exception) -> Response:
    """The answer where we failed: nothing of it leaves, and the log has no message, which could quote content."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s in request %s\n%s", type(error).__name__, present().request_id, frames)
    return _answer(errors.InternalError())


def _answer(error: IndelibleError) -> Response:
    exchange = present()
    exchange.code = error.code
    response = json_response(problem_of(error, exchange.request_id), errors.status_of(type(error)), MEDIA_TYPE)
    response.headers.update(errors.headers_of(error))
    return response


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {each}" for name, each in cast("Mapping[str, object]", value).items())
    return ", ".join(map(str, cast("tuple[object, ...]", value))) if isinstance(value, tuple) else str(value)


def handle_errors(app: Flask) -> None:
    """Answer every error of the application with a problem."""
    app.register_error_handler(IndelibleError, refuse)
    app.register_error_handler(HTTPException, refuse_transport)
    app.register_error_handler(Exception, refuse_for_fault)
