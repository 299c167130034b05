"""The commits of a remote branch without their files, fetched as far back as a question needs."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

from attrs import define, evolve, field

from indelible.projects.ports import FoundCommit
from indelible_git import trailers
from indelible_git.git import Git
from indelible_git.remotes import SHALLOW_FILE, WHOLE_HISTORY, Remote

COMMITS_ONLY: Final = "tree:0"  # about 200 bytes for each commit
DEPTHS: Final = (64, 4_096, WHOLE_HISTORY)
TIP_REF: Final = "refs/heads/tip"
NO_TRANSPORT: Final = "none"  # else git would fetch a missing object behind any command


@define(kw_only=True, eq=False)
class BranchHistory:
    """A bare repository with the commits of a remote branch, but without their files.

    It is apart from the clone, because git takes the files of a commit that it has for present, and
    would not fetch them.
    """

    remote: Remote
    repository: Path
    _git: Git = field(init=False)
    _tip: str | None = field(default=None, init=False)
    _level: int = field(default=0, init=False)  # of DEPTHS

    def __attrs_post_init__(self) -> None:
        self._git = evolve(self.remote.git, repository=self.repository, protocols=NO_TRANSPORT)

    def has_commit(self, commit: str, tip: str) -> bool:
        """Return True if a branch with this tip contains a commit."""
        for _ in self._deepen(tip):
            commits = self._output("rev-list", TIP_REF).decode().split()
            if commit in commits:
                return True

        return False

    def find_job(self, job_id: str, tip: str, since: str | None) -> FoundCommit | None:
        """Return the newest commit of a branch with this tip that has the job's trailer.

        Commits that `since` contains are not searched.
        """
        for _ in self._deepen(tip):
            commit = trailers.find(self._output(*trailers.search(job_id, TIP_REF)), job_id)
            if commit is not None:
                return commit
            if since is not None and self._has_all_since(since):
                return None

        return None

    def _deepen(self, tip: str) -> Generator[None]:
        """Fetch ever more commits, until the caller stops or all of them are here."""
        if tip != self._tip:
            self._fetch(tip)
        yield

        while self._cut_commits() and self._level + 1 < len(DEPTHS):
            self._level += 1
            self._fetch(tip)
            yield

    def _fetch(self, tip: str) -> None:
        """Fetch as many commits as the level says; the branch may have moved on since `tip`."""
        if not self.repository.exists():
            self._output("init", "--quiet", "--bare", "--template=", "--", str(self.repository))
        remote = self.remote.into(self.repository)
        remote.fetch(TIP_REF, depth=DEPTHS[self._level], filter_spec=COMMITS_ONLY)
        self._tip = tip

    def _has_all_since(self, commit: str) -> bool:
        """Return True if all commits that the branch has and `commit` has not are here."""
        later = self._git.run("rev-list", TIP_REF, f"^{commit}", folder=self.remote.folder)
        if later.code:  # the commit itself is not here yet
            return False

        return self._cut_commits().isdisjoint(later.stdout.decode().split())

    def _cut_commits(self) -> set[str]:
        """Return the commits whose parents were not fetched."""
        path = self.repository / SHALLOW_FILE
        if not path.exists():
            return set()

        return set(path.read_text().split())

    def _output(self, *arguments: str) -> bytes:
        return self._git.output(*arguments, folder=self.remote.folder)
