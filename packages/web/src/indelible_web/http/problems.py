"""Every refusal as RFC 9457 application/problem+json."""

import logging
import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, ParamSpec, TypeVar

from attrs import frozen
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from indelible.kernel import IndelibleError, InvalidTransition
from indelible_web.http import errors
from indelible_web.http.request import current_request
from indelible_web.http.responses import json_response

P = ParamSpec("P")
R = TypeVar("R")

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
    fields = error.detail
    detail = error.describe()
    if fields and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # The values of a server's fault are internal: the caller gets the code and its title only.
        fields, detail = {}, ""

    return Problem(
        type=f"/docs#{error.code}",
        title=error.title,
        status=status,
        code=error.code,
        detail=detail,
        fields=fields,
        request_id=request_id,
        allowed=error.allowed if isinstance(error, InvalidTransition) else None,
    )


def refuse(error: Exception) -> Response:
    """The answer to a request that was refused, or that we failed."""
    return _answer(public_error(error))


def refuse_transport(error: HTTPException) -> Response:
    """The answer to what never came to a view."""
    response = _answer(errors.FROM_TRANSPORT.get(error.code or 0, errors.MalformedRequest)())
    response.headers.extend({name: value for name, value in error.get_headers() if name == "Allow"})
    return response


def public_error(error: Exception) -> IndelibleError:
    """What a caller is told; where we failed nothing leaves, and the log has no message, which could quote content."""
    if (
        isinstance(error, IndelibleError)
        and errors.status_of(type(error)) != HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return error
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s in request %s\n%s", type(error).__name__, current_request().request_id, frames)
    return errors.InternalError()


def error_or_result(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | IndelibleError:
    """What comes of some work, or what a caller is told where it failed."""
    try:
        return work(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - one failure is not to be the others'
        return public_error(error)


def _answer(error: IndelibleError) -> Response:
    exchange = current_request()
    exchange.code = error.code
    response = json_response(
        problem_of(error, exchange.request_id), errors.status_of(type(error)), MEDIA_TYPE
    )
    response.headers.update(errors.headers_of(error))
    return response


def handle_errors(app: Flask) -> None:
    """Answer every error of the application with a problem."""
    app.register_error_handler(HTTPException, refuse_transport)
    app.register_error_handler(Exception, refuse)
