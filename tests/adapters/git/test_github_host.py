"""GitHub's answers: what may pass, what never does, and what a redirect may not do."""

import time

import pytest
from tests.adapters.git.hosts import TOKEN, GitHubSite, clone, request
from tests.doubles import github_documents, github_schema
from tests.doubles.serving import Fault, Response, served

from indelible.kernel import IndelibleError, UsageError
from indelible.projects.errors import HostRefused, HostUnavailable, RepositoryGone
from indelible_git import GitHubHost

CREATE = "POST /user/repos"
BLANK = [
    {"resource": "Repository", "code": "custom", "field": "name", "message": "name is reserved"},
    {"resource": "Repository", "code": "custom", "field": "base", "message": "name already exists"},
    {"resource": "Repository", "code": "missing_field", "field": "name"},
]


def refusal(status: int, message: str = "No", **headers: str) -> Response:
    return Response.json(status, github_documents.error(status, message), **headers)


def failure(hub: GitHubSite, answer: Response, matching: str = CREATE) -> IndelibleError:
    hub.double.plan(Fault(matching=matching, answer=answer))
    with pytest.raises(IndelibleError) as caught:
        hub.host.ensure_repository(request())
    return caught.value


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_fault_of_the_server_may_pass(hub: GitHubSite, status: int) -> None:
    error = failure(hub, refusal(status))

    assert isinstance(error, HostUnavailable)
    assert error.retry_after_seconds is None


@pytest.mark.parametrize("status", [403, 429])
def test_retry_after_is_honored(hub: GitHubSite, status: int) -> None:
    error = failure(
        hub, refusal(status, "You have exceeded a secondary rate limit", Retry_After="77")
    )

    assert isinstance(error, HostUnavailable)
    assert error.retry_after_seconds == 77


@pytest.mark.parametrize("status", [403, 429])
def test_a_used_up_limit_waits_until_its_reset(hub: GitHubSite, status: int) -> None:
    reset = str(int(time.time()) + 600)
    headers = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": reset}
    error = failure(hub, refusal(status, "API rate limit exceeded", **headers))

    assert isinstance(error, HostUnavailable)
    assert error.retry_after_seconds is not None
    assert 500 < error.retry_after_seconds <= 600
    assert hub.host.remaining_requests() == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"Retry_After": "soon"}, 60),
        ({"Retry_After": "-5"}, 1),
        ({"Retry_After": "99999999"}, 3_600),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1"}, 1),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "9999999999"}, 3_600),
        ({"X_RateLimit_Remaining": "0"}, 60),
    ],
)
def test_a_wait_is_at_least_a_minute_unless_given_and_at_most_an_hour(
    hub: GitHubSite, headers: dict[str, str], seconds: float
) -> None:
    error = failure(hub, refusal(429, "Too many", **headers))

    assert isinstance(error, HostUnavailable)
    assert error.retry_after_seconds == seconds


def test_a_secondary_limit_is_recognized_without_headers(hub: GitHubSite) -> None:
    error = failure(hub, refusal(403, "You have exceeded a secondary rate limit."))

    assert isinstance(error, HostUnavailable)
    assert error.retry_after_seconds == 60


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 451])
def test_a_refusal_never_passes(hub: GitHubSite, status: int) -> None:
    assert isinstance(failure(hub, refusal(status, "Resource not accessible")), HostRefused)


def test_a_wrong_token_is_refused(hub: GitHubSite) -> None:
    host = GitHubHost(token=TOKEN[:-1], api_url=hub.double.url)

    with pytest.raises(HostRefused, match="401"):
        host.ensure_repository(request())


@pytest.mark.parametrize("error", BLANK)
def test_another_422_is_not_an_existing_repository(hub: GitHubSite, error: dict[str, str]) -> None:
    document = github_documents.validation_failed("Repository creation failed.", error)
    assert github_schema.response_faults("POST", "/user/repos", 422, document) == []

    raised = failure(hub, Response.json(422, document))
    assert isinstance(raised, HostRefused)
    assert "Repository creation failed" in raised.reason


@pytest.mark.parametrize("errors", [None, {}, "name already exists", [1], [{"field": "name"}]])
def test_a_422_without_the_right_errors_is_refused(hub: GitHubSite, errors: object) -> None:
    document = {"message": "Repository creation failed.", "errors": errors}

    assert isinstance(failure(hub, Response.json(422, document)), HostRefused)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b'{"id": "1"}', b'{"id": 1}', b"[" * 50_000, b'"\\ud800"', b"\xff\xfe"],
)
def test_an_answer_that_is_no_repository_may_pass(hub: GitHubSite, body: bytes) -> None:
    assert isinstance(failure(hub, Response(status=201, body=body)), HostUnavailable)


