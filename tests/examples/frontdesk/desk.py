"""The store of the help desk, which joins Django's transactions."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from tests.examples.tickets import tickets

from indelible.kernel import Actor, IndelibleError, http_problem
from indelible_sql import SqlTransaction, borrow_connection, open_store

store = open_store(settings.DATABASE_URL, contexts=(tickets,))


@contextmanager
def change(request: HttpRequest, reason: str) -> Generator[SqlTransaction]:
    """Open a transaction for Django's rows and for tickets, as the user who is logged in."""
    actor = Actor.user(request.user.get_username())
    with transaction.atomic():
        mine = borrow_connection(connection.connection)
        with store.transaction(actor=actor, reason=reason, connection=mine) as tx:
            yield tx


class Problems:
    """Middleware that answers an error of indelible with its HTTP status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response of the view."""
        return self.get_response(request)

    def process_exception(self, _: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the problem document of an error; Django answers all others."""
        if not isinstance(error, IndelibleError):
            return None
        problem = http_problem(error)
        return HttpResponse(problem.body, status=problem.status, headers=dict(problem.headers))
