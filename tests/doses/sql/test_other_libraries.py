"""Test three failures of other libraries and of raw SQL, and the same attempts here.

`docs/explanation/comparison.md` describes them; these tests check its statements.
"""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from threading import Barrier
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from tests.architecture.pages import page
from tests.sql.conftest import code, opened
from tests.sql.continuum import Articles, versioned_articles
from transitions import Machine

from indelible import concepts
from indelible.concepts import ConceptStatus
from indelible.testing.stores import create, edit, submit
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, verify

pytestmark = pytest.mark.slow

DRAFT = "DRAFT"
REVIEW = "REVIEW"
WITHDRAWN = "WITHDRAWN"
PUBLISHED = "PUBLISHED"
MAX_WAIT_SECONDS = 30
PAGE = page("explanation/comparison.md")


@pytest.fixture
def owner(database: PostgresServer) -> Generator[sa.Engine]:
    """Connect as the owner of all tables; the other libraries have a schema of their own."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("CREATE SCHEMA libraries")

    url = make_url(database.owner_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url.update_query_dict({"options": "-csearch_path=libraries"}))
    yield engine
    engine.dispose()


@pytest.fixture
def store(database: PostgresServer) -> Generator[SqlStore]:
    with opened(database.url) as sql_store:
        yield sql_store


@pytest.fixture
def articles(owner: sa.Engine) -> Generator[Articles]:
    with versioned_articles(owner) as table:
        yield table


def refusing_guard(engine: sa.Engine, statement: str, **values: object) -> str:
    """Return the name of the guard that refuses a statement or its COMMIT, or ''."""
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(statement), values)
    except DBAPIError as error:
        diagnostics: Any = getattr(error.orig, "diag", None)
        return str(diagnostics.constraint_name)

    return ""


def status_of(articles: Articles) -> str:
    """Return the status of the only article."""
    status: str = articles.session.scalars(sa.select(articles.article.status)).one()
    return status


def test_continuum_misses_a_bulk_update(articles: Articles) -> None:
    articles.session.add(articles.article(status=DRAFT))
    articles.session.commit()
    articles.session.execute(sa.update(articles.article).values(status=PUBLISHED))
    articles.session.commit()

    assert status_of(articles) == PUBLISHED
    assert articles.versioned_statuses() == [DRAFT]  # when it was published, and by whom, is lost


def test_the_same_bulk_update_is_refused_here(store: SqlStore, owner: sa.Engine) -> None:
    ids = [create(store).concept.id, create(store).concept.id]
    update = "UPDATE indelible.concepts SET status = 'PUBLISHED'"

    assert refusing_guard(owner, update) == "concepts_one_step"
    for concept_id in ids:
        assert store.read(concepts.get_concept, concept_id).concept.status == DRAFT
    assert verify(store) == ()
    assert "`concepts_one_step`" in PAGE


class Paper:
    """A row whose status follows a state machine of the library `transitions`."""

    state: str

    def __init__(self, engine: sa.Engine) -> None:
        with engine.connect() as connection:
            state = connection.execute(sa.text("SELECT status FROM libraries.paper")).scalar_one()

        edges = [
            {"trigger": "submit", "source": DRAFT, "dest": REVIEW},
            {"trigger": "withdraw", "source": DRAFT, "dest": WITHDRAWN},
        ]
        states = [DRAFT, REVIEW, WITHDRAWN]
        Machine(self, states=states, transitions=edges, initial=state, auto_transitions=False)

    def save(self, engine: sa.Engine) -> None:
        """Save the state, and append it to the table of all saved states."""
        values = {"state": self.state}
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE libraries.paper SET status = :state"), values)
            connection.execute(
                sa.text("INSERT INTO libraries.done (state) VALUES (:state)"), values
            )


@pytest.fixture
def paper(owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.execute(sa.text("CREATE TABLE libraries.paper (status text)"))
        connection.execute(sa.text("CREATE TABLE libraries.done (position bigserial, state text)"))
        connection.execute(sa.text("INSERT INTO libraries.paper VALUES (:state)"), {"state": DRAFT})


@pytest.mark.usefixtures("paper")
def test_a_state_machine_lets_two_callers_leave_one_state(owner: sa.Engine) -> None:
    both_have_read = Barrier(2)

    def transition(trigger: str) -> None:
        paper: Any = Paper(owner)
        both_have_read.wait(MAX_WAIT_SECONDS)
        getattr(paper, trigger)()
        paper.save(owner)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(transition, ("submit", "withdraw")))

    with owner.connect() as connection:
        query = sa.text("SELECT state FROM libraries.done ORDER BY position")
        saved = list(connection.execute(query).scalars())
        status = connection.execute(sa.text("SELECT status FROM libraries.paper")).scalar_one()

    assert sorted(saved) == [REVIEW, WITHDRAWN]  # though no edge connects the two
    assert status == saved[-1]  # and the first state was overwritten silently


def test_one_of_two_callers_is_stale_here(store: SqlStore) -> None:
    saved = create(store)
    both_have_read = Barrier(2)

    def wait_and_run(command: Any) -> str:  # noqa: ANN401 - of either signature
        both_have_read.wait(MAX_WAIT_SECONDS)
        return code(command, store, saved)

    with ThreadPoolExecutor(2) as threads:
        codes = sorted(threads.map(wait_and_run, (submit, edit)))

    view = store.read(concepts.get_concept, saved.concept.id)
    history = store.read(concepts.list_history, saved.concept.id)
    expected = {"submit": ConceptStatus.REVIEW, "edit": ConceptStatus.DRAFT}

    assert codes == ["", "STALE"]
    assert view.concept.status is expected[history[-1].action]
    assert len(history) == view.seq == saved.seq + 1
    assert "`STALE`" in PAGE


def test_raw_sql_changes_a_status_of_continuum(articles: Articles, owner: sa.Engine) -> None:
    articles.session.add(articles.article(status=DRAFT))
    articles.session.commit()

    assert refusing_guard(owner, "UPDATE libraries.article SET status = 'PUBLISHED'") == ""
    articles.session.expire_all()
    assert status_of(articles) == PUBLISHED
    assert articles.versioned_statuses() == [DRAFT]


CAREFUL_UPDATE = """
UPDATE indelible.concepts
SET status = 'PUBLISHED',
    seq = seq + 1,
    hash = repeat('0', 64),
    updated_at = updated_at + interval '1 second'
WHERE id = :id
"""


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE indelible.concepts SET status = 'PUBLISHED' WHERE id = :id", "concepts_one_step"),
        (CAREFUL_UPDATE, "concepts_history"),
        (
            "UPDATE indelible.history SET to_state = 'PUBLISHED' WHERE entity_id = :id",
            "history_no_update",
        ),
    ],
)
def test_raw_sql_that_changes_a_status_is_refused_here(
    store: SqlStore, owner: sa.Engine, statement: str, guard: str
) -> None:
    concept_id = create(store).concept.id

    assert refusing_guard(owner, statement, id=concept_id) == guard
    assert store.read(concepts.get_concept, concept_id).concept.status is ConceptStatus.DRAFT
    assert verify(store) == ()
    assert f"`{guard}`" in PAGE


@pytest.mark.parametrize("name", ["SQLAlchemy-Continuum", "transitions"])
def test_the_page_names_the_compared_versions(name: str) -> None:
    assert f"{name} {version(name)}" in PAGE
