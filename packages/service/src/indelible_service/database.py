"""The database that the settings name."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final

from attrs import frozen
from sqlalchemy import make_url

import indelible_sql
from indelible.concepts import ConceptPolicy
from indelible.kernel import Unavailable
from indelible.kernel.keys import KeyPolicy, list_keys
from indelible.policy import Policy
from indelible_service.data_directory import SECRET, derived, directory
from indelible_service.settings import Settings
from indelible_sql import Pool, SqlReading, SqlStore

LIMITS: Final = (
    "max_connections",
    "superuser_reserved_connections",
    "reserved_connections",
)  # the last is of 16 on


@frozen
class NoDatabase(Unavailable):
    """There is no database file at this place."""

    code: ClassVar[str] = "NO_DATABASE"
    message: ClassVar[str] = "There is no database file at {path}."
    path: str


@frozen
class SecretMissing(Unavailable):
    """The database has keys, and the secret that they were made with is not here: a new one would open none of them."""

    code: ClassVar[str] = "SECRET_MISSING"
    message: ClassVar[str] = (
        "The database has API keys, but their secret is missing at {path}; a new secret would "
        "invalidate them."
    )
    path: str


def store_of(settings: Settings, *, tells_keys: bool) -> SqlStore:
    """The store at the settings' address; one that tells keys needs the secret, which is made where there is none."""
    keys = KeyPolicy(pepper=derived(settings, "keys") if tells_keys else b"")
    return indelible_sql.open_store(
        settings.url,
        schema=settings.schema,
        policy=Policy(concepts=ConceptPolicy(four_eyes=settings.four_eyes), keys=keys),
        pool=Pool(
            size=settings.pool_size, overflow=settings.max_overflow, prepare=settings.prepare
        ),
    )


@frozen
class TooFewConnections(Unavailable):
    """The processes that are declared may want more connections than the database's server gives."""

    code: ClassVar[str] = "TOO_FEW_CONNECTIONS"
    message: ClassVar[str] = (
        "{processes} processes may open {wanted} connections, but the database server allows "
        "{given}."
    )
    processes: int
    wanted: int
    given: int


def check_connections(settings: Settings, store: SqlStore, processes: int) -> None:
    """TooFewConnections where so many processes of ours could want more than there are; each has two pools."""
    if store.engines.reader.dialect.name == "sqlite":
        return
    most, *kept = store.read(_limits)
    wanted, given = processes * 2 * (settings.pool_size + settings.max_overflow), most - sum(kept)
    if wanted > given:
        raise TooFewConnections(processes, wanted, given)


def _limits(tx: SqlReading) -> tuple[int, ...]:
    asked = (
        tx.connection.exec_driver_sql(f"SELECT current_setting('{name}', true)").scalar()
        for name in LIMITS
    )
    return tuple(int(found or 0) for found in asked)


@contextmanager
def open_configured_store(settings: Settings, *, tells_keys: bool = False) -> Generator[SqlStore]:
    """The store of a database that is there already, or NoDatabase; its connections end with the block."""
    url = make_url(settings.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise NoDatabase(url.database or "")
    secret = settings.data_dir / SECRET
    if tells_keys and not settings.secret and not secret.exists():
        with open_configured_store(settings) as store:
            if store.read(list_keys, limit=1):
                raise SecretMissing(str(secret.absolute()))
    store = store_of(settings, tells_keys=tells_keys)
    try:
        yield store
    finally:
        store.dispose()


def upgrade(settings: Settings) -> None:
    """Bring the database to the newest revision; a SQLite file is made where there is none."""
    if not settings.database_url:
        directory(settings)
    store = store_of(settings, tells_keys=False)
    try:
        store.upgrade(settings.owner_url or None)
    finally:
        store.dispose()
