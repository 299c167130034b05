"""The REST API behind a host's own login: tickets that the sign-in page signs for an hour."""

import os

from flask import Flask, Request
from itsdangerous import BadData, URLSafeTimedSerializer

from indelible.app import AppContext
from indelible.kernel import Actor
from indelible_sql import SqlStore, open_store
from indelible_web import Caller, WebSettings, create_app

MAX_AGE_SECONDS = 3_600
ROLES = {
    "reader": {"concepts:read"},
    "author": {"concepts:read", "concepts:write", "concepts:review"},
    "editor": {"concepts:read", "concepts:approve", "concepts:publish", "history:read"},
}


class SignedTicket:
    """An authenticator that reads the user and the roles from a signed ticket."""

    def __init__(self, secret: str) -> None:
        self._tickets = URLSafeTimedSerializer(secret, salt="sign-in")

    def sign_in(self, user_id: str, *roles: str) -> str:
        """Return the ticket that the sign-in page issues to a verified user."""
        return str(self._tickets.dumps({"user": user_id, "roles": roles}))

    def identify(self, request: Request) -> Caller | None:
        """Return the ticket's user, or None for an invalid ticket; never raise."""
        scheme, _, ticket = request.headers.get("Authorization", "").partition(" ")
        try:
            claims = self._tickets.loads(ticket, max_age=MAX_AGE_SECONDS)
        except BadData:
            return None
        if scheme != "Bearer":
            return None
        scopes = frozenset(scope for role in claims["roles"] for scope in ROLES.get(role, ()))
        return Caller(actor=Actor.user(claims["user"]), scopes=scopes, id=claims["user"])


def application(store: SqlStore, secret: str) -> Flask:
    """Return the REST API with this login; the secret signs its cursors too."""
    return create_app(
        AppContext(store=store),
        WebSettings(secret=secret.encode(), authenticator=SignedTicket(secret)),
    )


def make() -> Flask:
    """Return the application for a WSGI server, in place of `indelible serve`."""
    return application(open_store(os.environ["DATABASE_URL"]), os.environ["LOGIN_SECRET"])
