"""Import the rows of an old table as concepts, without inventing any history."""

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
    """One row of the old table. It stores no reasons and no dates of publication."""

    title: str
    body: str
    author: str
    saved_at: datetime
    is_live: bool


@frozen(kw_only=True)
class Adopt:
    """The command to import an article with all of its revisions, oldest first."""

    article_id: int
    revisions: tuple[Revision, ...]


def articles(connection: Connection) -> Iterator[Adopt]:
    """Yield every article of the old table."""
    rows = connection.execute(
        select(ARTICLES).order_by(ARTICLES.c.id, ARTICLES.c.revision)
    ).mappings()
    revisions_by_article: dict[int, list[Revision]] = {}
    for row in rows:
        revision = Revision(
            title=row["title"],
            body=row["body"],
            author=row["author"],
            saved_at=row["saved_at"].replace(
                tzinfo=UTC
            ),  # the old program stored UTC without a zone
            is_live=bool(row["is_live"]),
        )
        revisions_by_article.setdefault(row["id"], []).append(revision)

    for article_id, revisions in revisions_by_article.items():
        yield Adopt(article_id=article_id, revisions=tuple(revisions))


def adopt(tx: WriteTx, command: Adopt) -> str:
    """Import an article and return the concept's id; a repeated import changes nothing."""
    concept_id = f"article-{command.article_id}"
    if tx.concepts.repository.get_concept(concept_id) is None:
        for number, revision in enumerate(command.revisions, start=1):
            save_revision(tx, concept_id, number, revision)
        if command.revisions[-1].is_live:
            publish(tx, concept_id)
    return concept_id


def save_revision(tx: WriteTx, concept_id: str, number: int, revision: Revision) -> None:
    """Save a revision as a version with its original author and time."""
    stored = tx.concepts.repository.get_concept(concept_id)
    concept = Concept(
        id=concept_id,
        current_version=number,
        status=ConceptStatus.DRAFT,
        created_at=stored.created_at if stored else revision.saved_at,
        updated_at=revision.saved_at,
    )
    tx.concepts.repository.save_concept(concept)
    tx.concepts.repository.save_version(
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
    """Publish the concept now, because the old table does not say when it was published."""
    for status in (ConceptStatus.REVIEW, ConceptStatus.APPROVED, ConceptStatus.PUBLISHED):
        concept = concepts.get_concept(tx, concept_id).concept
        tx.concepts.repository.save_concept(
            evolve(concept, status=status, updated_at=tx.clock.now())
        )
