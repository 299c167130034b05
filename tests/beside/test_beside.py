"""Three failures of other libraries and of bare SQL, and how the same attempt ends here, in the same database.

`docs/explanation/beside-others.md` tells it; what it says is asserted here.
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
from tests.beside.continuum import Articles, versioned_articles
from tests.sql.conftest import opened
from transitions import Machine

from indelible import concepts
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import IndelibleError
from indelible.testing.stores import create, edit, submit
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, verify

DRAFT, REVIEW, WITHDRAWN, PUBLISHED = "DRAFT", "REVIEW", "WITHDRAWN", "PUBLISHED"
LONGEST_WAIT_SECONDS = 30
PAGE = page("explanation/beside-others.md")


@pytest.fixture
def owner(database: PostgresServer) -> Generator[sa.Engine]:
    """The owner's engine: the others' tables in a schema of their own, and every right on ours but a superuser's."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("CREATE SCHEMA beside")
    url = make_url(database.owner_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url.update_query_dict({"options": "-csearch_path=beside"}))
    yield engine
    engine.dispose()


@pytest.fixture
def store(database: PostgresServer) -> Generator[SqlStore]:
    with opened(database.url) as found:
        yield found


@pytest.fixture
def articles(owner: sa.Engine) -> Generator[Articles]:
    with versioned_articles(owner) as found:
        yield found


def guard_that_refuses(engine: sa.Engine, statement: str, **values: object) -> str:
    """The name of the guard that refuses the statement, or its COMMIT; '' where it is done."""
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(statement), values)
    except DBAPIError as error:
        diagnostics: Any = getattr(error.orig, "diag", None)
        return str(diagnostics.constraint_name)
    return ""


def test_a_bulk_update_leaves_continuum_s_history_behind(articles: Articles) -> None:
    articles.session.add(articles.article(status=DRAFT))
    articles.session.commit()
    articles.session.execute(sa.update(articles.article).values(status=PUBLISHED))
    articles.session.commit()
    shown = articles.session.scalars(sa.select(articles.article.status)).one()

    assert shown == PUBLISHED
    assert articles.statuses_kept() == [DRAFT]  # nobody can say when, or by whom, it was published


def test_here_the_same_bulk_update_is_refused(store: SqlStore, owner: sa.Engine) -> None:
    saved = [create(store), create(store)]

    assert (
        guard_that_refuses(owner, "UPDATE indelible.concepts SET status = 'PUBLISHED'")
        == "concepts_one_step"
    )
    assert {store.read(concepts.get_concept, each.concept.id).concept.status for each in saved} == {
        DRAFT
    }
    assert verify(store) == ()
    assert "`concepts_one_step`" in PAGE


class Paper:
    """A row, as a program holds it that keeps its rules in a state machine of `transitions`."""

    state: str

    def __init__(self, engine: sa.Engine) -> None:
        with engine.connect() as connection:
            state = connection.execute(sa.text("SELECT status FROM beside.paper")).scalar_one()
        edges = [
            {"trigger": "submit", "source": DRAFT, "dest": REVIEW},
            {"trigger": "withdraw", "source": DRAFT, "dest": WITHDRAWN},
        ]
        Machine(
            self,
            states=[DRAFT, REVIEW, WITHDRAWN],
            transitions=edges,
            initial=state,
            auto_transitions=False,
        )

    def save(self, engine: sa.Engine) -> None:
        with engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE beside.paper SET status = :state"), {"state": self.state}
            )
            connection.execute(
                sa.text("INSERT INTO beside.done (state) VALUES (:state)"), {"state": self.state}
            )


@pytest.fixture
def paper(owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.execute(sa.text("CREATE TABLE beside.paper (status text)"))
        connection.execute(sa.text("CREATE TABLE beside.done (position bigserial, state text)"))
        connection.execute(sa.text("INSERT INTO beside.paper VALUES (:state)"), {"state": DRAFT})


@pytest.mark.usefixtures("paper")
def test_two_callers_of_a_state_machine_both_leave_the_state_that_only_one_can_leave(
    owner: sa.Engine,
) -> None:
    read = Barrier(2)

    def act(trigger: str) -> None:
        paper: Any = Paper(owner)
        read.wait(LONGEST_WAIT_SECONDS)  # both have read DRAFT
        getattr(paper, trigger)()
        paper.save(owner)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(act, ("submit", "withdraw")))
    with owner.connect() as connection:
        done = list(
            connection.execute(sa.text("SELECT state FROM beside.done ORDER BY position")).scalars()
        )
        shown = connection.execute(sa.text("SELECT status FROM beside.paper")).scalar_one()

    assert sorted(done) == [REVIEW, WITHDRAWN]  # though no edge leads from either to the other
    assert shown == done[-1]  # and the first caller's state is gone without a trace


def test_here_one_of_two_callers_is_stale(store: SqlStore) -> None:
    saved, read = create(store), Barrier(2)

    def act(step: Any) -> str:  # noqa: ANN401 - of either signature
        seen: ConceptSaved = saved
        read.wait(LONGEST_WAIT_SECONDS)  # both have seen DRAFT
        try:
            step(store, seen)
        except IndelibleError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(2) as threads:
        told = sorted(threads.map(act, (submit, edit)))
    shown = store.read(concepts.get_concept, saved.concept.id)
    history = store.read(concepts.list_history, saved.concept.id)

    assert told == ["", "STALE"]
    assert shown.concept.status is (
        ConceptStatus.REVIEW if history[-1].action == "submit" else ConceptStatus.DRAFT
    )
    assert len(history) == shown.seq == saved.seq + 1
    assert "`STALE`" in PAGE


def test_a_status_that_is_changed_by_raw_sql_is_changed(
    articles: Articles, owner: sa.Engine
) -> None:
    articles.session.add(articles.article(status=DRAFT))
    articles.session.commit()

    assert guard_that_refuses(owner, "UPDATE beside.article SET status = 'PUBLISHED'") == ""
    articles.session.expire_all()
    assert articles.session.scalars(sa.select(articles.article.status)).one() == PUBLISHED
    assert articles.statuses_kept() == [DRAFT]


CAREFUL = (
    "UPDATE indelible.concepts SET status = 'PUBLISHED', seq = seq + 1, hash = repeat('0', 64), "
    "updated_at = updated_at + interval '1 second' WHERE id = :id"
)


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE indelible.concepts SET status = 'PUBLISHED' WHERE id = :id", "concepts_one_step"),
        (CAREFUL, "concepts_shown"),
        (
            "UPDATE indelible.history SET to_state = 'PUBLISHED' WHERE entity_id = :id",
            "history_no_update",
        ),
    ],
)
def test_here_a_status_that_is_changed_by_raw_sql_is_refused(
    store: SqlStore, owner: sa.Engine, statement: str, guard: str
) -> None:
    saved = create(store)

    assert guard_that_refuses(owner, statement, id=saved.concept.id) == guard
    assert store.read(concepts.get_concept, saved.concept.id).concept.status is ConceptStatus.DRAFT
    assert verify(store) == ()
    assert f"`{guard}`" in PAGE


@pytest.mark.parametrize("name", ["SQLAlchemy-Continuum", "transitions"])
def test_the_page_names_the_versions_that_were_tried(name: str) -> None:
    assert f"{name} {version(name)}" in PAGE
