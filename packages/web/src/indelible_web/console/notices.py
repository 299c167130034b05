"""Notices about an action, which the next page shows once."""

from typing import Final

from attrs import field, frozen
from flask import Response, request
from itsdangerous import BadSignature, URLSafeSerializer

from indelible_web.console.cookies import Sessions, browser_state, open_serializer
from indelible_web.settings import WebSettings

COOKIE: Final = "indelible-notice"
MAX_NOTICE_LENGTH: Final = 300  # A cookie has room for 4,096 bytes.
MAX_AGE_SECONDS: Final = 60  # A notice that no page has shown until then is dropped.


@frozen
class Notices:
    """The notices of a deployment; a signed cookie carries each to the next page."""

    _sessions: Sessions
    _serializer: URLSafeSerializer = field(repr=False)

    def leave(self, text: str) -> None:
        """Show the text on the page that the browser loads next, such as after a redirect."""
        if len(text) > MAX_NOTICE_LENGTH:
            text = f"{text[: MAX_NOTICE_LENGTH - 1]}…"

        browser_state().notice_to_send = text

    def take(self) -> str:
        """Return the notice of the last action, blank if there is none; it is not shown again."""
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            return ""

        browser_state().is_notice_taken = True
        try:
            return str(self._serializer.loads(cookie, salt=self._salt()))
        except BadSignature:
            return ""

    def send_cookie(self, response: Response) -> Response:
        """Add the notice that a view has left, or remove the one that this page shows."""
        state = browser_state()
        text = state.notice_to_send
        if text:
            response.set_cookie(
                COOKIE,
                str(self._serializer.dumps(text, salt=self._salt())),
                max_age=MAX_AGE_SECONDS,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
        elif state.is_notice_taken:
            response.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Lax")

        return response

    def _salt(self) -> str:
        """Return a salt of the session, so that no other session can show its notice."""
        return f"console notice {self._sessions.csrf_token()}"


def open_notices(sessions: Sessions, settings: WebSettings) -> Notices:
    """Return the notices of the sessions."""
    return Notices(sessions, open_serializer(settings, "console notice"))
