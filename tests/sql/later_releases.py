"""Generate two later releases of the schema, to test what migrates between releases.

They are written as revisions of indelible are: a module, statements by hand for what the
declarations do not tell, and `tests.sql.freeze` for the rest. They are installed by pointing at
another folder of revisions.

- The next one is not additive: it adds a context with a lifecycle, changes a table, replaces a
  guard and an index.
- The one after it is additive: it adds a column and a table.
"""

import re
import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final

import pytest
from attrs import frozen
from sqlalchemy import MetaData, Table
from tests.sql import empty_databases
from tests.sql.freeze import DIALECTS, Declarations, freeze
from tests.sql.revisions import WRITTEN, write_statements

from indelible.kernel import Edge, Lifecycle, NotFound
from indelible.kernel.aggregates import Aggregate, save_change
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
    SqlContext,
    SqlTransaction,
    contexts,
    head_columns,
)
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.generated_revisions import ADDITIONS, AFTER_NEXT, NEXT, REMOVALS
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.schema import revision_files
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.ddl import ddl
from indelible_sql.schema.migrations.frozen import DOWN, UP

MODULE: Final = '''"""{summary}

Decision: docs/design/schema-roles-and-migrations.md
"""

from alembic import op

from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "{revision}"
down_revision = "{previous}"
branch_labels = None
depends_on = None
additive = {is_additive}


def upgrade():
    run_frozen(revision)


def downgrade():
    for table, condition in {losses}:
        check_before_losing(op.get_bind(), op.get_context(), table, condition)
    run_frozen(revision, DOWN)
'''
# The rows that the downgrade of the next revision loses.
LOSSES: Final = (("history", "lifecycle = 'note'"), ("tasks", "remark IS NOT NULL"))

# A column of tasks is added by hand. SQLite's table is made again, with its indexes and guards.
END_OF_COLUMNS: Final = re.compile(r"\n\tCONSTRAINT tasks_pkey")
COLUMN: Final = "\n\tremark TEXT, "
REPLACED_GUARD: Final = "receipts_no_delete"
REPLACED_INDEX: Final = ("tasks_dead", "(stage, entity_id)", "(entity_id, stage)")


class NoteStatus(StrEnum):
    """The state of a note."""

    WRITTEN = "WRITTEN"


NOTE = Lifecycle(name="note", edges=(Edge("", "write", NoteStatus.WRITTEN, 0),))


@frozen
class NoteNotFound(NotFound):
    """No note has this id."""

    message: ClassVar[str] = "Note {note_id} not found."
    note_id: str


@frozen(kw_only=True)
class Note(Aggregate):
    """An aggregate of the next release."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = NOTE
    missing_error = NoteNotFound

    status: NoteStatus


NOTES = Table("notes", MetaData(), *head_columns(NOTE), schema=SCHEMA, sqlite_with_rowid=False)
HEADS = HeadMapping(table=NOTES, entity=Note)
LATER = Catalog((*CATALOG.contexts, SqlContext(name="notes", mappings=(HEADS,))))


def write_note(tx: SqlTransaction, action: str) -> Note:
    """Write a note."""
    note = Note.create(action, now=tx.clock.now(), id=tx.ids.new())
    save_change(tx, SqlAggregateRepository(tx.session, HEADS), None, note, action)
    return note


@frozen
class LaterReleases:
    """The folder of the revisions, and the folder of what they were frozen from."""

    migrations: Path
    written: Path

    @contextmanager
    def installed(self) -> Generator[None]:
        """Migrate with these revisions during the block, and open stores of the later release."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(revision_files, "FOLDER", self.migrations)
            patch.setattr(contexts, "CATALOG", LATER)
            patch.setattr(empty_databases, "CATALOG", LATER)
            yield

    def add(
        self,
        revision: str,
        declared: Mapping[str, Sequence[str]],
        owner_urls: Mapping[str, str],
        *,
        losses: Sequence[tuple[str, str]] = (),
        is_additive: bool = False,
    ) -> None:
        """Write the module of a revision, and freeze the revision; both databases are empty."""
        module = MODULE.format(
            summary="Generated.",
            revision=revision,
            previous=f"{int(revision) - 1:04}",
            is_additive=is_additive,
            losses=tuple(losses),
        )
        path = self.migrations / "versions" / f"{revision}_generated.py"
        path.write_text(module, encoding="utf-8")
        with self.installed():
            freeze(Declarations(LATER, declared), self.written, owner_urls)

    def write_by_hand(
        self, revision: str, dialect: str, direction: str, statements: Iterable[str]
    ) -> None:
        """Write what the declarations do not tell of a step."""
        write_statements(self.written / f"{revision}.{dialect}.{direction}.sql", statements)


def copy_releases(folder: Path) -> LaterReleases:
    """Copy the revisions of this checkout."""
    ignored = shutil.ignore_patterns("__pycache__")
    migrations = shutil.copytree(revision_files.FOLDER, folder / "migrations", ignore=ignored)
    return LaterReleases(migrations, shutil.copytree(WRITTEN, folder / "written"))


