"""A Flask service with a table of its own: a lesson and its concept are kept together, or neither is."""

from http import HTTPStatus
from typing import Any

from flask import Flask, request
from sqlalchemy import Column, Engine, MetaData, Table, Text, insert, select
from sqlalchemy.exc import IntegrityError

from indelible import concepts
from indelible.kernel import (
    Actor,
    Conflict,
    Forbidden,
    IndelibleError,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Stale,
    Unavailable,
    to_json_value,
)
from indelible_sql import open_store

LESSONS = Table(
    "lessons",
    MetaData(),
    Column("day", Text, primary_key=True),
    Column("concept_id", Text, nullable=False),
)
STATUS = {
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    Forbidden: 403,
    Unavailable: 503,
    OutcomeUnknown: 503,
}
Answer = tuple[dict[str, Any], int]


def create_app(engine: Engine) -> Flask:
    """The service over the host's own engine."""
    app, store = Flask(__name__), open_store(engine=engine)

    @app.post("/lessons/<day>")
    def plan(day: str) -> Answer:
        asked = request.get_json()
        content = concepts.ConceptContent(name=asked["name"], definition=asked["definition"])
        with (
            engine.begin() as mine,
            store.transaction(actor=caller(), reason=asked["reason"], connection=mine) as tx,
        ):
            saved = concepts.create_concept(tx, concepts.CreateConcept(content=content))
            mine.execute(insert(LESSONS).values(day=day, concept_id=saved.concept.id))
        return {"concept_id": saved.concept.id, "seq": saved.seq}, HTTPStatus.CREATED

    @app.put("/lessons/<day>")
    def reword(day: str) -> Answer:
        asked = request.get_json()
        content = concepts.ConceptContent(name=asked["name"], definition=asked["definition"])
        with (
            engine.begin() as mine,
            store.transaction(actor=caller(), reason=asked["reason"], connection=mine) as tx,
        ):
            concept_id = mine.execute(
                select(LESSONS.c.concept_id).where(LESSONS.c.day == day)
            ).scalar_one()
            command = concepts.EditConcept(
                concept_id=concept_id,
                expected_seq=asked["seq"],
                content=content,
                change_note=asked["reason"],
            )
            saved = concepts.edit_concept(tx, command)
        return {"concept_id": concept_id, "seq": saved.seq}, HTTPStatus.OK

    @app.errorhandler(IndelibleError)
    def refused(error: IndelibleError) -> Answer:
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        return {
            "code": error.code,
            "message": error.message,
            "detail": to_json_value(error.detail),
        }, status

    @app.errorhandler(IntegrityError)
    def taken(_: IntegrityError) -> Answer:
        return {
            "code": "DAY_TAKEN",
            "message": "There is a lesson on this day already.",
        }, HTTPStatus.CONFLICT

    return app


def caller() -> Actor:
    """Whoever is signed in: this header stands for the host's own login."""
    return Actor.user(request.headers["X-User"])
