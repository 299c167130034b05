"""A FastAPI service on the asyncio store, with the same handlers as the synchronous one."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel

from indelible import concepts
from indelible.kernel import Actor, Idempotency, IndelibleError, http_problem
from indelible_sql import open_async_store, open_store


class ConceptInput(BaseModel):
    """The body of a request."""

    name: str
    definition: str
    reason: str
    seq: int = 0


class ConceptOutput(BaseModel):
    """The body of a response."""

    concept_id: str
    status: str
    version: int
    seq: int


def caller(x_user: Annotated[str, Header()]) -> Actor:
    """Return the signed-in user; this header stands for the host's own login."""
    return Actor.user(x_user)


Caller = Annotated[Actor, Depends(caller)]


def create_app(url: str) -> FastAPI:
    """Return the service for the database at a URL."""
    store = open_async_store(url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await store.dispose()

    app = FastAPI(lifespan=lifespan)

    async def create(
        body: ConceptInput, actor: Caller, idempotency_key: Annotated[str | None, Header()] = None
    ) -> ConceptOutput:
        command = concepts.CreateConcept(content=content_of(body))
        idempotency = None
        if idempotency_key:
            idempotency = Idempotency(idempotency_key, concepts.ConceptSaved)

        saved = await store.run(
            concepts.create_concept,
            command,
            actor=actor,
            reason=body.reason,
            idempotency=idempotency,
        )
        return output_of(saved)

    async def finish(concept_id: str, body: ConceptInput, actor: Caller) -> ConceptOutput:
        """Edit and submit the concept in one transaction."""
        edit = concepts.EditConcept(
            concept_id=concept_id,
            expected_seq=body.seq,
            content=content_of(body),
            change_note=body.reason,
        )
        async with store.transaction(actor=actor, reason=body.reason) as tx:
            edited = await tx.run(concepts.edit_concept, edit)
            submit = concepts.SubmitConcept(concept_id=concept_id, expected_seq=edited.seq)
            return output_of(await tx.run(concepts.submit_concept, submit))

    async def history(concept_id: str) -> list[str]:
        changes = await store.read(concepts.list_history, concept_id)
        return [f"{change.action} by {change.actor}: {change.reason}" for change in changes]

    app.add_api_route("/concepts", create, methods=["POST"], status_code=201)
    app.add_api_route("/concepts/{concept_id}/finish", finish, methods=["POST"])
    app.add_api_route("/concepts/{concept_id}/history", history)
    app.add_exception_handler(IndelibleError, error_response)
    return app


def content_of(body: ConceptInput) -> concepts.ConceptContent:
    """Return the content of a concept from the body of a request."""
    return concepts.ConceptContent(name=body.name, definition=body.definition)


def output_of(saved: concepts.ConceptSaved) -> ConceptOutput:
    """Return the response for a saved concept."""
    concept = saved.concept
    return ConceptOutput(
        concept_id=concept.id, status=concept.status, version=concept.current_version, seq=saved.seq
    )


async def error_response(_: Request, error: Exception) -> Response:
    """Return the problem document of an error."""
    if not isinstance(error, IndelibleError):
        raise error
    problem = http_problem(error)
    return Response(problem.body, problem.status, problem.headers)


def make() -> FastAPI:
    """Create the tables where they are missing, and return the service."""
    url = os.environ.get("DATABASE_URL", "sqlite:///lessons.db")
    owner_url = os.environ.get("INDELIBLE_OWNER_URL", url)
    open_store(url).upgrade(owner_url)
    return create_app(url)
