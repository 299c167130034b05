"""The address of the schema's owner, which must lead to the database of the store."""

import re
from pathlib import Path
from typing import Any, ClassVar, Final

from attrs import frozen
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indelible.kernel import Conflict
from indelible_sql.engine.connections import address
from indelible_sql.engine.errors import state_of, translate_errors
from indelible_sql.engine.identity import database_identity, reached_address
from indelible_sql.schema.migrate import owner_engine
from indelible_sql.store.database import Database

# What a server or a pooler says while it refuses a role, before it says anything of the database.
REFUSED_ROLE: Final = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry|no such user"
    r"|role .* does not exist|role .* is not permitted to log in|permission denied for database"
)

INSUFFICIENT_PRIVILEGE: Final = "42501"  # some services let nobody read what identifies a cluster


@frozen
class OwnerAddressWrong(Conflict):
    """The owner's address leads to another database than the store's."""

    message: ClassVar[str] = (
        "The owner's address leads to the database {actual}, and the application's to {expected}."
    )
    expected: str
    actual: str


def owner_address(
    store: Database[Any, Any], owner_url: str | None, *, is_refusal_accepted: bool = False
) -> str:
    """Return the address for the work of the schema's owner, by default the store's own.

    With `is_refusal_accepted` the database may refuse the role of the store, as one does that is
    not set up: then nothing is compared.

    Raises: OwnerAddressWrong, UsageError, and what connecting raises.
    """
    if not owner_url:
        return store.own_url
    if owner_url != store.url:
        _check_backend(store, owner_url)
        if store.engines.reader.dialect.name != "sqlite":
            _check_database(store, owner_url, is_refusal_accepted=is_refusal_accepted)
    return owner_url


def _check_backend(store: Database[Any, Any], owner_url: str) -> None:
    """Raise OwnerAddressWrong for another kind of database, or another file of SQLite."""
    own, owner = store.engines.reader.url, address(owner_url)
    expected, actual = own.get_backend_name(), owner.get_backend_name()
    if expected == actual == "sqlite":  # a file that may not exist yet
        expected, actual = (str(Path(url.database or "").resolve()) for url in (own, owner))
    if expected != actual:
        raise OwnerAddressWrong(expected, actual)


def _check_database(
    store: Database[Any, Any], owner_url: str, *, is_refusal_accepted: bool
) -> None:
    # The engine of a host is its own affair; ours may be one for an event loop.
    own_engine = store.engines.reader if store.url is None else owner_engine(store.url)
    try:
        with own_engine.connect() as own:
            expected, expected_address = _identity(own)
    except DBAPIError as error:
        if is_refusal_accepted and REFUSED_ROLE.search(str(error.orig)):
            return
        with translate_errors():
            raise

    with translate_errors(), owner_engine(owner_url).connect() as owner:
        actual, actual_address = _identity(owner)
    if None not in (expected, actual) and actual != expected:
        raise OwnerAddressWrong(expected_address, actual_address)


def _identity(connection: Connection) -> tuple[str | None, str]:
    """Return the database's identity, None where nobody may ask for it, and its address."""
    identity: str | None = None
    try:
        identity = database_identity(connection)
    except DBAPIError as error:
        if state_of(error) != INSUFFICIENT_PRIVILEGE:
            raise
    return identity, reached_address(connection)
