"""A host with a repository of a project, and what its tests do with it."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from attrs import define, field
from tests.doubles.github import GitHub, git
from tests.doubles.serving import Double

from indelible.projects.entities.values import GeneratedFile, Repository
from indelible.projects.ports import CommitRequest, GitHost, RepositoryRequest
from indelible_git import GitCheckout, GitHubHost, LocalHost
from indelible_git.processes import UnwatchedGroups

TOKEN = "ghp_canary0123456789abcdefghijklmnopqrst"  # noqa: S105 - of the double
PROJECT = "018f6f2e-7a5b-7c3d-9e1f-000000000001"
DIGEST = "ab" * 32
AUTHORED_AT = datetime(2026, 11, 22, 12, 30, 15, 999_999, tzinfo=UTC)
NUMBERS = count(1)


class Site(Protocol):
    """A host, and the folder below which it is cloned."""

    @property
    def host(self) -> GitHost: ...
    @property
    def clones(self) -> Path: ...
    def bare(self, repository: Repository) -> Path: ...


@define(eq=False)
class LocalSite:
    """A host of bare repositories in a folder."""

    host: LocalHost
    clones: Path

    def bare(self, repository: Repository) -> Path:
        """Return the bare repository itself."""
        return Path(self.host.get_repository(repository.repository_id).url)


@define(eq=False)
class GitHubSite:
    """GitHub's double, and the host that talks to it."""

    host: GitHubHost
    clones: Path
    account: GitHub
    double: Double = field(repr=False)

    def bare(self, repository: Repository) -> Path:
        """Return the bare repository itself."""
        return self.account.folder(repository.repository_id)


def request(name: str = "shop", project_id: str = PROJECT) -> RepositoryRequest:
    return RepositoryRequest(project_id=project_id, name=name, description="A shop for tea")


def commit_request(job_id: str = "job-1") -> CommitRequest:
    return CommitRequest(
        job_id=job_id, plan_digest=DIGEST, subject="Build the shop", authored_at=AUTHORED_AT
    )


def files(**contents: str) -> list[GeneratedFile]:
    """Return a README, and a file for each name."""
    result = [GeneratedFile(path="README.md", content=b"# Shop\n")]
    for name, content in contents.items():
        result.append(GeneratedFile(path=f"src/{name}.py", content=content.encode()))

    return result


def clone(site: Site, repository: Repository) -> GitCheckout:
    """Clone a repository into a new folder."""
    site.clones.mkdir(exist_ok=True)
    folder = site.clones / f"clone-{next(NUMBERS)}"
    checkout = site.host.clone(repository, folder, UnwatchedGroups())
    assert isinstance(checkout, GitCheckout)
    return checkout


def build(checkout: GitCheckout, job_id: str = "job-1", **contents: str) -> str:
    """Commit the files of a job, and return the SHA."""
    checkout.write_files(files(**contents))
    sha = checkout.commit(commit_request(job_id))
    assert sha is not None
    return sha


def commit_as_person(bare: Path, message: str = "Fix a typo", content: str = "mine") -> str:
    """Commit and push as another person does, straight into the bare repository."""
    parents: list[str] = []
    old = tip(bare)
    if old:
        parents = ["-p", old]
    blob = git(bare, "hash-object", "-w", "--stdin", stdin=content)
    listing = ""
    if old:
        listing = git(bare, "ls-tree", old) + "\n"
    name = f"person-{next(NUMBERS)}.txt"
    tree = git(bare, "mktree", stdin=f"{listing}100644 blob {blob}\t{name}\n".lstrip("\n"))
    sha = git(bare, "commit-tree", *parents, tree, stdin=message)
    git(bare, "update-ref", "-m", "push", "refs/heads/main", sha)
    return sha


def tip(bare: Path) -> str:
    """Return the SHA of the branch, '' of an empty one."""
    return git(bare, "for-each-ref", "--format=%(objectname)", "refs/heads/main")


def commits(bare: Path) -> list[str]:
    """Return the SHAs of the branch, newest first."""
    if not tip(bare):
        return []
    return git(bare, "rev-list", "refs/heads/main").splitlines()


def commits_of(bare: Path, job_id: str) -> list[str]:
    """Return the commits of any branch that have the job's trailer."""
    trailers = "%(trailers:key=Job-Id,valueonly,separator=%x2C)"
    listing = git(bare, "log", "--all", f"--format=%H {trailers}")
    return [line.split()[0] for line in listing.splitlines() if line.split()[1:] == [job_id]]


def reflog(bare: Path) -> list[tuple[str, str]]:
    """Return the old and the new SHA of each change of the branch, oldest first."""
    changes: list[tuple[str, str]] = []
    for line in (bare / "logs" / "refs" / "heads" / "main").read_text().splitlines():
        old, new, _ = line.split(" ", 2)
        changes.append((old, new))

    return changes


def was_forced(bare: Path) -> bool:
    """Return True if any change of the branch dropped a commit."""
    for old, new in reflog(bare):
        if old.strip("0") and git(bare, "merge-base", old, new) != old:
            return True

    return False
