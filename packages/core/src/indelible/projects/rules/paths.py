"""The paths that a job may write: portable, inside the repository, and never part of Git."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from attrs import Factory, define

from indelible.projects.errors import PlanPathForbidden

MAX_NAME_BYTES: Final = 255  # of a file or folder, as Linux file systems allow
MAX_PATH_BYTES: Final = 1_000
MAX_SEGMENTS: Final = 64
MAX_PATH_CHARACTERS_IN_MESSAGE: Final = 200

# Names that Git or a package manager acts on. They are compared without case.
FORBIDDEN_NAMES: Final = frozenset(
    {".git", ".gitmodules", ".gitattributes", "node_modules", "__pycache__"}
)
# Windows opens `.git`, `.gitmodules` and `.gitattributes` under such short names too.
SHORT_NAME_OF_GIT: Final = re.compile(r"gi[^~]{0,4}~[0-9]+")
WINDOWS_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"com{digit}" for digit in range(10)}
    | {f"lpt{digit}" for digit in range(10)}
)
WINDOWS_CHARACTERS: Final = re.compile(r'[<>:"|?*]')
# Control characters, and characters that hide or reorder text; macOS ignores some of them in names.
HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


# Each check with the reason that its failure has.
Checks = tuple[tuple[Callable[[str], bool], str], ...]


def check_paths(paths: Sequence[str]) -> None:
    """Check that all paths can be written together, on every file system. Linear time.

    Raises:
        PlanPathForbidden: A path is forbidden, or two paths name the same file or folder.
    """
    names = _Names()
    for path in paths:
        reason = path_fault(path) or names.add(path)
        if reason is not None:
            raise PlanPathForbidden(_printable(path), reason)


def path_fault(path: str) -> str | None:
    """Return the reason for which a path is forbidden by itself, None if it is allowed."""
    for is_forbidden, reason in PATH_FAULTS:
        if is_forbidden(path):
            return reason

    segments = path.split("/")
    if len(segments) > MAX_SEGMENTS:
        return f"it has more than {MAX_SEGMENTS} segments"
    for segment in segments:
        for is_forbidden, reason in SEGMENT_FAULTS:
            if is_forbidden(segment):
                return reason

    return None


def _has_hidden_character(path: str) -> bool:
    if path.isascii() and path.isprintable():
        return False

    return any(unicodedata.category(character) in HIDDEN_CATEGORIES for character in path)


def _is_reserved(segment: str) -> bool:
    folded = fold_name(segment)
    return folded in FORBIDDEN_NAMES or SHORT_NAME_OF_GIT.match(folded) is not None


def is_device_name(name: str) -> bool:
    """Return True for a name that Windows opens as a device, with any extension."""
    stem = fold_name(name).partition(".")[0].rstrip(" ")
    return stem in WINDOWS_DEVICES


# The order matters: only a path without hidden characters can be encoded.
PATH_FAULTS: Final[Checks] = (
    (lambda path: not path, "it is empty"),
    (lambda path: path.startswith("/"), "it is absolute"),
    (lambda path: "\\" in path, "it contains a backslash"),
    (_has_hidden_character, "it contains a control character or an invisible one"),
    (lambda path: len(path.encode()) > MAX_PATH_BYTES, f"it has more than {MAX_PATH_BYTES} bytes"),
)
SEGMENT_FAULTS: Final[Checks] = (
    (lambda name: not name, "it has an empty segment"),
    (lambda name: name in {".", ".."}, "it has the segment . or .."),
    (lambda name: name.endswith((".", " ")), "a segment ends with a dot or a space"),
    (
        lambda name: len(name.encode()) > MAX_NAME_BYTES,
        f"a segment has more than {MAX_NAME_BYTES} bytes",
    ),
    (
        lambda name: WINDOWS_CHARACTERS.search(name) is not None,
        'a segment contains one of < > : " | ? *',
    ),
    (_is_reserved, "a segment is a name that Git or a package manager acts on"),
    (is_device_name, "a segment is the name of a device of Windows"),
)


def fold_name(name: str) -> str:
    """Return a text that is equal for names that a file system may treat as one."""
    composed = unicodedata.normalize("NFKC", name)
    return unicodedata.normalize("NFKC", composed.casefold())


@define
class _Names:
    """The files and folders of all paths so far, by their folded paths."""

    _files: dict[str, str] = Factory(dict[str, str])
    _folders: dict[str, str] = Factory(dict[str, str])

    def add(self, path: str) -> str | None:
        """Add a path; return the reason if it clashes with an earlier one."""
        segments = path.split("/")
        folded, spelled = "", ""
        for segment in segments[:-1]:
            folded += fold_name(segment) + "/"
            spelled += segment + "/"
            reason = self._add_folder(folded, spelled)
            if reason is not None:
                return reason

        folded += fold_name(segments[-1])
        if folded in self._files:
            return self._clash(path, self._files[folded])
        if f"{folded}/" in self._folders:
            return f"it is a folder of the path {self._folders[f'{folded}/']}"

        self._files[folded] = path
        return None

    def _add_folder(self, folded: str, spelled: str) -> str | None:
        file = self._files.get(folded.removesuffix("/"))
        if file is not None:
            return f"the path {file} is a file and not a folder"

        other = self._folders.setdefault(folded, spelled)
        if other != spelled:
            return f"the folder {other} differs only in case or in Unicode form"

        return None

    def _clash(self, path: str, other: str) -> str:
        if other == path:
            return "two files have this path"

        return f"the path {other} differs only in case or in Unicode form"


def _printable(path: str) -> str:
    """Return a path for a message: without control characters, and shortened."""
    shortened = path[:MAX_PATH_CHARACTERS_IN_MESSAGE]
    if not shortened.isprintable():
        shortened = ascii(shortened)[1:-1]
    if len(path) > MAX_PATH_CHARACTERS_IN_MESSAGE:
        shortened += "..."

    return shortened
