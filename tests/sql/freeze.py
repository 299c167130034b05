"""Write what follows from the declarations: `python -m tests.sql.freeze`, before the first release only.

Once a revision is released its file is never written again: a change of the schema is a new revision.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from indelible_service.embedded import postgres
from indelible_sql import migrate
from indelible_sql.migrations.frozen import SEPARATOR
from indelible_sql.schema import ddl
from indelible_sql.snapshot import digest_of, facts

MIGRATIONS = Path(migrate.__file__).parent / "migrations"
REVISION = "0001"


def main() -> None:
    """Freeze the statements, migrate an empty database of each kind, and keep the digests of what it holds then."""
    for dialect in ("postgresql", "sqlite"):
        text = SEPARATOR.join(ddl(dialect)) + "\n"
        (MIGRATIONS / "versions" / f"{REVISION}.{dialect}.sql").write_text(text, encoding="utf-8")
    with TemporaryDirectory() as own, TemporaryDirectory() as other, postgres(Path(other), durable=False) as server:
        digests = {"postgresql": _digest(server.owner_url), "sqlite": _digest(f"sqlite:///{own}/empty.db")}
    known = MIGRATIONS / migrate.DIGESTS
    known.write_text(json.dumps({REVISION: digests}, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _digest(url: str) -> str:
    migrate.upgrade(url, "indelible", role=None)
    with migrate.migrating(url, "indelible") as (connection, _):
        return digest_of(facts(connection, "indelible"))


if __name__ == "__main__":
    main()
