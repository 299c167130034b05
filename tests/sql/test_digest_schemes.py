"""Test that a field which a release adds to a version breaks no older version."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from attrs import AttrsInstance
from tests.sql.empty_databases import empty_on_sqlite

from indelible.concepts.entities import ConceptVersion
from indelible.kernel import digest_schemes
from indelible.testing.stores import MAYA, create, edit
from indelible_sql import SqlStore, export_histories, import_histories, verify

NEXT = digest_schemes.DIGEST_SCHEME + 1
LATER_FIELD = "change_note"
Added = tuple[tuple[str, int], ...]


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make this release one that knows no LATER_FIELD; the returned function adds it."""
    added_before = digest_schemes.added_fields

    def added(kind: type[AttrsInstance]) -> Added:
        return ((LATER_FIELD, NEXT),) if kind is ConceptVersion else added_before(kind)

    monkeypatch.setattr(digest_schemes, "added_fields", added)

    def release() -> None:
        monkeypatch.setattr(digest_schemes, "DIGEST_SCHEME", NEXT)

    return release


def test_versions_of_two_releases_are_verified_and_exported(
    store: SqlStore, next_release: Callable[[], None], tmp_path: Path
) -> None:
    first = create(store)
    next_release()
    second = edit(store, first)
    assert verify(store) == ()

    out = BytesIO()
    store.read(export_histories, out)
    out.seek(0)
    empty = empty_on_sqlite(tmp_path / "copy.db")
    empty.upgrade()
    with empty.opened() as copy:
        import_histories(copy, out, by=MAYA)
        assert verify(copy) == ()
        changes = copy.read(lambda tx: tx.history.of("concept", second.concept.id))

    assert [change.digest_scheme for change in changes] == [NEXT - 1, NEXT]
    assert edit(store, second).seq == len(changes) + 1


def test_a_version_of_a_later_release_is_named(
    store: SqlStore, next_release: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    next_release()
    create(store)
    monkeypatch.setattr(digest_schemes, "DIGEST_SCHEME", NEXT - 1)

    findings = verify(store)

    assert {finding.table for finding in findings} == {"history", "concept_versions"}
    assert any("is of a later release" in finding.detail for finding in findings)
