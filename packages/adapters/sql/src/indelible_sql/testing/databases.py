"""Databases in which a suite explores a lifecycle."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from indelible.kernel.contexts import AnyContext
from indelible_sql.contexts import SqlStore, open_store


@frozen
class Database:
    """The addresses of a database, for the role of the application and for the tables' owner.

    On SQLite they are the same.
    """

    url: str
    owner_url: str = ""

    def store(self, *contexts: AnyContext) -> SqlStore:
        """Return a store with contexts."""
        return open_store(self.url, contexts=contexts)

    def opened(self, *contexts: AnyContext) -> SqlStore:
        """Return a store with contexts, whose tables are made."""
        store = self.store(*contexts)
        store.upgrade(self.owner_url or self.url)
        return store


OpenDatabase = Callable[[], AbstractContextManager[Database]]


@contextmanager
def new_sqlite() -> Generator[Database]:
    """Make a SQLite file, which is removed at the end."""
    with TemporaryDirectory() as folder:
        yield Database(f"sqlite:///{Path(folder) / 'conformance.db'}")
