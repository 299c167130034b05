"""The form in which a context declares its part of the service."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from attrs import field, frozen

from indelible.kernel import Store
from indelible.kernel.stages import Stage
from indelible_service.monitoring.peers import Peer

if TYPE_CHECKING:  # the command line imports this module, and starts fast without Dramatiq
    from prometheus_client import CollectorRegistry

    from indelible_workers import RecurringTask

DEFAULT_DATA_DIR: Final = Path("indelible-data")
MAX_WORKER_THREADS: Final = 64  # of one process
AnyStage = Stage[Any, Any, Any]
AnyStore = Store[Any, Any]
Section = TypeVar("Section")


@frozen
class NoSettings:
    """The settings of a context that has none."""


@frozen(kw_only=True)
class InDataDirectory:
    """The settings of a context that keeps files in the data directory of the process."""

    data_dir: Path = DEFAULT_DATA_DIR  # that of `Settings`, which replaces it


def _no_options(_: object) -> Mapping[str, object]:
    return {}


def _no_stages(_: object, __: AnyStore) -> Sequence[AnyStage]:
    return ()


def _no_recurring(_: object) -> "Sequence[RecurringTask]":
    return ()


def _no_peers(_: object) -> Sequence[Peer]:
    return ()


def _no_notes(_: object) -> Sequence[str]:
    return ()


def _no_problems(_: object) -> Sequence[str]:
    return ()


def _no_registries() -> "Sequence[CollectorRegistry]":
    return ()


@frozen(kw_only=True)
class ServiceContext(Generic[Section]):
    """A context's part of the service; each function receives the context's own settings.

    `needs` names the contexts without which it cannot be on. `rules` returns what is wrong between
    its settings, by the names of their variables.
    `gateways` maps a field of `AppContext` to the function that builds it, or returns None where
    it is not configured. `peers` are the servers that the stages use, and
    `notes` are what a worker logs at its start: what it cannot do with these settings.
    `start_checks` map a stage to a function that raises where the stage can never succeed with
    these settings: the command that would run it ends with this error. `preparations` map a stage
    to what a worker does once before it performs the stage. `registries` are metrics that the
    stages count in this process. `local_checks` raise what a start would find without a connection
    and beside its gateways; they create nothing.
    """

    name: str
    settings: type[Section]
    needs: Sequence[str] = ()
    rules: Callable[[Section], Sequence[str]] = _no_problems
    gateways: Mapping[str, Callable[[Section], object | None]] = field(factory=dict[str, Any])
    policy: Callable[[Section], object] | None = None  # the context's field of `Policy`
    web_options: Callable[[Section], Mapping[str, object]] = _no_options  # of `WebSettings`
    stages: Callable[[Section, AnyStore], Sequence[AnyStage]] = _no_stages
    scopes: Sequence[str] = ()  # of its routes, for keys
    recurring: "Callable[[Section], Sequence[RecurringTask]]" = _no_recurring
    peers: Callable[[Section], Sequence[Peer]] = _no_peers
    notes: Callable[[Section], Sequence[str]] = _no_notes
    registries: "Callable[[], Sequence[CollectorRegistry]]" = _no_registries
    preparations: Mapping[str, Callable[[AnyStore], None]] = field(
        factory=dict[str, Callable[[AnyStore], None]]
    )
    local_checks: Sequence[Callable[[Section], None]] = ()
    start_checks: Mapping[str, Callable[[Section, AnyStore], None]] = field(
        factory=dict[str, Callable[[Any, AnyStore], None]]
    )
