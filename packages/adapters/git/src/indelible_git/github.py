"""Repositories of a GitHub account: REST to create and find them, Git over HTTPS to push."""

import re
from base64 import b64encode
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from attrs import define, field

from indelible.kernel import Clock, SystemClock, UsageError
from indelible.projects.entities.values import Repository
from indelible.projects.errors import (
    HostRefused,
    HostUnavailable,
    RepositoryGone,
    RepositoryNameTaken,
)
from indelible.projects.ports import ProcessGroups, RepositoryRequest
from indelible_git.checkout import GitCheckout
from indelible_git.git import Git
from indelible_git.github_api import Answer, GitHubApi, JsonObject
from indelible_git.limits import GitLimits
from indelible_git.markers import description_with_marker, marked_project
from indelible_git.names import check_branch, check_repository_name
from indelible_git.origins import GITHUB_API, Origin, git_origin, parse_origin, require_origin
from indelible_git.texts import one_line

HOST_NAME: Final = "github"
TOKEN: Final = re.compile(r"[!-~]{1,500}")
REPOSITORY_ID: Final = re.compile(r"[0-9]{1,19}")
GIT_USER: Final = "x-access-token"
ALREADY_EXISTS: Final = re.compile(r"name already exists", re.IGNORECASE)
OK: Final = 200
CREATED: Final = 201
GONE: Final = frozenset({404, 410, 451})
UNPROCESSABLE: Final = 422
MAX_DETAILS_CHARACTERS: Final = 500


def _visible_token(token: str) -> str:
    """Return a token that fits into a header. Raises UsageError without naming it."""
    if not TOKEN.fullmatch(token):
        raise UsageError("token: expected 1 to 500 visible ASCII characters")

    return token


