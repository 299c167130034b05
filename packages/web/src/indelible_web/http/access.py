"""Access control: each endpoint declares its scopes, and a caller needs one of them."""

import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Final

from attrs import Factory, define, field, frozen
from flask import Flask, Request, Response, request

from indelible.app import AppContext
from indelible.kernel import Actor, UsageError
from indelible.kernel.keys import ADMIN, SCOPE, Key, authenticate_key
from indelible_web.http.errors import (
    InvalidSignature,
    ScopeMissing,
    TooManyRequests,
    Unauthenticated,
)
from indelible_web.http.failed_logins import FailedLogins
from indelible_web.http.key_reads import (
    KeyedView,
    KeyRead,
    RecentDecisions,
    is_last_before_views,
    left_key,
    refuse_unread,
)
from indelible_web.http.problems import problem_response
from indelible_web.http.rates import Windows, open_windows
from indelible_web.http.refused_requests import RefusedRequests
from indelible_web.http.request import Authenticator, Caller, LoginOutcome, current_request
from indelible_web.settings import WebSettings

PUBLIC: Final = ("public",)  # The scopes of endpoints that need no caller.
SIGNED: Final = ("signed",)  # Of endpoints that no key opens: the request itself is signed.
KEY_PATTERN: Final = "ind_[!-^`-~]{1,200}_[!-^`-~]{1,200}"
BEARER: Final = re.compile(f"Bearer ({KEY_PATTERN})", re.IGNORECASE | re.ASCII)
VISITOR: Final = Actor.system("visitor")


@frozen
class KeyAuthenticator:
    """The login by API keys, sent as `Authorization: Bearer ind_<id>_<secret>`."""

    app_context: AppContext

    def identify(self, request: Request) -> Caller | None:
        """Return the key's owner, or None for a missing, wrong, expired or revoked key."""
        text = key_text_of(request)
        return authenticate(self.app_context, text) if text else None


@frozen
class AnonymousAuthenticator:
    """The login of signed requests: it names the address; the view checks the signature."""

    def identify(self, request: Request) -> Caller | None:
        """Return a visitor, known only by the address of the request."""
        return Caller(actor=VISITOR, scopes=frozenset(SIGNED), id=f"address {request.remote_addr}")


def key_text_of(request: Request) -> str:
    """Return the key of a request, '' for one without a well-formed key."""
    match = BEARER.fullmatch(request.headers.get("Authorization", ""))
    return match.group(1) if match else ""


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

    `recorded_as` is the name of an operator's command: a refusal for the lack of a scope is stored
    as a record of it. A live endpoint is polled by pages, so its requests have a limit of their
    own. A page whose credential nobody can guess is never refused because of wrong keys from its
    address.
    """

    scopes: tuple[str, ...]
    login: Authenticator | None = None
    is_live: bool = False
    is_guessable: bool = True
    recorded_as: str = ""


NO_ACCESS: Final = EndpointAccess(scopes=())


@define
class AccessControl:
    """The access of every endpoint, and the checks before a view: caller, rate, scope."""

    _app_context: AppContext
    _authenticator: Authenticator
    _refused_requests: RefusedRequests
    failed_logins: FailedLogins
    _count_login: Callable[[LoginOutcome], object]
    _guess_codes: frozenset[str] = frozenset()
    _decisions: RecentDecisions = field(factory=RecentDecisions, init=False)
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
        is_guessable: bool = True,
        recorded_as: str = "",
    ) -> None:
        """Declare an endpoint's scopes, and its login if it is not the application's."""
        self._endpoints[endpoint] = EndpointAccess(
            scopes=scopes,
            login=login,
            is_live=is_live,
            is_guessable=is_guessable,
            recorded_as=recorded_as,
        )

    def guard(self, app: Flask, settings: WebSettings) -> None:
        """Install the checks before every view of the application."""
        limits = RateLimits(self, open_windows(settings.limiter_storage), settings)

        def check_request() -> None:
            self._check_request(limits, partial(_may_leave_key, app, check_request))

        app.before_request(check_request)
        app.after_request(limits.count_guess)
        app.after_request(refuse_unread)  # Flask calls it before `count_guess`

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

    def scopes(self) -> tuple[str, ...]:
        """Return every scope that opens an endpoint, in order of name; `admin` opens each."""
        scopes: set[str] = {ADMIN}
        for access in self._endpoints.values():
            scopes.update(access.scopes)

        return tuple(sorted(scopes.difference(PUBLIC, SIGNED)))

    def current(self) -> EndpointAccess:
        """Return the access of the current request's endpoint."""
        return self._endpoints.get(str(request.endpoint), NO_ACCESS)

    def is_guess(self, response: Response) -> bool:
        """Return True if the current request had a wrong credential that a caller may guess."""
        is_wrong = response.status_code == HTTPStatus.UNAUTHORIZED
        if not is_wrong and current_request().code not in self._guess_codes:
            return False
        return self.current().is_guessable

    def _check_request(self, limits: "RateLimits", may_leave_key: Callable[[], bool]) -> None:
        """Identify the caller, count the request, and check the scope; a public one needs none."""
        access = self.current()
        if request.endpoint is None or access.scopes == PUBLIC:
            return

        login = access.login or self._authenticator
        current_request().is_live = access.is_live
        is_left = may_leave_key() and self._reads_keys(login)
        text = key_text_of(request) if is_left else ""
        if text:
            self._leave_key(limits, access, text)
        else:
            self._accept(limits, access, self._identify(login, access))

    def _reads_keys(self, login: Authenticator) -> bool:
        """Return True if the login is by the keys of the application's own store, and no more."""
        return type(login) is KeyAuthenticator and login.app_context is self._app_context

    def _leave_key(self, limits: "RateLimits", access: EndpointAccess, text: str) -> None:
        """Leave the key to the view; read it now unless the request may claim its address."""
        has_claim = self._decisions.claim(text)
        key_read = KeyRead(
            self._app_context,
            text,
            partial(self._accept_key, limits, access, has_claim=has_claim),
            self._note_unread_key,
        )
        if not has_claim:
            key_read.require()
        left_key().key_read = key_read

    def _note_unread_key(self) -> None:
        """Count a key that could not be read; the next ones of its address are read alone."""
        self._decisions.refuse(None)
        self._count_login(LoginOutcome.FAILED)

    def _accept_key(
        self, limits: "RateLimits", access: EndpointAccess, key: Key | None, *, has_claim: bool
    ) -> Caller:
        """Return the caller with the key, or remember the refusal and raise it."""
        caller = None if key is None else caller_of_key(key)
        self._count_login(LoginOutcome.ACCEPTED if caller else LoginOutcome.REFUSED)
        try:
            accepted = self._accept(limits, access, caller)
        except Exception:
            self._decisions.refuse(caller)
            raise
        if has_claim:
            self._decisions.accept()
        return accepted

    def _accept(
        self, limits: "RateLimits", access: EndpointAccess, caller: Caller | None
    ) -> Caller:
        """Return the caller of the request, which is counted, or raise the refusal."""
        current_request().caller = caller
        limits.check(access, caller)
        if caller is None or not access.scopes:
            raise _refusal_without_caller(access)
        self.require_scope(caller, access.scopes, recorded_as=access.recorded_as)
        return caller

    def _identify(self, login: Authenticator, access: EndpointAccess) -> Caller | None:
        """Return the caller, and count the login; a signature is counted as a webhook."""
        if access.scopes == SIGNED:
            return login.identify(request)

        try:
            caller = login.identify(request)
        except Exception:
            self._count_login(LoginOutcome.FAILED)
            raise

        if caller is not None:
            self._count_login(LoginOutcome.ACCEPTED)
        elif "Authorization" in request.headers or request.cookies:
            self._count_login(LoginOutcome.REFUSED)
        return caller

    def require_scope(self, caller: Caller, scopes: tuple[str, ...], *, recorded_as: str) -> None:
        """Raise ScopeMissing without one of the scopes; with a name, a record of it is left."""
        try:
            caller.require_scope(*scopes)
        except ScopeMissing as error:
            if recorded_as:
                self._refused_requests.add(recorded_as, caller, error)
            raise


