"""A host's own lifecycles in a simulation: its module exports them as `simulation`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from attrs import define, field, frozen
from sqlalchemy import Connection, NullPool, Table, create_engine, text

from indelible.kernel import Actor, Change, Lifecycle
from indelible.kernel.subscribers import Subscriber
from indelible_service.contexts.declaration import AnyStage
from indelible_service.embedded.postgresql import APP
from indelible_service.hosts.imports import import_host_module
from indelible_service.hosts.modules import HostModuleUnusable
from indelible_service.simulation.changes import CommittedChanges
from indelible_service.simulation.draws import Draws
from indelible_sql import SqlContext, SqlStore
from indelible_workers.masking import failure_reason

Command = TypeVar("Command")
Result = TypeVar("Result")

EXPORT: Final = "simulation"
REASON: Final = "simulation"


class NothingToDo(Exception):
    """A step finds no entity that it could change."""


@define(eq=False)
class HostChanges:
    """The newest change of each entity of a host, read from the feed."""

    lifecycles: frozenset[str]
    _feed: CommittedChanges = field(factory=CommittedChanges)
    _newest: dict[tuple[str, str], Change] = field(factory=dict[tuple[str, str], Change])

    def newest(self, store: SqlStore, lifecycle: str) -> list[Change]:
        """Return the newest change of each entity of a lifecycle, in order of birth."""
        for change in self._feed.read_new(store):
            if change.lifecycle in self.lifecycles:
                self._newest[change.lifecycle, change.entity_id] = change
        return [change for (name, _), change in self._newest.items() if name == lifecycle]


@define(kw_only=True, eq=False)
class HostStep:
    """One step of an actor of a host, in the web process, which can die at any failpoint of it."""

    store: SqlStore
    draws: Draws
    actor: Actor
    changes: HostChanges

    @property
    def now(self) -> datetime:
        """Return the virtual time."""
        return self.store.clock.now()

    def run(self, handler: Callable[[Any, Command], Result], command: Command) -> Result:
        """Run a handler of the host in a transaction of the actor."""
        return self.store.run(handler, command, actor=self.actor, reason=REASON)

    def pick(self, lifecycle: Lifecycle[Any], *states: StrEnum) -> Change:
        """Return the newest change of an entity that is in one of the states.

        Raises: NothingToDo, which ends the step.
        """
        names = {str(state) for state in states}
        changes = self.changes.newest(self.store, lifecycle.name)
        candidates = [change for change in changes if str(change.to_state) in names]
        if not candidates:
            raise NothingToDo
        return self.draws.choice(candidates)


Changes = Sequence[Change]  # of the host's lifecycles since the check before, oldest first
Problems = Iterator[str]
HostAction = Callable[[HostStep], object]
HostInvariant = Callable[[Changes], Problems]


@frozen
class SimulatedHost:
    """The lifecycles of a host, and what its people do: functions with their number per day.

    `stages` returns the host's stages for the store of a worker. An invariant yields what is wrong.
    """

    contexts: Sequence[SqlContext]
    migrate: Callable[[Connection], object]
    per_day: Mapping[HostAction, float]
    invariants: Sequence[HostInvariant] = ()
    subscribers: Sequence[Subscriber[Any]] = ()
    stages: Callable[[SqlStore], Sequence[AnyStage]] = lambda _: ()

    @property
    def actions(self) -> dict[str, HostAction]:
        """Return the actions by the names of their functions."""
        return {_name_of(action): action for action in self.per_day}

    @property
    def lifecycles(self) -> frozenset[str]:
        """Return the names of the lifecycles."""
        names: set[str] = set()
        for context in self.contexts:
            names.update(lifecycle.name for lifecycle in context.heads.values())
        return frozenset(names)

    def named_invariants(self) -> Iterator[tuple[str, HostInvariant]]:
        """Yield the invariants with their names, such as `due-is-later` of `due_is_later`."""
        for invariant in self.invariants:
            yield _name_of(invariant).replace("_", "-"), invariant

    def tables(self) -> Iterator[Table]:
        """Yield the tables."""
        for context in self.contexts:
            yield from (*context.heads, *context.records, *context.task_tables)

    def create_tables(self, owner_url: str) -> None:
        """Run the host's migration as the owner; the application may write to its tables."""
        engine = create_engine(owner_url, poolclass=NullPool)
        with engine.begin() as connection:
            self.migrate(connection)
            if engine.dialect.name == "postgresql":
                for table in self.tables():
                    grant = f'GRANT SELECT, INSERT, UPDATE ON "{table.name}" TO {APP}'
                    connection.execute(text(grant))
        engine.dispose()


def simulated_hosts(modules: Iterable[str]) -> dict[str, SimulatedHost]:
    """Return what modules export as `simulation`, by their names.

    Raises: HostModuleUnusable.
    """
    return {name: _host_of(name) for name in modules}


def _host_of(name: str) -> SimulatedHost:
    try:
        module = import_host_module(name)
    except Exception as error:
        raise HostModuleUnusable(name, f"its import fails ({failure_reason(error)})") from error

    host = getattr(module, EXPORT, None)
    if not isinstance(host, SimulatedHost):
        raise HostModuleUnusable(name, f"it exports no SimulatedHost as {EXPORT!r}")
    return host


def _name_of(function: Callable[..., object]) -> str:
    return str(getattr(function, "__name__", function))
