"""The contexts that indelible ships, and the store that is composed of them.

A new context is added to `CONTEXTS` and, for its type, to the two transactions.
"""

import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

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
from indelible_sql import captures, concepts, contests, kernel, money, projects, tokens
from indelible_sql.captures.store import SqlCaptureReaders, SqlCaptures
from indelible_sql.concepts.store import SqlConceptsReader, SqlConceptsWriter
from indelible_sql.contests.store import SqlContests
from indelible_sql.engine.connections import Engines, Pool, host_engines, open_engines
from indelible_sql.engine.failpoints import AtFailpoint, no_failpoint
from indelible_sql.kernel.own_contexts import own_context
from indelible_sql.money.store import SqlMoney
from indelible_sql.projects.store import SqlProjects
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.store.kernel_store import KernelStore
from indelible_sql.store.transactions import KernelReading, KernelWriting
from indelible_sql.tokens.store import SqlCollection

CONTEXTS = (
    concepts.CONTEXT,
    captures.CONTEXT,
    tokens.CONTEXT,
    projects.CONTEXT,
    contests.CONTEXT,
    money.CONTEXT,
)
CATALOG = Catalog((kernel.CONTEXT, *CONTEXTS))


class SqlReading(KernelReading):
    """A read transaction with the repositories of every shipped context."""

    concepts: SqlConceptsReader
    captures: SqlCaptureReaders
    tokens: SqlCollection
    projects: SqlProjects
    contests: SqlContests
    money: SqlMoney


class SqlTransaction(KernelWriting):
    """A write transaction with the repositories of every shipped context."""

    concepts: SqlConceptsWriter
    captures: SqlCaptures
    tokens: SqlCollection
    projects: SqlProjects
    contests: SqlContests
    money: SqlMoney


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
    at_failpoint: AtFailpoint = no_failpoint,
) -> SqlStore:
    """Open a store at a database's address, or on a host's own engine; `upgrade` makes its tables.

    `contexts` are the host's own: `verify`, `rebuild`, exports and transactions include them.
    `upgrade` makes the table of a `Context`; the host's migrations make those of a `SqlContext`.
    `lifecycles` are lifecycles of the host's without a context. On PostgreSQL the tables live in
    `schema`, and the address names the application's role, which may not own them. `at_failpoint`
    is for tests: it is called between two statements.
    """
    if url is not None and engine is None:
        engines = open_engines(url, pool or Pool())
    elif url is None and engine is not None:
        engines = host_engines(engine)
    else:
        raise UsageError("a store is opened with an address or with an engine")

    return compose_store(
        engines,
        url,
        schema=schema,
        contexts=contexts,
        lifecycles=lifecycles,
        policy=policy,
        clock=clock,
        ids=ids,
        pause=time.sleep,
        at_failpoint=at_failpoint,
    )


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
        catalog=Catalog((*CATALOG.contexts, *registered)),
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
