"""SQLAlchemy-Continuum, used as its documentation shows: a table with a version of every row."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column
from sqlalchemy_continuum import VersioningManager, make_versioned, remove_versioning, version_class


@frozen
class Articles:
    """The mapped class of a versioned table, and a session."""

    article: Any
    session: Session

    def versioned_statuses(self) -> list[str]:
        """Return the status of every version that Continuum has stored, oldest first."""
        version = version_class(self.article)
        statuses = sa.select(version.status).order_by(version.transaction_id)

        return list(self.session.scalars(statuses))


@contextmanager
def versioned(engine: sa.Engine, declare: Callable[[], Any]) -> Generator[Any]:
    """Create the tables of a declared class with Continuum, which listens to the whole process.

    It listens only during the block. The manager is a new one, because the manager of the library
    remembers the first tables that it has seen.
    """
    manager = VersioningManager()
    make_versioned(manager=manager, user_cls=None)
    try:
        declared = declare()
        configure_mappers()
        declared.metadata.create_all(engine)
        yield declared
    finally:
        remove_versioning(manager=manager)


@contextmanager
def versioned_articles(engine: sa.Engine) -> Generator[Articles]:
    """Create a versioned table of articles, and open a session."""
    with versioned(engine, _declare_article) as article, Session(engine) as session:
        yield Articles(article, session)


def _declare_article() -> Any:  # noqa: ANN401 - Continuum adds attributes that no type knows
    class Base(DeclarativeBase):
        pass

    class Article(Base):
        __versioned__: ClassVar[Any] = {}
        __tablename__ = "article"

        id: Mapped[int] = mapped_column(primary_key=True)
        status: Mapped[str]

    return Article
