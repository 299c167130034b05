"""The first key of a new database, and the report of an instance that is ready."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from attrs import field, frozen

from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key, list_keys
from indelible_service.database import key_file
from indelible_service.files.access import atomic_file
from indelible_service.hosts.scopes import ServedContext
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore

FIRST_KEY: Final = "first"


@frozen(kw_only=True)
class Started:
    """An instance that is ready: its address and database, and where tasks are processed.

    `first_key` is that of a new database; `servers` describes those that were started with it,
    by their names. `contexts` are the host's own. `metrics` are the addresses of the metrics of
    each process. `logs` is the folder of the log files, None where logs go to standard error.
    """

    address: str
    database: str
    first_key: str | None = field(repr=False)
    key_file: Path
    workers: str
    contexts: tuple[ServedContext, ...] = ()
    servers: Mapping[str, str] = field(factory=dict[str, str])
    data_dir: Path
    logs: Path | None
    metrics: Mapping[str, str]
    metrics_targets: Path | None = None  # the file for Prometheus


OnStarted = Callable[[Started], None]


def create_first_key(settings: Settings, store: SqlStore) -> str | None:
    """Create the admin key of a new database and save it in the data directory.

    Returns None where the database has keys already.
    """
    if store.read(list_keys, limit=1):
        return None

    command = CreateKey(owner=Actor.user("admin"), scopes=("admin",))
    actor = Actor.system("up")
    with store.transaction(actor=actor, reason="first key of a new database") as tx:
        created = create_key(tx, command)
        # Before the commit: a key whose text is nowhere would be of no use, and prevent another.
        with atomic_file(key_file(settings, FIRST_KEY)) as out:
            out.write(created.text.encode())

    return created.text