def _may_leave_key(app: Flask, hook: Callable[..., object]) -> bool:
    """Return True if nothing runs between the hook and a view that reads the key itself.

    The endpoint's view is looked at in each request: a host may replace or decorate it.
    """
    view = app.view_functions.get(str(request.endpoint))
    return type(view) is KeyedView and is_last_before_views(app, hook)


def _refusal_without_caller(access: EndpointAccess) -> Exception:
    """Return the error of a request of nobody, or to an endpoint that declares no scope."""
    if not access.scopes:
        return UsageError(f"the endpoint {request.endpoint} declares no scope")
    return InvalidSignature() if access.scopes == SIGNED else Unauthenticated()


@frozen
class RateLimits:
    """The limits of requests per caller, and of wrong credentials per address."""

    _access: AccessControl
    _windows: Windows
    _settings: WebSettings

    def check(self, access: EndpointAccess, caller: Caller | None) -> None:
        """Count the request of a caller.

        Raises: TooManyRequests.
        """
        if caller is not None:
            scope = "streams" if access.is_live else "requests"
            if not self._windows.hit(f"{scope}/{caller.id}", self._settings.requests_per_minute):
                raise TooManyRequests("requests", self._settings.requests_per_minute)
        elif access.is_guessable and self._is_full():
            self._access.failed_logins.add()
            raise self._too_many_guesses()

    def count_guess(self, response: Response) -> Response:
        """Count a wrong credential; over the limit, the answer does not tell that it was wrong."""
        if not self._access.is_guess(response):
            return response

        self._access.failed_logins.add()
        max_guesses = self._settings.wrong_keys_per_minute
        is_counted = self._windows.hit(_address_key(), max_guesses)
        # Only the view knows whether a signature is right, so that its endpoint is not refused
        # before: others behind the same address may have signed.
        if is_counted or self._access.current().scopes != SIGNED:
            return response
        return problem_response(self._too_many_guesses())

    def _too_many_guesses(self) -> TooManyRequests:
        return TooManyRequests("wrong credentials", self._settings.wrong_keys_per_minute)

    def _is_full(self) -> bool:
        return self._windows.is_full(_address_key(), self._settings.wrong_keys_per_minute)


def _address_key() -> str:
    return f"wrong keys/{request.remote_addr or 'unknown'}"
