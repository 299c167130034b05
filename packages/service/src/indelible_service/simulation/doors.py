"""Refuse what nobody may do in an absence: everything but requests, and the work of processes.

Before an absence begins, everything is allowed; the profiles without one never close the doors.
"""

import os
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from attrs import define, field
from sqlalchemy import event

from indelible.kernel import Clock, Ids

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from indelible_service.simulation.crashes import Mortality
    from indelible_service.simulation.databases import SimulatedDatabase
    from indelible_sql import SqlStore

CHECKS: Final = "checks"  # of the simulation, which read
WRITE: Final = "a transaction of the database that writes"
READ: Final = "a transaction of the database that reads"
ADMIN_PATH: Final = "/admin"
# What begins another program, changes the environment, or opens a database file.
AUDITED: Final = (
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.putenv",
    "os.spawn",
    "os.system",
    "os.unsetenv",
    "sqlite3.connect",
    "subprocess.Popen",
)


class ForbiddenCall(Exception):
    """Somebody has done in an absence what is no step of a runbook."""


@define(eq=False)
class Doors:
    """Knows who is at work, and refuses what comes through no door once they are closed.

    `actor` is who acts in the present step of the world. A process works in its own steps only, and
    in requests. A request to the operators' API, and one with the operator's key, has to be a step
    of a runbook, which the operator's client announces as `expected`.
    """

    is_closed: bool = False
    actor: str = ""
    operator_key: str = ""
    expected: str = ""  # the method and the path of the request that a step of a runbook makes
    refused: list[str] = field(factory=list[str])
    _inside: list[str] = field(factory=list[str])

    def close(self, operator_key: str) -> None:
        """Begin the absence."""
        self.operator_key = operator_key
        self.is_closed = True
        _WATCHING.append(self)
        _add_hook()

    def open(self) -> None:
        """End the absence."""
        self.is_closed = False
        if self in _WATCHING:
            _WATCHING.remove(self)

    def begin_step(self, actor: str) -> None:
        """Note who acts now."""
        self.actor = actor

    def refuse(self, call: str) -> NoReturn:
        """Note a forbidden call, also for a caller who handles the error.

        Raises: ForbiddenCall.
        """
        text = f"{self.actor or 'somebody'}: {call}"
        self.refused.append(text)
        raise ForbiddenCall(text)

    @contextmanager
    def through(self, name: str, *, actors: Iterable[str] = ()) -> Generator[None]:
        """Let something work for a block; with `actors`, only in a step of one of them.

        Raises: ForbiddenCall.
        """
        allowed = tuple(actors)
        if self.is_closed and allowed and self.actor not in allowed and not self._inside:
            self.refuse(f"work of {name} outside of its steps")
        self._inside.append(name)
        try:
            yield
        finally:
            self._inside.pop()

    def require(self, call: str, *, is_write: bool = False) -> None:
        """Return if somebody is at work who may do this.

        Raises: ForbiddenCall.
        """
        if self.is_closed and (not self._inside or (is_write and self._inside[-1] == CHECKS)):
            self.refuse(call)

    def guarded(self, app: "WSGIApplication", name: str) -> "WSGIApplication":
        """Return an application whose requests are work, and no other ones of the operator."""

        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            self._require_expected(environ)
            with self.through(name):
                return app(environ, start)

        return answer

    def _require_expected(self, environ: "WSGIEnvironment") -> None:
        """Refuse a request of operators that no step of a runbook makes."""
        path = str(environ["PATH_INFO"])
        request = f"{environ['REQUEST_METHOD']} {path}"
        has_key = environ.get("HTTP_AUTHORIZATION") == f"Bearer {self.operator_key}"
        is_of_operators = path.startswith(ADMIN_PATH) or has_key
        if self.is_closed and is_of_operators and request != self.expected:
            self.refuse(f"{request} is no step of a runbook")


@define(eq=False)
class GuardedDatabase:
    """A database whose stores and addresses nobody gets in an absence, except the processes."""

    _database: "SimulatedDatabase"
    _doors: Doors

    def open(self, ids: Ids, mortality: "Mortality", clock: Clock | None = None) -> "SqlStore":
        """Open a store, whose transactions are watched."""
        self._doors.require("a store of the database is opened")
        store = self._database.open(ids, mortality, clock)
        for engine, call in ((store.engines.writer, WRITE), (store.engines.reader, READ)):
            event.listen(engine, "checkout", partial(self._require, call))
        return store

    def _require(self, call: str, *_: object) -> None:
        """Refuse a connection outside of work, and one that writes in a check."""
        self._doors.require(call, is_write=call == WRITE)

    @property
    def url(self) -> str:
        """Return the address."""
        self._doors.require("the address of the database is read")
        return self._database.url

    @property
    def owner_url(self) -> str:
        """Return the address for migrations."""
        self._doors.require("the address for migrations is read")
        return self._database.owner_url

    @property
    def backup_url(self) -> str:
        """Return the address for backups."""
        self._doors.require("the address for backups is read")
        return self._database.backup_url

    def real_time(self) -> AbstractContextManager[None]:
        """Give the database its own clock for a block."""
        self._doors.require("the clock of the database is changed")
        return self._database.real_time()

    def restore(self, backup: Path) -> None:
        """Restore a backup."""
        self._doors.require("a backup is restored")
        self._database.restore(backup)


_WATCHING: Final[list[Doors]] = []
_HOOKS: Final[list[Callable[[str, tuple[Any, ...]], None]]] = []


def _add_hook() -> None:
    """Watch what the interpreter reports; a hook stays for as long as the interpreter runs."""
    if not _HOOKS:
        _HOOKS.append(_notice)
        sys.addaudithook(_notice)


def _notice(name: str, arguments: tuple[Any, ...]) -> None:
    """Refuse an audited call that comes from nobody who is at work.

    Raises: ForbiddenCall.
    """
    if _WATCHING and name in AUDITED:
        for doors in _WATCHING:
            doors.require(f"{name} {_short(arguments)}")


def _short(arguments: tuple[Any, ...]) -> str:
    """Return the first argument in words, such as the program or the name of a variable."""
    first = arguments[0] if arguments else ""
    return os.fsdecode(first) if isinstance(first, bytes) else str(first)
