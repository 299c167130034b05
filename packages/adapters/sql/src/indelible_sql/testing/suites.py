"""A conformance suite for the context of a host in a database.

    TestOnSqlite = sql_conformance(tickets)

tests what `indelible.testing.own.conformance` does, that `verify` finds nothing, that the database
refuses raw SQL and forged changes, and that an export is the same after an import.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final, cast

from attrs import frozen

from indelible.kernel import Actor
from indelible.kernel.contexts import AnyContext
from indelible.testing.own.operations import NO_VALUES, Values, operations_of
from indelible.testing.own.suites import (
    SEED,
    STEPS,
    ContextConformance,
    Plan,
    suite_of,
)
from indelible.testing.own.walks import ACTORS, OwnStore
from indelible_sql.contexts import SqlStore
from indelible_sql.maintenance.verify import verify
from indelible_sql.testing.attacks import attack, attacks_on
from indelible_sql.testing.copies import exported, imported, unnoticed_forgeries
from indelible_sql.testing.databases import Database, OpenDatabase, new_sqlite
from indelible_sql.testing.forgeries import Forger

MIN_ATTACKS: Final = 20
MAX_LINES: Final = 10  # of a message


@frozen(kw_only=True)
class SqlPlan(Plan):
    """The walks of a suite in a database."""

    database: OpenDatabase = new_sqlite


class SqlContextConformance(ContextConformance):
    """Requirements on the aggregate of a context in a database."""

    database: ClassVar[Database]
    copy: ClassVar[tuple[bytes, Path] | None]

    @classmethod
    def open_store(cls) -> OwnStore:
        """Return the store, which is closed after the last test."""
        plan = cast("SqlPlan", cls.plan)
        cls.copy = None  # one of a run before was closed with its resources
        cls.database = cls.resources.enter_context(plan.database())
        store = cls.database.opened(*plan.others, plan.context)
        cls.resources.callback(store.dispose)
        return store

    @classmethod
    def sql_store(cls) -> SqlStore:
        """Return the store in which the lifecycle was explored."""
        return cast("SqlStore", cls.walk.store)

    def test_verify_finds_nothing(self) -> None:
        findings = verify(self.sql_store())
        _refuse("verify finds", [str(finding) for finding in findings])

    def test_raw_sql_of_the_owner_is_refused(self) -> None:
        store, context = self.sql_store(), self.plan.context
        prefix = "" if store.engines.writer.dialect.name == "sqlite" else f"{store.schema}."
        before = self.walk.stored()
        outcome = attack(self.database.owner_url or self.database.url, attacks_on(context, prefix))
        _refuse("the database accepts", outcome.accepted)
        _refuse("no guard refuses, but another error", outcome.faulty)
        if len(outcome.refused) < MIN_ATTACKS:
            message = f"only {len(outcome.refused)} attacks found a row"
            raise AssertionError(message)
        _refuse("changed by raw SQL", [] if self.walk.stored() == before else [context.name])

    def test_forged_changes_are_refused(self) -> None:
        forger = Forger(walk=self.walk)
        forger.forge_all()
        _refuse("the database accepts a forged change:", forger.accepted)
        if not forger.refused:
            message = "no change was forged"
            raise AssertionError(message)

    def test_an_export_is_the_same_after_an_import(self) -> None:
        content, path = self.copied()
        copy = Database(f"sqlite:///{path}").store(*self.plan.others, self.plan.context)
        again = exported(copy)
        findings = verify(copy)
        copy.dispose()
        _refuse("verify finds in the copy", [str(finding) for finding in findings])
        if again != content:
            message = "the export of the copy differs"
            raise AssertionError(message)

    def test_verify_finds_a_forged_value_in_any_column(self) -> None:
        _, path = self.copied()
        columns = unnoticed_forgeries(path, self.plan.context, self.plan.others)
        _refuse("verify overlooks", list(columns))

    @classmethod
    def copied(cls) -> tuple[bytes, Path]:
        """Return an export of the store, and the SQLite file into which it was imported."""
        if cls.copy is None:
            content = exported(cls.sql_store())
            path = Path(cls.resources.enter_context(TemporaryDirectory())) / "copy.db"
            imported(content, (*cls.plan.others, cls.plan.context), path).dispose()
            cls.copy = content, path
        return cls.copy


def sql_conformance(
    context: AnyContext,
    *,
    others: Sequence[AnyContext] = (),
    database: OpenDatabase = new_sqlite,
    values: Values = NO_VALUES,
    actors: Sequence[Actor] = ACTORS,
    steps: int = STEPS,
    seed: int = SEED,
) -> type[SqlContextConformance]:
    """Return a class of tests of a context in a database, for a module that pytest collects.

    `database` opens one, by default a new SQLite file; a function of `contextlib.contextmanager`
    that yields a `Database` does. What the tests store in it cannot be deleted. The other arguments
    are those of `indelible.testing.own.conformance`.

    Raises:
        UsageError: A name in `values` is unknown, or nothing draws the values of a parameter.
    """
    operations_of(context, values)
    plan = SqlPlan(
        context=context,
        others=tuple(others),
        database=database,
        values=values,
        actors=actors,
        steps=steps,
        seed=seed,
    )
    return suite_of(SqlContextConformance, plan)


def _refuse(subject: str, lines: Sequence[str]) -> None:
    """Raise AssertionError if there are lines."""
    if lines:
        text = "\n".join(lines[:MAX_LINES])
        message = f"{subject}\n{text}"
        raise AssertionError(message)
