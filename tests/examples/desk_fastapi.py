"""A front desk on FastAPI: its login, its rows and a lifecycle in one awaited transaction."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from attrs import frozen
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from tests.examples.desk_tables import Mail, name_of
from tests.examples.tickets import Ticket, tickets

from indelible.declare import At
from indelible.kernel import Actor, Head, IndelibleError, http_problem
from indelible_sql import AsyncSqlStore, AsyncSqlTransaction, enable_foreign_keys, open_async_store

DRIVERS = {"sqlite:": "sqlite+aiosqlite:", "postgresql:": "postgresql+psycopg:"}


class NewTicket(BaseModel):
    """The body of a request that opens a ticket for a mail."""

    number: str
    title: str
    message_id: str


class Assignment(BaseModel):
    """The body of a request that assigns a ticket, as it was when the caller read it."""

    assignee: str
    reason: str
    seq: int


@frozen
class Desk:
    """The host's own sessions, and the store that joins their transactions."""

    sessions: async_sessionmaker[AsyncSession]
    store: AsyncSqlStore

    @asynccontextmanager
    async def change(
        self, actor: Actor, reason: str
    ) -> AsyncGenerator[tuple[AsyncSession, AsyncSqlTransaction]]:
        """Open a transaction for the host's rows and for tickets."""
        async with self.sessions.begin() as session:
            mine = await session.connection()
            async with self.store.transaction(actor=actor, reason=reason, connection=mine) as tx:
                yield session, tx


def opened_desk(request: Request) -> Desk:
    """Return the desk of the running application."""
    desk: Desk = request.app.state.desk
    return desk


ItsDesk = Annotated[Desk, Depends(opened_desk)]
Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


async def caller(desk: ItsDesk, credentials: Credentials) -> Actor:
    """Return the person who has the token: the host's own login."""
    async with desk.sessions() as session:
        name = await session.scalar(name_of(credentials.credentials))
    if name is None:
        raise HTTPException(401)
    return Actor.user(name)


Caller = Annotated[Actor, Depends(caller)]


async def receive(desk: ItsDesk, actor: Caller, body: NewTicket) -> dict[str, str | int]:
    """Open a ticket for a mail, unless the mail has one."""
    async with desk.change(actor, "a mail") as (session, tx):
        command = Ticket.open(number=body.number, title=body.title)
        opened = await tx.run(tickets.execute, command)
        session.add(Mail(message_id=body.message_id, ticket_id=opened.id))
    return ticket_json(opened)


async def assign(
    ticket_id: str, desk: ItsDesk, actor: Caller, body: Assignment
) -> dict[str, str | int]:
    """Assign a ticket."""
    async with desk.change(actor, body.reason) as (_, tx):
        command = Ticket.assign(At(ticket_id, body.seq), assignee=body.assignee)
        return ticket_json(await tx.run(tickets.execute, command))


async def history(ticket_id: str, desk: ItsDesk, _: Caller) -> list[str]:
    """Show who has changed a ticket, and why."""
    rows = await desk.store.read(tickets.history, ticket_id)
    return [f"{row.action} by {row.actor}: {row.reason}" for row in rows]


def ticket_json(head: Head[Ticket]) -> dict[str, str | int]:
    """Return a ticket as its readers see it."""
    return {"id": head.id, "seq": head.seq, "status": head.entity.status}


async def problem(_: Request, error: Exception) -> Response:
    """Answer an error of indelible with its HTTP status, and a mail that is known with 409."""
    if not isinstance(error, IndelibleError):
        return Response("This mail has a ticket.", 409)
    answer = http_problem(error)
    return Response(answer.body, answer.status, answer.headers)


def create_app(url: str) -> FastAPI:
    """Return the service for the database at a URL, which Alembic has migrated."""
    backend = url.partition("//")[0]
    engine = create_async_engine(url.replace(backend, DRIVERS[backend], 1))
    enable_foreign_keys(engine.sync_engine)
    store = open_async_store(url, contexts=(tickets,))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await store.dispose()
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)
    app.state.desk = Desk(async_sessionmaker(engine, expire_on_commit=False), store)
    app.add_api_route("/tickets", receive, methods=["POST"], status_code=201)
    app.add_api_route("/tickets/{ticket_id}/assign", assign, methods=["POST"])
    app.add_api_route("/tickets/{ticket_id}/history", history)
    app.add_exception_handler(IndelibleError, problem)
    app.add_exception_handler(IntegrityError, problem)
    return app


def make() -> FastAPI:
    """Return the service for the database that the environment names."""
    return create_app(os.environ.get("DATABASE_URL", "sqlite:///desk.db"))
