"""Signing in with a key, and out again."""

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
from indelible_web.http.access import KEY, PUBLIC, authenticate
from indelible_web.http.request import Caller


@frozen
class TypedKey:
    """The key that somebody signs in with."""

    _app_context: AppContext

    def identify(self, request: Request) -> Caller | None:
        """The key's owner; one answer whatever is wrong with the key."""
        text = request.form.get("key", "").strip()
        return authenticate(self._app_context, text) if re.fullmatch(KEY, text, re.ASCII) else None


def sign_in_form(console: ConsoleContext) -> Response:
    """The form that takes a key."""
    if console.sessions.identify(request):
        return redirect(next_url(console), 303)
    return render_page("console/sign_in", way_on=request.args.get("next", ""), carried=())


def sign_in(console: ConsoleContext) -> Response:
    """The way on of somebody whose key was good; the session of before, whoever began it, is over."""
    console.sessions.end(console.sessions.current())
    console.sessions.begin(console.operation().caller.id)
    if fields := carried_fields():
        return render_page("console/again", fields=fields, action=next_url(console))
    return redirect(next_url(console), 303)


def sign_out(console: ConsoleContext) -> Response:
    """The way out: the session is over here as in the browser."""
    console.sessions.end(console.sessions.current())
    console.sessions.begin("")
    return redirect(url_for("console.sign_in_form"), 303)


def next_url(console: ConsoleContext) -> str:
    """Where a signed-in person goes: where they were, if that is a page of ours."""
    wanted, home = request.values.get("next", ""), console.home_url
    parts = urlsplit(wanted.replace("\\", "/"))
    is_ours = (
        not parts.scheme
        and not parts.netloc
        and f"{parts.path}/".startswith(url_for("console.home"))
    )
    return wanted if is_ours and wanted.isprintable() else home


PAGES: Final = (
    ConsolePage(rule="/sign-in", view=sign_in_form, scopes=PUBLIC),
    ConsolePage(rule="/sign-in", view=sign_in, method="POST"),
    ConsolePage(rule="/sign-out", view=sign_out, method="POST"),
)
