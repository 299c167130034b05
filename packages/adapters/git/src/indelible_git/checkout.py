"""A clone of a branch's last commit without a working tree: the folder has the job's files alone.

Nothing of the remote repository is ever checked out, so no link, filter, attribute, hook or
submodule of it takes effect. Commits are built from objects alone.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from attrs import define, evolve, field

from indelible.kernel import TimeOrderedIds
from indelible.projects.entities.values import GeneratedFile
from indelible.projects.errors import (
    CheckoutTooLarge,
    GitFailed,
    HistoryRewritten,
    RepositoryUnusable,
)
from indelible.projects.ports import CommitRequest, FoundCommit
from indelible.projects.rules.paths import check_paths
from indelible_git import trailers
from indelible_git.files import open_folder, remove_below, size_of, write_file
from indelible_git.git import Git
from indelible_git.histories import BranchHistory
from indelible_git.remotes import SHALLOW_FILE, Remote
from indelible_git.trees import EXECUTABLE, REGULAR, Entry, check_fit, read_tree

GIT_FOLDER: Final = ".git"
REMOTE_REF: Final = "refs/remotes/origin/"
INDEX: Final = "job-index"
HISTORY_FOLDER: Final = "history"  # in the folder of git
PRIVATE_FOLDER: Final = 0o700


@define(kw_only=True, eq=False)
class GitCheckout:
    """A clone in a folder; `url` carries no credentials, and no file contains it.

    `repository` names the repository in errors. `before_push` is called before each push.
    `_base` is the parent of the job's commit.
    """

    git: Git
    folder: Path
    url: str
    branch: str
    repository: str
    before_push: Callable[[], None] | None = None
    _tip: str | None = field(default=None, init=False)
    _base: str | None = field(default=None, init=False)
    _entries: dict[str, Entry] = field(factory=dict[str, Entry], init=False)
    _written: dict[str, str] = field(factory=dict[str, str], init=False)
    _commit: str | None = field(default=None, init=False)
    _history: BranchHistory = field(init=False)
    # A worker that has lost its lease may still work in the same folder, on another base.
    _index: str = field(factory=lambda: f"{INDEX}-{TimeOrderedIds().new()}", init=False)

    @property
    def tip(self) -> str | None:
        """Return the SHA of the remote branch's tip as last fetched, None of an empty branch."""
        return self._tip

    def clone(self) -> None:
        """Create the folder and fetch the branch.

        Raises:
            RepositoryGone, HostRefused, HostUnavailable, GitFailed, CheckoutTooLarge.
        """
        self.folder.mkdir(mode=PRIVATE_FOLDER)
        self.git.require_version(self.folder)
        self.git.output("init", "--quiet", "--template=", folder=self.folder)
        repository = self.folder.absolute() / GIT_FOLDER
        self.git = evolve(self.git, repository=repository)
        self._history = BranchHistory(remote=self._remote, repository=repository / HISTORY_FOLDER)
        self._fetch()
        self._set_base()

    def find_commit(self, job_id: str, since: str | None = None) -> FoundCommit | None:
        """Fetch, and return the commit on the remote branch that has the job's trailer."""
        trailers.check_trailer(job_id)
        self._fetch()
        self._require_base()
        if self._tip is None or self._tip == since:
            return None

        return self._history.find_job(job_id, self._tip, since)

    def write_files(self, files: Sequence[GeneratedFile]) -> None:
        """Write files without following a link."""
        paths = [file.path for file in files]
        check_paths(paths)
        check_fit(self._entries, paths)
        self._check_limits(files)

        try:
            with open_folder(self.folder) as root:
                for file in files:
                    write_file(root, file.path, file.content)
                    self._written[file.path] = _blob_id(file.content)
        except OSError as error:
            raise GitFailed("write", error.strerror or type(error).__name__) from None

    def commit(self, request: CommitRequest) -> str | None:
        """Commit all files, and return the SHA; None if nothing differs from the tip."""
        self._store_blobs()
        tree = self._write_tree()
        if tree == self._base_tree():
            return None

        parents: list[str] = []
        if self._base is not None:
            parents = ["-p", self._base]
        output = self.git.output(
            "commit-tree",
            *parents,
            "-F",
            "-",
            tree,
            folder=self.folder,
            stdin=trailers.message(request),
            environment=trailers.identity(request),
        )
        self._commit = output.decode().strip()
        return self._commit

    def push(self) -> None:
        """Push the commit to the default branch, never by force."""
        if self._commit is None:
            raise GitFailed("push", "there is no commit to push")

        if self.before_push is not None:
            self.before_push()
        self._remote.push(self._commit)

    def update(self) -> None:
        """Fetch, and set the checkout to the remote branch's tip; drop our commit and files."""
        self._fetch()
        if self._tip is None:
            self._fetch_deleted_branch()
        self._require_base()
        self._set_base()
        self._remove_files()

    def _fetch(self) -> None:
        """Fetch the branch's last commit, and note it. A branch that does not exist has none."""
        tip = self._remote.read_tip()
        if tip is not None and tip != self._tip:
            self._remote.fetch(self._ref, depth=1)
            # The branch may have moved since its tip was read.
            tip = self._resolve(self._ref)
        self._tip = tip

    def _check_size(self) -> None:
        """Raise CheckoutTooLarge if the clone has too many bytes."""
        limit = self.git.limits.max_bytes
        size = size_of(self.folder)
        if size > limit:
            raise CheckoutTooLarge("bytes", size, limit)

    def _check_limits(self, files: Sequence[GeneratedFile]) -> None:
        """Raise CheckoutTooLarge if the files would exceed a limit."""
        limits = self.git.limits
        count = len(self._entries.keys() | {file.path for file in files})
        if count > limits.max_files:
            raise CheckoutTooLarge("files", count, limits.max_files)
        for file in files:
            if len(file.content) > limits.max_file_bytes:
                size = len(file.content)
                raise CheckoutTooLarge("bytes in one file", size, limits.max_file_bytes)

    def _require_base(self) -> None:
        """Raise HistoryRewritten unless the remote branch still contains our base.

        A deleted branch was not rewritten: the push creates it again.
        """
        if self._base is None or self._tip is None or self._tip == self._base:
            return
        if not self._history.has_commit(self._base, self._tip):
            raise HistoryRewritten(self.branch, self._base)

    def _fetch_deleted_branch(self) -> None:
        """Fetch the history of our base, without which no push can create the branch again.

        Raises:
            HistoryRewritten: The remote no longer has the commits of the branch.
        """
        is_complete = not (self.folder / GIT_FOLDER / SHALLOW_FILE).exists()
        if self._base is None or is_complete:
            return
        if not self._remote.fetch_commit(self._base, self._ref):
            raise HistoryRewritten(self.branch, self._base)

    def _set_base(self) -> None:
        """Build on the tip. After the branch was deleted, build on what it was."""
        if self._tip is not None:
            self._base = self._tip
        self._commit = None
        self._entries = {}
        if self._base is not None:
            self._entries = read_tree(self.git, self.folder, self._base)

    def _remove_files(self) -> None:
        """Delete everything in the folder but the clone itself."""
        self._written = {}
        with open_folder(self.folder) as root:
            for path in self.folder.iterdir():
                if path.name != GIT_FOLDER:
                    remove_below(root, path.name)

    def _store_blobs(self) -> None:
        """Store the written files as blobs; refuse one that has changed since it was written."""
        paths = "".join(f"./{path}\n" for path in self._written)
        arguments = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        output = self.git.output(*arguments, folder=self.folder, stdin=paths.encode())
        if output.decode().split() != list(self._written.values()):
            raise GitFailed("hash-object", "a file has changed since it was written")

    def _write_tree(self) -> str:
        """Return the tree of the base with the written files."""
        environment = {"GIT_INDEX_FILE": str(self.folder.absolute() / GIT_FOLDER / self._index)}
        base = self._base or "--empty"
        try:
            self._output_with_index(environment, "read-tree", base)
        except GitFailed as error:
            if "invalid path" in error.reason:
                raise RepositoryUnusable(self.repository, error.reason) from None
            raise
        lines: list[str] = []
        for path, blob in self._written.items():
            lines.append(f"{self._mode(path)} {blob} 0\t{path}\0")
        self._output_with_index(
            environment, "update-index", "-z", "--index-info", stdin="".join(lines).encode()
        )
        return self._output_with_index(environment, "write-tree").decode().strip()

    def _output_with_index(
        self, environment: dict[str, str], *arguments: str, stdin: bytes = b""
    ) -> bytes:
        return self.git.output(*arguments, folder=self.folder, stdin=stdin, environment=environment)

    def _mode(self, path: str) -> str:
        """Return the mode of a file: an executable one stays so."""
        entry = self._entries.get(path)
        is_executable = entry is not None and entry.mode == EXECUTABLE
        return EXECUTABLE if is_executable else REGULAR

    def _base_tree(self) -> str:
        """Return the tree of the base; the empty tree of an empty branch."""
        if self._base is None:
            return hashlib.sha1(b"tree 0\0", usedforsecurity=False).hexdigest()

        return self._resolve(f"{self._base}^{{tree}}")

    def _resolve(self, name: str) -> str:
        """Return the id of an object."""
        arguments = ("rev-parse", "--verify", "--end-of-options", name)
        return self.git.output(*arguments, folder=self.folder).decode().strip()

    @property
    def _remote(self) -> Remote:
        return Remote(
            git=self.git,
            folder=self.folder,
            url=self.url,
            branch=self.branch,
            repository=self.repository,
            watch=self._check_size,
        )

    @property
    def _ref(self) -> str:
        return f"{REMOTE_REF}{self.branch}"


def _blob_id(content: bytes) -> str:
    """Return the id that git gives to a blob."""
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()
