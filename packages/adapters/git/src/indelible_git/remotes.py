"""A branch of a remote repository: read its tip, fetch it and push to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from indelible.projects.errors import (
    GitFailed,
    HostUnavailable,
    RepositoryUnusable,
)
from indelible_git import trailers
from indelible_git.failures import (
    WRONG_HASH_REASON,
    has_no_object,
    knows_no_depth,
    network_failure,
    push_failure,
)
from indelible_git.git import Git
from indelible_git.processes import Completed

FETCH: Final = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
)
REMOTE_NAME: Final = "origin"
WHOLE_HISTORY: Final = 2_147_483_647  # the depth that git takes for infinite
SHALLOW_FILE: Final = "shallow"  # in a repository: the commits whose parents were not fetched


@frozen(kw_only=True)
class Remote:
    """A branch of a remote repository; `url` carries no credentials.

    Commands run in `folder`; `repository` names the remote repository in errors. `watch` is called
    while a command runs, and after it.
    """

    git: Git
    folder: Path
    url: str
    branch: str
    repository: str
    watch: Callable[[], None]

    @property
    def branch_ref(self) -> str:
        """Return the full name of the branch on the remote."""
        return f"refs/heads/{self.branch}"

    def into(self, repository: Path) -> "Remote":
        """Return the same remote for another local repository, under a name.

        A fetch with a filter stores the remote's name in a file; the name is not the address.
        """
        configuration = {**self.git.configuration, f"remote.{REMOTE_NAME}.url": self.url}
        git = evolve(self.git, repository=repository, configuration=configuration)
        return evolve(self, git=git, url=REMOTE_NAME)

    def read_tip(self) -> str | None:
        """Return the SHA of the branch's tip, None if there is no such branch.

        Raises:
            RepositoryUnusable: The repository names its objects by SHA-256.
            RepositoryGone, HostRefused, HostUnavailable, GitFailed.
        """
        completed = self._run("ls-remote", "--", self.url, self.branch_ref)
        if completed.code:
            raise network_failure(self.git, "ls-remote", completed, self.repository)

        for line in completed.stdout.decode(errors="replace").splitlines():
            object_id, _, name = line.partition("\t")
            if name != self.branch_ref:
                continue
            if trailers.SHA.fullmatch(object_id):
                return object_id
            if trailers.SHA256.fullmatch(object_id):
                raise RepositoryUnusable(self.repository, WRONG_HASH_REASON)

        return None

    def fetch(self, target: str, *, depth: int, filter_spec: str = "") -> None:
        """Fetch the last `depth` commits of the branch into a ref of the local repository.

        A `filter_spec` such as `tree:0` leaves out files. A server that knows no depth or no filter
        sends more: a plain web server sends the whole history.
        """
        completed = self._fetch(self.branch_ref, target, depth, filter_spec)
        if completed.code:
            raise network_failure(self.git, "fetch", completed, self.repository)

    def fetch_commit(self, commit: str, target: str) -> bool:
        """Fetch a commit that may be on no branch, with its whole history.

        Return False if the remote does not have it, or gives no commit away by its id.
        """
        completed = self._fetch(commit, target, WHOLE_HISTORY)
        if completed.code and has_no_object(completed):
            return False
        if completed.code:
            raise network_failure(self.git, "fetch", completed, self.repository)

        return True

    def push(self, commit: str) -> None:
        """Push a commit to the branch, never by force.

        Raises:
            PushRejected: The branch has another tip than the commit's parent.
            RepositoryUnusable, RepositoryGone, HostRefused, HostUnavailable, GitFailed.
        """
        completed = self._run(
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--",
            self.url,
            f"{commit}:{self.branch_ref}",
        )
        if completed.code:
            raise push_failure(self.git, completed, self.repository)

    def _fetch(self, source: str, target: str, depth: int, filter_spec: str = "") -> Completed:
        options = [f"--depth={depth}"]
        if filter_spec:
            options.append(f"--filter={filter_spec}")
        refspec = ("--", self.url, f"+{source}:{target}")

        completed = self._run(*FETCH, *options, *refspec)
        if completed.code and knows_no_depth(completed):
            completed = self._run(*FETCH, *refspec)

        return completed

    def _run(self, *arguments: str) -> Completed:
        """Run a command that talks to the remote."""
        try:
            return self.git.run(
                *arguments,
                folder=self.folder,
                seconds=self.git.limits.network_seconds,
                watch=self.watch,
            )
        except GitFailed as error:
            if "took longer" in error.reason:
                raise HostUnavailable(f"git {error.command}: {error.reason}") from None
            raise
        finally:
            self.watch()
