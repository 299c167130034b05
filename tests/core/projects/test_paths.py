"""Only portable paths inside the repository, outside Git's own files, may be written."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.projects.hostile_paths import ALLOWED, CLASHES, FORBIDDEN

from indelible.projects.errors import PlanPathForbidden
from indelible.projects.rules.paths import check_paths, fold_name, path_fault

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


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("a", "a", "two files have this path"),
        ("README.md", "readme.MD", "the path README.md differs only in case or in Unicode form"),
    ],
)
def test_a_refusal_tells_in_what_two_paths_differ(first: str, second: str, reason: str) -> None:
    with pytest.raises(PlanPathForbidden) as refused:
        check_paths([first, second])

    assert refused.value.reason == reason


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
