"""The running instance of a data directory: one at a time, with a record that commands read."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final, Self

import cattrs
from attrs import asdict, evolve, field, frozen
from cattrs.errors import BaseValidationError

from indelible.kernel import Unavailable
from indelible_service.instance.data_directory import data_directory
from indelible_service.instance.locked_records import (
    LockedRecord,
    read_json_object,
    write_json_object,
)
from indelible_service.settings.service import Settings, load

NAME: Final = "instance"  # of the lock and the record in the data directory
PORTS_NAME: Final = "ports.json"
# The folders of the servers in the data directory.
POSTGRESQL: Final = "postgresql"  # also the name of its saved port
REDIS: Final = "redis"
UNKNOWN_ADDRESS: Final = "an address that it has not chosen yet"


@frozen
class AlreadyRunning(Unavailable):
    """Another process serves from the data directory."""

    message: ClassVar[str] = (
        "An instance is already running in {directory}, at {address} (process {pid})."
    )
    directory: str
    address: str
    pid: int | None


@frozen
class InstanceStarting(Unavailable):
    """The instance of the data directory has not chosen its address or database yet."""

    message: ClassVar[str] = (
        "The instance in {directory} is starting (process {pid}); it cannot be used yet."
    )
    directory: str
    pid: int


@frozen(kw_only=True)
class Instance:
    """A running `indelible up`: its address, and the database and Redis that it uses.

    While it starts, what it has not chosen yet is None. Its port is then that of the instance
    before it, if that was killed: its processes may still be closing the port.
    """

    pid: int
    address: str | None
    port: int
    # '' for the SQLite file in the data directory
    database_url: str | None = field(repr=False)
    owner_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    is_embedded: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the instance that this process runs with these settings."""
        return cls(
            pid=os.getpid(),
            address=settings.address,
            port=settings.port,
            database_url=settings.database_url,
            owner_url=settings.owner_url,
            redis_url=settings.redis_url,
            is_embedded=settings.is_embedded,
        )

    @classmethod
    def starting(cls, previous: "Instance | None") -> Self:
        """Return the instance that this process starts, of which only the process is known."""
        return cls(
            pid=os.getpid(),
            address=None,
            port=previous.port if previous else 0,
            database_url=None,
            owner_url="",
            redis_url="",
            is_embedded=False,
        )


@frozen
class Claim:
    """The claim of this process on its data directory.

    `previous` is an instance that was killed: its processes may still be ending.
    """

    directory: Path
    previous: Instance | None

    def publish(self, settings: Settings) -> None:
        """Save the record of this instance, which every command in the directory reads."""
        self._save(Instance.of(settings))

    def publish_address(self, settings: Settings) -> None:
        """Save a record without a database that this instance has yet to start."""
        instance = Instance.of(settings)
        self._save(evolve(instance, database_url=settings.database_url or None))

    def publish_start(self) -> None:
        """Save the process of this instance, in place of the record of one that was killed."""
        self._save(Instance.starting(self.previous))

    def _save(self, instance: Instance) -> None:
        instance_record(self.directory).write(asdict(instance))

    def port(self, name: str) -> int | None:
        """Return the port that a server of the directory had at its last start."""
        port = read_json_object(self.directory / PORTS_NAME).get(name)
        return port if isinstance(port, int) else None

    def save_port(self, name: str, port: int) -> None:
        """Save the port of a server for its next start."""
        path = self.directory / PORTS_NAME
        ports = read_json_object(path)
        if ports.get(name) != port:
            write_json_object(path, {**ports, name: port})


def instance_record(directory: Path) -> LockedRecord:
    """Return the lock and the record of the instance in a data directory."""
    return LockedRecord(directory, NAME)


@contextmanager
def claimed_directory(settings: Settings) -> Generator[Claim]:
    """Hold the data directory for this process until the block ends.

    Raises: AlreadyRunning, FileUnusable.
    """
    directory = data_directory(settings).absolute()
    record = instance_record(directory)
    with record.hold() as is_ours:
        if not is_ours:
            raise _already_running(directory)

        claim = Claim(directory, _read_record(directory))
        try:
            claim.publish_start()
            yield claim
        finally:
            record.remove()


def running_instance(directory: Path) -> Instance | None:
    """Return the instance that runs in the directory; a killed one has released its lock."""
    if instance_record(directory).is_locked():
        return _read_record(directory)

    return None


def command_settings() -> Settings:
    """Return the settings of a command: those of this process, completed by the running instance.

    Settings that name another database leave the instance out. Raises: InstanceStarting.
    """
    settings = load()
    instance = running_instance(settings.data_dir)
    if instance is None or settings.database_url not in ("", instance.database_url):
        return settings

    if instance.database_url is None:
        raise _starting(settings, instance)

    return evolve(
        settings,
        database_url=instance.database_url,
        owner_url=settings.owner_url or instance.owner_url,
        redis_url=settings.redis_url or instance.redis_url,
        is_embedded=instance.is_embedded,
    )


def client_settings() -> Settings:
    """Return the settings of a command that calls the API, at the address of the instance.

    An address or a port in the settings wins; port 0 is none. A host alone gets the port of the
    instance. Raises: InstanceStarting.
    """
    settings = command_settings()
    has_port = "INDELIBLE_PORT" in settings.chosen and settings.port != 0
    instance = running_instance(settings.data_dir)
    if instance is None or settings.base_url or has_port:
        return settings

    if instance.address is None:
        raise _starting(settings, instance)

    if "INDELIBLE_HOST" in settings.chosen:
        return evolve(settings, port=instance.port)

    return evolve(settings, base_url=instance.address)


def _starting(settings: Settings, instance: Instance) -> InstanceStarting:
    return InstanceStarting(str(settings.data_dir.absolute()), instance.pid)


def _already_running(directory: Path) -> AlreadyRunning:
    instance = _read_record(directory)
    if instance is None:
        return AlreadyRunning(str(directory), UNKNOWN_ADDRESS, None)

    return AlreadyRunning(str(directory), instance.address or UNKNOWN_ADDRESS, instance.pid)


def _read_record(directory: Path) -> Instance | None:
    with suppress(BaseValidationError):  # another release wrote other fields
        return cattrs.structure(instance_record(directory).read(), Instance)

    return None
