"""Read the tree of a commit, and check that planned files fit into it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from indelible.projects.errors import CheckoutTooLarge, GitFailed, PlanPathForbidden
from indelible_git.git import Git
from indelible_git.limits import GitLimits

REGULAR: Final = "100644"
EXECUTABLE: Final = "100755"
LINK: Final = "120000"
SUBMODULE: Final = "160000"
KINDS: Final = {LINK: "a symbolic link", SUBMODULE: "a submodule"}


@frozen
class Entry:
    """A file of a tree: its mode, which says if it is a link or a submodule, and its size."""

    mode: str
    size: int


def read_tree(git: Git, folder: Path, commit: str) -> dict[str, Entry]:
    """Return the files of a commit by path.

    Raises:
        CheckoutTooLarge: There are too many files, or one of them is too large.
    """
    limits = git.limits
    listing = ("ls-tree", "-r", "-z", "-l", "--full-tree", commit)
    try:
        output = git.output(*listing, folder=folder)
    except GitFailed as error:
        if "printed more" in error.reason:  # names alone exceed the cap
            raise _too_many(limits.max_files + 1, limits) from None
        raise

    lines = output.split(b"\0")[:-1]
    if len(lines) > limits.max_files:
        raise _too_many(len(lines), limits)

    entries: dict[str, Entry] = {}
    for line in lines:
        fields, _, path = line.partition(b"\t")
        mode, _, _, size = fields.split()
        entry = Entry(mode.decode(), int(size) if size != b"-" else 0)
        if entry.size > limits.max_file_bytes:
            raise CheckoutTooLarge("bytes in one file", entry.size, limits.max_file_bytes)
        entries[path.decode(errors="surrogateescape")] = entry

    return entries


def _too_many(files: int, limits: GitLimits) -> CheckoutTooLarge:
    return CheckoutTooLarge("files", files, limits.max_files)


def check_fit(entries: Mapping[str, Entry], paths: Iterable[str]) -> None:
    """Check that planned paths replace regular files only, and lead through folders only.

    Raises:
        PlanPathForbidden: A path meets a link, a submodule, or a file where it needs a folder.
    """
    folders: set[str] = set()
    for path in entries:
        folders.update(parents(path))

    for path in paths:
        if path in folders:
            raise PlanPathForbidden(path, "it is a folder of the repository")
        for parent in (*parents(path), path):
            entry = entries.get(parent)
            if entry is None:
                continue
            kind = KINDS.get(entry.mode, "a file")
            if kind != "a file" or parent != path:
                raise PlanPathForbidden(path, f"{parent} is {kind} in the repository")


def parents(path: str) -> list[str]:
    """Return the folders that lead to a path, outermost first."""
    segments = path.split("/")
    return ["/".join(segments[:depth]) for depth in range(1, len(segments))]
