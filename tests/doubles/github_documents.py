"""The documents of GitHub's REST API that the double answers with."""

from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"
CREATED_AT = "2026-01-01T00:00:00Z"
USER_LINKS = (
    "followers", "following", "gists", "starred", "subscriptions", "organizations", "repos",
    "events", "received_events",
)  # fmt: skip
REPOSITORY_LINKS = (
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare",
    "contents", "contributors", "deployments", "downloads", "events", "forks", "git_commits",
    "git_refs", "git_tags", "hooks", "issue_comment", "issue_events", "issues", "keys", "labels",
    "languages", "merges", "milestones", "notifications", "pulls", "releases", "stargazers",
    "statuses", "subscribers", "subscription", "tags", "teams", "trees",
)  # fmt: skip
COUNTS = (
    "forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count",
    "watchers", "watchers_count", "network_count", "subscribers_count",
)  # fmt: skip
FLAGS = ("has_issues", "has_projects", "has_wiki", "has_pages", "has_discussions", "disabled")
UNSET = ("homepage", "language", "mirror_url", "license")


def error(status: int, message: str) -> dict[str, str]:
    """Return the document of an error."""
    return {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}


def validation_failed(message: str, *errors: dict[str, str]) -> dict[str, Any]:
    """Return the document of a 422."""
    return {"message": message, "documentation_url": DOCUMENTATION, "errors": list(errors)}


def name_exists() -> dict[str, Any]:
    """Return the document of a 422 for a name that the account already uses."""
    fault = {
        "resource": "Repository",
        "code": "custom",
        "field": "name",
        "message": "name already exists on this account",
    }
    return validation_failed("Repository creation failed.", fault)


def simple_user(url: str, login: str) -> dict[str, Any]:
    """Return an account as the owner of a repository."""
    own = f"{url}/users/{login}"
    document: dict[str, Any] = {f"{link}_url": f"{own}/{link}" for link in USER_LINKS}
    document.update(
        login=login,
        id=1,
        node_id="U_1",
        avatar_url=f"{url}/avatars/{login}",
        gravatar_id="",
        url=own,
        html_url=f"{url}/{login}",
        type="User",
        site_admin=False,
    )
    return document


def user(url: str, login: str) -> dict[str, Any]:
    """Return the account of a token."""
    document = simple_user(url, login)
    for name in ("bio", "blog", "company", "email", "hireable", "location", "name"):
        document[name] = None
    for name in ("followers", "following", "public_gists", "public_repos"):
        document[name] = 0
    document.update(created_at=CREATED_AT, updated_at=CREATED_AT, user_view_type="public")
    return document


def repository(url: str, state: dict[str, Any], branch: str) -> dict[str, Any]:
    """Return a repository, as its owner sees it."""
    full_name = f"{state['owner']}/{state['name']}"
    own = f"{url}/repos/{full_name}"
    document: dict[str, Any] = {f"{link}_url": f"{own}/{link}" for link in REPOSITORY_LINKS}
    document.update(dict.fromkeys(COUNTS, 0))
    document.update(dict.fromkeys(FLAGS, False))
    document.update(dict.fromkeys(UNSET))
    document.update(
        id=state["id"],
        node_id=f"R_{state['id']}",
        name=state["name"],
        full_name=full_name,
        owner=simple_user(url, state["owner"]),
        description=state["description"],
        private=state["private"],
        archived=state["archived"],
        fork=False,
        default_branch=branch,
        url=own,
        html_url=f"{url}/{full_name}",
        clone_url=f"{url}/{full_name}.git",
        git_url=f"git://127.0.0.1/{full_name}.git",
        ssh_url=f"git@127.0.0.1:{full_name}.git",
        svn_url=f"{url}/{full_name}",
        pushed_at=CREATED_AT,
        created_at=CREATED_AT,
        updated_at=CREATED_AT,
    )
    return document
