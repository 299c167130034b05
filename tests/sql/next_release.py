"""Generate the revision of a next release, and install it beside the baseline.

It adds a nullable column and a table, so that this release may run beside it.
"""

import json
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.generated_revisions import ADDITIONS, NEXT, OWN, REMOVALS, run_all
from indelible_sql.schema import installed_files, revisions
from indelible_sql.schema.installed_files import DECLARED, declared_document
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.snapshot import facts, facts_digest

MODULE: Final = '''"""A nullable column and a table, generated."""

from alembic import op

from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.environment import run_statement

revision = "{revision}"
down_revision = "{previous}"
branch_labels = None
depends_on = None
additive_digests = {digests!r}

ADDITIONS = {additions!r}
REMOVALS = {removals!r}


def upgrade() -> None:
    """Add a column and a table."""
    for statement in ADDITIONS[op.get_context().dialect.name]:
        run_statement(statement)


def downgrade() -> None:
    """Drop them, unless a value would be lost."""
    check_before_losing(op.get_bind(), op.get_context(), "tasks", "note IS NOT NULL")
    for statement in REMOVALS[op.get_context().dialect.name]:
        run_statement(statement)
'''


@frozen
class NextRelease:
    """The folder of the next release's migrations, and that of its generated files."""

    migrations: Path
    files: Path

    def write(
        self,
        digests: Mapping[str, str],
        additions: Mapping[str, Sequence[str]] = ADDITIONS,
    ) -> None:
        """Write the module of the next revision, and the generated file that stores read.

        `digests` are those of the facts, which are the same for both releases: no declaration
        differs.
        """
        text = MODULE.format(
            revision=NEXT,
            previous=OWN,
            digests=dict(digests),
            additions=dict(additions),
            removals=dict(REMOVALS),
        )
        module = self.migrations / "versions" / f"{NEXT}_generated.py"
        module.write_text(text, encoding="utf-8")
        document = {**declared_document(), "revision": NEXT, "digests": digests}
        (self.files / DECLARED).write_text(json.dumps(document), encoding="utf-8")

    @contextmanager
    def installed(self) -> Generator[None]:
        """Migrate with the next release's revisions during the block, and open its stores."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(revisions, "FOLDER", self.migrations)
            patch.setattr(installed_files, "PLACES", (self.files, *installed_files.PLACES))
            yield


def generate_next_release(folder: Path, owner_urls: Mapping[str, str]) -> NextRelease:
    """Generate the next release; `owner_urls` are migrated databases of each kind, for digests."""
    ignored = shutil.ignore_patterns("__pycache__")
    migrations = shutil.copytree(revisions.FOLDER, folder / "migrations", ignore=ignored)
    digests: dict[str, str] = {}
    for dialect, url in owner_urls.items():
        with migrating(url, SCHEMA) as (connection, _):
            run_all(connection, ADDITIONS[dialect])
            digests[dialect] = facts_digest(facts(connection, SCHEMA, CATALOG))

    release = NextRelease(migrations, folder)
    release.write(digests)
    return release
