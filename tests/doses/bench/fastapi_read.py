"""Read a concept in FastAPI, with the same check of the same key, one statement and one model."""

import hmac
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException, Response
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

KEY_DIGEST = """
SELECT secret_digest
FROM indelible.keys
WHERE id = %s AND status = 'ACTIVE' AND scopes ?| ARRAY['admin']
"""
CONCEPT = """
SELECT
    c.id, c.status, c.seq, c.current_version, c.created_at, c.updated_at, w.warnings,
    to_jsonb(v) AS version
FROM indelible.concepts AS c
JOIN indelible.concept_versions AS v
    ON v.concept_id = c.id AND v.version_number = c.current_version
JOIN indelible.concept_warnings AS w
    ON w.concept_id = c.id AND w.version_number = c.current_version
WHERE c.id = %s
"""


class Content(BaseModel):
    """The content of a version."""

    name: str
    definition: str
    explanation: str
    examples: list[str]
    prerequisites: list[str]
    learning_objective: str
    misconceptions: list[str]
    scope_boundaries: str | None


class Version(BaseModel):
    """A version of a concept."""

    id: str
    concept_id: str
    version_number: int
    content: Content
    created_by: str
    created_at: datetime
    change_note: str | None


class VersionWarning(BaseModel):
    """A warning of a version."""

    code: str
    field: str | None
    severity: str
    message: str
    params: list[str]


class Concept(BaseModel):
    """A concept."""

    id: str
    current_version: int
    status: str
    created_at: datetime
    updated_at: datetime


class ConceptView(BaseModel):
    """A concept with its current version and warnings."""

    concept: Concept
    version: Version
    warnings: list[VersionWarning]
    seq: int


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """Open the pool while the service runs."""
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)
pool = AsyncConnectionPool(
    os.environ["DATABASE_URL"],
    kwargs={"autocommit": True, "prepare_threshold": 1},
    max_size=8,
    open=False,
)
PEPPER = bytes.fromhex(os.environ["BENCH_PEPPER"])


@app.get("/v1/concepts/{concept_id}")
async def show(
    concept_id: str, response: Response, authorization: Annotated[str, Header()]
) -> ConceptView:
    """Show a concept with its current version."""
    _, key_id, secret = authorization.removeprefix("Bearer ").split("_", 2)
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        key = await (await cursor.execute(KEY_DIGEST, (key_id,))).fetchone()
        digest = hmac.digest(PEPPER, secret.encode(), "sha256").hex()
        if key is None or not hmac.compare_digest(key["secret_digest"], digest):
            raise HTTPException(401)
        row = await (await cursor.execute(CONCEPT, (concept_id,))).fetchone()

    if row is None:
        raise HTTPException(404)

    response.headers["ETag"] = f'"{row["seq"]}"'
    return view_of(row)


def view_of(row: dict[str, Any]) -> ConceptView:
    """Return a row as the response."""
    version = {**row["version"], "content": row["version"]}
    return ConceptView.model_validate({**row, "concept": row, "version": version})
