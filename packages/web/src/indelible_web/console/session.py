"""The pages to sign in with a key, and to sign out."""

import re
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen
from flask import Request, redirect, request, url_for
from werkzeug.wrappers import Response

from indelible.app import AppContext
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import carried_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.http.access import KEY_PATTERN, PUBLIC, authenticate
from indelible_web.http.request import Caller


@frozen
class FormKeyAuthenticator:
    """The login by a key that is typed into the form."""

    _app_context: AppContext

    def identify(self, request: Request) -> Caller | None:
        """Return the key's owner, or None for any key that is not valid."""
        key_text = request.form.get("key", "").strip()
        if not re.fullmatch(KEY_PATTERN, key_text, re.ASCII):
            return None
        return authenticate(self._app_context, key_text)


def sign_in_form(console: ConsoleContext) -> Response:
    """Show the form that takes a key."""
    if console.sessions.identify(request):
        return redirect(next_url(console), 303)

    return render_page("console/sign_in", next_url=request.args.get("next", ""), carried=())


def sign_in(console: ConsoleContext) -> Response:
    """Begin a session of the key's owner, end the one before, and go on."""
    console.sessions.end(console.sessions.current())
    console.sessions.begin(console.operation().caller.id)

    fields = carried_fields()
    if fields:
        return render_page("console/again", fields=fields, action=next_url(console))
    return redirect(next_url(console), 303)


def sign_out(console: ConsoleContext) -> Response:
    """End the session on the server and in the browser."""
    console.sessions.end(console.sessions.current())
    console.sessions.begin("")

    return redirect(url_for("console.sign_in_form"), 303)


def next_url(console: ConsoleContext) -> str:
    """Return the page to go to after signing in; addresses outside the console are refused."""
    url = request.values.get("next", "")
    parts = urlsplit(url.replace("\\", "/"))
    has_host = bool(parts.scheme or parts.netloc)
    is_below_console = f"{parts.path}/".startswith(url_for("console.home"))
    if has_host or not is_below_console or not url.isprintable():
        return console.home_url

    return url


PAGES: Final = (
    ConsolePage(rule="/sign-in", view=sign_in_form, scopes=PUBLIC),
    ConsolePage(rule="/sign-in", view=sign_in, method="POST"),
    ConsolePage(rule="/sign-out", view=sign_out, method="POST"),
)
