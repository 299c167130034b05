"""Access control: each endpoint declares its scopes, and a caller needs one of them."""

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

PUBLIC: Final = ("public",)  # The scopes of endpoints that need no caller.
SIGNED: Final = ("signed",)  # Of endpoints that no key opens: the request itself is signed.
KEY_PATTERN: Final = "ind_[!-^`-~]{1,200}_[!-^`-~]{1,200}"
BEARER: Final = re.compile(f"Bearer ({KEY_PATTERN})", re.IGNORECASE | re.ASCII)
VISITOR: Final = Actor.system("visitor")


@frozen
class KeyAuthenticator:
    """The login by API keys, sent as `Authorization: Bearer ind_<id>_<secret>`."""

    _app_context: AppContext

    def identify(self, request: Request) -> Caller | None:
        """Return the key's owner, or None for a missing, wrong, expired or revoked key."""
        match = BEARER.fullmatch(request.headers.get("Authorization", ""))
        if match is None:
            return None
        return authenticate(self._app_context, match.group(1))


@frozen
class AnonymousAuthenticator:
    """The login of signed requests: it names the address; the view checks the signature."""

    def identify(self, request: Request) -> Caller | None:
        """Return a visitor, known only by the address of the request."""
        return Caller(actor=VISITOR, scopes=frozenset(SIGNED), id=f"address {request.remote_addr}")


def authenticate(app_context: AppContext, key_text: str) -> Caller | None:
    """Return the owner of a key, or None if the key is not valid now."""
    key = app_context.store.read(authenticate_key, key_text, now=app_context.clock.now())
    if key is None:
        return None
    return caller_of_key(key)


def caller_of_key(key: Key) -> Caller:
    """Return the key's owner with the key's scopes."""
    return Caller(actor=key.owner, scopes=frozenset(key.scopes), id=key.id)


@frozen(kw_only=True)
class EndpointAccess:
    """The scopes of an endpoint, any one of which is enough, and its login.

    A live endpoint is polled by pages, so its requests have a limit of their own.
    """

    scopes: tuple[str, ...]
    login: Authenticator | None = None
    is_live: bool = False


NO_ACCESS: Final = EndpointAccess(scopes=())


@define
class AccessControl:
    """The access of every endpoint, and the checks before a view: caller, rate, scope."""

    _authenticator: Authenticator
    _guess_codes: frozenset[str] = frozenset()
    _endpoints: dict[str, EndpointAccess] = field(
        default=Factory(dict[str, EndpointAccess]), init=False
    )

    def declare(
        self,
        endpoint: str,
        scopes: tuple[str, ...],
        login: Authenticator | None = None,
        *,
        is_live: bool = False,
    ) -> None:
        """Declare an endpoint's scopes, and its login if it is not the application's."""
        self._endpoints[endpoint] = EndpointAccess(scopes=scopes, login=login, is_live=is_live)

    def guard(self, app: Flask, settings: WebSettings) -> None:
        """Install the checks before every view of the application."""
        limiter = Limiter(
            _caller_id,
            application_limits=[*self._limits(settings)],
            strategy="moving-window",
            storage_uri=settings.limiter_storage,
            in_memory_fallback_enabled=True,
        )
        limiter.request_filter(self._is_public)

        app.before_request(self._identify)
        limiter.init_app(app)
        app.before_request(self._admit)

    def check(self, app: Flask) -> None:
        """Raise UsageError if an endpoint of the application declares no valid access."""
        for endpoint in sorted({rule.endpoint for rule in app.url_map.iter_rules()}):
            access = self._endpoints.get(endpoint, NO_ACCESS)
            has_scopes = access.scopes and all(SCOPE.fullmatch(scope) for scope in access.scopes)
            if not has_scopes:
                raise UsageError(f"the endpoint {endpoint} declares no scope")
            if SIGNED[0] not in access.scopes:
                continue
            if access.scopes != SIGNED or access.login is None:
                raise UsageError(
                    f"the signed endpoint {endpoint} needs its own login and no other scope"
                )

    def _limits(self, settings: WebSettings) -> list[ApplicationLimit]:
        per_caller = f"{settings.requests_per_minute} per minute"
        per_address = f"{settings.wrong_keys_per_minute} per minute"

        return [
            ApplicationLimit(per_caller, scope="requests", exempt_when=self._is_not_a_request),
            ApplicationLimit(per_caller, scope="streams", exempt_when=self._is_not_live),
            ApplicationLimit(
                per_address,
                key_function=_remote_address,
                scope="wrong keys",
                exempt_when=_is_known_caller,
                deduct_when=self._is_guess,
            ),
        ]

    def _access(self) -> EndpointAccess:
        return self._endpoints.get(str(request.endpoint), NO_ACCESS)

    def _is_public(self) -> bool:
        return request.endpoint is None or self._access().scopes == PUBLIC

    def _is_not_a_request(self) -> bool:
        return current_request().caller is None or self._access().is_live

    def _is_not_live(self) -> bool:
        return current_request().caller is None or not self._access().is_live

    def _is_guess(self, response: Response) -> bool:
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            return True
        return current_request().code in self._guess_codes

    def _identify(self) -> None:
        if self._is_public():
            return

        access = self._access()
        login = access.login or self._authenticator
        current = current_request()
        current.is_live = access.is_live
        current.caller = login.identify(request)

    def _admit(self) -> None:
        if self._is_public():
            return

        scopes = self._access().scopes
        if not scopes:
            raise UsageError(f"the endpoint {request.endpoint} declares no scope")
        caller = current_request().caller
        if caller is None and scopes == SIGNED:
            raise InvalidSignature
        if caller is None:
            raise Unauthenticated
        caller.require_scope(*scopes)


def _caller_id() -> str:
    caller = current_request().caller
    return caller.id if caller else ""


def _remote_address() -> str:
    return request.remote_addr or "unknown"


def _is_known_caller() -> bool:
    caller = current_request().caller
    return caller is not None and caller.actor != VISITOR
