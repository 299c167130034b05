"""Old rows become concepts, and say no more than was known of them."""

from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, insert
from tests.examples.adopt import ARTICLES, adopt, articles
from tests.examples.conftest import HostDatabase

from indelible import concepts
from indelible.concepts import ConceptStatus
from indelible.kernel import Actor
from indelible_sql import SqlStore, open_store, verify

pytestmark = pytest.mark.slow

IMPORTER = Actor.system("adoption")
REASON = "adopted from the table articles"


def row(number: int, revision: int, words: str, day: int, *, live: bool) -> dict[str, object]:
    when = datetime(2021, 3, day)  # noqa: DTZ001 - as old tables have them
    place = {"id": number, "revision": revision, "title": "Ratio", "saved_at": when}
    return {**place, "body": words, "author": "maya", "is_live": live}


ROWS = (
    row(1, 1, "A comparison.", 1, live=False),
    row(1, 2, "A comparison of two quantities.", 5, live=True),
    row(2, 1, "Two ratios that are equal.", 7, live=False),
)


@pytest.fixture
def store(host: HostDatabase) -> Generator[SqlStore]:
    opened = open_store(host.url)
    yield opened
    opened.dispose()


def test_what_was_known_is_kept_and_the_rest_is_said_to_be_of_today(store: SqlStore) -> None:
    old = create_engine("sqlite://")
    with old.begin() as connection:
        ARTICLES.create(connection)
        connection.execute(insert(ARTICLES), ROWS)
        asked = [
            *articles(connection),
            *articles(connection),
        ]  # an adoption that was interrupted is repeated
    old.dispose()
    began = datetime.now(UTC)
    for each in asked:
        store.run(adopt, each, actor=IMPORTER, reason=REASON)
    live, draft = (store.read(concepts.get_concept, f"article-{number}") for number in (1, 2))
    versions = store.read(concepts.list_versions, "article-1")
    history = store.read(concepts.list_history, "article-1")

    assert (live.concept.status, draft.concept.status) == (
        ConceptStatus.PUBLISHED,
        ConceptStatus.DRAFT,
    )
    assert [(each.created_by, each.created_at.day, each.created_at.year) for each in versions] == [
        (Actor.user("maya"), 1, 2021),
        (Actor.user("maya"), 5, 2021),
    ]
    assert [(each.action, each.at >= began) for each in history] == [
        ("create", False),
        ("edit", False),
        ("submit", True),
        ("approve", True),
        ("publish", True),
    ]
    assert {(each.actor, each.reason) for each in history} == {(IMPORTER, REASON)}
    assert verify(store) == ()
