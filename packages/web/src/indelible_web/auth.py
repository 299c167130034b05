"""Who calls, and what they may: every endpoint declares a scope, and only a caller who has it comes in."""

import re
from http import HTTPStatus
from typing import Final

from attrs import Factory, define, field, frozen
from flask import Flask, Request, request
from flask_limiter import ApplicationLimit, Limiter

from indelible.kernel import WrongUse
from indelible.kernel.keys import SCOPE, key_for
from indelible.wiring import Wiring
from indelible_web.errors import Unauthenticated
from indelible_web.exchange import Authenticator, Caller, present
from indelible_web.settings import WebSettings

PUBLIC: Final = ("public",)  # the scopes of what everybody may see
BEARER: Final = re.compile(r"Bearer (ind_[!-^`-~]{1,200}_[!-^`-~]{1,200})", re.IGNORECASE | re.ASCII)


@frozen
class KeyAuthenticator:
    """API keys, sent as `Authorization: Bearer ind_<id>_<secret>`."""

    _wiring: Wiring

    def identify(self, request: Request) -> Caller | None:
        """The key's owner; one answer whatever is wrong with the key."""
        match = BEARER.fullmatch(request.headers.get("Authorization", ""))
        if match is None:
            return None
        key = self._wiring.store.read(key_for, match.group(1), now=self._wiring.clock.now())
        return Caller(actor=key.owner, scopes=frozenset(key.scopes), id=key.id) if key else None


@define
class Gate:
    """The scopes of every endpoint, and the three checks before a view: who, how often, what."""

    _authenticator: Authenticator
    _scopes: dict[str, tuple[str, ...]] = field(default=Factory(dict[str, tuple[str, ...]]), init=False)

    def declare(self, endpoint: str, scopes: tuple[str, ...]) -> None:
        """Say which scopes open the endpoint; any one of them does."""
        self._scopes[endpoint] = scopes

    def guard(self, app: Flask, settings: WebSettings) -> None:
        """Stand before every view of the application."""
        limiter = Limiter(
            lambda: caller.id if (caller := present().caller) else "",
            application_limits=[
                ApplicationLimit(
                    f"{settings.requests_per_minute} per minute",
                    scope="requests",
                    exempt_when=lambda: present().caller is None,
                ),
                ApplicationLimit(
                    f"{settings.wrong_keys_per_minute} per minute",
                    key_function=lambda: request.remote_addr or "unknown",
                    scope="wrong keys",
                    exempt_when=lambda: present().caller is not None,
                    deduct_when=lambda response: response.status_code == HTTPStatus.UNAUTHORIZED,
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
                raise WrongUse(f"the route {endpoint} declares no scope")

    def _is_public(self) -> bool:
        return request.endpoint is None or self._scopes.get(request.endpoint) == PUBLIC

    def _identify(self) -> None:
        if not self._is_public():
            present().caller = self._authenticator.identify(request)

    def _admit(self) -> None:
        if self._is_public():
            return
        caller = present().caller
        if caller is None:
            raise Unauthenticated
        caller.demand(*self._scopes[str(request.endpoint)])