@define(kw_only=True, eq=False)
class GitHubHost:
    """The repositories of the account that a token belongs to. Threads may share it.

    The token is sent to two origins: the API's, and that of its repositories, which is github.com
    for api.github.com and the API's own otherwise. An address of another origin is refused.
    """

    token: str = field(converter=_visible_token, repr=False)
    api_url: str = GITHUB_API
    private: bool = True
    timeout_seconds: float = 30.0
    limits: GitLimits = field(factory=GitLimits)
    clock: Clock = field(factory=SystemClock, repr=False)
    _api: GitHubApi = field(init=False, repr=False)
    _git_origin: Origin = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        require_origin(self.api_url, "api_url")
        self._git_origin = git_origin(self.api_url)
        self._api = GitHubApi(
            url=self.api_url,
            token=self.token,
            timeout_seconds=self.timeout_seconds,
            clock=self.clock,
        )

    @property
    def name(self) -> str:
        """Return the name that projects store."""
        return HOST_NAME

    def ensure_repository(self, request: RepositoryRequest) -> Repository:
        """Create the repository, or return the one that carries the project's marker.

        An earlier request may have created it, and the account may have renamed it since: GitHub
        redirects from the old name.

        Raises:
            HostRefused, HostUnavailable.
            RepositoryNameTaken: The name belongs to a repository without the project's marker.
        """
        name = check_repository_name(request.name)
        existing = self._find(request)
        if existing is not None:
            return existing

        description = description_with_marker(request.description, request.project_id)
        body: JsonObject = {
            "name": name,
            "description": description,
            "private": self.private,
            "auto_init": False,
        }
        answer = self._api.request("POST", "/user/repos", body)
        if answer.status == CREATED:
            return self._repository(answer)
        if answer.status == UNPROCESSABLE and _says_already_exists(answer):
            existing = self._find(request)
            if existing is not None:
                return existing
            raise HostUnavailable(f"repository {name} exists, but is not shown yet")

        raise _refusal(answer)

    def get_repository(self, repository_id: str) -> Repository:
        """Return a repository by GitHub's numeric id, under its present name.

        Raises:
            RepositoryGone, HostRefused, HostUnavailable.
        """
        return self._repository(self._get_by_id(repository_id))

    def clone(self, repository: Repository, folder: Path, groups: ProcessGroups) -> GitCheckout:
        """Clone the default branch into a folder that does not exist.

        Raises:
            RepositoryGone, HostRefused, HostUnavailable, CheckoutTooLarge.
        """
        answer = self._get_by_id(repository.repository_id)
        present = self._repository(answer)
        for fault in ("archived", "disabled"):
            if answer.document.get(fault) is True:
                raise HostRefused(f"repository {present.name} is {fault}")

        checkout = GitCheckout(
            git=self._git(groups),
            folder=folder,
            url=self._clone_url(answer),
            branch=present.branch,
            repository=present.name,
        )
        checkout.clone()
        return checkout

    def commit_url(self, repository: Repository, sha: str) -> str | None:
        """Return the page of a commit."""
        return f"{repository.url}/commit/{sha}"

    def remaining_requests(self) -> int | None:
        """Return the requests that the rate limit left after the last answer."""
        return self._api.remaining_requests

    def _find(self, request: RepositoryRequest) -> Repository | None:
        """Return the project's repository, None if its name is free. Raises RepositoryNameTaken."""
        path = f"/repos/{quote(self._account())}/{quote(request.name)}"
        answer = self._api.request("GET", path)
        if answer.status in GONE:
            return None
        if answer.status != OK:
            raise _refusal(answer)

        repository = self._repository(answer)
        if marked_project(answer.document.get("description")) == request.project_id:
            return repository
        if repository.name.lower() != request.name.lower():
            return None  # renamed: its old name leads to it, but is free

        raise RepositoryNameTaken(request.name)

    def _account(self) -> str:
        """Return the present login of the token's account, which its owner may change."""
        answer = self._api.request("GET", "/user")
        if answer.status != OK:
            raise _refusal(answer)

        return _text(answer.document, "login")

    def _get_by_id(self, repository_id: str) -> Answer:
        if not REPOSITORY_ID.fullmatch(repository_id):
            raise RepositoryGone(repository_id)
        answer = self._api.request("GET", f"/repositories/{repository_id}")
        if answer.status in GONE:
            raise RepositoryGone(repository_id)
        if answer.status != OK:
            raise _refusal(answer)
        if answer.document.get("id") != int(repository_id):
            raise HostUnavailable(f"GitHub answered with another repository than {repository_id}")

        return answer

    def _repository(self, answer: Answer) -> Repository:
        """Return the repository in an answer. Raises HostUnavailable if it is none."""
        document = answer.document
        repository_id = document.get("id")
        if not isinstance(repository_id, int):
            raise HostUnavailable("the answer has no numeric id of a repository")
        url = _text(document, "html_url")
        if parse_origin(url) != self._git_origin:
            raise HostRefused(f"the page of the repository is not on {self._git_origin}")

        return Repository(
            host=HOST_NAME,
            repository_id=str(repository_id),
            name=_text(document, "name"),
            url=url,
            branch=check_branch(_text(document, "default_branch")),
        )

    def _clone_url(self, answer: Answer) -> str:
        """Return the address to clone from. Raises HostRefused if the token must not go there."""
        url = _text(answer.document, "clone_url")
        if parse_origin(url) != self._git_origin:
            raise HostRefused(f"the address to clone from is not on {self._git_origin}")

        return url

    def _git(self, groups: ProcessGroups) -> Git:
        """Return git with the token in its environment, for one origin only."""
        basic = b64encode(f"{GIT_USER}:{self.token}".encode()).decode()
        return Git(
            protocols=self._git_origin.scheme,
            configuration={
                f"http.{self._git_origin}/.extraHeader": f"Authorization: Basic {basic}"
            },
            secrets=(self.token, basic),
            limits=self.limits,
            groups=groups,
        )


def _text(document: JsonObject, name: str) -> str:
    """Return a text of an answer. Raises HostUnavailable."""
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise HostUnavailable(f"the answer has no {name}")

    return value


def _says_already_exists(answer: Answer) -> bool:
    """Return True if the errors of a 422 say that the name is taken."""
    errors: Any = answer.document.get("errors")
    if not isinstance(errors, list):
        return False
    for error in cast("list[object]", errors):
        if not isinstance(error, dict):
            continue
        fault = cast(JsonObject, error)
        if fault.get("field") == "name" and ALREADY_EXISTS.search(str(fault.get("message"))):
            return True

    return False


def _refusal(answer: Answer) -> HostRefused:
    """Return the error of an answer that refuses a request for good, with its details."""
    details: list[str] = [answer.message]
    errors: Any = answer.document.get("errors")
    if isinstance(errors, list):
        for error in cast("list[object]", errors[:5]):
            if isinstance(error, dict):
                details.append(str(cast(JsonObject, error).get("message", "")))
    text = one_line("; ".join(filter(None, details)), MAX_DETAILS_CHARACTERS)
    return HostRefused(f"HTTP {answer.status}: {text}")
