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
from indelible_sql.generated_revisions import ADDITIONS, NEXT, OWN, REMOVALS
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


def write_module(
    migrations: Path,
    digests: Mapping[str, str] | None,
    additions: Mapping[str, Sequence[str]] = ADDITIONS,
) -> None:
    """Write the module of the next revision.

    `digests` are those of the facts that the release before reads; None if it may not run beside.
    """
    text = MODULE.format(
        revision=NEXT, previous=OWN, digests=digests, additions=dict(additions), removals=REMOVALS
    )
    (migrations / "versions" / f"{NEXT}_generated.py").write_text(text, encoding="utf-8")


def next_document(digests: Mapping[str, str]) -> str:
    """Return the text of the next release's generated file."""
    document = {**declared_document(), "revision": NEXT, "digests": digests}
    return json.dumps(document)


@frozen
class NextRelease:
    """The folder of the next release, with its migrations and its generated file."""

    folder: Path

    @contextmanager
    def installed(self) -> Generator[None]:
        """Migrate with the next release's revisions during the block, and open its stores."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(revisions, "FOLDER", self.folder / "migrations")
            patch.setattr(installed_files, "PLACES", (self.folder, *installed_files.PLACES))
            yield


def generate_next_release(folder: Path, owner_urls: Mapping[str, str]) -> NextRelease:
    """Generate the next release; `owner_urls` are empty databases of each kind, for its digests."""
    ignored = shutil.ignore_patterns("__pycache__")
    migrations = folder / "migrations"
    shutil.copytree(revisions.FOLDER, migrations, ignore=ignored)
    write_module(migrations, None)
    release = NextRelease(folder)
    digests: dict[str, str] = {}
    with release.installed():
        for dialect, url in owner_urls.items():
            with migrating(url, SCHEMA) as (connection, schema):
                revisions.upgrade_to_newest(connection, schema, CATALOG)
                digests[dialect] = facts_digest(facts(connection, SCHEMA, CATALOG))

    write_module(migrations, digests)
    (folder / DECLARED).write_text(next_document(digests), encoding="utf-8")
    return release
