"""SQLAlchemy-Continuum, used as its documentation shows: a table whose rows are kept as versions."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column
from sqlalchemy_continuum import VersioningManager, make_versioned, remove_versioning, version_class


@frozen
class Articles:
    """The table, as a class, and a session on it."""

    article: Any
    session: Session

    def statuses_kept(self) -> list[str]:
        """The status of each version that Continuum keeps, oldest first."""
        version = version_class(self.article)
        return list(
            self.session.scalars(sa.select(version.status).order_by(version.transaction_id))
        )


@contextmanager
def versioned(engine: sa.Engine, declare: Callable[[], Any]) -> Generator[Any]:
    """A class of which Continuum keeps the versions; it listens to the whole process, so only during the block."""
    manager = VersioningManager()  # the one that the library brings remembers its first tables
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
    """Tables of Continuum's, and a session on them."""
    with versioned(engine, _declared) as articles, Session(engine) as session:
        yield Articles(articles, session)


def _declared() -> Any:  # noqa: ANN401 - Continuum adds to it what no type knows
    class Base(DeclarativeBase):
        pass

    class Article(Base):
        __versioned__: ClassVar[Any] = {}
        __tablename__ = "article"

        id: Mapped[int] = mapped_column(primary_key=True)
        status: Mapped[str]

    return Article
