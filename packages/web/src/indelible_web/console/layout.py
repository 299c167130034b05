"""The frame of every page, the filters of its templates, and the pages about errors."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from flask import Response, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from indelible.kernel import IndelibleError
from indelible.kernel.problems import problem_of
from indelible.kernel.values import INVISIBLE
from indelible_web.console.context import ONCE_FIELD
from indelible_web.console.cookies import CSRF_FIELD, is_same_origin
from indelible_web.http import errors
from indelible_web.http.parsing import invalid_fields
from indelible_web.http.problems import public_error, transport_error
from indelible_web.http.request import current_request
from indelible_web.http.schemas import Side, schema_of, structure

T = TypeVar("T")
FormFields = tuple[tuple[str, str], ...]

HTML: Final = "text/html; charset=utf-8"
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
        " img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    # With no-referrer, browsers would not send the origin of a form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CARRIED_PREFIX: Final = "carried."
SIGN_IN: Final = "console.sign_in"
# The fields of forms that a person did not fill in.
TECHNICAL_FIELDS: Final = frozenset({CSRF_FIELD, ONCE_FIELD, "key", "next"})


def render_page(
    template: str,
    /,
    status: int = 200,
    error: IndelibleError | None = None,
    **values: object,
) -> Response:
    """Return a page of the console; with an error, the status is the error's."""
    current = current_request()
    headers = dict(HEADERS)
    problem = None
    if error is not None:
        problem = problem_of(error, current.request_id)
        status = problem.status
        current.code = problem.code
        headers.update(error.http_headers)

    text = render_template(f"{template}.html", problem=problem, caller=current.caller, **values)

    return Response(text, status, headers, content_type=HTML)


def parse_fields(cls: type[T], values: Mapping[str, str], **more: object) -> T:
    """Return an instance from a query, a form or a path; blank values count as missing.

    Raises: InvalidFields, or the error of a validator.
    """
    schema = schema_of(cast("type", cls), Side.TEXT)()
    schema_fields = cast("Any", schema).fields.items()
    names = {field.data_key or name for name, field in schema_fields}

    texts: dict[str, str] = {}
    for name, value in {**values, **more}.items():
        if name in names and value != "":
            texts[name] = str(value)

    try:
        return structure(cast("dict[str, Any]", schema.load(texts)), cls)
    except ValidationError as error:
        raise invalid_fields([error.messages_dict]) from error


def error_page(error: IndelibleError) -> AnyResponse:
    """Return the page about an error that no form shows."""
    current = current_request()
    if current.is_live:
        # A script made the request, and does not show a page.
        current.code = error.code
        status = error.http_status
        return Response(status=status, headers=error.http_headers)
    if request.endpoint == SIGN_IN:
        next_url = request.form.get("next", "")
        return render_page(
            "console/sign_in", error=error, carried=carried_fields(), next_url=next_url
        )
    if isinstance(error, errors.Unauthenticated):
        return _sign_in_page(error)
    if isinstance(error, errors.FormForged) and is_same_origin():
        action = request.script_root + request.path
        return render_page("console/again", error=error, fields=form_fields(), action=action)

    return render_page("console/refused", error=error)


def transport_error_page(error: HTTPException) -> AnyResponse:
    """Return the page about a request that Flask or Werkzeug refused."""
    default: type[IndelibleError] = errors.MalformedRequest
    if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:
        default = errors.InternalError

    return error_page(transport_error(error, default))


def fault_page(error: Exception) -> AnyResponse:
    """Return the page about a fault of the server, which the log describes and the page not."""
    return error_page(public_error(error))


def form_fields() -> FormFields:
    """Return the fields that a person filled in, from the form that was sent."""
    fields: list[tuple[str, str]] = []
    for name, value in request.form.items(multi=True):
        if name not in TECHNICAL_FIELDS:
            fields.append((name, value))

    return tuple(fields)


def carried_fields() -> FormFields:
    """Return the fields of a form that was sent after its session had ended.

    The form for signing in carries them, so that they can be sent again.
    """
    fields: list[tuple[str, str]] = []
    for name, value in request.form.items(multi=True):
        if name.startswith(CARRIED_PREFIX):
            fields.append((name.removeprefix(CARRIED_PREFIX), value))

    return tuple(fields)


def field_label(name: str) -> str:
    """Return a field's name for people: `change_note` becomes `Change note`."""
    return name.replace("_", " ").capitalize()


def visible(text: str | None) -> Markup:
    """Return the text with marks in place of characters that hide or reorder text."""

    def mark(match: re.Match[str]) -> str:
        return f'<span class="invisible">U+{ord(match[0]):04X}</span>'

    # Escaping leaves these characters as they are, so that they can be marked afterwards.
    marked = INVISIBLE.sub(mark, str(escape(str(text or ""))))
    return Markup(marked)  # noqa: S704 - escaped above


def _sign_in_page(error: IndelibleError) -> AnyResponse:
    """Return the way to sign in; a form keeps its fields."""
    if request.method == "GET":
        path = request.script_root + request.full_path.removesuffix("?")
        return redirect(url_for("console.sign_in_form", next=path), 303)

    fields = form_fields() if is_same_origin() else ()
    next_url = request.script_root + request.path
    return render_page("console/sign_in", error=error, carried=fields, next_url=next_url)
