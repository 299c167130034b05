"""A digest covers the fields of its scheme: a field that is added later changes no older one."""

from typing import ClassVar

import pytest
from attrs import evolve, field, frozen
from tests.core.kernel.doors import AUDIT, DOOR, MAYA, Door, door_changes

from indelible.kernel import (
    Actor,
    Change,
    HashChainBroken,
    Head,
    digest_schemes,
    next_change,
    verify_chain,
)
from indelible.kernel.digest_schemes import DIGEST_SCHEME, added_in
from indelible.kernel.errors import DigestSchemeUnknown
from indelible.kernel.history import Record

NEXT = DIGEST_SCHEME + 1


@frozen(kw_only=True)
class Page(Record):
    """A page as the release before wrote it."""

    record_name: ClassVar[str] = "page"

    title: str
    author: Actor = MAYA


@frozen(kw_only=True)
class LaterPage(Page):
    """A page as the next release writes it."""

    language: str = field(default="en", metadata=added_in(NEXT))


@frozen(kw_only=True)
class Book(Record):
    """A record with values that have fields of their own."""

    record_name: ClassVar[str] = "book"

    cover: Page
    pages: tuple[Page, ...]


@frozen(kw_only=True)
class LaterBook(Record):
    """The same as the next release writes it."""

    record_name: ClassVar[str] = "book"

    cover: LaterPage
    pages: tuple[LaterPage, ...]


@pytest.fixture
def next_scheme(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(digest_schemes, "DIGEST_SCHEME", NEXT)
    return NEXT


def mixed_changes(monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    """Return changes of this release, and one of the next release after them."""
    changes = door_changes("paint")
    monkeypatch.setattr(digest_schemes, "DIGEST_SCHEME", NEXT)
    door = Door()
    head = Head(entity=door, revision=changes[-1].revision)
    return [*changes, next_change(AUDIT, DOOR, head, door, "paint", {})]


@pytest.mark.usefixtures("next_scheme")
def test_an_older_digest_leaves_a_later_field_out() -> None:
    page, later = Page(title="One"), LaterPage(title="One")

    assert later.digest(DIGEST_SCHEME) == page.digest(DIGEST_SCHEME)
    assert later.digest(NEXT) != later.digest(DIGEST_SCHEME)
    assert later.digest(NEXT) != evolve(later, language="fr").digest(NEXT)


@pytest.mark.usefixtures("next_scheme")
def test_an_older_digest_leaves_later_fields_of_values_out() -> None:
    page, later = Page(title="One"), LaterPage(title="One")
    book, later_book = Book(cover=page, pages=(page,)), LaterBook(cover=later, pages=(later,))

    assert later_book.digest(DIGEST_SCHEME) == book.digest(DIGEST_SCHEME)
    assert later_book.digest(NEXT) != book.digest(NEXT)


def test_a_digest_of_the_newest_scheme_is_the_same_before_and_after_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = Book(cover=Page(title="Cover"), pages=(Page(title="One"),))
    before = book.digest(DIGEST_SCHEME)
    monkeypatch.setattr(digest_schemes, "DIGEST_SCHEME", NEXT)

    assert book.digest(DIGEST_SCHEME) == before


def test_a_record_of_a_later_release_is_refused() -> None:
    with pytest.raises(DigestSchemeUnknown) as refused:
        Page(title="One").digest(NEXT)

    assert (refused.value.scheme, refused.value.newest) == (NEXT, DIGEST_SCHEME)


def test_a_chain_holds_across_schemes(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = mixed_changes(monkeypatch)

    assert [change.digest_scheme for change in changes] == [DIGEST_SCHEME, DIGEST_SCHEME, NEXT]
    assert verify_chain(DOOR, changes) == changes[-1].revision


def test_a_change_cannot_pass_for_one_of_another_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = mixed_changes(monkeypatch)

    for index, scheme in ((0, NEXT), (2, DIGEST_SCHEME)):
        forged = [*changes]
        forged[index] = evolve(changes[index], digest_scheme=scheme)
        with pytest.raises(HashChainBroken):
            verify_chain(DOOR, forged)
