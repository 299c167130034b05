"""The read of a concept in FastAPI, as one would write it: the same check of the same key, one statement, one model."""

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

KEY = "SELECT secret_digest FROM indelible.keys WHERE id = %s AND status = 'ACTIVE' AND scopes ?| ARRAY['admin']"
CONCEPT = """
SELECT c.id, c.status, c.seq, c.current_version, c.created_at, c.updated_at, w.warnings, to_jsonb(v) AS version
FROM indelible.concepts c
JOIN indelible.concept_versions v ON v.concept_id = c.id AND v.version_number = c.current_version
JOIN indelible.concept_warnings w ON w.concept_id = c.id AND w.version_number = c.current_version
WHERE c.id = %s
"""


class Content(BaseModel):
    """What a version says."""

    name: str
    definition: str
    explanation: str
    examples: list[str]
    prerequisites: list[str]
    learning_objective: str
    misconceptions: list[str]
    scope_boundaries: str | None


class Version(BaseModel):
    """A version."""

    id: str
    concept_id: str
    version_number: int
    content: Content
    created_by: str
    created_at: datetime
    change_note: str | None


class Remark(BaseModel):
    """A warning."""

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


class Shown(BaseModel):
    """What the caller is told."""

    concept: Concept
    version: Version
    warnings: list[Remark]
    seq: int


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """The pool is open while the service is."""
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
) -> Shown:
    """Show a concept with its current version."""
    _, key_id, secret = authorization.removeprefix("Bearer ").split("_", 2)
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        key = await (await cursor.execute(KEY, (key_id,))).fetchone()
        digest = hmac.digest(PEPPER, secret.encode(), "sha256").hex()
        if key is None or not hmac.compare_digest(key["secret_digest"], digest):
            raise HTTPException(401)
        found = await (await cursor.execute(CONCEPT, (concept_id,))).fetchone()
    if found is None:
        raise HTTPException(404)
    response.headers["ETag"] = f'"{found["seq"]}"'
    return shown(found)


def shown(found: dict[str, Any]) -> Shown:
    """The row as the caller gets it."""
    version = found["version"]
    return Shown.model_validate(
        {**found, "concept": found, "version": {**version, "content": version}},
        from_attributes=False,
    )
