"""Two workers in one workspace: one was paused, lost its lease, and came back."""

import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest
from attrs import define, evolve
from tests.adapters.git.hosts import (
    LocalSite,
    build,
    clone,
    commit_as_person,
    commit_request,
    files,
    request,
)
from tests.doubles.github import git

from indelible.projects.errors import GitFailed

READ_TREE = 2  # the second command of a commit; the first one stores the blobs


@define
class AfterCommand:
    """Process groups that call a function after the end of one command."""

    number: int
    call: Callable[[], object]
    ended: int = 0

    @contextmanager
    def process_group(self, group_id: int) -> Generator[None]:
        del group_id
        yield
        self.ended += 1
        if self.ended == self.number:
            self.call()


@pytest.mark.parametrize(
    ("has_moved", "outcome"),
    [(False, "committed"), (True, "GIT_FAILED")],  # the next clone has its own tip only
)
def test_a_worker_that_comes_back_changes_no_commit_of_the_next_one(
    local: LocalSite, *, has_moved: bool, outcome: str
) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    commit_as_person(bare)
    lost = clone(local, repository)
    shutil.rmtree(lost.folder)
    if has_moved:
        commit_as_person(bare)
    new = clone(local, repository)
    new.folder.rename(lost.folder)
    lost.write_files(files(page="x = 1"))
    folder = lost.folder
    repository_folder = folder / ".git"
    outcomes: list[str] = []

    def come_back() -> None:
        try:
            lost.commit(commit_request())
        except GitFailed as error:
            outcomes.append(error.code)
        else:
            outcomes.append("committed")

    groups = AfterCommand(READ_TREE, come_back)
    new.git = evolve(new.git, repository=repository_folder, groups=groups)
    new.folder = folder
    sha = build(new, page="x = 1")

    assert groups.ended > READ_TREE
    assert outcomes == [outcome]
    names = git(repository_folder, "ls-tree", "-r", "--name-only", sha).splitlines()
    tips = git(bare, "ls-tree", "-r", "--name-only", "refs/heads/main").splitlines()
    assert sorted(names) == sorted([*tips, "README.md", "src/page.py"])


@pytest.mark.parametrize("call", ["push", "update"])
def test_a_clone_that_another_worker_deletes_is_a_failure_that_may_pass(
    local: LocalSite, call: str
) -> None:
    repository = local.host.ensure_repository(request())
    commit_as_person(local.bare(repository))
    checkout = clone(local, repository)
    build(checkout)
    for path in (checkout.folder / ".git").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    calls: dict[str, Callable[[], object]] = {
        "push": checkout.push,
        "update": checkout.update,
    }

    with pytest.raises(GitFailed):
        calls[call]()
    assert checkout.find_commit("job-1") is None  # it asks the remote


def test_objects_that_another_worker_deletes_are_no_rewritten_history(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    commit_as_person(bare)
    checkout = clone(local, repository)
    commit_as_person(bare)
    base = checkout.tip
    assert base is not None
    assert checkout.find_commit("job-1") is None
    (checkout.folder / ".git" / "objects" / base[:2] / base[2:]).unlink(missing_ok=True)
    for pack in (checkout.folder / ".git" / "objects" / "pack").iterdir():
        pack.unlink()

    assert checkout.find_commit("job-1") is None  # the remote has the history
