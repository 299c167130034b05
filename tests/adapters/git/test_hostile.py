"""Hostile repositories and paths: nothing of them runs, and nothing outside is written."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.adapters.git.hostile import (
    BRANCHES,
    GIT_URLS,
    HOOKS,
    SPECIAL_FILES,
    TAKEN_PATHS,
    fingerprint,
    hostile_home,
    plant,
)
from tests.adapters.git.hosts import (
    GitHubSite,
    LocalSite,
    Site,
    build,
    clone,
    commit_request,
    commits,
    files,
    request,
)
from tests.architecture.sources import ROOT
from tests.doubles.github import git

from indelible.projects.entities.values import GeneratedFile
from indelible.projects.errors import (
    CheckoutTooLarge,
    GitFailed,
    HostRefused,
    PlanPathForbidden,
    RepositoryUnusable,
)
from indelible_git import GitCheckout, GitLimits, LocalHost

BAD_PATHS = [
    "/etc/passwd", "../x", "a/../../x", ".git/config", ".GIT/config", "git~1/config", "a\\b",
    "a\0b", "a/" + "x" * 256, "a.", "a ", "", "a//b", "./a", ".gitmodules", "a/.gitattributes",
    "a\nb", "CON", "x" * 2_000, "readme.md", "\N{FULLWIDTH FULL STOP}git/config",
]  # fmt: skip


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder beside the clones that nothing may change."""
    folder = tmp_path / "outside"
    (folder / "below").mkdir(parents=True)
    (folder / "secret.txt").write_text("precious")
    return folder


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that every hook and every setting of the user's home would create."""
    canary = tmp_path / "canary"
    for name, value in hostile_home(tmp_path / "home", canary).items():
        monkeypatch.setenv(name, value)
    return canary


def fill(bare: Path, *entries: str, content: str = "x") -> None:
    """Set the branch to a tree; BLOB in an entry is the id of a blob with the content."""
    blob = git(bare, "hash-object", "-w", "--stdin", stdin=content)
    lines = "".join(f"{entry}\n".replace("BLOB", blob) for entry in sorted(entries))
    tree = git(bare, "mktree", "--missing", stdin=lines)
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", tree, stdin="Hostile"))


@pytest.mark.dose
@pytest.mark.parametrize("path", TAKEN_PATHS)
def test_a_path_through_a_link_a_submodule_or_a_file_is_refused(
    site: Site, outside: Path, path: str
) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    entries = (
        "120000 blob BLOB\tlink",
        "120000 blob BLOB\tREADME.md",
        f"160000 commit {'a' * 40}\tmodule",
        "100644 blob BLOB\tfile",
    )
    blob = git(bare, "hash-object", "-w", "--stdin", stdin="x")
    below = git(bare, "mktree", stdin=f"100644 blob {blob}\tx\n")
    fill(bare, *entries, f"040000 tree {below}\ttree", content=str(outside))
    before = fingerprint(outside)
    checkout = clone(site, repository)

    with pytest.raises(PlanPathForbidden):
        checkout.write_files([GeneratedFile(path=path, content=b"x")])
    assert fingerprint(outside) == before
    assert [entry.name for entry in checkout.folder.iterdir()] == [".git"]


