"""Workspaces: a private root, and only folders with this database's marker are deleted."""

import json
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import evolve

from indelible.projects.errors import (
    WorkspaceForeign,
    WorkspaceLimitReached,
    WorkspaceNotCreated,
    WorkspaceNotRemoved,
    WorkspaceRootRefused,
    WorkspaceSpaceLow,
)
from indelible_git import FolderWorkspaces

MARKER = ".indelible-workspace"
NOBODY = 65_534
BAD_IDS = ["", ".", "..", "a/b", "/root/x", "a\0b", "a\n", "x" * 101, ".hidden", "ü"]
BAD_MARKERS = [b"", b"{}", b"[", b"[" * 5_000, b'{"database_id": "db-2", "job_id": "job-1"}']


@pytest.fixture
def workspaces(tmp_path: Path) -> FolderWorkspaces:
    return FolderWorkspaces(tmp_path / "root", "db-1")


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_workspace_is_named_by_its_job_and_private(workspaces: FolderWorkspaces) -> None:
    workspace = workspaces.create("job-1")

    assert workspace.path == workspaces.root / "job-1"
    assert not workspace.was_stale
    assert contents(workspace.path) == {MARKER}
    for folder in (workspaces.root, workspace.path):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_stale_workspace_is_deleted_first(workspaces: FolderWorkspaces) -> None:
    (workspaces.create("job-1").path / "old").mkdir()
    workspace = workspaces.create("job-1")

    assert workspace.was_stale
    assert contents(workspace.path) == {MARKER}


def test_a_removed_workspace_is_gone_and_may_be_removed_again(workspaces: FolderWorkspaces) -> None:
    workspaces.remove("job-1")  # not even the root exists
    path = workspaces.create("job-1").path
    (path / "a" / "b").mkdir(parents=True)
    (path / "a" / "b" / "c").write_text("x")
    os.mkfifo(path / "fifo")
    workspaces.remove("job-1")
    workspaces.remove("job-1")

    assert list(workspaces.root.iterdir()) == []


def test_jobs_of_another_database_are_neither_listed_nor_deleted(
    workspaces: FolderWorkspaces,
) -> None:
    other = evolve(workspaces, database_id="db-2")
    workspaces.create("job-2")
    workspaces.create("job-1")
    other.create("job-3")

    assert workspaces.job_ids() == ("job-1", "job-2")
    assert other.job_ids() == ("job-3",)
    for attempt in (workspaces.remove, workspaces.create):
        with pytest.raises(WorkspaceForeign):
            attempt("job-3")
    assert other.job_ids() == ("job-3",)


@pytest.mark.parametrize("marker", [None, *BAD_MARKERS])
def test_a_folder_without_the_right_marker_is_foreign(
    workspaces: FolderWorkspaces, marker: bytes | None
) -> None:
    workspaces.create("other")
    folder = workspaces.root / "job-1"
    folder.mkdir()
    (folder / "precious").write_text("x")
    if marker is not None:
        (folder / MARKER).write_bytes(marker)

    for attempt in (workspaces.remove, workspaces.create):
        with pytest.raises(WorkspaceForeign):
            attempt("job-1")
    assert (folder / "precious").exists()
    assert workspaces.job_ids() == ("other",)


@pytest.mark.parametrize("kind", ["link", "fifo"])
def test_a_marker_that_is_no_file_is_none(
    workspaces: FolderWorkspaces, tmp_path: Path, kind: str
) -> None:
    path = workspaces.create("job-1").path
    good = tmp_path / "marker"
    (path / MARKER).rename(good)
    if kind == "link":
        (path / MARKER).symlink_to(good)
    else:
        os.mkfifo(path / MARKER)

    with pytest.raises(WorkspaceForeign):
        workspaces.remove("job-1")


@pytest.mark.parametrize("state", ["empty", "empty marker"])
def test_a_folder_of_a_process_that_was_killed_at_once_is_deleted(
    workspaces: FolderWorkspaces, state: str
) -> None:
    workspaces.create("other")
    (workspaces.root / "job-1").mkdir()
    if state == "empty marker":
        (workspaces.root / "job-1" / MARKER).touch()

    assert workspaces.create("job-1").was_stale


def test_a_marker_of_another_job_is_foreign(workspaces: FolderWorkspaces) -> None:
    path = workspaces.create("job-1").path
    path.rename(path.with_name("job-2"))

    with pytest.raises(WorkspaceForeign):
        workspaces.remove("job-2")
    assert workspaces.job_ids() == ()


@pytest.mark.parametrize("job_id", BAD_IDS)
def test_an_id_that_leaves_the_root_is_refused(workspaces: FolderWorkspaces, job_id: str) -> None:
    workspaces.create("job-1")

    for attempt in (workspaces.remove, workspaces.create):
        with pytest.raises(WorkspaceForeign):
            attempt(job_id)


def test_a_link_in_place_of_a_workspace_is_not_followed(
    workspaces: FolderWorkspaces, tmp_path: Path
) -> None:
    path = workspaces.create("job-1").path
    elsewhere = path.rename(tmp_path / "elsewhere")
    path.symlink_to(elsewhere)

    for attempt in (workspaces.remove, workspaces.create):
        with pytest.raises(WorkspaceForeign):
            attempt("job-1")
    assert contents(elsewhere) == {MARKER}


