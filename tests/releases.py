"""Build two releases: this one, and the next one with a generated additive revision.

The next one has a version number of its own. Each is installed from its wheels into an environment
of its own, beside the third-party packages of the running Python.
"""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen
from sqlalchemy import make_url
from tests.architecture.sources import PACKAGES, ROOT, SOURCES
from tests.sql.next_release import NextRelease

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.generated_revisions import ADDITIONS, NEXT, OWN, run_all
from indelible_sql.maintenance.snapshot_files import snapshot_text
from indelible_sql.schema.installed_files import SNAPSHOTS
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.snapshot import facts, facts_digest

OF_WORKERS: Final = ("core", "adapters/sql", "workers")
OF_SERVICE: Final = tuple(
    str(source.parents[1].relative_to(PACKAGES)) for source in SOURCES.values()
)
MIGRATIONS: Final = "src/indelible_sql/schema/migrations"
SOURCE_VERSION: Final = '"0.1.0"'
NEXT_VERSION: Final = '"0.2.0"'
UPGRADES: Final[Mapping[str, Sequence[str]]] = {
    "postgresql": (
        *ADDITIONS["postgresql"],
        "GRANT SELECT, INSERT ON indelible.release_notes TO PUBLIC",
    ),
    "sqlite": ADDITIONS["sqlite"],
}


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


def build_releases(
    folder: Path, scratch_url: str, packages: Sequence[str] = OF_WORKERS
) -> Releases:
    """Build and install both releases, for one kind of database.

    `scratch_url` is a migrated database for the digests, as its owner.
    """
    older_tree = _copy_packages(folder / "older", packages)
    older = Release(OWN, _install(older_tree, folder, packages))
    newer_tree = _copy_packages(folder / "newer", packages)
    for project in newer_tree.rglob("pyproject.toml"):
        text = project.read_text(encoding="utf-8")
        project.write_text(text.replace(SOURCE_VERSION, NEXT_VERSION), encoding="utf-8")
    _write_revision(newer_tree / "adapters" / "sql", scratch_url)
    newer = Release(NEXT, _install(newer_tree, folder, packages))
    return Releases(older, newer)


def _copy_packages(target: Path, packages: Sequence[str]) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for package in packages:
        shutil.copytree(PACKAGES / package, target / package, ignore=ignored)
    return target


def _install(tree: Path, folder: Path, packages: Sequence[str]) -> Path:
    """Build the wheels of a tree, install them in a new environment, and return its Python."""
    uv = Path(sys.executable).with_name("uv")
    wheels = folder / f"wheels of {tree.name}"
    building = ("build", "--quiet", "--wheel", "--no-build-isolation", "--offline")
    for package in packages:
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


def _write_revision(project: Path, scratch_url: str) -> None:
    """Write the files of the additive revision into the project of the SQL adapter."""
    dialect = make_url(scratch_url).get_backend_name()
    with migrating(scratch_url, SCHEMA) as (connection, _):
        run_all(connection, UPGRADES[dialect])
        digests = {dialect: facts_digest(facts(connection, SCHEMA, CATALOG))}

    release = NextRelease(migrations=project / MIGRATIONS, files=project)
    release.write(digests, UPGRADES)
    with release.installed():
        snapshot = snapshot_text(dialect, CATALOG, "the next release")
    (project / SNAPSHOTS[dialect]).write_text(snapshot, encoding="utf-8")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, cwd=ROOT)
