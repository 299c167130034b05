"""The contexts that indelible ships, and the store that is composed of them.

A new context is added to `CONTEXTS` and, for its type, to the two transactions. It is imported when
it is first used, since all of them take a second and two thirds of the modules.
"""

import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from attrs import define
from sqlalchemy import Engine, Table

from indelible.kernel import (
    Clock,
    Ids,
    Lifecycle,
    SystemClock,
    TimeOrderedIds,
    UsageError,
)
from indelible.kernel.contexts import AnyContext, Context
from indelible.kernel.references import in_order_of_references
from indelible.kernel.store_contexts import check_contexts
from indelible.policy import Policy
from indelible_sql.engine.connections import (
    Engines,
    Pool,
    host_engines,
    open_engines,
    open_standby_engine,
)
from indelible_sql.engine.failpoints import AtFailpoint, no_failpoint
from indelible_sql.kernel.own_contexts import own_context
from indelible_sql.schema.lazy_catalog import LazyCatalog
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.store.kernel_store import KernelStore
from indelible_sql.store.standby import Standby, check_standby
from indelible_sql.store.transactions import KernelReading, KernelWriting

if TYPE_CHECKING:
    from indelible_sql.captures.store import SqlCaptureReaders, SqlCaptures
    from indelible_sql.concepts.store import SqlConceptsReader, SqlConceptsWriter
    from indelible_sql.contests.store import SqlContests
    from indelible_sql.money.store import SqlMoney
    from indelible_sql.projects.store import SqlProjects
    from indelible_sql.tokens.store import SqlCollection

# The modules of the contexts by their names, in the order of their tables.
CONTEXTS: Final = {
    "concepts": "indelible_sql.concepts",
    "captures": "indelible_sql.captures",
    "tokens": "indelible_sql.tokens",
    "projects": "indelible_sql.projects",
    "contests": "indelible_sql.contests",
    "money": "indelible_sql.money",
}
CATALOG: Final = LazyCatalog((), modules={"kernel": "indelible_sql.kernel.context", **CONTEXTS})


class SqlReading(KernelReading):
    """A read transaction with the repositories of every shipped context."""

    concepts: "SqlConceptsReader"
    captures: "SqlCaptureReaders"
    tokens: "SqlCollection"
    projects: "SqlProjects"
    contests: "SqlContests"
    money: "SqlMoney"


class SqlTransaction(KernelWriting):
    """A write transaction with the repositories of every shipped context."""

    concepts: "SqlConceptsWriter"
    captures: "SqlCaptures"
    tokens: "SqlCollection"
    projects: "SqlProjects"
    contests: "SqlContests"
    money: "SqlMoney"


@define(kw_only=True, eq=False)
class SqlStore(KernelStore[SqlReading, SqlTransaction]):
    """One database with every shipped context."""


def open_store(
    url: str | None = None,
    *,
    engine: Engine | None = None,
    schema: str = "indelible",
    contexts: tuple[AnyContext | SqlContext, ...] = (),
    lifecycles: tuple[Lifecycle[StrEnum], ...] = (),
    policy: Policy | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    pool: Pool | None = None,
    read_url: str | None = None,
    at_failpoint: AtFailpoint = no_failpoint,
) -> SqlStore:
    """Open a store at a database's address, or on a host's own engine; `upgrade` makes its tables.

    `contexts` are the host's own: `verify`, `rebuild`, exports and transactions include them.
    `upgrade` makes the table of a `Context`; the host's migrations make those of a `SqlContext`.
    `lifecycles` are lifecycles of the host's without a context. On PostgreSQL the tables live in
    `schema`, and the address names the application's role, which may not own them. `read_url`
    is the address of a standby, from which the reads of a `standby_session` come. `at_failpoint`
    is for tests: it is called between two statements.
    """
    pool = pool or Pool()
    engines = _open_engines(url, engine, pool)
    store = compose_store(
        engines,
        url,
        pause=time.sleep,
        schema=schema,
        contexts=contexts,
        lifecycles=lifecycles,
        policy=policy,
        clock=clock,
        ids=ids,
        at_failpoint=at_failpoint,
    )
    if read_url is not None:
        store.standby = _open_standby(engines, read_url, pool)
    return store


def _open_engines(url: str | None, engine: Engine | None, pool: Pool) -> Engines:
    if url is not None and engine is None:
        return open_engines(url, pool)
    if url is None and engine is not None:
        return host_engines(engine)
    raise UsageError("a store is opened with an address or with an engine")


def _open_standby(engines: Engines, read_url: str, pool: Pool) -> Standby:
    check_standby(engines)
    reader = open_standby_engine(read_url, pool)
    return Standby(reader, engines.timelines, wait_seconds=pool.standby_seconds)


def compose_store(
    engines: Engines,
    url: str | None,
    *,
    schema: str,
    contexts: tuple[AnyContext | SqlContext, ...],
    lifecycles: tuple[Lifecycle[StrEnum], ...],
    policy: Policy | None,
    clock: Clock | None,
    ids: Ids | None,
    pause: Callable[[float], object],
    at_failpoint: AtFailpoint,
) -> SqlStore:
    """Return a store over open engines, with the defaults for whatever is None."""
    registered = registrations_of(contexts, schema)
    return SqlStore(
        engines=engines,
        url=url,
        schema=schema,
        schema_catalog=CATALOG,
        catalog=CATALOG.extended(registered),
        reading=SqlReading,
        writing=SqlTransaction,
        lifecycles=lifecycles,
        policy=policy or Policy(),
        clock=clock or SystemClock(),
        ids=ids or TimeOrderedIds(),
        pause=pause,
        at_failpoint=at_failpoint,
    )


def registrations_of(
    contexts: Sequence[AnyContext | SqlContext], schema: str
) -> tuple[SqlContext, ...]:
    """Return the registrations of a host's contexts, each after those that it refers to.

    Raises:
        UsageError: A context has the name of something that every transaction has, or refers to an
            aggregate of none of them.
    """
    registered = [context for context in contexts if isinstance(context, SqlContext)]
    tables: dict[type[Any], Table] = {}
    for registration in registered:
        tables.update({one.entity: one.table for one in registration.mappings})
    declared = [context for context in contexts if isinstance(context, Context)]
    for context in in_order_of_references(declared, tables):
        check_contexts((context,), {*dir(SqlTransaction), *dir(SqlReading)})
        registration = own_context(context, schema=schema, targets=tables)
        registered.append(registration)
        tables.update({one.entity: one.table for one in registration.mappings})
    return tuple(registered)
