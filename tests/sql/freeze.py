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
from tests.sql.revisions import FIRST, freeze_first, freeze_steps

from indelible_service.embedded import postgres
from indelible_sql.contexts import CATALOG
from indelible_sql.schema import migrate
from indelible_sql.schema.snapshot import facts, facts_digest

MIGRATIONS = Path(migrate.__file__).parent / "migrations"


def main() -> None:
    """Freeze the newest revision's statements, and save the digests of the newest revision."""
    newest = newest_revision()
    for dialect in ("postgresql", "sqlite"):
        if newest == FIRST:
            freeze_first(CATALOG, dialect)
        else:
            freeze_steps(CATALOG, dialect, f"{int(newest) - 1:04}", newest)

    path = MIGRATIONS / migrate.DIGESTS
    digests = json.loads(path.read_text(encoding="utf-8"))
    digests[newest] = migrated_digests()
    path.write_text(json.dumps(digests, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def newest_revision() -> str:
    """Return the revision to which an upgrade migrates."""
    scripts = ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml"))
    return scripts.get_current_head() or FIRST


def migrated_digests() -> dict[str, str]:
    """Migrate an empty database of each kind, and return the digests of their schemas."""
    with (
        TemporaryDirectory() as sqlite_directory,
        TemporaryDirectory() as postgresql_directory,
        postgres(Path(postgresql_directory), durable=False) as server,
    ):
        return {
            "postgresql": _digest(server.owner_url),
            "sqlite": _digest(f"sqlite:///{sqlite_directory}/empty.db"),
        }


def _digest(url: str) -> str:
    """Migrate an empty database, and return the digest of its schema."""
    migrate.upgrade(url, "indelible", CATALOG, role=None)
    with migrate.migrating(url, "indelible") as (connection, _):
        return facts_digest(facts(connection, "indelible", CATALOG))


if __name__ == "__main__":
    main()
