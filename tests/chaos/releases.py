"""Build two releases: this one, and the next one with a generated additive revision.

Each is installed from its wheels into an environment of its own, beside the third-party packages of
the running Python.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psycopg
from attrs import frozen
from tests.architecture.sources import ROOT

from indelible_service.embedded import PostgresServer
from indelible_sql.generated_revisions import ADDITIONS, NEXT, OWN, REMOVALS
from indelible_sql.schema.additive import ADDITIVE_REVISIONS
from indelible_sql.schema.migrate import DIGESTS
from indelible_sql.schema.migrations.frozen import SEPARATOR

PACKAGES: Final = ("core", "adapters/sql", "workers")
MIGRATIONS: Final = "adapters/sql/src/indelible_sql/schema/migrations"
POSTGRESQL: Final = "postgresql"
UPGRADE: Final = (
    *ADDITIONS[POSTGRESQL],
    "GRANT SELECT, INSERT ON indelible.release_notes TO PUBLIC",
)
DOWNGRADE: Final = REMOVALS[POSTGRESQL]
MODULE: Final = '''"""A nullable column and a table, generated."""

from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "{revision}"
down_revision = "{previous}"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    """Add a column and a table."""
    run_frozen(revision)


def downgrade() -> None:
    """Drop them."""
    run_frozen(revision, DOWN)
'''


@frozen
class Release:
    """An installed release: its newest revision, and the Python that runs it."""

    revision: str
    python: Path


@frozen
class Releases:
    """The release of this checkout, and the next one."""

    older: Release
    newer: Release

    def other(self, release: Release) -> Release:
        """Return the release that replaces this one."""
        return self.newer if release is self.older else self.older


def build_releases(folder: Path, scratch: PostgresServer) -> Releases:
    """Build and install both releases; `scratch` is a migrated database for the digests."""
    older_tree = _copy_packages(folder / "older")
    older = Release(OWN, _install(older_tree, folder))
    newer_tree = _copy_packages(folder / "newer")
    _write_revision(newer_tree / MIGRATIONS, scratch, older, newer_tree)
    newer = Release(NEXT, _install(newer_tree, folder))
    return Releases(older, newer)


def _copy_packages(target: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for package in PACKAGES:
        shutil.copytree(ROOT / "packages" / package, target / package, ignore=ignored)
    return target


def _install(tree: Path, folder: Path) -> Path:
    """Build the wheels of a tree, install them in a new environment, and return its Python."""
    uv = Path(sys.executable).with_name("uv")
    wheels = folder / f"wheels of {tree.name}"
    building = ("build", "--quiet", "--wheel", "--no-build-isolation", "--offline")
    for package in PACKAGES:
        options = ("--python", sys.executable, "--out-dir", wheels)
        _run(uv, *building, *options, tree / package)

    environment = folder / f"environment of {tree.name}"
    _run(sys.executable, "-m", "venv", "--without-pip", environment)
    python = environment / "bin" / "python"
    installing = ("pip", "install", "--quiet", "--offline", "--no-deps", "--python", python)
    _run(uv, *installing, *wheels.glob("*.whl"))
    # After the wheels on the path; the editable packages of the running Python are not on it.
    (site_packages,) = environment.glob("lib/python*/site-packages")
    third_party = sysconfig.get_path("purelib")
    (site_packages / "third_party.pth").write_text(f"{third_party}\n", encoding="utf-8")
    return python


def _write_revision(
    migrations: Path, scratch: PostgresServer, older: Release, newer_tree: Path
) -> None:
    """Write the files of the additive revision, with the digests that each release reads."""
    with psycopg.connect(scratch.owner_url) as connection:
        for statement in UPGRADE:
            connection.execute(statement.encode())
    own_digest = _digest(Path(sys.executable), scratch, _source_path(newer_tree))
    digest_for_older = _digest(older.python, scratch, {})

    versions = migrations / "versions"
    module = MODULE.format(revision=NEXT, previous=OWN)
    (versions / f"{NEXT}_generated.py").write_text(module, encoding="utf-8")
    for suffix, statements in (("sql", UPGRADE), ("down.sql", DOWNGRADE)):
        text = SEPARATOR.join(statements)
        (versions / f"{NEXT}.{POSTGRESQL}.{suffix}").write_text(text, encoding="utf-8")
    _add_to_json(migrations / DIGESTS, {POSTGRESQL: own_digest})
    mark = {"previous": OWN, "digests": {POSTGRESQL: digest_for_older}}
    _add_to_json(migrations / ADDITIVE_REVISIONS, mark)


def _source_path(tree: Path) -> Mapping[str, str]:
    return {"PYTHONPATH": os.pathsep.join(str(tree / package / "src") for package in PACKAGES)}


def _digest(python: Path, scratch: PostgresServer, environment: Mapping[str, str]) -> str:
    return subprocess.check_output(
        (python, "-m", "tests.chaos.release_digest", scratch.owner_url),
        cwd=ROOT,
        env={**os.environ, **environment},
        text=True,
    )


def _add_to_json(path: Path, value: Mapping[str, object]) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document[NEXT] = value
    path.write_text(json.dumps(document), encoding="utf-8")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, cwd=ROOT)
