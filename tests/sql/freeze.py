"""Write the generated files of the schema and its migrations: `python -m tests.sql.freeze`.

The files of the newest revision are written; those of released revisions never change. A revision
is declared by its module in `migrations/versions`: create that first.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.config import Config
from alembic.script import ScriptDirectory
from tests.architecture.sources import ROOT
from tests.sql.revisions import FIRST, REVISIONS, freeze_first, freeze_steps

from indelible.kernel import to_json_value
from indelible_service.embedded import postgres
from indelible_sql.contexts import CATALOG
from indelible_sql.schema import migrate
from indelible_sql.schema.additive import ADDITIVE_REVISIONS
from indelible_sql.schema.snapshot import FactNames, facts, facts_about, facts_digest

MIGRATIONS = Path(migrate.__file__).parent / "migrations"
MARKS = MIGRATIONS / ADDITIVE_REVISIONS


def main() -> None:
    """Freeze the newest revision's statements, and save the digests of the newest revision."""
    newest = newest_revision()
    for dialect in ("postgresql", "sqlite"):
        if newest == FIRST:
            freeze_first(CATALOG, dialect)
        else:
            freeze_steps(CATALOG, dialect, f"{int(newest) - 1:04}", newest)

    marks = json.loads(MARKS.read_text(encoding="utf-8"))
    marks.pop(newest, None)
    _write_json(MARKS, marks)  # the newest revision is applied without its mark first
    _write_json(names_path(newest), to_json_value(FactNames.of(CATALOG)))

    path = MIGRATIONS / migrate.DIGESTS
    digests = json.loads(path.read_text(encoding="utf-8"))
    previous = f"{int(newest) - 1:04}"
    names = names_at(previous) if is_declared_additive(newest) else FactNames.of(CATALOG)
    digests[newest], digests_for_previous = migrated_digests(names)
    _write_json(path, digests)
    if is_declared_additive(newest):
        marks[newest] = {"previous": previous, "digests": digests_for_previous}
        _write_json(MARKS, marks)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def names_path(revision: str) -> Path:
    """Return the file with the names of which a release at the revision reads facts."""
    return REVISIONS / f"{revision}.names.json"


def names_at(revision: str) -> FactNames:
    """Return the names of which a release at the revision reads facts."""
    document = json.loads(names_path(revision).read_text(encoding="utf-8"))
    return FactNames(**{key: tuple(names) for key, names in document.items()})


def is_declared_additive(revision: str) -> bool:
    """Return whether the module of a revision says `additive = True`."""
    module = _scripts().get_revision(revision).module
    return getattr(module, "additive", False) is True


def newest_revision() -> str:
    """Return the revision to which an upgrade migrates."""
    return _scripts().get_current_head() or FIRST


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml"))


def migrated_digests(names: FactNames) -> tuple[dict[str, str], dict[str, str]]:
    """Migrate an empty database of each kind, and return the digests of their schemas.

    The second ones cover the names that another release knows.
    """
    with (
        TemporaryDirectory() as sqlite_directory,
        TemporaryDirectory() as postgresql_directory,
        postgres(Path(postgresql_directory), durable=False) as server,
    ):
        urls = {
            "postgresql": server.owner_url,
            "sqlite": f"sqlite:///{sqlite_directory}/empty.db",
        }
        own: dict[str, str] = {}
        for_names: dict[str, str] = {}
        for dialect, url in urls.items():
            migrate.upgrade(url, "indelible", CATALOG, role=None)
            with migrate.migrating(url, "indelible") as (connection, _):
                own[dialect] = facts_digest(facts(connection, "indelible", CATALOG))
                for_names[dialect] = facts_digest(facts_about(connection, "indelible", names))

        return own, for_names


if __name__ == "__main__":
    main()
