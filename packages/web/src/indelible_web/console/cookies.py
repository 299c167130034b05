"""The cookie that stands for a key which was shown once: signed, short-lived, and without the key in it."""

import hmac
from hashlib import sha256
from typing import Any, Final, cast
from urllib.parse import urlsplit

from attrs import asdict, evolve, field, frozen
from flask import Request, Response, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string

from indelible.app import AppContext
from indelible.kernel.keys import KeyNotFound, get_key
from indelible_web.http.access import FEEDS, caller_of_key
from indelible_web.http.errors import FormForged, NotReady
from indelible_web.http.request import Caller, current_request
from indelible_web.settings import WebSettings

IDLE_SECONDS: Final = (
    30 * 60
)  # without a page asked for; the feed asks by itself, and does not count
LONGEST_SECONDS: Final = 8 * 60 * 60
RENEW_SECONDS: Final = 60
COOKIE: Final = "indelible"
SECURE_COOKIE: Final = (
    "__Host-indelible"  # a prefix by which a browser refuses it from anybody but us, over TLS
)
TOKEN: Final = "csrf"  # noqa: S105 - the name of a field


@frozen(kw_only=True)
class Session:
    """A browser's stay: before it has signed in, `key_id` is blank."""

    id: str
    key_id: str
    began: int
    seen: int


@frozen
class Sessions:
    """The sessions of one deployment, kept in their cookies; only those that were ended are kept here."""

    _app_context: AppContext
    _seal: URLSafeSerializer = field(repr=False)
    _secret: bytes = field(repr=False)
    _ended: Storage

    def identify(self, request: Request) -> Caller | None:
        """Whose session the cookie is of, while it lasts and its key is good."""
        session = self.find(request)
        if session is None or not session.key_id:
            return None
        try:
            key = self._app_context.store.read(get_key, session.key_id).key
        except KeyNotFound:
            return None
        g.session = session
        return caller_of_key(key) if key.is_usable(now=self._app_context.clock.now()) else None

    def find(self, request: Request) -> Session | None:
        """The session that the cookie is of, unless it is none of ours, too old, or ended."""
        try:
            content = cast(
                "dict[str, Any]", self._seal.loads(request.cookies.get(cookie_name(), ""))
            )
            session = Session(**content)
        except (BadSignature, TypeError):
            return None
        is_recent = (
            self._now() - session.seen < IDLE_SECONDS
            and self._now() - session.began < LONGEST_SECONDS
        )
        return session if is_recent and not self._is_ended(session) else None

    def current(self) -> Session:
        """This browser's session; where it has none, a new one that opens nothing."""
        if "session" not in g:
            g.session = self.find(request) or self.begin("")
        return cast("Session", g.session)

    def begin(self, key_id: str) -> Session:
        """A new session under a new id, told to the browser with the answer."""
        now = self._now()
        session = Session(id=self._app_context.ids.secret(), key_id=key_id, began=now, seen=now)
        g.session = g.told_session = session
        return session

    def end(self, session: Session) -> None:
        """Let the session open nothing any more, whoever has a copy of its cookie."""
        try:
            self._ended.incr(f"console/{session.id}", LONGEST_SECONDS)
        except StorageError as error:
            raise NotReady("the limiter's storage") from error

    def token(self) -> str:
        """What every form of this session carries; from it nobody can tell the session's id."""
        return hmac.digest(self._secret, f"form {self.current().id}".encode(), "sha256").hex()

    def check_form(self) -> None:
        """FormForged, unless the form that was sent is of this session, and of our own pages."""
        is_ours = hmac.compare_digest(request.form.get(TOKEN, "").encode(), self.token().encode())
        if not is_ours or came_from_here() is False:
            raise FormForged

    def tell(self, response: Response) -> Response:
        """The response, with the cookie where the browser must have another."""
        session = g.get("session")
        is_asked = current_request().caller is not None and request.endpoint not in FEEDS
        if session and session.key_id and is_asked and self._now() - session.seen >= RENEW_SECONDS:
            g.setdefault("told_session", evolve(session, seen=self._now()))
        # A form from elsewhere comes without our cookie: an answer with a new one would end the session that there is.
        if "told_session" in g and (request.method == "GET" or came_from_here() is not False):
            content = self._seal.dumps(asdict(g.told_session))
            response.set_cookie(
                cookie_name(), content, secure=request.is_secure, httponly=True, samesite="Lax"
            )
        return response

    def _is_ended(self, session: Session) -> bool:
        try:
            return self._ended.get(f"console/{session.id}") > 0
        except StorageError as error:
            raise NotReady("the limiter's storage") from error

    def _now(self) -> int:
        return int(self._app_context.clock.now().timestamp())


def open_sessions(app_context: AppContext, settings: WebSettings) -> Sessions:
    """The sessions of an application; another with another secret has others."""
    secret = hmac.digest(settings.secret, b"console", "sha256")
    signing = {"key_derivation": "hmac", "digest_method": sha256}
    seal = URLSafeSerializer(secret, salt="console session", signer_kwargs=signing)
    ended = cast("Storage", storage_from_string(settings.limiter_storage, wrap_exceptions=True))
    return Sessions(app_context, seal, secret, ended)


def cookie_name() -> str:
    """What the cookie is called on this connection."""
    return SECURE_COOKIE if request.is_secure else COOKIE


def came_from_here() -> bool | None:
    """Whether one of our own pages sent the request, as its browser says; None where it says nothing."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return urlsplit(origin).netloc == request.host if origin else None