def test_removal_does_not_follow_links(workspaces: FolderWorkspaces, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    (precious / "below").mkdir(parents=True)
    path = workspaces.create("job-1").path
    (path / "folder").symlink_to(precious)
    (path / "root").symlink_to("/")
    (path / "deep").mkdir()
    (path / "deep" / "up").symlink_to(tmp_path)
    workspaces.remove("job-1")

    assert not path.exists()
    assert (precious / "below").is_dir()


@pytest.mark.parametrize("fault", ["link", "dangling link", "file", "open to all", "foreign owner"])
def test_a_root_that_others_could_write_to_is_refused(
    workspaces: FolderWorkspaces, tmp_path: Path, fault: str
) -> None:
    root = workspaces.root
    target = tmp_path / "target"
    match fault:
        case "link":
            target.mkdir(mode=0o700)
            root.symlink_to(target)
        case "dangling link":
            root.symlink_to(target)
        case "file":
            root.touch()
        case "open to all":
            root.mkdir()
            root.chmod(0o750)
        case _:
            root.mkdir(mode=0o700)
            os.chown(root, NOBODY, NOBODY)

    with pytest.raises(WorkspaceRootRefused):
        workspaces.create("job-1")
    with pytest.raises(WorkspaceRootRefused):
        workspaces.remove("job-1")
    with pytest.raises(WorkspaceRootRefused):
        workspaces.job_ids()
    assert not target.exists() or list(target.iterdir()) == []


def test_a_root_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(WorkspaceRootRefused):
        FolderWorkspaces(tmp_path / "file" / "root", "db-1").create("job-1")


def test_a_minimum_of_space_stays_free(workspaces: FolderWorkspaces) -> None:
    greedy = evolve(workspaces, min_free_bytes=1 << 62)

    with pytest.raises(WorkspaceSpaceLow) as caught:
        greedy.create("job-1")
    assert caught.value.free_bytes < 1 << 62
    assert workspaces.job_ids() == ()


def test_workspaces_have_a_quota_and_a_stale_one_makes_room(workspaces: FolderWorkspaces) -> None:
    limited = evolve(workspaces, max_workspaces=2)
    limited.create("job-1")
    limited.create("job-2")

    with pytest.raises(WorkspaceLimitReached):
        limited.create("job-3")
    assert limited.create("job-2").was_stale
    limited.remove("job-1")
    limited.create("job-3")


def test_one_job_has_one_workspace_under_concurrent_creation(workspaces: FolderWorkspaces) -> None:
    def attempt(_: int) -> bool:
        try:
            workspaces.create("job-1")
        except (WorkspaceNotCreated, WorkspaceForeign, WorkspaceNotRemoved):
            return False
        return True

    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(attempt, range(40)))

    assert any(results)
    document = json.loads((workspaces.root / "job-1" / MARKER).read_text())
    assert document == {"database_id": "db-1", "job_id": "job-1"}


AS_NOBODY = """
import os, sys
from indelible.projects.errors import WorkspaceNotRemoved
from indelible_git import FolderWorkspaces
os.setgid({nobody}); os.setuid({nobody})
workspaces = FolderWorkspaces(sys.argv[1], "db-1")
locked = workspaces.create("job-1").path / "locked"
locked.mkdir()
(locked / "file").touch()
locked.chmod(0o500)
try:
    workspaces.remove("job-1")
except WorkspaceNotRemoved as error:
    print(error.code, error.reason, workspaces.job_ids())
locked.chmod(0o700)
workspaces.remove("job-1")
print(workspaces.job_ids())
"""


@pytest.mark.slow
def test_a_folder_that_cannot_be_deleted_stays_listed_and_is_deleted_later(tmp_path: Path) -> None:
    root = Path("/var/tmp") / f"indelible-{os.getpid()}"  # noqa: S108 - a folder that nobody may enter
    root.mkdir()
    os.chown(root, NOBODY, NOBODY)
    try:
        script = AS_NOBODY.format(nobody=NOBODY)
        command = (sys.executable, "-c", script, str(root / "root"))
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
        expected = ["WORKSPACE_NOT_REMOVED Permission denied ('job-1',)", "()"]
        assert done.stdout.splitlines() == expected, done.stderr
    finally:
        shutil.rmtree(root)


WITHOUT_FILE_BYTES = """
import resource, sys
from indelible.projects.errors import WorkspaceNotCreated
from indelible_git import FolderWorkspaces
workspaces = FolderWorkspaces(sys.argv[1], "db-1")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
try:
    workspaces.create("job-1")
except WorkspaceNotCreated as error:
    print(error.code, error.reason, workspaces.job_ids())
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
print(workspaces.create("job-1").was_stale, workspaces.job_ids())
"""


@pytest.mark.slow
def test_a_folder_whose_marker_cannot_be_written_is_no_workspace_and_is_created_later(
    tmp_path: Path,
) -> None:
    command = (sys.executable, "-c", WITHOUT_FILE_BYTES, str(tmp_path / "root"))

    done = subprocess.run(command, check=False, capture_output=True, text=True)

    expected = ["WORKSPACE_NOT_CREATED File too large ()", "True ('job-1',)"]
    assert done.stdout.splitlines() == expected, done.stderr
