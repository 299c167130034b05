"""A FastAPI service: the event loop is never held up, and the handlers are the same plain functions."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from indelible import concepts
from indelible.kernel import (
    Actor,
    Conflict,
    Forbidden,
    Idempotency,
    IndelibleError,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Stale,
    Unavailable,
    to_json_value,
)
from indelible_sql import open_async_store

STATUS = {
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    Forbidden: 403,
    Unavailable: 503,
    OutcomeUnknown: 503,
}


class Words(BaseModel):
    """What a caller says of a concept, and why."""

    name: str
    definition: str
    reason: str
    seq: int = 0


class Saved(BaseModel):
    """What became of it."""

    concept_id: str
    status: str
    version: int
    seq: int


def caller(x_user: Annotated[str, Header()]) -> Actor:
    """Whoever is signed in: this header stands for the host's own login."""
    return Actor.user(x_user)


Caller = Annotated[Actor, Depends(caller)]


def create_app(url: str) -> FastAPI:
    """The service over the database at an address."""
    store = open_async_store(url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await store.dispose()

    app = FastAPI(lifespan=lifespan)

    async def create(
        asked: Words, actor: Caller, idempotency_key: Annotated[str | None, Header()] = None
    ) -> Saved:
        command = concepts.CreateConcept(content=content_of(asked))
        once = Idempotency(idempotency_key, concepts.ConceptSaved) if idempotency_key else None
        return shown(
            await store.run(
                concepts.create_concept, command, actor=actor, reason=asked.reason, once=once
            )
        )

    async def finish(concept_id: str, asked: Words, actor: Caller) -> Saved:
        """The last edit and the submission: both, or neither."""
        edit = concepts.EditConcept(
            concept_id=concept_id,
            expected_seq=asked.seq,
            content=content_of(asked),
            change_note=asked.reason,
        )
        async with store.transaction(actor=actor, reason=asked.reason) as tx:
            edited = await tx.run(concepts.edit_concept, edit)
            submit = concepts.SubmitConcept(concept_id=concept_id, expected_seq=edited.seq)
            return shown(await tx.run(concepts.submit_concept, submit))

    async def history(concept_id: str) -> list[str]:
        changes = await store.read(concepts.list_history, concept_id)
        return [f"{each.action} by {each.actor}: {each.reason}" for each in changes]

    app.add_api_route("/concepts", create, methods=["POST"], status_code=201)
    app.add_api_route("/concepts/{concept_id}/finish", finish, methods=["POST"])
    app.add_api_route("/concepts/{concept_id}/history", history)
    app.add_exception_handler(IndelibleError, refused)
    return app


def content_of(asked: Words) -> concepts.ConceptContent:
    """The words as a concept's content."""
    return concepts.ConceptContent(name=asked.name, definition=asked.definition)


def shown(saved: concepts.ConceptSaved) -> Saved:
    """What the caller is told."""
    concept = saved.concept
    return Saved(
        concept_id=concept.id, status=concept.status, version=concept.current_version, seq=saved.seq
    )


async def refused(_: Request, error: Exception) -> JSONResponse:
    """A refusal of ours, with its code and the status of its kind."""
    if not isinstance(error, IndelibleError):
        raise error
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
    return JSONResponse(
        {"code": error.code, "message": error.message, "detail": to_json_value(error.detail)},
        status,
    )
