"""Keys that are read in one round trip with what their requests ask for."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from ipaddress import IPv6Address, IPv6Network
from typing import Any, Concatenate, Final, TypeVar, cast

from attrs import define, field, frozen
from flask import Flask, Response, request

from indelible.app import AppContext, ReadTx
from indelible.kernel.checked_queries import CheckedQuery
from indelible.kernel.keys import Key, authenticate_key
from indelible.kernel.transaction import P, is_single_statement, single_statement
from indelible_web.http.problems import problem_response
from indelible_web.http.rates import MAX_KEYS, WINDOW_SECONDS, MemoryMarks
from indelible_web.http.request import Caller, current_request

R = TypeVar("R")

IPV6_NETWORK_BITS: Final = 64


@define
class KeyRead:
    """The key of a request, which is read together with its query, or alone before anything else.

    `accept` gets the valid key, and returns its caller or raises the refusal. `count_failure` is
    called for a key that could not be read.
    """

    _app_context: AppContext
    _key_text: str = field(repr=False)
    _accept: Callable[[Key | None], Caller]
    _count_failure: Callable[[], object]
    _is_unread: bool = field(default=True, init=False)
    _caller: Caller | None = field(default=None, init=False)
    _failure: Exception | None = field(default=None, init=False)

    def read(
        self, query: Callable[Concatenate[ReadTx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the result of a query to a caller who is accepted.

        Raises: the refusal of the caller, before any error of the query.
        """
        if not self._is_unread or not is_single_statement(query):
            self.require()
            return self._app_context.store.read(query, *args, **kwargs)

        @single_statement
        def read_it(tx: ReadTx) -> R:
            return query(tx, *args, **kwargs)

        return self._run(partial(self._read_with, read_it))

    def require(self) -> None:
        """Read the key alone, unless it was read. Raises: the refusal of the caller, every time."""
        if self._is_unread:
            self._run(self._read_alone)
        if self._failure is not None:
            raise self._failure

    def caller(self) -> Caller | None:
        """Return the caller. Raises: the refusal of the caller."""
        self.require()
        return self._caller

    @property
    def is_unread(self) -> bool:
        """Return True until the key was read, or could not be read."""
        return self._is_unread

    def _read_alone(self) -> None:
        context = self._app_context
        with ExitStack() as stack:
            if context.standby is not None:  # it may not know yet that the key was revoked
                stack.enter_context(context.standby.standby_session(is_reading=False))
            key = context.store.read(authenticate_key, self._key_text, now=context.clock.now())
        self._decide(key)

    def _read_with(self, query: Callable[[ReadTx], R]) -> R:
        now = self._app_context.clock.now()
        check = single_statement(partial(authenticate_key, text=self._key_text, now=now))
        return self._app_context.store.read(CheckedQuery(check, self._decide, query))

    def _run(self, read: Callable[[], R]) -> R:
        """Return what the read of the key returns; count a failure."""
        try:
            return read()
        except Exception as error:
            if self._is_unread:
                self._is_unread = False
                self._failure = error
                self._count_failure()
            raise

    def _decide(self, key: Key | None) -> None:
        self._is_unread = False
        try:
            self._caller = self._accept(key)
        except Exception as error:
            self._failure = error
            raise


@define
class LeftKey:
    """The key that was left to the view of a request, None if none was."""

    key_read: KeyRead | None = None


def left_key() -> LeftKey:
    """Return the key that was left to the view of the current request."""
    return current_request().part(LeftKey)


@frozen
class KeyedView:
    """A view to which a key may be left; its answers and errors come after the key was read.

    It is a class since a decorator copies every mark of a function: no wrapper is a `KeyedView`.
    """

    _view: Callable[..., Response]

    def __call__(self, **values: str) -> Response:
        """Return the view's response to a caller who is accepted. Raises: the refusal."""
        key_read = left_key().key_read
        if key_read is None:
            return self._view(**values)

        try:
            response = self._view(**values)
        except Exception:
            key_read.require()
            raise
        key_read.require()
        return response


def refuse_unread(response: Response) -> Response:
    """Return the response to a caller who is accepted, where the view did not read the key."""
    key_read = left_key().key_read
    if key_read is None or not key_read.is_unread:
        return response

    try:
        key_read.require()
    except Exception as error:  # noqa: BLE001 - Flask handles no error after a view
        response.close()
        return problem_response(error)
    return response


def _open_marks() -> MemoryMarks:
    return MemoryMarks(MAX_KEYS)


@frozen
class RecentDecisions:
    """The decisions of this process on addresses and keys in the last minute.

    After a refusal, or a key that could not be read, the next keys are read alone. After an
    acceptance the keys of the address are read with their queries. Of an address that nobody has
    decided, one request is read with its query: it claims the address until its key is accepted.
    """

    _marks: MemoryMarks = field(factory=_open_marks)

    def claim(self, key_text: str) -> bool:
        """Return True if the key of the current request may be read with its query."""
        address = _address()
        if self._marks.get(f"refused {address}") or self._marks.get(_key(key_text.split("_")[1])):
            return False
        if self._marks.get(f"accepted {address}"):
            return True
        if self._marks.get(f"claimed {address}"):
            return False  # `incr` would renew a claim that its request may never end.
        return self._marks.incr(f"claimed {address}", WINDOW_SECONDS) == 1

    def accept(self) -> None:
        """Remember the address of the current request, which is accepted, and end its claim."""
        address = _address()
        self._marks.remove(f"claimed {address}")
        self._marks.incr(f"accepted {address}", WINDOW_SECONDS)

    def refuse(self, caller: Caller | None) -> None:
        """Remember the address of the current request, and its key if that is valid."""
        address = _address()
        self._marks.remove(f"accepted {address}")
        self._marks.incr(f"refused {address}", WINDOW_SECONDS)
        if caller is not None:
            self._marks.incr(_key(caller.id), WINDOW_SECONDS)


def _address() -> str:
    """Return the address of the current request; of IPv6 the network, all of which one host has."""
    text = request.remote_addr or "unknown"
    if ":" not in text:
        return text
    try:
        address = IPv6Address(text)
    except ValueError:
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), IPV6_NETWORK_BITS), strict=False))


def _key(key_id: str) -> str:
    return f"key {key_id}"


def is_last_before_views(app: Flask, hook: Callable[..., Any]) -> bool:
    """Return True if no hook of a host runs between this one and the view of the request.

    Such a hook counts on a caller who was accepted.
    """
    hooks = cast("dict[str | None, list[Callable[..., Any]]]", app.before_request_funcs)
    if hooks[None][-1] is not hook:
        return False
    return not any(hooks.get(name) for name in request.blueprints)
