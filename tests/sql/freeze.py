"""Write what follows from the declarations and the migrations: `python -m tests.sql.freeze`.

The file of the first revision is rewritten until a second revision follows it. After that, the file
never changes, and only the digests of the newest revision are written.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.config import Config
from alembic.script import ScriptDirectory

from indelible_service.embedded import postgres
from indelible_sql.contexts import CATALOG
from indelible_sql.schema import migrate
from indelible_sql.schema.ddl import ddl
from indelible_sql.schema.migrations.frozen import SEPARATOR
from indelible_sql.schema.snapshot import facts, facts_digest

MIGRATIONS = Path(migrate.__file__).parent / "migrations"
FIRST = "0001"


def main() -> None:
    """Freeze the first statements, migrate an empty database of each kind, and save its digest."""
    newest = (
        ScriptDirectory.from_config(Config(toml_file="pyproject.toml")).get_current_head() or FIRST
    )
    if newest == FIRST:
        for dialect in ("postgresql", "sqlite"):
            text = SEPARATOR.join(ddl(CATALOG, dialect)) + "\n"
            (MIGRATIONS / "versions" / f"{FIRST}.{dialect}.sql").write_text(text, encoding="utf-8")
    with (
        TemporaryDirectory() as own,
        TemporaryDirectory() as other,
        postgres(Path(other), durable=False) as server,
    ):
        digests = {
            "postgresql": _digest(server.owner_url),
            "sqlite": _digest(f"sqlite:///{own}/empty.db"),
        }
    known = MIGRATIONS / migrate.DIGESTS
    kept = json.loads(known.read_text(encoding="utf-8")) | {newest: digests}
    known.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _digest(url: str) -> str:
    migrate.upgrade(url, "indelible", CATALOG, role=None)
    with migrate.migrating(url, "indelible") as (connection, _):
        return facts_digest(facts(connection, "indelible", CATALOG))


if __name__ == "__main__":
    main()
