"""Write the generated files of the schema and its migrations: `python -m tests.sql.freeze`.

The files of the newest revision are written; those of released revisions never change. A revision
is declared by its module in `migrations/versions`: create that first.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from alembic.script import ScriptDirectory
from attrs import frozen
from tests.sql.released import RELEASED, released_files
from tests.sql.revisions import (
    FIRST,
    WRITTEN,
    declared_path,
    freeze_steps,
    write_statements,
)

from indelible.kernel import to_json_value
from indelible_service.embedded import postgres
from indelible_sql.contexts import CATALOG
from indelible_sql.schema import migrate, revision_files, revisions
from indelible_sql.schema.additive import ADDITIVE_REVISIONS
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.ddl import ddl
from indelible_sql.schema.partitions import MIN_PARTITIONS, PARTITIONED
from indelible_sql.schema.schema_names import NAMES, FactNames
from indelible_sql.schema.snapshot import facts, facts_about, facts_digest

DIALECTS: Final = ("postgresql", "sqlite")
# The shapes of a store, each in a schema of its name, with their numbers of partitions.
SHAPES: Final = {"postgresql": None, PARTITIONED: MIN_PARTITIONS, "sqlite": None}


class RevisionReleased(Exception):
    """The newest revision is released: create the module of a new one."""


@frozen
class Declarations:
    """The catalog of a revision, and all statements that create it, by the database."""

    catalog: Catalog
    statements: Mapping[str, Sequence[str]]


def main() -> None:
    """Freeze the newest revision of the checkout."""
    declared = Catalog(CATALOG.contexts)  # with its own names, not those that are written
    statements = {dialect: list(ddl(declared, dialect)) for dialect in DIALECTS}
    with empty_databases() as owner_urls:
        freeze(Declarations(declared, statements), WRITTEN, owner_urls)


@contextmanager
def empty_databases() -> Generator[Mapping[str, str]]:
    """Run an empty database of each kind, and yield the addresses of their owners."""
    with (
        TemporaryDirectory() as sqlite_directory,
        TemporaryDirectory() as postgresql_directory,
        postgres(Path(postgresql_directory), durable=False) as server,
    ):
        yield {
            "postgresql": server.owner_url,
            "sqlite": f"sqlite:///{sqlite_directory}/empty.db",
        }


def freeze(declarations: Declarations, written: Path, owner_urls: Mapping[str, str]) -> None:
    """Freeze the newest revision's statements, names and mark, and the digests of its schema.

    The databases at `owner_urls` are empty, and are migrated.
    Raises: RevisionReleased, ChangeNotWritten.
    """
    newest = newest_revision()
    if released_files(written / RELEASED, newest):
        raise RevisionReleased(newest)

    for dialect, statements in declarations.statements.items():
        write_statements(declared_path(written, newest, dialect), statements)
        if newest != FIRST:
            previous = f"{int(newest) - 1:04}"
            freeze_steps(written, statements, dialect, previous=previous, revision=newest)

    own_names = declarations.catalog.names
    _write_json(revision_files.FOLDER / NAMES, to_json_value(own_names))
    _write_json(names_path(written, newest), to_json_value(own_names.facts))
    _freeze_digests(declarations.catalog, written, newest, owner_urls)


def _freeze_digests(
    catalog: Catalog, written: Path, newest: str, owner_urls: Mapping[str, str]
) -> None:
    """Write the digests of the newest revision's schema, and its mark if it is additive."""
    marks_path = revision_files.FOLDER / ADDITIVE_REVISIONS
    marks = json.loads(marks_path.read_text(encoding="utf-8"))
    marks.pop(newest, None)
    _write_json(marks_path, marks)  # the newest revision is applied without its mark first

    previous = f"{int(newest) - 1:04}"
    is_additive = is_declared_additive(newest)
    names = names_at(written, previous) if is_additive else catalog.names.facts
    digests_path = revision_files.FOLDER / migrate.DIGESTS
    digests = json.loads(digests_path.read_text(encoding="utf-8"))
    digests[newest], digests_for_previous = migrated_digests(catalog, names, owner_urls)
    _write_json(digests_path, digests)
    if is_additive:
        marks[newest] = {"previous": previous, "digests": digests_for_previous}
        _write_json(marks_path, marks)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def names_path(written: Path, revision: str) -> Path:
    """Return the file with the names of which a release at the revision reads facts."""
    return written / f"{revision}.names.json"


def names_at(written: Path, revision: str) -> FactNames:
    """Return the names of which a release at the revision reads facts."""
    document = json.loads(names_path(written, revision).read_text(encoding="utf-8"))
    return FactNames.parse(document)


def is_declared_additive(revision: str) -> bool:
    """Return whether the module of a revision says `additive = True`."""
    module = _scripts().get_revision(revision).module
    return getattr(module, "additive", False) is True


def newest_revision() -> str:
    """Return the revision to which an upgrade migrates."""
    return _scripts().get_current_head() or FIRST


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(revision_files.FOLDER))


def migrated_digests(
    catalog: Catalog, names: FactNames, owner_urls: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Migrate an empty database of each kind, and return the digests of the shapes of a store.

    The second ones cover the names that another release knows.
    """
    own: dict[str, str] = {}
    for_names: dict[str, str] = {}
    for shape, number in SHAPES.items():
        url = owner_urls[dialect_of(shape)]
        with migrate.migrating(url, shape) as (connection, schema):
            # `migrate.upgrade` compares the digests that are not written yet.
            revisions.upgrade_to_newest(connection, schema, catalog, number)
            migrate.complete_upgrade(connection, schema, catalog, role=None)
        with migrate.migrating(url, shape) as (connection, _):
            own[shape] = facts_digest(facts(connection, shape, catalog))
            for_names[shape] = facts_digest(facts_about(connection, shape, names))

    return own, for_names


def dialect_of(shape: str) -> str:
    """Return the dialect of a shape of a store."""
    return "postgresql" if shape == PARTITIONED else shape


if __name__ == "__main__":
    main()
