"""An application whose store fails."""

from collections.abc import Callable
from typing import NoReturn, cast

from attrs import evolve, frozen
from flask import Request
from tests.web.harness import SETTINGS, RenewableStore, Web

from indelible.testing.stores import MAYA, AnyStore
from indelible_web import Caller

Failure = Callable[[Exception], Web]


@frozen
class Everybody:
    """A login that accepts every request."""

    def identify(self, _: Request) -> Caller:
        return Caller(actor=MAYA, scopes=frozenset({"admin"}), id="everybody")


@frozen
class Failing:
    """A store whose every method raises the error."""

    error: Exception

    def __getattr__(self, _: str) -> Callable[..., NoReturn]:
        def fail(*_: object, **__: object) -> NoReturn:
            raise self.error

        return fail


def failing_application() -> Failure:
    """Return a function that replaces the error of the application's store."""
    store = RenewableStore()
    web = Web(cast("AnyStore", store), evolve(SETTINGS, authenticator=Everybody()))

    def fail(error: Exception) -> Web:
        store.put(cast("AnyStore", Failing(error)))
        return web

    return fail
