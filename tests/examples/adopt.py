"""Rows of an old table become concepts: what the table knows is kept as it is, and nothing is made up."""

from collections.abc import Iterator
from datetime import UTC, datetime

from attrs import evolve, frozen
from sqlalchemy import Column, Connection, DateTime, Integer, MetaData, Table, Text, select

from indelible import concepts
from indelible.app import WriteTx
from indelible.concepts import Concept, ConceptContent, ConceptStatus, ConceptVersion
from indelible.kernel import Actor

ARTICLES = Table(
    "articles",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("saved_at", DateTime, nullable=False),
    Column("is_live", Integer, nullable=False),
)


@frozen(kw_only=True)
class Revision:
    """What the old table knows: words, who wrote them and when, and whether readers see them. It knows no reasons."""

    title: str
    body: str
    author: str
    saved_at: datetime
    is_live: bool


@frozen(kw_only=True)
class Adopt:
    """Take over an article, with all of its revisions, oldest first."""

    article_id: int
    revisions: tuple[Revision, ...]


def articles(connection: Connection) -> Iterator[Adopt]:
    """Every article of the old table."""
    rows = connection.execute(
        select(ARTICLES).order_by(ARTICLES.c.id, ARTICLES.c.revision)
    ).mappings()
    found: dict[int, list[Revision]] = {}
    for row in rows:
        known = {name: row[name] for name in ("title", "body", "author")}
        when = row["saved_at"].replace(tzinfo=UTC)  # the old program wrote UTC without saying so
        found.setdefault(row["id"], []).append(
            Revision(**known, saved_at=when, is_live=bool(row["is_live"]))
        )
    return (Adopt(article_id=key, revisions=tuple(each)) for key, each in found.items())


def adopt(tx: WriteTx, command: Adopt) -> str:
    """The concept's id; a second adoption of the same article changes nothing."""
    concept_id = f"article-{command.article_id}"
    if tx.concepts.get_concept(concept_id) is None:
        for number, revision in enumerate(command.revisions, start=1):
            keep(tx, concept_id, number, revision)
        if command.revisions[-1].is_live:
            publish(tx, concept_id)
    return concept_id


def keep(tx: WriteTx, concept_id: str, number: int, revision: Revision) -> None:
    """A revision as a version, by its own author and of its own time."""
    stored = tx.concepts.get_concept(concept_id)
    concept = Concept(
        id=concept_id,
        current_version=number,
        status=ConceptStatus.DRAFT,
        created_at=stored.created_at if stored else revision.saved_at,
        updated_at=revision.saved_at,
    )
    tx.concepts.save_concept(concept)
    tx.concepts.save_version(
        ConceptVersion(
            id=tx.ids.new(),
            concept_id=concept_id,
            version_number=number,
            content=ConceptContent(name=revision.title, definition=revision.body),
            created_by=Actor.user(revision.author),
            created_at=revision.saved_at,
            change_note=None,
        )
    )


def publish(tx: WriteTx, concept_id: str) -> None:
    """The steps to PUBLISHED, now: the old table does not say when they were taken."""
    for status in (ConceptStatus.REVIEW, ConceptStatus.APPROVED, ConceptStatus.PUBLISHED):
        concept = concepts.get_concept(tx, concept_id).concept
        tx.concepts.save_concept(evolve(concept, status=status, updated_at=tx.clock.now()))
