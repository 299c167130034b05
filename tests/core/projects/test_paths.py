"""Only portable paths inside the repository, outside Git's own files, may be written."""

import unicodedata
from functools import partial
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.costs import processor_seconds

from indelible.projects.errors import PlanPathForbidden
from indelible.projects.rules import check_paths
from indelible.projects.rules.paths import MAX_PATH_BYTES, MAX_SEGMENTS, fold_name, path_fault

FORBIDDEN = {
    "": "empty",
    "/etc/passwd": "absolute",
    "//host/share": "absolute",
    "..": ". or ..",
    "../x": ". or ..",
    "a/../../x": ". or ..",
    "a/..": ". or ..",
    ".": ". or ..",
    "./a": ". or ..",
    "a//b": "empty segment",
    "a/": "empty segment",
    "a\\b": "backslash",
    "..\\x": "backslash",
    "\\\\host\\share": "backslash",
    "C:/x": "one of",
    "c:x": "one of",
    ".git/config": "Git",
    ".git": "Git",
    ".GIT/hooks/pre-commit": "Git",
    "a/.Git/config": "Git",
    "git~1/config": "Git",
    "GIT~1": "Git",
    "git~2": "Git",
    ".git /config": "dot or a space",
    ".git./config": "dot or a space",
    ".git::$INDEX_ALLOCATION/config": "one of",
    ".g\u200cit/config": "invisible",
    ".git\u200d": "invisible",
    "\ufeff.git/config": "invisible",
    ".\u00adgit": "invisible",
    "\uff0egit/config": "Git",
    ".gitmodules": "Git",
    "a/.GITMODULES": "Git",
    "gitmod~1": "Git",
    "GI7EBA~1": "Git",
    ".gitattributes": "Git",
    "docs/.gitAttributes": "Git",
    "GITATT~1": "Git",
    "node_modules/x/index.js": "package manager",
    "web/Node_Modules/x": "package manager",
    "__pycache__/x.pyc": "package manager",
    "a\0b": "control",
    "a\nb": "control",
    "a\tb": "control",
    "a\x1b[31m": "control",
    "a\x7f": "control",
    "a\x85b": "control",
    "a\u202eb": "invisible",
    "a\u2028b": "invisible",
    "a\ud800": "invisible",
    "a.": "dot or a space",
    "a ": "dot or a space",
    "a./b": "dot or a space",
    "a /b": "dot or a space",
    "...": "dot or a space",
    "x" * 256: "255 bytes",
    "é" * 128: "255 bytes",
    "/".join(["x" * 200] * 6): f"{MAX_PATH_BYTES} bytes",
    "/".join(["x"] * (MAX_SEGMENTS + 1)): "segments",
    "con": "device",
    "src/AUX.txt": "device",
    "nul.tar.gz": "device",
    "COM1": "device",
    "com\u00b9": "device",
    "lpt9.log": "device",
    "CONIN$": "device",
    "aux .c": "device",
    "a?b": "one of",
    "a*": "one of",
    "<a>": "one of",
    'a"b': "one of",
    "a|b": "one of",
}

ALLOWED = [
    "README.md",
    ".gitignore",
    ".github/workflows/tests.yml",
    ".editorconfig",
    "src/app/[id]/page.tsx",
    "a b/c d.txt",
    "-rf",
    "--force",
    "git",
    "digit~1",
    "gitignore/x",
    "console.py",
    "com10",
    "node_modules.md",
    "日本/東京.md",
    "é.txt",
    "x" * 255,
    "..a",
    "a..b",
    "$(touch canary)",
    "`id`",
    "a;b&c",
    "{slug}",
]

CLASHES = [
    ("a", "a"),
    ("README.md", "readme.MD"),
    ("src/A.py", "SRC/a.py"),
    ("src/a.py", "SRC/b.py"),
    ("a", "a/b"),
    ("a/b", "a"),
    ("A", "a/b"),
    ("a/b/c", "A/B"),
    (unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")),
    ("é/a", unicodedata.normalize("NFD", "é") + "/b"),
    ("straße", "STRASSE"),
    ("\u212aelvin", "kelvin"),
]

names = st.text(st.characters(exclude_categories=[]), max_size=8)
hostile = st.one_of(
    names,
    st.sampled_from([*FORBIDDEN, *ALLOWED, "..", ".", "", "a", "A", ".git"]),
)
paths = st.lists(hostile, min_size=1, max_size=5).map("/".join)


@pytest.mark.parametrize("path", FORBIDDEN)
def test_a_forbidden_path_is_refused_with_its_reason(path: str) -> None:
    with pytest.raises(PlanPathForbidden) as refused:
        check_paths(["README.md", path])

    assert refused.value.code == "PLAN_PATH_FORBIDDEN"
    assert FORBIDDEN[path] in refused.value.reason
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 1_500


@pytest.mark.parametrize("path", ALLOWED)
def test_a_portable_path_is_allowed(path: str) -> None:
    check_paths([path])


@pytest.mark.parametrize(("first", "second"), CLASHES)
def test_two_paths_that_name_one_file_are_refused(first: str, second: str) -> None:
    check_paths([first])
    check_paths([second])
    with pytest.raises(PlanPathForbidden):
        check_paths([first, "between", second])


def test_a_refused_path_is_printable_and_short() -> None:
    with pytest.raises(PlanPathForbidden) as refused:
        check_paths(["\x1b[31m" + "\u202e" * 5_000])

    assert refused.value.path.isprintable()
    assert refused.value.path.isascii()
    assert len(refused.value.path) < 2_000


def test_files_of_one_folder_are_allowed_together() -> None:
    check_paths(["src/a.py", "src/b.py", "src/b/c.py", "docs/a.py", "a.py"])


@given(paths)
@example("a/b")
def test_an_allowed_path_stays_inside_the_repository(path: str) -> None:
    if path_fault(path) is not None:
        return

    assert not PurePosixPath(path).is_absolute()
    assert not PureWindowsPath(path).anchor
    assert str(PurePosixPath(path)) == path
    segments = path.split("/")
    assert "\\" not in path
    assert not {"", ".", ".."} & set(segments)
    assert not any(fold_name(segment).startswith(".git/") for segment in segments)
    assert ".git" not in [segment.casefold() for segment in segments]
    assert all(0 < len(segment.encode()) <= 255 for segment in segments)
    assert all(segment == segment.rstrip(". ") for segment in segments)


@given(st.lists(paths, max_size=6))
def test_paths_are_checked_without_any_other_error(several: list[str]) -> None:
    try:
        check_paths(several)
    except PlanPathForbidden:
        return

    folded = [fold_name(path) for path in several]
    assert len(set(folded)) == len(several)
    for path in folded:
        assert not any(other.startswith(f"{path}/") for other in folded)


def test_checking_paths_takes_linear_time() -> None:
    def many(count: int) -> list[str]:
        return [f"{'a/' * 20}{number}/{number}.txt" for number in range(count)]

    short, long = many(1_000), many(4_000)

    assert processor_seconds(partial(check_paths, long)) < 12 * processor_seconds(
        partial(check_paths, short)
    )
