"""A new context needs few edits: a test adds parcels to a copy of the sources and counts them.

The files of the context are in `tests/architecture/parcels`. The copy is then used on the memory
store and on SQLite, over HTTP, and its import contracts are checked.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.architecture.sources import ROOT, SOURCES
from tests.architecture.test_imports import lint_imports

pytestmark = pytest.mark.slow

PARCELS = Path(__file__).with_name("parcels")
MAX_EDITED_SOURCES = 6


class Edit(NamedTuple):
    """A text that occurs in a file of the copy, and its replacement."""

    file: str
    old: str
    new: str


CORE = "packages/core/src/indelible"
APP = f"{CORE}/app.py"
MEMORY = f"{CORE}/memory/store.py"
SQL = "packages/adapters/sql/src/indelible_sql/contexts.py"
WEB = "packages/web/src/indelible_web/contexts.py"
CONTRACTS = "pyproject.toml"
EDITS = (
    Edit(
        APP,
        "from indelible.policy import Policy\n",
        "from indelible.parcels import ParcelsRead, ParcelsWrite\n"
        "from indelible.policy import Policy\n",
    ),
    Edit(APP, "class ReadTx(", "class ReadTx(ParcelsRead, "),
    Edit(APP, "class WriteTx(", "class WriteTx(ParcelsWrite, "),
    Edit(
        MEMORY,
        "from indelible.memory.tasks import MemoryTaskQueue\n",
        "from indelible.memory.parcels import MemoryParcels\n"
        "from indelible.memory.tasks import MemoryTaskQueue\n",
    ),
    Edit(
        MEMORY,
        "    tokens: MemoryCollection\n",
        "    tokens: MemoryCollection\n    parcels: MemoryParcels\n",
    ),
    Edit(
        MEMORY,
        "            tokens=MemoryCollection.empty(history, tasks),\n",
        "            tokens=MemoryCollection.empty(history, tasks),\n"
        "            parcels=MemoryParcels.empty(history),\n",
    ),
    Edit(
        MEMORY,
        "            tokens=self.tokens.copy(history, tasks),\n",
        "            tokens=self.tokens.copy(history, tasks),\n"
        "            parcels=self.parcels.copy(history),\n",
    ),
    Edit(
        MEMORY,
        "        self.tokens = tables.tokens\n",
        "        self.tokens = tables.tokens\n        self.parcels = tables.parcels\n",
    ),
    Edit(
        SQL,
        '    "money": "indelible_sql.money",\n',
        '    "money": "indelible_sql.money",\n    "parcels": "indelible_sql.parcels",\n',
    ),
    Edit(
        SQL,
        "    from indelible_sql.projects.store import SqlProjects\n",
        "    from indelible_sql.parcels import SqlParcels\n"
        "    from indelible_sql.projects.store import SqlProjects\n",
    ),
    Edit(
        SQL,
        '    tokens: "SqlCollection"\n',
        '    tokens: "SqlCollection"\n    parcels: "SqlParcels"\n',
    ),
    Edit(
        WEB,
        "from indelible_web import captures, concepts, contests, money, projects, tokens\n",
        "from indelible_web import captures, concepts, contests, money\n"
        "from indelible_web import parcels, projects, tokens\n",
    ),
    Edit(WEB, "    tokens.CONTEXT,\n)", "    tokens.CONTEXT,\n    parcels.CONTEXT,\n)"),
    Edit(CONTRACTS, '| tokens"', '| parcels | tokens"'),
    Edit(CONTRACTS, '"indelible.tokens"', '"indelible.parcels", "indelible.tokens"'),
    Edit(CONTRACTS, '"indelible_web.tokens"', '"indelible_web.parcels", "indelible_web.tokens"'),
)


def copy_sources(copy: Path) -> None:
    """Copy the sources of all distributions, with the settings of the import contracts."""
    ignored = shutil.ignore_patterns("__pycache__")
    for package in SOURCES.values():
        shutil.copytree(package, copy / package.relative_to(ROOT), ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", copy)


def add_context(copy: Path) -> None:
    """Add the files of the context; none of them may exist already."""
    for template in sorted(PARCELS.glob("*/**/*.txt")):
        package, *folders, _ = template.relative_to(PARCELS).parts
        folder = copy / SOURCES[package].relative_to(ROOT) / Path(*folders)
        folder.mkdir(exist_ok=True)
        target = folder / template.with_suffix(".py").name
        assert not target.exists()
        shutil.copy(template, target)


def apply_edits(copy: Path) -> list[str]:
    """Apply the edits, and return the names of the edited files."""
    for file, old, new in EDITS:
        path = copy / file
        source = path.read_text(encoding="utf-8")
        assert old in source, f"{file} does not contain {old!r}"
        path.write_text(source.replace(old, new), encoding="utf-8")

    return sorted({edit.file for edit in EDITS})


def run_program(copy: Path, scratch: Path) -> subprocess.CompletedProcess[str]:
    """Run the program that uses the context, on the sources of the copy alone."""
    folders = [str(copy / package.parent.relative_to(ROOT)) for package in SOURCES.values()]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(folders), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        (sys.executable, PARCELS / "program.txt", scratch),
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


class Copy(NamedTuple):
    """A copy of the sources with the context, and the files that were edited for it."""

    folder: Path
    edited: list[str]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    copy_sources(folder)
    add_context(folder)

    return Copy(folder, apply_edits(folder))


def test_a_new_context_edits_at_most_six_source_files(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\na new context edits {len(copy.edited)} existing source files:\n")
        sys.stdout.writelines(f"  {name}\n" for name in copy.edited)

    assert 0 < len(copy.edited) <= MAX_EDITED_SOURCES


@pytest.mark.slow
def test_the_new_context_works_on_both_stores_and_over_http(copy: Copy, tmp_path: Path) -> None:
    result = run_program(copy.folder, tmp_path)

    assert result.returncode == 0, result.stderr
    assert result.stdout == "parcels work on memory and SQLite, and over HTTP\n"


@pytest.mark.slow
def test_the_new_context_keeps_the_import_contracts(copy: Copy) -> None:
    result = lint_imports(copy.folder)

    assert result.returncode == 0, result.stdout
