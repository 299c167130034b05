"""Sessions: signed, short-lived cookies that name a key and do not contain it."""

import hmac
from hashlib import sha256
from typing import Any, Final, cast
from urllib.parse import urlsplit

from attrs import asdict, define, evolve, field, frozen
from flask import Request, Response, request
from itsdangerous import BadSignature, URLSafeSerializer
from limits.errors import StorageError

from indelible.app import AppContext
from indelible.kernel.keys import KeyNotFound, get_key
from indelible_web.http.access import caller_of_key
from indelible_web.http.errors import FormForged, NotReady
from indelible_web.http.rates import Marks, open_marks
from indelible_web.http.request import Caller, current_request
from indelible_web.settings import WebSettings

IDLE_SECONDS: Final = 30 * 60  # Requests of live pages do not extend a session.
MAX_SESSION_SECONDS: Final = 8 * 60 * 60
RENEW_SECONDS: Final = 60
COOKIE: Final = "indelible"
# Browsers accept this prefix only over TLS and from this host.
SECURE_COOKIE: Final = "__Host-indelible"
CSRF_FIELD: Final = "csrf"


@frozen(kw_only=True)
class Session:
    """A browser's session; `key_id` is blank before it has signed in."""

    id: str
    key_id: str
    began: int
    seen: int


@define
class BrowserState:
    """The session of a request's browser, and the cookies that its answer will carry."""

    session: Session | None = None
    session_to_send: Session | None = None
    notice_to_send: str = ""
    is_notice_taken: bool = False


def browser_state() -> BrowserState:
    """Return the state of the current request's browser."""
    return current_request().part(BrowserState)


@frozen
class Sessions:
    """The sessions of one deployment; their cookies hold them, the server only the ended ones."""

    _app_context: AppContext
    _serializer: URLSafeSerializer = field(repr=False)
    _secrets: tuple[bytes, ...] = field(repr=False)
    _ended: Marks

    def identify(self, request: Request) -> Caller | None:
        """Return the owner of the session's key, or None if the session or the key has ended."""
        session = self.find(request)
        if session is None or not session.key_id:
            return None
        try:
            key = self._app_context.store.read(get_key, session.key_id).key
        except KeyNotFound:
            return None

        browser_state().session = session
        if not key.is_usable(now=self._app_context.clock.now()):
            return None
        return caller_of_key(key)

    def find(self, request: Request) -> Session | None:
        """Return the session of the request's cookie, None if it is invalid, expired or ended."""
        cookie = request.cookies.get(cookie_name(), "")
        try:
            content = cast("dict[str, Any]", self._serializer.loads(cookie))
            session = Session(**content)
        except (BadSignature, TypeError):
            return None

        now = self._now()
        is_idle = now - session.seen >= IDLE_SECONDS
        is_expired = now - session.began >= MAX_SESSION_SECONDS
        if is_idle or is_expired or self._is_ended(session):
            return None
        return session

    def current(self) -> Session:
        """Return this browser's session, a new one without a key if it has none."""
        state = browser_state()
        if state.session is None:
            state.session = self.find(request) or self.begin("")
        return state.session

    def begin(self, key_id: str) -> Session:
        """Return a new session, whose cookie the answer will carry."""
        now = self._now()
        session = Session(id=self._app_context.ids.secret(), key_id=key_id, began=now, seen=now)
        state = browser_state()
        state.session = session
        state.session_to_send = session

        return session

    def end(self, session: Session) -> None:
        """End the session for every copy of its cookie.

        Raises: NotReady.
        """
        try:
            self._ended.incr(f"console/{session.id}", MAX_SESSION_SECONDS)
        except StorageError as error:
            raise NotReady("the limiter's storage") from error

    def csrf_token(self) -> str:
        """Return the token of this session's forms, which does not reveal the session's id."""
        return self._csrf_tokens()[0]

    def check_form(self) -> None:
        """Raise FormForged unless a page of this session has sent the form."""
        token = request.form.get(CSRF_FIELD, "").encode()
        own = [hmac.compare_digest(token, one.encode()) for one in self._csrf_tokens()]
        if not any(own) or is_same_origin() is False:
            raise FormForged

    def _csrf_tokens(self) -> tuple[str, ...]:
        """Return the token of this session by each secret."""
        message = f"form {self.current().id}".encode()
        return tuple(hmac.digest(secret, message, "sha256").hex() for secret in self._secrets)

    def send_cookie(self, response: Response) -> Response:
        """Add the session's cookie if the session is new, or if it is time to renew it."""
        self._renew()
        session = browser_state().session_to_send
        if session is None:
            return response
        # A form from another site comes without the session's cookie, and the answer to it
        # must not replace the session.
        if request.method != "GET" and is_same_origin() is False:
            return response

        response.set_cookie(
            cookie_name(),
            self._serializer.dumps(asdict(session)),
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response

    def _renew(self) -> None:
        """Extend a signed-in session, at most once a minute."""
        state = browser_state()
        session = state.session
        current = current_request()
        if session is None or not session.key_id:
            return
        if current.caller is None or current.is_live:
            return
        if state.session_to_send is None and self._now() - session.seen >= RENEW_SECONDS:
            state.session_to_send = evolve(session, seen=self._now())

    def _is_ended(self, session: Session) -> bool:
        try:
            return self._ended.get(f"console/{session.id}") > 0
        except StorageError as error:
            raise NotReady("the limiter's storage") from error

    def _now(self) -> int:
        return int(self._app_context.clock.now().timestamp())


def open_sessions(app_context: AppContext, settings: WebSettings) -> Sessions:
    """Return the sessions of an application; another secret makes other sessions."""
    serializer = open_serializer(settings, "console session")
    ended = open_marks(settings.limiter_storage)

    return Sessions(app_context, serializer, _console_secrets(settings), ended)


def open_serializer(settings: WebSettings, salt: str) -> URLSafeSerializer:
    """Return the serializer of a kind of cookie, which signs with HMAC-SHA-256."""
    return URLSafeSerializer(
        # The last one signs.
        list(reversed(_console_secrets(settings))),
        salt=salt,
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )


def _console_secrets(settings: WebSettings) -> tuple[bytes, ...]:
    return tuple(hmac.digest(secret, b"console", "sha256") for secret in settings.secrets)


def cookie_name() -> str:
    """Return the cookie's name on this connection."""
    return SECURE_COOKIE if request.is_secure else COOKIE


def is_same_origin() -> bool | None:
    """Return whether a page of this origin sent the request, None if the browser does not say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    # Old browsers send only the second one.
    address = request.headers.get("Origin") or request.headers.get("Referer")
    if address:
        return urlsplit(address).netloc == request.host
    return None
