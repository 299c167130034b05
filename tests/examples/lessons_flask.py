"""A Flask service that saves a lesson and its concept in one transaction."""

import os
from http import HTTPStatus

from flask import Flask, Response, request
from sqlalchemy import Column, Engine, MetaData, Table, Text, create_engine, insert, select
from sqlalchemy.exc import IntegrityError

from indelible import concepts
from indelible.kernel import Actor, IndelibleError, http_problem
from indelible_sql import enable_foreign_keys, open_store

LESSONS = Table(
    "lessons",
    MetaData(),
    Column("day", Text, primary_key=True),
    Column("concept_id", Text, nullable=False),
)
Answer = tuple[dict[str, str | int], int]


def create_app(engine: Engine) -> Flask:
    """Return the service on the host's own engine."""
    app = Flask(__name__)
    store = open_store(engine=engine)

    @app.post("/lessons/<day>")
    def plan(day: str) -> Answer:
        body = request.get_json()
        content = concepts.ConceptContent(name=body["name"], definition=body["definition"])
        with (
            engine.begin() as mine,
            store.transaction(actor=caller(), reason=body["reason"], connection=mine) as tx,
        ):
            saved = concepts.create_concept(tx, concepts.CreateConcept(content=content))
            mine.execute(insert(LESSONS).values(day=day, concept_id=saved.concept.id))
        return {"concept_id": saved.concept.id, "seq": saved.seq}, HTTPStatus.CREATED

    @app.put("/lessons/<day>")
    def reword(day: str) -> Answer:
        body = request.get_json()
        content = concepts.ConceptContent(name=body["name"], definition=body["definition"])
        with (
            engine.begin() as mine,
            store.transaction(actor=caller(), reason=body["reason"], connection=mine) as tx,
        ):
            concept_id = mine.execute(
                select(LESSONS.c.concept_id).where(LESSONS.c.day == day)
            ).scalar_one()
            command = concepts.EditConcept(
                concept_id=concept_id,
                expected_seq=body["seq"],
                content=content,
                change_note=body["reason"],
            )
            saved = concepts.edit_concept(tx, command)
        return {"concept_id": concept_id, "seq": saved.seq}, HTTPStatus.OK

    @app.errorhandler(IndelibleError)
    def error_response(error: IndelibleError) -> Response:
        problem = http_problem(error)
        return Response(problem.body, problem.status, problem.headers)

    @app.errorhandler(IntegrityError)
    def day_taken(_: IntegrityError) -> Answer:
        message = "There is a lesson on this day already."
        return {"code": "DAY_TAKEN", "message": message}, HTTPStatus.CONFLICT

    return app


def caller() -> Actor:
    """Return the signed-in user; this header stands for the host's own login."""
    return Actor.user(request.headers["X-User"])


def make() -> Flask:
    """Create the tables where they are missing, and return the service."""
    url = os.environ.get("DATABASE_URL", "sqlite:///lessons.db")
    owner_url = os.environ.get("INDELIBLE_OWNER_URL", url)
    open_store(url).upgrade(owner_url)

    engine = create_engine(url)
    enable_foreign_keys(engine)
    LESSONS.metadata.create_all(engine)
    return create_app(engine)
