"""The same edit by other libraries that store histories, used as their documentation shows."""

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
from tests.doses.bench.rounds import Act, Way
from tests.doses.bench.statements import CONTENT, NOTE, PRAGMAS, revised
from tests.sql.continuum import versioned

from indelible.concepts import ConceptContent
from indelible.kernel import to_json_value
from indelible.testing.stores import MAYA

CONCEPTS: Final = 100  # edited in turns, so that the history of each stays short
EVENTSOURCING: Final = "eventsourcing"
CONTINUUM: Final = "SQLAlchemy-Continuum"
ACTOR: Final = str(MAYA)


class SourcedConcept(Aggregate):
    """A concept that is the sum of its events."""

    @event("Created")
    def __init__(self, content: dict[str, object], note: str, actor: str) -> None:
        self.content = content
        self.note = note
        self.actor = actor
        self.status = "DRAFT"

    @event("Edited")
    def edit(self, content: dict[str, object], note: str, actor: str) -> None:
        """Replace the content."""
        self.content = content
        self.note = note
        self.actor = actor


@frozen
class Library:
    """The edit and the read of another library."""

    edit: Way
    read: Act


def _fields_of(content: ConceptContent) -> dict[str, Any]:
    fields = asdict(content, recurse=False)
    return {name: to_json_value(value) for name, value in fields.items()}


@contextmanager
def on_postgresql(owner_url: str) -> Generator[Mapping[str, Library]]:
    """Set up both in our database, in a schema of their own, as its owner."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("CREATE SCHEMA others")

    url = sa.make_url(owner_url)
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(url.database),
        "POSTGRES_HOST": str(url.host),
        "POSTGRES_PORT": str(url.port),
        "POSTGRES_USER": str(url.username),
        "POSTGRES_PASSWORD": url.password or "none",
        "POSTGRES_SCHEMA": "others",
    }
    # Prepared, as our statements are.
    arguments = {"options": "-csearch_path=others", "prepare_threshold": 1}
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), connect_args=arguments)
    with _eventsourcing(environment) as sourced, _continuum(engine) as continued:
        yield {EVENTSOURCING: sourced, CONTINUUM: continued}
    engine.dispose()


@contextmanager
def on_sqlite(directory: Path) -> Generator[Mapping[str, Library]]:
    """Set up each in a file of its own, as durable as ours."""
    with TemporaryDirectory(dir=directory) as folder:
        environment = {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": f"{folder}/sourced.db",
        }
        engine = sa.create_engine(f"sqlite:///{folder}/continued.db")
        listen(engine, "connect", _set_pragmas)
        with _eventsourcing(environment) as sourced, _continuum(engine) as continued:
            yield {EVENTSOURCING: sourced, CONTINUUM: continued}
        engine.dispose()


def _set_pragmas(connection: sqlite3.Connection, _: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _eventsourcing(environment: Mapping[str, str]) -> Generator[Library]:
    """Load the aggregate from its events, edit it, save the new event."""
    application = Application[Any](env=dict(environment))
    aggregates: list[SourcedConcept] = []
    for _ in range(CONCEPTS):
        fields = _fields_of(CONTENT)
        aggregates.append(SourcedConcept(content=fields, note=NOTE, actor=ACTOR))
    application.save(*aggregates)
    ids = cycle([aggregate.id for aggregate in aggregates])
    edits = 0

    def edit() -> None:
        nonlocal edits
        edits += 1
        concept: SourcedConcept = application.repository.get(next(ids))
        concept.edit(content=_fields_of(revised(edits)), note=NOTE, actor=ACTOR)
        application.save(concept)

    def read() -> object:
        return application.repository.get(next(ids))

    try:
        yield Library(Way(edit, lambda: application.recorder.max_notification_id() or 0), read)
    finally:
        application.close()


@contextmanager
def _continuum(engine: sa.Engine) -> Generator[Library]:
    """Use a session for each edit, as a request does: get the row, set what differs, commit."""
    with versioned(engine, _declare_concept) as concept_class:
        with Session(engine) as session:
            for number in range(CONCEPTS):
                session.add(concept_class(id=str(number), **_row(CONTENT)))
            session.commit()
        ids = cycle(map(str, range(CONCEPTS)))
        edits = 0

        def edit() -> None:
            nonlocal edits
            edits += 1
            with Session(engine) as session:
                concept = session.get_one(concept_class, next(ids))
                for name, value in _row(revised(edits)).items():
                    setattr(concept, name, value)
                session.commit()

        def read() -> object:
            with Session(engine) as session:
                return session.get_one(concept_class, next(ids))

        def count_versions() -> int:
            query = sa.select(sa.func.count()).select_from(version_class(concept_class))
            with Session(engine) as session:
                return int(session.execute(query).scalar_one())

        yield Library(Way(edit, count_versions), read)


def _row(content: ConceptContent) -> dict[str, Any]:
    row = _fields_of(content)
    row.update(changed_by=ACTOR, change_note=NOTE, updated_at=datetime.now(UTC))
    return row


def _declare_concept() -> Any:  # noqa: ANN401 - Continuum adds attributes that no type knows
    texts = sa.JSON().with_variant(JSONB(), "postgresql")

    class Base(DeclarativeBase):
        type_annotation_map: ClassVar[Any] = {
            list[str]: texts,
            datetime: sa.DateTime(timezone=True),
        }

    class ContinuumConcept(Base):
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

    return ContinuumConcept