def generate_releases(
    folder: Path, for_next: Mapping[str, str], for_after_next: Mapping[str, str]
) -> LaterReleases:
    """Generate both releases, with two empty databases of each kind for their digests."""
    releases = copy_releases(folder)
    declared: dict[str, list[str]] = {}
    for dialect in DIALECTS:
        statements = list(ddl(LATER, dialect))
        declared[dialect] = [_changed(statement, dialect) for statement in statements]
        tasks = _statement_of("tasks", declared[dialect])
        before = _statement_of("tasks", statements)
        releases.write_by_hand(NEXT, dialect, UP, _changes_of_tasks(dialect, tasks))
        down = (*_removals_of_notes(dialect), *_changes_of_tasks(dialect, before, is_down=True))
        releases.write_by_hand(NEXT, dialect, DOWN, down)
    releases.add(NEXT, declared, for_next, losses=LOSSES)

    for dialect in DIALECTS:
        _add_to_tasks(declared[dialect], "note text")
        declared[dialect].append(_created_by_hand(ADDITIONS[dialect], "CREATE TABLE"))
        column = _created_by_hand(ADDITIONS[dialect], "ALTER TABLE")
        releases.write_by_hand(AFTER_NEXT, dialect, UP, [column])
        column = _created_by_hand(REMOVALS[dialect], "ALTER TABLE")
        releases.write_by_hand(AFTER_NEXT, dialect, DOWN, [column])
    releases.add(AFTER_NEXT, declared, for_after_next, is_additive=True)
    return releases


def _changed(statement: str, dialect: str) -> str:
    """Return a statement of the declarations as the next release has it."""
    prefix = "" if dialect == "sqlite" else f"{SCHEMA}."
    if statement.startswith(f"CREATE TABLE {prefix}tasks "):
        return END_OF_COLUMNS.sub(lambda match: COLUMN + match[0], statement)

    index, before, after = REPLACED_INDEX
    if statement.startswith(f"CREATE INDEX {index} "):
        return statement.replace(before, after)

    kind = "TRIGGER" if dialect == "sqlite" else "FUNCTION"
    if re.match(rf"CREATE {kind} {re.escape(prefix)}{REPLACED_GUARD}\b", statement):
        return statement.replace("BEGIN", "BEGIN ", 1)
    return statement


def _statement_of(table: str, statements: Iterable[str]) -> str:
    """Return the statement that creates a table."""
    created = [text for text in statements if re.match(rf"CREATE TABLE (\S+\.)?{table} ", text)]
    (statement,) = created
    return statement


def _add_to_tasks(statements: list[str], column: str) -> None:
    """Declare one more column of tasks."""
    before = _statement_of("tasks", statements)
    added = END_OF_COLUMNS.sub(lambda match: f"\n\t{column}, {match[0]}", before)
    statements[statements.index(before)] = added


def _changes_of_tasks(dialect: str, created: str, *, is_down: bool = False) -> Sequence[str]:
    """Return the statements that add or drop the column of tasks, with its table's statement."""
    if dialect == "postgresql":
        change = "DROP COLUMN remark" if is_down else "ADD COLUMN remark text"
        return (f"ALTER TABLE {SCHEMA}.tasks {change}",)

    columns = ", ".join(TASKS.columns.keys())
    return (
        "CREATE TABLE kept_tasks AS SELECT * FROM tasks",
        "DROP TABLE tasks",
        created,
        f"INSERT INTO tasks ({columns}) SELECT {columns} FROM kept_tasks",
        "DROP TABLE kept_tasks",
    )


def _removals_of_notes(dialect: str) -> Sequence[str]:
    """Return the statements that remove the lifecycle with its changes, and seals over them."""
    prefix = "" if dialect == "sqlite" else f"{SCHEMA}."
    has_notes = f"EXISTS (SELECT 1 FROM {prefix}history WHERE lifecycle = 'note')"
    removals = [
        f"DELETE FROM {prefix}seal_records WHERE {has_notes}",
        f"DELETE FROM {prefix}seals WHERE {has_notes}",
        f"DELETE FROM {prefix}history WHERE lifecycle = 'note'",
        f"DELETE FROM {prefix}lifecycle_edges WHERE lifecycle = 'note'",
    ]
    if dialect == "postgresql":
        # Deferred keys would refuse to change the tables in this transaction.
        return (f"TRUNCATE {prefix}notes", *removals, "SET CONSTRAINTS ALL IMMEDIATE")
    return (*removals, *CLOSE_UP)


# SQLite's positions have no gaps. Two steps, so that no position is there twice.
CLOSE_UP: Final = (
    """
    CREATE TABLE kept_positions AS
    SELECT position AS old_position, row_number() OVER (ORDER BY position) AS new_position
    FROM history
    """,
    "UPDATE history SET position = position + (SELECT max(old_position) FROM kept_positions)",
    """
    UPDATE history
    SET position = new_position
    FROM kept_positions
    WHERE position = old_position + (SELECT max(old_position) FROM kept_positions)
    """,
    "DROP TABLE kept_positions",
)


def _created_by_hand(statements: Iterable[str], beginning: str) -> str:
    (statement,) = [text for text in statements if text.startswith(beginning)]
    return statement
