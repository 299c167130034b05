"""The same edit by libraries that keep histories too, each used as its documentation shows."""

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

import psycopg
import sqlalchemy as sa
from attrs import asdict, frozen
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.event import listen
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy_continuum import version_class
from tests.bench.rounds import Act, Way
from tests.bench.statements import CONTENT, NOTE, PRAGMAS, revised
from tests.sql.continuum import versioned

from indelible.concepts import ConceptContent
from indelible.kernel import to_json_value
from indelible.testing.stores import MAYA

MANY: Final = 100  # of which each is edited in its turn, so that what is loaded of it stays short
SOURCED: Final = "eventsourcing"
CONTINUED: Final = "SQLAlchemy-Continuum"
WHO: Final = str(MAYA)


class Sourced(Aggregate):
    """A concept that is the sum of its events."""

    @event("Created")
    def __init__(self, content: dict[str, object], note: str, actor: str) -> None:
        self.content, self.note, self.actor = content, note, actor
        self.status = "DRAFT"

    @event("Edited")
    def edit(self, content: dict[str, object], note: str, actor: str) -> None:
        """Say something else."""
        self.content, self.note, self.actor = content, note, actor


@frozen
class Other:
    """How another library edits and reads."""

    edit: Way
    read: Act


def _said(content: ConceptContent) -> dict[str, Any]:
    return {name: to_json_value(value) for name, value in asdict(content, recurse=False).items()}


@contextmanager
def on_postgresql(owner_url: str) -> Generator[Mapping[str, Other]]:
    """Both in the database in which ours is, in a schema of their own, as its owner."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("CREATE SCHEMA others")
    url = sa.make_url(owner_url)
    reached = {
        "DBNAME": url.database,
        "HOST": url.host,
        "PORT": url.port,
        "USER": url.username,
        "SCHEMA": "others",
    }
    environment = {f"POSTGRES_{name}": str(value) for name, value in reached.items()}
    environment |= {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_PASSWORD": url.password or "none",
    }
    arguments = {"options": "-csearch_path=others", "prepare_threshold": 1}  # as ours is prepared
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), connect_args=arguments)
    with _sourced(environment) as sourced, _continued(engine) as continued:
        yield {SOURCED: sourced, CONTINUED: continued}
    engine.dispose()


@contextmanager
def on_sqlite(place: Path) -> Generator[Mapping[str, Other]]:
    """Each in a file of its own, as durable as ours."""
    with TemporaryDirectory(dir=place) as folder:
        environment = {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": f"{folder}/sourced.db",
        }
        engine = sa.create_engine(f"sqlite:///{folder}/continued.db")
        listen(engine, "connect", _durable)
        with _sourced(environment) as sourced, _continued(engine) as continued:
            yield {SOURCED: sourced, CONTINUED: continued}
        engine.dispose()


def _durable(connection: sqlite3.Connection, _: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _sourced(environment: Mapping[str, str]) -> Generator[Other]:
    """Load the aggregate from its events, let it decide, save the new event."""
    application = Application[Any](env=dict(environment))
    aggregates = [Sourced(content=_said(CONTENT), note=NOTE, actor=WHO) for _ in range(MANY)]
    application.save(*aggregates)
    following, number = cycle([each.id for each in aggregates]), [0]

    def edit() -> None:
        number[0] += 1
        concept: Sourced = application.repository.get(next(following))
        concept.edit(content=_said(revised(number[0])), note=NOTE, actor=WHO)
        application.save(concept)

    def read() -> object:
        return application.repository.get(next(following))

    try:
        yield Other(Way(edit, lambda: application.recorder.max_notification_id() or 0), read)
    finally:
        application.close()


@contextmanager
def _continued(engine: sa.Engine) -> Generator[Other]:
    """A session for each edit, as a request has one: get the row, set what differs, commit."""
    with versioned(engine, _declared) as declared:
        with Session(engine) as session:
            session.add_all(declared(id=str(number), **_row(CONTENT)) for number in range(MANY))
            session.commit()
        following, number = cycle(map(str, range(MANY))), [0]

        def edit() -> None:
            number[0] += 1
            with Session(engine) as session:
                concept = session.get_one(declared, next(following))
                for name, value in _row(revised(number[0])).items():
                    setattr(concept, name, value)
                session.commit()

        def read() -> object:
            with Session(engine) as session:
                return session.get_one(declared, next(following))

        def kept() -> int:
            with Session(engine) as session:
                versions = sa.select(sa.func.count()).select_from(version_class(declared))
                return int(session.execute(versions).scalar_one())

        yield Other(Way(edit, kept), read)


def _row(content: ConceptContent) -> dict[str, Any]:
    return {
        **_said(content),
        "changed_by": WHO,
        "change_note": NOTE,
        "updated_at": datetime.now(UTC),
    }


def _declared() -> Any:  # noqa: ANN401 - Continuum adds to it what no type knows
    texts = sa.JSON().with_variant(JSONB(), "postgresql")

    class Base(DeclarativeBase):
        type_annotation_map: ClassVar[Any] = {
            list[str]: texts,
            datetime: sa.DateTime(timezone=True),
        }

    class Continued(Base):
        __versioned__: ClassVar[Any] = {}
        __tablename__ = "continued"

        id: Mapped[str] = mapped_column(primary_key=True)
        status: Mapped[str] = mapped_column(default="DRAFT")
        name: Mapped[str]
        definition: Mapped[str]
        explanation: Mapped[str]
        examples: Mapped[list[str]]
        prerequisites: Mapped[list[str]]
        learning_objective: Mapped[str]
        misconceptions: Mapped[list[str]]
        scope_boundaries: Mapped[str | None]
        changed_by: Mapped[str]
        change_note: Mapped[str]
        updated_at: Mapped[datetime]

    return Continued
