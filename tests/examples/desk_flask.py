"""A front desk on Flask: its login, its rows and a lifecycle in one transaction."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from attrs import frozen
from flask import Blueprint, Flask, Response, abort, current_app, request, session
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.examples.desk_tables import Mail, name_of
from tests.examples.tickets import Ticket, tickets

from indelible.declare import At
from indelible.kernel import Actor, Head, IndelibleError, http_problem
from indelible_sql import SqlStore, SqlTransaction, enable_foreign_keys, open_store

Answer = tuple[dict[str, str | int] | list[str], int]
routes = Blueprint("desk", __name__)


@frozen
class Desk:
    """The host's own engine, and the store that joins its transactions."""

    engine: Engine
    store: SqlStore

    @contextmanager
    def change(self, reason: str) -> Generator[tuple[Session, SqlTransaction]]:
        """Open a transaction for the host's rows and for tickets, as who is logged in."""
        actor = caller()
        with Session(self.engine) as rows, rows.begin():
            mine = rows.connection()
            with self.store.transaction(actor=actor, reason=reason, connection=mine) as tx:
                yield rows, tx


@routes.post("/login")
def log_in() -> Answer:
    """Log a person in by a token."""
    with Session(opened_desk().engine) as rows:
        name = rows.scalar(name_of(request.get_json()["token"]))
    if name is None:
        abort(401)
    session["name"] = name
    return {"name": name}, 200


@routes.post("/tickets")
def receive() -> Answer:
    """Open a ticket for a mail, unless the mail has one."""
    body = request.get_json()
    with opened_desk().change("a mail") as (rows, tx):
        command = Ticket.open(number=body["number"], title=body["title"])
        opened = tickets.execute(tx, command)
        rows.add(Mail(message_id=body["message_id"], ticket_id=opened.id))
    return ticket_json(opened), 201


@routes.post("/tickets/<ticket_id>/assign")
def assign(ticket_id: str) -> Answer:
    """Assign a ticket, as it was when the caller read it."""
    body = request.get_json()
    with opened_desk().change(body["reason"]) as (_, tx):
        command = Ticket.assign(At(ticket_id, body["seq"]), assignee=body["assignee"])
        return ticket_json(tickets.execute(tx, command)), 200


@routes.get("/tickets/<ticket_id>/history")
def history(ticket_id: str) -> Answer:
    """Show who has changed a ticket, and why."""
    caller()
    rows = opened_desk().store.read(tickets.history, ticket_id)
    return [f"{row.action} by {row.actor}: {row.reason}" for row in rows], 200


@routes.app_errorhandler(IndelibleError)
def problem(error: IndelibleError) -> Response:
    """Answer an error of indelible with its HTTP status."""
    answer = http_problem(error)
    return Response(answer.body, answer.status, answer.headers)


@routes.app_errorhandler(IntegrityError)
def mail_known(_: IntegrityError) -> Response:
    """Answer a mail that has a ticket."""
    return Response("This mail has a ticket.", 409)


def opened_desk() -> Desk:
    """Return the desk of the running application."""
    desk: Desk = current_app.extensions["desk"]
    return desk


def caller() -> Actor:
    """Return the person who is logged in: the host's own login."""
    if "name" not in session:
        abort(401)
    return Actor.user(session["name"])


def ticket_json(head: Head[Ticket]) -> dict[str, str | int]:
    """Return a ticket as its readers see it."""
    return {"id": head.id, "seq": head.seq, "status": head.entity.status}


def create_app(url: str, secret_key: str) -> Flask:
    """Return the service for the database at a URL, which Alembic has migrated."""
    engine = create_engine(url)
    enable_foreign_keys(engine)

    app = Flask(__name__)
    app.secret_key = secret_key
    app.extensions["desk"] = Desk(engine, open_store(engine=engine, contexts=(tickets,)))
    app.register_blueprint(routes)
    return app


def make() -> Flask:
    """Return the service for the database that the environment names."""
    url = os.environ.get("DATABASE_URL", "sqlite:///desk.db")
    return create_app(url, os.environ.get("SECRET_KEY", "for development only"))
