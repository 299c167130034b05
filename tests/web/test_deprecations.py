"""Test deprecated operations: their headers and the OpenAPI document."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import pytest
from attrs import frozen
from tests.web.harness import Web, memory, problem, saved

from indelible.kernel import UsageError
from indelible.kernel.kinds import Identifier, kinds
from indelible_web.context import WebContext
from indelible_web.http.deprecations import Deprecated
from indelible_web.http.errors import RouteNotFound
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.routing import Routes

SINCE: Final = date(2026, 11, 29)
OLD: Final = Deprecated(
    since=SINCE, sunset=date(2027, 5, 29), instead="use `GET /v1/letters/{letter_id}`"
)
routes = Routes("letters", "Letters, which no other test has.")


@frozen(kw_only=True, field_transformer=kinds)
class LetterQuery:
    """A letter, by its id."""

    letter_id: Identifier


@frozen
class LetterView:
    """A letter."""

    id: str


@routes.add(
    "GET /old-letters/<letter_id>",
    "letters:read",
    request_type=LetterQuery,
    response_type=LetterView,
    deprecated=OLD,
)
def get_old_letter(_: OperationContext, query: LetterQuery) -> LetterView:
    """Show a letter."""
    if query.letter_id == "lost":
        raise RouteNotFound(())
    return LetterView(query.letter_id)


@routes.pages(
    "GET /old-letters",
    "letters:read",
    request_type=PageQuery,
    response_type=LetterView,
    deprecated=OLD,
)
def list_old_letters(_: OperationContext, __: PageQuery) -> Page[LetterView]:
    """List letters."""
    return Page(items=(), next=None)


@routes.add(
    "GET /letters/<letter_id>",
    "letters:read",
    request_type=LetterQuery,
    response_type=LetterView,
)
def get_letter(_: OperationContext, query: LetterQuery) -> LetterView:
    """Show a letter."""
    return LetterView(query.letter_id)


CONTEXTS: Final = (WebContext(name="letters", routes=(routes,)),)


@pytest.fixture(scope="module")
def web() -> Web:
    web = Web(memory(), contexts=CONTEXTS)
    web.key = web.new_key("letters:read")
    return web


def test_answers_of_the_operation_say_since_when_and_until_when(web: Web) -> None:
    for path in ["/v1/old-letters/one", "/v1/old-letters"]:
        answer = web.get(path)

        saved(answer, 200)
        deprecation = answer.headers["Deprecation"]
        assert deprecation.startswith("@")
        since = datetime.fromtimestamp(int(deprecation[1:]), UTC)
        assert since == datetime(2026, 11, 29, tzinfo=UTC)
        sunset = parsedate_to_datetime(answer.headers["Sunset"])
        assert sunset == datetime(2027, 5, 29, tzinfo=UTC)
        assert answer.headers["Sunset"] == "Sat, 29 May 2027 00:00:00 GMT"

    answer = web.get("/v1/old-letters/lost")
    assert problem(answer) == (404, "ROUTE_NOT_FOUND")
    assert answer.headers["Deprecation"] == "@1795910400"

    invalid = web.get("/v1/old-letters?limit=0")
    assert invalid.status_code == 422
    assert "Sunset" in invalid.headers


def test_nobody_else_is_told(web: Web) -> None:
    refusals = (
        web.get("/v1/old-letters/one", key=None),
        web.get("/v1/old-letters/one", key=web.new_key("letters:write")),
    )
    assert [answer.status_code for answer in refusals] == [401, 403]
    for answer in refusals:
        assert not {"Deprecation", "Sunset"} & set(answer.headers.keys())

    answer = web.get("/v1/letters/one")

    saved(answer, 200)
    assert not {"Deprecation", "Sunset"} & set(answer.headers.keys())


@pytest.mark.parametrize(
    ("sunset", "instead", "problem_text"),
    [
        (SINCE, "use another", "is not after"),
        (date(2026, 1, 1), "use another", "is not after"),
        (date(2027, 1, 1), " ", "what to use instead"),
    ],
)
def test_a_wrong_declaration_is_refused(sunset: date, instead: str, problem_text: str) -> None:
    with pytest.raises(UsageError, match=problem_text):
        Deprecated(since=SINCE, sunset=sunset, instead=instead)
