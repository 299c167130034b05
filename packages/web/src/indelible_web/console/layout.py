"""What every page has: its frame, how values are shown, and what is said where something was refused."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from flask import Response, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from indelible.kernel import IndelibleError, instant_text
from indelible.kernel.values import INVISIBLE
from indelible_web.console.cookies import TOKEN, came_from_here
from indelible_web.http import errors
from indelible_web.http.access import FEEDS
from indelible_web.http.parsing import wrong_fields
from indelible_web.http.problems import problem_of, public_error
from indelible_web.http.request import current_request
from indelible_web.http.schemas import Side, schema_of, structure

T = TypeVar("T")

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",  # with no-referrer a browser would not say where a form comes from
    "Cross-Origin-Opener-Policy": "same-origin",
}
LENGTHS: Final = {"days": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}
CARRIED: Final = "carried."
SIGN_IN: Final = "console.sign_in"
OURS: Final = frozenset({TOKEN, "once", "key", "next"})  # fields of a form that nobody typed into


def render_page(
    template: str, /, status: int = 200, error: IndelibleError | None = None, **values: object
) -> Response:
    """A page of the console; with what was refused, its status and its code are the refusal's."""
    problem = None
    if error is not None:
        problem = problem_of(error, current_request().request_id)
        status, current_request().code = problem.status, problem.code
    text = render_template(
        f"{template}.html", problem=problem, caller=current_request().caller, **values
    )
    said = errors.headers_of(error) if error else errors.NO_HEADERS
    return Response(text, status, {**HEADERS, **said}, content_type="text/html; charset=utf-8")


def parse_fields(cls: type[T], values: Mapping[str, str], **more: object) -> T:
    """The fields of the class among the values of a query, a form or a path, or what is wrong with them.

    A blank one counts as not given.
    """
    schema = schema_of(cast("type", cls), Side.TEXT)()
    names = {each.data_key or name for name, each in cast("Any", schema).fields.items()}
    given = {
        name: str(value)
        for name, value in {**values, **more}.items()
        if name in names and value != ""
    }
    try:
        return structure(cast("dict[str, Any]", schema.load(given)), cls)
    except ValidationError as error:
        raise wrong_fields(error.messages_dict.values()) from error


def refuse(error: IndelibleError) -> AnyResponse:
    """The page that says what was refused, where no form could say it."""
    if request.endpoint in FEEDS:  # nobody reads the body of a feed that did not begin
        current_request().code = error.code
        return Response(status=errors.status_of(type(error)), headers=errors.headers_of(error))
    if request.endpoint == SIGN_IN:
        return render_page(
            "console/sign_in",
            error=error,
            carried=carried_fields(),
            way_on=request.form.get("next", ""),
        )
    if isinstance(error, errors.Unauthenticated):
        return _to_sign_in(error)
    if isinstance(error, errors.FormForged) and came_from_here():
        return render_page(
            "console/again", error=error, fields=typed(), action=request.script_root + request.path
        )
    return render_page("console/refused", error=error)


def refuse_transport(error: HTTPException) -> AnyResponse:
    """The page about what never came to a view."""
    is_fault = error.code == HTTPStatus.INTERNAL_SERVER_ERROR
    usual = errors.InternalError if is_fault else errors.MalformedRequest
    return refuse(errors.FROM_TRANSPORT.get(error.code or 0, usual)())


def refuse_fault(error: Exception) -> AnyResponse:
    """The page about a fault of ours; the log has all of it, the page nothing."""
    return refuse(public_error(error))


def typed() -> tuple[tuple[str, str], ...]:
    """What somebody typed into the form that was sent."""
    return tuple(
        (name, value) for name, value in request.form.items(multi=True) if name not in OURS
    )


def carried_fields() -> tuple[tuple[str, str], ...]:
    """What was typed before the session had ended, on its way through the sign-in."""
    sent = request.form.items(multi=True)
    return tuple(
        (name.removeprefix(CARRIED), value) for name, value in sent if name.startswith(CARRIED)
    )


def field_label(name: str) -> str:
    """Return a field's name for people: `change_note` becomes `Change note`."""
    return name.replace("_", " ").capitalize()


def instant(time: datetime) -> Markup:
    """An instant for people and for machines."""
    shown = f"{time.day} {time:%b %Y, %H:%M:%S}"
    return Markup('<time datetime="{}">{}</time>').format(instant_text(time), shown)


def duration(time: timedelta) -> str:
    """A length of time in its largest unit."""
    for unit, length in LENGTHS.items():
        if time >= 2 * length:
            return f"{time // length} {unit}"
    return f"{max(0, time // timedelta(seconds=1))} s"


def visible(text: str | None) -> Markup:
    """The text, in which nothing hides and nothing turns what follows it around."""
    shown = INVISIBLE.sub(lambda found: f"\x00{ord(found[0]):04X}\x01", text or "")
    marked = (
        str(escape(shown)).replace("\x00", '<span class="invisible">U+').replace("\x01", "</span>")
    )
    return Markup(marked)  # noqa: S704 - escaped above


def _to_sign_in(error: IndelibleError) -> AnyResponse:
    if request.method == "GET":
        here = request.full_path.removesuffix("?")
        return redirect(url_for("console.sign_in_form", next=request.script_root + here), 303)
    fields = typed() if came_from_here() else ()
    return render_page(
        "console/sign_in", error=error, carried=fields, way_on=request.script_root + request.path
    )