def test_an_endless_answer_is_cut_off(hub: GitHubSite) -> None:
    error = failure(hub, Response(status=201, body=b" " * (2 << 20)))

    assert isinstance(error, HostUnavailable)
    assert "bytes" in error.reason


def test_a_host_that_does_not_answer_in_time_may_answer_later(hub: GitHubSite) -> None:
    host = GitHubHost(token=TOKEN, api_url=hub.double.url, timeout_seconds=0.2)
    hub.double.plan(Fault(matching="GET /user", hangs=True))

    with pytest.raises(HostUnavailable):
        host.ensure_repository(request())


def test_an_unreachable_host_may_answer_later() -> None:
    host = GitHubHost(token=TOKEN, api_url="http://127.0.0.1:9", timeout_seconds=1)

    with pytest.raises(HostUnavailable) as caught:
        host.ensure_repository(request())
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_within_the_host_is_followed(hub: GitHubSite, status: int) -> None:
    repository = hub.host.ensure_repository(request())
    path = f"/repositories/{repository.repository_id}"
    hub.double.plan(Fault(matching=f"GET {path}", answer=refusal(status, Location=path)))

    assert hub.host.get_repository(repository.repository_id) == repository


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_refused_without_the_token(
    hub: GitHubSite, status: int
) -> None:
    with served(lambda _: Response(status=200)) as stranger:
        for location in (stranger.url, "//example.invalid/x", f"http://x@{hub.double.url[7:]}/"):
            hub.double.plan(Fault(matching=CREATE, answer=refusal(status, Location=location)))
            with pytest.raises(HostRefused, match="redirect"):
                hub.host.ensure_repository(request())
        assert stranger.requests == []


def test_a_redirect_cannot_turn_the_creation_into_another_request(hub: GitHubSite) -> None:
    error = failure(hub, refusal(301, Location="/user"))

    assert isinstance(error, HostRefused)


def test_redirects_that_do_not_end_are_refused(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    path = f"/repositories/{repository.repository_id}"
    hub.double.plan(Fault(matching=f"GET {path}", times=9, answer=refusal(301, Location=path)))

    with pytest.raises(HostRefused, match="redirects"):
        hub.host.get_repository(repository.repository_id)


@pytest.mark.parametrize("fault", ["clone_url", "html_url"])
def test_an_address_on_another_host_gets_no_token(hub: GitHubSite, fault: str) -> None:
    repository = hub.host.ensure_repository(request())
    with served(lambda _: Response(status=200)) as stranger:
        document = github_documents.repository(
            hub.double.url,
            {
                "id": int(repository.repository_id),
                "name": "shop",
                "owner": "octo",
                "description": None,
                "private": True,
                "archived": False,
            },
            "main",
        )
        document[fault] = f"{stranger.url}/octo/shop.git"
        hub.double.plan(Fault(matching="GET /repositories", answer=Response.json(200, document)))
        with pytest.raises(HostRefused, match="is not on"):
            clone(hub, repository)
        assert stranger.requests == []


def test_a_deleted_repository_is_gone(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    hub.bare(repository).rename(hub.account.root / "deleted")

    with pytest.raises(RepositoryGone):
        hub.host.get_repository(repository.repository_id)
    with pytest.raises(RepositoryGone):
        clone(hub, repository)


def test_an_archived_repository_is_refused_before_any_work(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    hub.account.change(hub.bare(repository), archived=True)

    with pytest.raises(HostRefused, match="archived"):
        clone(hub, repository)


def test_the_remaining_requests_are_those_of_the_last_answer(hub: GitHubSite) -> None:
    assert hub.host.remaining_requests() is None
    hub.host.ensure_repository(request())

    assert hub.host.remaining_requests() == hub.account.remaining


def test_a_commit_has_a_page(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())

    assert hub.host.commit_url(repository, "a" * 40) == f"{repository.url}/commit/{'a' * 40}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.github.com",
        "http://api.github.com",
        "ftp://x",
        "https://",
        "https://u:p@x",
        "https://x\n",
    ],
)
def test_an_api_url_that_is_not_safe_for_a_token_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="api_url"):
        GitHubHost(token=TOKEN, api_url=url)


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "ü", "x" * 501])
def test_a_token_that_is_no_header_is_refused_without_naming_it(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        GitHubHost(token=token)

    assert token == "" or token not in str(caught.value)
