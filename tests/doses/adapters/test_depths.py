"""A job fetches the last commit alone, and searches commits without their files."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.adapters.git.hosts import (
    LocalSite,
    Site,
    build,
    clone,
    commit_as_person,
    commits,
    request,
    tip,
    was_forced,
)
from tests.doubles.github import git

from indelible.projects.errors import (
    HistoryRewritten,
    HostRefused,
    PushRejected,
    RepositoryUnusable,
)
from indelible_git.files import size_of
from indelible_git.histories import DEPTHS

pytestmark = pytest.mark.slow

BLOB_BYTES = 50_000
FIRST_DEPTH = DEPTHS[0]


def grow(bare: Path, count: int, size: int = 10) -> None:
    """Push commits, each of which replaces the content of one file by noise."""
    lines: list[bytes] = []
    parent = tip(bare)
    for number in range(count):
        content = os.urandom(size).hex().encode()
        lines.append(b"commit refs/heads/main\n")
        lines.append(b"committer Maya <maya@example.org> %d +0000\ndata 4\nGrow\n" % (number + 9))
        if parent and number == 0:
            lines.append(f"from {parent}\n".encode())
        lines.append(b"M 100644 inline noise\ndata %d\n%s\n" % (len(content), content))
    stream = b"".join(lines).decode()
    git(bare, "fast-import", "--quiet", stdin=stream)


def test_a_clone_has_no_history(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    grow(bare, 20, BLOB_BYTES)
    checkout = clone(site, repository)

    assert size_of(checkout.folder) < 5 * BLOB_BYTES
    sha = build(checkout)
    checkout.push()
    assert commits(bare)[0] == sha
    assert len(commits(bare)) == 21


@pytest.mark.parametrize("later", [0, 5, FIRST_DEPTH + 5])
def test_a_lost_push_is_found_without_the_files_of_the_history(site: Site, later: int) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    grow(bare, 20, BLOB_BYTES)
    first = clone(site, repository)
    sha = build(first)
    first.push()
    if later:
        grow(bare, later)

    second = clone(site, repository)
    found = second.find_commit("job-1")
    assert found is not None
    assert found.sha == sha
    assert second.find_commit("job-2") is None
    assert size_of(second.folder) < 5 * BLOB_BYTES


def merge_old_branch(bare: Path, base: str, ours: str, length: int) -> None:
    """Merge a branch that began at our base, so that the base is nearer than our commit."""
    git(bare, "update-ref", "refs/heads/main", ours)
    grow(bare, length)
    tree = git(bare, "rev-parse", "refs/heads/main^{tree}")
    parents = ("-p", git(bare, "rev-parse", "refs/heads/main"), "-p", base)
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", *parents, tree, stdin="M"))


def test_a_commit_behind_a_merge_is_found_though_the_base_is_nearer(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    grow(bare, FIRST_DEPTH * 2)
    checkout = clone(local, repository)
    base = checkout.tip
    assert base is not None
    sha = build(checkout)
    checkout.push()
    merge_old_branch(bare, base, sha, FIRST_DEPTH + 9)

    found = checkout.find_commit("job-1", since=base)
    assert found is not None
    assert found.sha == sha


def test_a_search_since_the_base_stops_there(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    grow(bare, FIRST_DEPTH * 3)
    checkout = clone(local, repository)
    grow(bare, 5)

    assert checkout.find_commit("job-1", since=checkout.tip) is None
    history = checkout.folder / ".git" / "history"
    assert git(history, "rev-list", "--count", "refs/heads/tip") == str(FIRST_DEPTH)


def test_a_branch_that_grew_beyond_the_depth_was_not_rewritten(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    grow(bare, FIRST_DEPTH * 2)
    checkout = clone(site, repository)
    grow(bare, FIRST_DEPTH * 2)

    checkout.update()
    sha = build(checkout)
    checkout.push()
    assert commits(bare)[0] == sha
    assert not was_forced(bare)


def test_a_deleted_branch_is_built_again_with_all_of_its_history(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    grow(bare, 30)
    theirs = commits(bare)
    checkout = clone(site, repository)
    build(checkout)
    git(bare, "update-ref", "-d", "refs/heads/main")

    with pytest.raises(PushRejected):
        checkout.push()
    checkout.update()
    ours = build(checkout)
    checkout.push()
    assert commits(bare) == [ours, *theirs]
    assert git(bare, "fsck", "--full", "--no-dangling") == ""


def test_a_deleted_branch_without_its_commits_is_not_built_again(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    grow(bare, 30)
    checkout = clone(site, repository)
    git(bare, "update-ref", "-d", "refs/heads/main")
    git(bare, "reflog", "expire", "--expire=now", "--all")
    git(bare, "-c", "gc.reflogExpire=now", "prune", "--expire=now")
    for pack in (bare / "objects" / "pack").iterdir():
        pack.unlink()

    with pytest.raises(HistoryRewritten):
        checkout.update()


def test_a_server_without_filters_is_searched_all_the_same(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    git(bare, "config", "uploadpack.allowFilter", "false")
    grow(bare, FIRST_DEPTH * 2)
    first = clone(site, repository)
    sha = build(first)
    first.push()
    grow(bare, FIRST_DEPTH * 2)

    found = clone(site, repository).find_commit("job-1")
    assert found is not None
    assert found.sha == sha


def limit_input(bare: Path) -> None:
    git(bare, "config", "receive.maxInputSize", "100")


def limit_input_of_packs(bare: Path) -> None:
    limit_input(bare)
    git(bare, "config", "receive.unpackLimit", "1")


@pytest.mark.parametrize("limit", [limit_input, limit_input_of_packs])
def test_a_push_that_is_too_large_for_the_host_is_refused_for_good(
    site: Site, limit: Callable[[Path], None]
) -> None:
    repository = site.host.ensure_repository(request())
    checkout = clone(site, repository)
    limit(site.bare(repository))
    build(checkout, page=os.urandom(2_000).hex())

    with pytest.raises(HostRefused, match="pack exceeds maximum allowed size"):
        checkout.push()


def make_sha_256(bare: Path) -> None:
    git(bare, "config", "core.repositoryFormatVersion", "1")
    git(bare, "config", "extensions.objectFormat", "sha256")


def test_a_repository_of_sha_256_is_unusable(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    make_sha_256(site.bare(repository))
    commit_as_person(site.bare(repository))

    with pytest.raises(RepositoryUnusable, match="SHA-256 ids, expected SHA-1"):
        clone(site, repository)


def test_an_empty_repository_of_sha_256_is_unusable(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    make_sha_256(site.bare(repository))
    checkout = clone(site, repository)
    build(checkout)

    with pytest.raises(RepositoryUnusable, match="SHA-256 ids, expected SHA-1"):
        checkout.push()


def test_a_repository_without_its_older_history_is_built_upon(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    full = site.clones.parent / "full.git"
    git(None, "init", "--quiet", "--bare", str(full))
    grow(full, 9)
    git(bare, "fetch", "--quiet", "--depth=3", f"file://{full}", "+refs/heads/main:refs/heads/main")

    checkout = clone(site, repository)
    assert checkout.find_commit("job-1") is None
    sha = build(checkout)
    checkout.push()
    found = clone(site, repository).find_commit("job-1")
    assert found is not None
    assert found.sha == sha
