"""The templates of a backend: FastAPI and SQLAlchemy."""

from typing import Final

MAIN: Final = '''\
"""The API: its application and its routes."""

import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
__IMPORTS__
app = FastAPI(title=__TITLE__)
app.add_middleware(
    CORSMiddleware,
    allow_origins=os.environ.get("ALLOWED_ORIGINS", "http://localhost:3000").split(","),
    allow_methods=["*"],
    allow_headers=["*"],
)
__ROUTERS__

@app.get("/health")
def health() -> dict[str, str]:
    """Answer while the API is running."""
    return {"status": "ok"}
'''

MAIN_TEST: Final = '''\
"""The API answers."""

from fastapi.testclient import TestClient

from main import app


def test_the_api_is_healthy() -> None:
    response = TestClient(app).get("/health")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
'''

PYTEST: Final = """\
[pytest]
pythonpath = .
"""

REQUIREMENTS: Final = """\
fastapi
httpx
pytest
sqlalchemy>=2
uvicorn
"""

DOCKERFILE: Final = """\
FROM python:3.13-slim

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

USER nobody
EXPOSE 8000
CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]
"""

DATABASE: Final = '''\
"""The database: its engine, its sessions and the base of all models."""

import os
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///app.db"))
sessions = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The base of all models."""


def get_session() -> Iterator[Session]:
    """Open a session; commit it at the end of the request."""
    with sessions.begin() as session:
        yield session
'''

MODEL: Final = '''\
"""A table of the database."""

from sqlalchemy.orm import Mapped, mapped_column

from database import Base


class __CLASS__Row(Base):
    """A row of the table."""

    __tablename__ = "__MODULE__"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
'''

SCHEMA: Final = '''\
"""The requests and responses of a resource."""

from pydantic import BaseModel, ConfigDict, Field


class __CLASS__In(BaseModel):
    """A request."""

    name: str = Field(min_length=1, max_length=200)


class __CLASS__Out(BaseModel):
    """A response."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
'''

ROUTE: Final = '''\
"""The routes of a resource."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from database import get_session
from models.__MODULE__ import __CLASS__Row
from schemas.__MODULE__ import __CLASS__In, __CLASS__Out

router = APIRouter(prefix="/__SLUG__", tags=["__SLUG__"])
SessionOfRequest = Annotated[Session, Depends(get_session)]


@router.get("")
def list_all(session: SessionOfRequest) -> list[__CLASS__Out]:
    """List all, oldest first."""
    rows = session.scalars(select(__CLASS__Row).order_by(__CLASS__Row.id))
    return [__CLASS__Out.model_validate(row) for row in rows]


@router.post("", status_code=201)
def create(values: __CLASS__In, session: SessionOfRequest) -> __CLASS__Out:
    """Create one."""
    row = __CLASS__Row(name=values.name)
    session.add(row)
    session.flush()
    return __CLASS__Out.model_validate(row)


@router.get("/{row_id}")
def get(row_id: int, session: SessionOfRequest) -> __CLASS__Out:
    """Return one."""
    row = session.get(__CLASS__Row, row_id)
    if row is None:
        raise HTTPException(status_code=404)
    return __CLASS__Out.model_validate(row)
'''