@pytest.mark.dose
def test_links_and_submodules_beside_the_files_stay_as_they_are(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    link, module = "120000 blob BLOB\tlink", f"160000 commit {'a' * 40}\tmodule"
    fill(bare, link, module, content="/etc/passwd")
    checkout = clone(local, repository)
    sha = build(checkout)
    checkout.push()

    listing = git(bare, "ls-tree", "--format=%(objectmode) %(path)", sha)
    assert listing.splitlines() == ["100644 README.md", "120000 link", "160000 module"]


@pytest.mark.dose
@pytest.mark.parametrize("kind", SPECIAL_FILES)
def test_a_special_file_in_the_folder_is_not_written_to(
    local: LocalSite, outside: Path, kind: str
) -> None:
    checkout = clone(local, local.host.ensure_repository(request()))
    target = checkout.folder / "README.md"
    match kind:
        case "link":
            target.symlink_to(outside / "secret.txt")
        case "fifo":
            os.mkfifo(target)
        case "device":
            os.mknod(target, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        case "hard link":
            target.hardlink_to(outside / "secret.txt")
        case "socket":
            os.mknod(target, stat.S_IFSOCK | 0o600)
        case _:
            target.mkdir()
    before = fingerprint(outside)

    with pytest.raises(PlanPathForbidden):
        checkout.write_files(files())
    assert fingerprint(outside) == before


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_folder_that_is_a_link_is_not_entered(
    local: LocalSite, outside: Path, depth: int
) -> None:
    checkout = clone(local, local.host.ensure_repository(request()))
    folders = ["a", "b", "c"]
    parent = checkout.folder.joinpath(*folders[: depth - 1])
    parent.mkdir(parents=True, exist_ok=True)
    (parent / folders[depth - 1]).symlink_to(outside)
    before = fingerprint(outside)

    with pytest.raises(PlanPathForbidden):
        checkout.write_files([GeneratedFile(path="a/b/c/x.txt", content=b"x")])
    assert fingerprint(outside) == before


@pytest.mark.dose
@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_forbidden_path_is_refused_before_anything_is_written(
    local: LocalSite, tmp_path: Path, path: str
) -> None:
    checkout = clone(local, local.host.ensure_repository(request()))
    before = fingerprint(tmp_path)

    with pytest.raises(PlanPathForbidden):
        checkout.write_files([*files(), GeneratedFile(path=path, content=b"x")])
    assert fingerprint(tmp_path) == before


@pytest.mark.dose
def test_a_file_that_was_swapped_after_it_was_written_is_not_committed(
    local: LocalSite, outside: Path
) -> None:
    checkout = clone(local, local.host.ensure_repository(request()))
    checkout.write_files(files())
    (checkout.folder / "README.md").unlink()
    (checkout.folder / "README.md").symlink_to(outside / "secret.txt")

    with pytest.raises(GitFailed, match="has changed"):
        checkout.commit(commit_request())


@pytest.mark.dose
def test_no_hook_filter_or_setting_of_anybody_runs(site: Site, canary: Path, outside: Path) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    fill(bare, "100644 blob BLOB\t.gitattributes", content="* filter=canary diff=canary\n")
    before = fingerprint(outside)
    checkout = clone(site, repository)
    plant_into(checkout, canary)

    build(checkout, page="x = 1")
    checkout.update()
    assert checkout.find_commit("job-1") is None
    sha = build(checkout, page="x = 1")
    checkout.push()

    assert commits(bare)[0] == sha
    assert git(bare, "show", f"{sha}:src/page.py") == "x = 1"
    assert not canary.exists()
    assert fingerprint(outside) == before


def plant_into(checkout: GitCheckout, canary: Path) -> None:
    """Plant hooks, attributes and settings into a clone, as a program of another user might."""
    own = checkout.folder / ".git"
    for name in HOOKS:
        plant(own / "hooks" / name, canary)
    (own / "info").mkdir(exist_ok=True)
    (own / "info" / "attributes").write_text("* filter=canary\n")
    with (own / "config").open("a") as config:
        config.write(f'[filter "canary"]\n\tclean = touch {canary}\n\trequired = true\n')
        config.write(f"[core]\n\thooksPath = hooks\n\tfsmonitor = touch {canary}\n")
        config.write(f"[credential]\n\thelper = !touch {canary}\n")
        config.write("[commit]\n\tgpgSign = true\n[gpg]\n")
        config.write(f"\tprogram = {own / 'hooks' / 'pre-push'}\n[gc]\n\tauto = 1\n")


def limited(local: LocalSite, limits: GitLimits) -> LocalSite:
    return LocalSite(LocalHost(local.host.root, limits=limits), local.clones)


@pytest.mark.dose
def test_a_huge_file_is_refused(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    fill(local.bare(repository), "100644 blob BLOB\thuge", content="x" * 2_000)

    with pytest.raises(CheckoutTooLarge) as caught:
        clone(limited(local, GitLimits(max_file_bytes=1_999)), repository)
    assert (caught.value.actual, caught.value.limit) == (2_000, 1_999)


@pytest.mark.dose
def test_a_large_clone_is_refused_while_it_is_fetched(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    blob = local.clones.parent / "noise"
    blob.write_bytes(os.urandom(3_000_000))
    sha = git(bare, "hash-object", "-w", str(blob))
    fill(bare, f"100644 blob {sha}\tnoise")

    with pytest.raises(CheckoutTooLarge) as caught:
        clone(limited(local, GitLimits(max_bytes=1_000_000)), repository)
    assert caught.value.actual > 1_000_000


@pytest.mark.dose
@pytest.mark.parametrize("max_output_bytes", [1 << 20, 1 << 30])
def test_a_million_files_from_a_few_objects_are_refused(
    local: LocalSite, max_output_bytes: int
) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    tree = git(bare, "hash-object", "-w", "--stdin", stdin="x")
    kind = "100644 blob"
    for _ in range(6):  # ten entries in each of six levels
        lines = [f"{kind} {tree}\t{name}" for name in range(10)]
        tree = git(bare, "mktree", stdin="\n".join(lines) + "\n")
        kind = "040000 tree"
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", tree, stdin="Bomb"))

    with pytest.raises(CheckoutTooLarge) as caught:
        clone(limited(local, GitLimits(max_output_bytes=max_output_bytes)), repository)
    assert caught.value.limit == 100_000
    assert caught.value.actual > 100_000


@pytest.mark.dose
def test_limits_hold_for_the_files_of_the_job_too(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(limited(local, GitLimits(max_files=2, max_file_bytes=10)), repository)

    with pytest.raises(CheckoutTooLarge):
        checkout.write_files(files(a="1", b="2"))
    with pytest.raises(CheckoutTooLarge):
        checkout.write_files(files(a="x" * 11))
    assert [path.name for path in checkout.folder.iterdir()] == [".git"]


@pytest.mark.dose
@pytest.mark.parametrize("branch", BRANCHES)
def test_a_default_branch_with_a_hostile_name_is_refused(local: LocalSite, branch: str) -> None:
    repository = local.host.ensure_repository(request())
    (local.bare(repository) / "HEAD").write_text(f"ref: refs/heads/{branch}")

    with pytest.raises(HostRefused):
        clone(local, repository)


ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from tests.adapters.git.hosts import LocalSite, clone, files, request
from indelible.projects.errors import GitFailed
from indelible_git import LocalHost
site = LocalSite(LocalHost(Path(sys.argv[1], "host")), Path(sys.argv[1], "clones"))
checkout = clone(site, site.host.ensure_repository(request()))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
try:
    checkout.write_files(files(page="x" * 2_000))
except GitFailed as error:
    print(error)
"""


@pytest.mark.dose
def test_a_file_that_does_not_fit_on_the_disk_is_a_failure(tmp_path: Path) -> None:
    command = (sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path))
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)

    assert done.stdout == "GIT_FAILED: git write failed: File too large.\n", done.stderr


@pytest.mark.dose
def test_a_transport_that_is_not_needed_is_not_used(hub: GitHubSite, tmp_path: Path) -> None:
    repository = hub.host.ensure_repository(request())
    checkout = clone(hub, repository)
    build(checkout)
    for url in (str(tmp_path), f"file://{tmp_path}", *GIT_URLS):
        checkout.url = url
        with pytest.raises((HostRefused, GitFailed)):
            checkout.push()


@pytest.mark.dose
@pytest.mark.parametrize("name", [".git", "git~1"])
def test_a_repository_with_a_path_that_git_refuses_is_unusable(local: LocalSite, name: str) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    blob = git(bare, "hash-object", "-w", "--stdin", stdin="x")
    tree = git(bare, "mktree", stdin=f"100644 blob {blob}\t{name}\n")
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", tree, stdin="x"))
    checkout = clone(local, repository)

    with pytest.raises(RepositoryUnusable, match="invalid path"):
        build(checkout)


@pytest.mark.dose
def test_a_repository_without_an_object_is_unusable(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    blob = git(bare, "hash-object", "-w", "--stdin", stdin="x")
    tree = git(bare, "mktree", stdin=f"100644 blob {blob}\tx\n")
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", tree, stdin="x"))
    (bare / "objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(RepositoryUnusable, match="corruption"):
        clone(local, repository)
