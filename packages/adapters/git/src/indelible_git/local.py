"""A host of bare repositories in a folder of this machine."""

import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from attrs import field, frozen

from indelible.kernel import Ids, SystemClock, TimeOrderedIds
from indelible.projects.entities.values import Repository
from indelible.projects.errors import RepositoryGone, RepositoryNameTaken
from indelible.projects.ports import ProcessGroups, RepositoryRequest
from indelible_git.checkout import GitCheckout
from indelible_git.git import Git
from indelible_git.limits import GitLimits
from indelible_git.markers import Marker, read_marker
from indelible_git.names import check_branch, check_repository_name

HOST_NAME: Final = "local"
SUFFIX: Final = ".git"
LOCK_FILE: Final = ".lock"
NEW_PREFIX: Final = ".new-"
PRIVATE_FOLDER: Final = 0o700
DEFAULT_BRANCH: Final = "main"
HEAD_PREFIX: Final = "ref: refs/heads/"
MAX_HEAD_BYTES: Final = 1_024
# A git that was killed or lost its power leaves its locks. No git runs that long: see GitLimits.
STALE_LOCK_SECONDS: Final = 600.0

# Every push is recorded in the reflog, and the repository itself refuses to lose a commit.
# The filter lets the commits be searched without their files.
REPOSITORY_SETTINGS: Final = {
    "core.filesRefLockTimeout": "2000",  # milliseconds in which another push may end
    "core.logAllRefUpdates": "true",
    "gc.reflogExpire": "never",
    "receive.denyNonFastForwards": "true",
    "receive.denyDeletes": "true",
    "http.receivepack": "true",
    "uploadpack.allowFilter": "true",
}


@frozen
class LocalHost:
    """Bare repositories below a folder. Threads and processes may share it.

    A repository keeps its id when its folder is renamed: the id is in its marker. `make_git` is
    called with the fields of `Git` and returns the git program of a clone.
    """

    root: Path = field(converter=Path)
    limits: GitLimits = field(factory=GitLimits, kw_only=True)
    ids: Ids = field(factory=TimeOrderedIds, kw_only=True)
    make_git: Callable[..., Git] = field(default=Git, kw_only=True)

    @property
    def name(self) -> str:
        """Return the name that projects store."""
        return HOST_NAME

    def ensure_repository(self, request: RepositoryRequest) -> Repository:
        """Create the repository, or return the one that carries the project's marker.

        Raises:
            HostRefused: The name is no valid name of a repository.
            RepositoryNameTaken: The name belongs to a repository without the project's marker.
        """
        path = self.root / f"{check_repository_name(request.name)}{SUFFIX}"
        self.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with self._lock():
            for marker, existing in self._repositories():
                if marker.project_id == request.project_id:
                    return self._repository(marker, existing)
            if os.path.lexists(path):
                raise RepositoryNameTaken(request.name)

            return self._create(path, request.project_id)

    def get_repository(self, repository_id: str) -> Repository:
        """Return a repository by its id, under its present name. Raises RepositoryGone."""
        return self._repository(*self._find(repository_id))

    def clone(self, repository: Repository, folder: Path, groups: ProcessGroups) -> GitCheckout:
        """Clone the default branch into a folder that does not exist."""
        marker, path = self._find(repository.repository_id)
        present = self._repository(marker, path)
        checkout = GitCheckout(
            git=self.make_git(protocols="file", limits=self.limits, groups=groups),
            folder=folder,
            url=str(path.absolute()),
            branch=present.branch,
            repository=present.name,
            before_push=lambda: self._remove_stale_locks(path, present.branch),
        )
        checkout.clone()
        return checkout

    def commit_url(self, repository: Repository, sha: str) -> str | None:
        """Return None: a folder has no page."""
        del repository, sha
        return None

    def remaining_requests(self) -> int | None:
        """Return None: a folder has no rate limit."""
        return None

    def _remove_stale_locks(self, path: Path, branch: str) -> None:
        """Delete the locks that a killed git has left in a repository, which would stay forever.

        The lock of the host keeps two workers from deleting one after the other: the second would
        delete the new lock of the first one's push.
        """
        seconds = max(STALE_LOCK_SECONDS, 2 * self.limits.network_seconds)
        with self._lock():
            for name in (f"refs/heads/{branch}.lock", "HEAD.lock"):
                with suppress(OSError):
                    _remove_if_older(path / name, seconds)

    @contextmanager
    def _lock(self) -> Generator[None]:
        """Let one thread of one process change the folder. The lock ends with the process."""
        descriptor = os.open(self.root / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _create(self, path: Path, project_id: str) -> Repository:
        """Build a repository aside and give it its name, so that none is seen half built."""
        marker = Marker(project_id=project_id, repository_id=self.ids.new())
        aside = self.root / f"{NEW_PREFIX}{marker.repository_id}"
        try:
            git = Git(limits=self.limits)
            arguments = ("init", "--quiet", "--bare", "--template=", "--", str(aside.absolute()))
            git.output(*arguments, folder=self.root)
            git.output("symbolic-ref", "HEAD", f"refs/heads/{DEFAULT_BRANCH}", folder=aside)
            for key, value in REPOSITORY_SETTINGS.items():
                git.output("config", "--local", key, value, folder=aside)
            marker.write(aside)
            aside.rename(path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

        return self._repository(marker, path)

    def _repositories(self) -> Iterator[tuple[Marker, Path]]:
        """Yield every repository that has a marker."""
        try:
            paths = sorted(self.root.iterdir())
        except FileNotFoundError:
            return
        for path in paths:
            if path.name.startswith(".") or path.is_symlink():
                continue
            marker = read_marker(path)
            if marker is not None:
                yield marker, path

    def _find(self, repository_id: str) -> tuple[Marker, Path]:
        for marker, path in self._repositories():
            if marker.repository_id == repository_id:
                return marker, path

        raise RepositoryGone(repository_id)

    def _repository(self, marker: Marker, path: Path) -> Repository:
        """Return the repository in a folder, with the branch that its HEAD names."""
        return Repository(
            host=HOST_NAME,
            repository_id=marker.repository_id,
            name=path.name.removesuffix(SUFFIX),
            url=str(path.absolute()),
            branch=_default_branch(path),
        )


def _remove_if_older(path: Path, seconds: float) -> None:
    """Delete a file that was not written for some seconds."""
    now = SystemClock().now().timestamp()
    status = path.lstat()
    if stat.S_ISREG(status.st_mode) and now - status.st_mtime > seconds:
        path.unlink()


def _default_branch(path: Path) -> str:
    """Return the branch that the HEAD of a bare repository names. Raises RepositoryGone."""
    try:
        with (path / "HEAD").open("rb") as file:
            head = file.read(MAX_HEAD_BYTES).decode(errors="replace").strip()
    except OSError:
        raise RepositoryGone(path.name) from None
    if not head.startswith(HEAD_PREFIX):
        return DEFAULT_BRANCH

    return check_branch(head.removeprefix(HEAD_PREFIX))
