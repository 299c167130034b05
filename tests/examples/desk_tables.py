"""The front desk's own tables: the people who may log in, and the mails that open tickets."""

from hashlib import sha256

from sqlalchemy import Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql import Select


class Base(DeclarativeBase):
    """The declarations of the front desk."""

    type_annotation_map = {str: Text}  # noqa: RUF012 - as SQLAlchemy wants it


class Person(Base):
    """Somebody who logs in by a token."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)


class Mail(Base):
    """A mail that has opened a ticket; the database has a foreign key to it."""

    __tablename__ = "mails"

    message_id: Mapped[str] = mapped_column(primary_key=True)
    ticket_id: Mapped[str]


def digest_of(token: str) -> str:
    """Return the digest under which a token is stored."""
    return sha256(token.encode()).hexdigest()


def name_of(token: str) -> Select[str]:
    """Return the query for the name of the person with a token."""
    return select(Person.name).where(Person.token_digest == digest_of(token))
