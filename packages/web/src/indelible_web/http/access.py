"""Who calls, and what they may: every endpoint declares a scope, and only a caller who has it comes in."""

import re
from http import HTTPStatus
from typing import Final

from attrs import Factory, define, field, frozen
from flask import Flask, Request, Response, request
from flask_limiter import ApplicationLimit, Limiter

from indelible.app import AppContext
from indelible.kernel import Actor, UsageError
from indelible.kernel.keys import SCOPE, Key, authenticate_key
from indelible_web.http.errors import InvalidSignature, Unauthenticated
from indelible_web.http.request import Authenticator, Caller, current_request
from indelible_web.settings import WebSettings

PUBLIC: Final = ("public",)  # the scopes of what everybody may see
SIGNED: Final = (
    "signed",
)  # of what a signature in the request opens, and no key: its login looks at that
KEY: Final = "ind_[!-^`-~]{1,200}_[!-^`-~]{1,200}"
BEARER: Final = re.compile(f"Bearer ({KEY})", re.IGNORECASE | re.ASCII)
STREAM: Final = "console.stream"
FEEDS: Final = frozenset(
    {STREAM, "console.stages_now"}
)  # counted apart: to look on leaves the requests of a key alone
VISITOR: Final = Actor.system("visitor")


@frozen
class KeyAuthenticator:
    """API keys, sent as `Authorization: Bearer ind_<id>_<secret>`."""

    _app_context: AppContext

    def identify(self, request: Request) -> Caller | None:
        """The key's owner; one answer whatever is wrong with the key."""
        match = BEARER.fullmatch(request.headers.get("Authorization", ""))
        return authenticate(self._app_context, match.group(1)) if match else None


@frozen
class AnonymousAuthenticator:
    """Whoever comes, known by nothing but their address: what they sign is looked at by the view."""

    def identify(self, request: Request) -> Caller | None:
        """Somebody at this address."""
        return Caller(actor=VISITOR, scopes=frozenset(SIGNED), id=f"address {request.remote_addr}")


def authenticate(app_context: AppContext, text: str) -> Caller | None:
    """The owner of the key that the text opens."""
    key = app_context.store.read(authenticate_key, text, now=app_context.clock.now())
    return caller_of_key(key) if key else None


def caller_of_key(key: Key) -> Caller:
    """The owner, with what the key opens."""
    return Caller(actor=key.owner, scopes=frozenset(key.scopes), id=key.id)


@define
class AccessControl:
    """The scopes of every endpoint, and the three checks before a view: who, how often, what."""

    _authenticator: Authenticator
    _guess_codes: frozenset[str] = frozenset()
    _scopes: dict[str, tuple[str, ...]] = field(
        default=Factory(dict[str, tuple[str, ...]]), init=False
    )
    _logins: dict[str, Authenticator] = field(default=Factory(dict[str, Authenticator]), init=False)

    def declare(
        self, endpoint: str, scopes: tuple[str, ...], login: Authenticator | None = None
    ) -> None:
        """Say which scopes open the endpoint, any one of them; and who says who calls, if not the usual one."""
        self._scopes[endpoint] = scopes
        if login:
            self._logins[endpoint] = login

    def guard(self, app: Flask, settings: WebSettings) -> None:
        """Stand before every view of the application."""
        per_caller = f"{settings.requests_per_minute} per minute"
        limiter = Limiter(
            lambda: caller.id if (caller := current_request().caller) else "",
            application_limits=[
                ApplicationLimit(
                    per_caller,
                    scope="requests",
                    exempt_when=lambda: (
                        current_request().caller is None or request.endpoint in FEEDS
                    ),
                ),
                ApplicationLimit(
                    per_caller,
                    scope="streams",
                    exempt_when=lambda: (
                        current_request().caller is None or request.endpoint not in FEEDS
                    ),
                ),
                ApplicationLimit(
                    f"{settings.wrong_keys_per_minute} per minute",
                    key_function=lambda: request.remote_addr or "unknown",
                    scope="wrong keys",
                    exempt_when=_is_known,
                    deduct_when=self._is_guess,
                ),
            ],
            strategy="moving-window",
            storage_uri=settings.limiter_storage,
            in_memory_fallback_enabled=True,
        )
        limiter.request_filter(self._is_public)
        app.before_request(self._identify)
        limiter.init_app(app)
        app.before_request(self._admit)

    def check(self, app: Flask) -> None:
        """WrongUse, where an endpoint of the application declares no scope."""
        for endpoint in sorted({rule.endpoint for rule in app.url_map.iter_rules()}):
            scopes = self._scopes.get(endpoint, ())
            if not scopes or not all(SCOPE.fullmatch(scope) for scope in scopes):
                raise UsageError(f"the route {endpoint} declares no scope")
            if SIGNED[0] in scopes and (scopes != SIGNED or endpoint not in self._logins):
                raise UsageError(f"nothing looks at what opens the route {endpoint}")

    def _is_public(self) -> bool:
        return request.endpoint is None or self._scopes.get(request.endpoint) == PUBLIC

    def _identify(self) -> None:
        if not self._is_public():
            login = self._logins.get(str(request.endpoint), self._authenticator)
            current_request().caller = login.identify(request)

    def _admit(self) -> None:
        if self._is_public():
            return
        caller = current_request().caller
        if caller is None:
            raise (
                InvalidSignature
                if self._scopes[str(request.endpoint)] == SIGNED
                else Unauthenticated
            )
        caller.require_scope(*self._scopes[str(request.endpoint)])

    def _is_guess(self, response: Response) -> bool:
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            return True
        return current_request().code in self._guess_codes


def _is_known() -> bool:
    caller = current_request().caller
    return caller is not None and caller.actor != VISITOR
