"""A revision never changes after a release: recorded digests tell, and nothing is frozen again."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.sql.freeze import (
    DIALECTS,
    Declarations,
    RevisionReleased,
    freeze,
    newest_revision,
)
from tests.sql.later_releases import LaterReleases, copy_releases
from tests.sql.released import RELEASED, changed_files, record_release
from tests.sql.revisions import (
    WRITTEN,
    ChangeNotWritten,
    declared_path,
    read_statements,
)

from indelible_sql.contexts import CATALOG
from indelible_sql.generated_revisions import NEXT, OWN
from indelible_sql.schema import revision_files
from indelible_sql.schema.additive import ADDITIVE_REVISIONS
from indelible_sql.schema.ddl import ddl
from indelible_sql.schema.migrate import DIGESTS


@pytest.fixture
def released(tmp_path: Path) -> LaterReleases:
    """Copy the revisions of this checkout, and record them as released."""
    releases = copy_releases(tmp_path)
    with releases.installed():
        record_release(releases.written / RELEASED)
    return releases


def changes_of(releases: LaterReleases) -> list[str]:
    with releases.installed():
        return changed_files(releases.written / RELEASED)


def replace_digest(folder: Path) -> None:
    (folder / DIGESTS).write_text(json.dumps({OWN: {"sqlite": "another"}}))


def append(path: Path) -> None:
    """Change a file by a character that changes no statement."""
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


PLANTED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed module": (
        lambda folder: append(folder / "versions" / f"{OWN}_everything.py"),
        f"{OWN}_everything.py",
    ),
    "changed statements": (
        lambda folder: append(folder / "versions" / f"{OWN}.sqlite.sql"),
        f"{OWN}.sqlite.sql",
    ),
    "a missing file": (
        lambda folder: (folder / "versions" / f"{OWN}.postgresql.sql").unlink(),
        f"{OWN}.postgresql.sql",
    ),
    "another digest": (replace_digest, f"{OWN} in {DIGESTS}"),
}


def test_no_released_revision_has_changed() -> None:
    assert changed_files(WRITTEN / RELEASED) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_change_of_a_released_revision_is_found(name: str, released: LaterReleases) -> None:
    assert changes_of(released) == []
    plant, changed = PLANTED[name]
    plant(released.migrations)

    assert changes_of(released) == [changed]
    with released.installed():
        record_release(released.written / RELEASED)
    assert changes_of(released) == [changed]


def test_a_mark_of_a_released_revision_does_not_change(released: LaterReleases) -> None:
    marks = released.migrations / ADDITIVE_REVISIONS
    marks.write_text(json.dumps({NEXT: {"previous": OWN}}))
    assert changes_of(released) == []
    with released.installed():
        record_release(released.written / RELEASED)
    marks.write_text("{}")

    assert changes_of(released) == [f"{NEXT} in {ADDITIVE_REVISIONS}"]


def test_a_later_revision_changes_no_released_one(released: LaterReleases) -> None:
    versions = released.migrations / "versions"
    shutil.copy(versions / f"{OWN}.sqlite.sql", versions / f"{NEXT}.sqlite.sql")

    assert changes_of(released) == []


def test_a_released_revision_is_not_frozen_again(released: LaterReleases) -> None:
    declared = {dialect: list(ddl(CATALOG, dialect)) for dialect in DIALECTS}

    with released.installed(), pytest.raises(RevisionReleased, match=OWN):
        freeze(Declarations(CATALOG, declared), released.written, {})
    assert changes_of(released) == []


def test_a_changed_table_needs_statements_by_hand(released: LaterReleases) -> None:
    declared = {dialect: list(ddl(CATALOG, dialect)) for dialect in DIALECTS}
    changed = [text.replace("tasks_pkey", "tasks_key") for text in declared["postgresql"]]

    with pytest.raises(ChangeNotWritten, match="tasks"):
        released.add(NEXT, {**declared, "postgresql": changed}, {})


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_newest_revision_has_what_is_declared_now(dialect: str) -> None:
    path = declared_path(WRITTEN, newest_revision(), dialect)

    assert read_statements(path) == list(ddl(CATALOG, dialect)), "run `python -m tests.sql.freeze`"


def test_the_folder_of_revisions_may_have_any_name(tmp_path: Path) -> None:
    releases = copy_releases(tmp_path / "100% %(here)s")

    with releases.installed():
        assert newest_revision() == OWN
        assert revision_files.script_location() != str(releases.migrations)
