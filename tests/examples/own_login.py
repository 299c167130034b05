"""A login of one's own before the REST API: a ticket that the host's sign-in page signs, for an hour."""

import os

from flask import Flask, Request
from itsdangerous import BadData, URLSafeTimedSerializer

from indelible.app import AppContext
from indelible.kernel import Actor
from indelible_sql import SqlStore, open_store
from indelible_web import Caller, WebSettings, create_app

HOUR = 3_600  # seconds
ROLES = {
    "reader": {"concepts:read"},
    "author": {"concepts:read", "concepts:write", "concepts:review"},
    "editor": {"concepts:read", "concepts:approve", "concepts:publish", "history:read"},
}


class SignedTicket:
    """Whom a ticket names, and what the roles in it open."""

    def __init__(self, secret: str) -> None:
        self._tickets = URLSafeTimedSerializer(secret, salt="sign-in")

    def sign_in(self, user_id: str, *roles: str) -> str:
        """The ticket that the sign-in page gives, once it is sure who is there."""
        return str(self._tickets.dumps({"user": user_id, "roles": roles}))

    def identify(self, request: Request) -> Caller | None:
        """The ticket's user, None where that is not certain; it never raises."""
        scheme, _, ticket = request.headers.get("Authorization", "").partition(" ")
        try:
            said = self._tickets.loads(ticket, max_age=HOUR)
        except BadData:
            return None
        if scheme != "Bearer":
            return None
        scopes = frozenset(scope for role in said["roles"] for scope in ROLES.get(role, ()))
        return Caller(actor=Actor.user(said["user"]), scopes=scopes, id=said["user"])


def application(store: SqlStore, secret: str) -> Flask:
    """The REST API behind the login; the secret signs its cursors too."""
    return create_app(
        AppContext(store=store),
        WebSettings(secret=secret.encode(), authenticator=SignedTicket(secret)),
    )


def make() -> Flask:
    """What a WSGI server is pointed at, instead of `indelible serve`."""
    return application(open_store(os.environ["DATABASE_URL"]), os.environ["LOGIN_SECRET"])
