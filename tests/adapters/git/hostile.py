"""Programs that git would run by itself, and a home whose settings name them."""

import stat
from collections.abc import Mapping
from pathlib import Path

HOOKS = (
    "applypatch-msg", "post-checkout", "post-commit", "post-index-change", "post-merge",
    "post-rewrite", "pre-auto-gc", "pre-commit", "pre-push", "prepare-commit-msg",
    "push-to-checkout", "reference-transaction", "fsmonitor-watchman", "pre-rebase",
)  # fmt: skip
BRANCHES = (
    "-x", "a..b", "@{-1}", "a.lock", "a b", "refs/../x", "x\ty", "", "a/.b", "x~1", "a^", "a:b",
)  # fmt: skip
# Paths that a job cannot write where the repository has links, submodules, and a file and a folder.
TAKEN_PATHS = ("link", "link/x", "README.md", "module", "module/x", "file/x", "tree")
SPECIAL_FILES = ("link", "fifo", "device", "hard link", "folder", "socket")
GIT_URLS = (
    "--upload-pack=touch canary", "-oProxyCommand=touch canary", "ext::sh -c id", "ssh://x/y",
    "file:///etc", "git@example.org:x/y.git", "https://maya:secret@git.example.org/x",
    "https://git.example.org/x\nhttps://y", "fd::7", "git://example.org/x", "::", "/etc",
)  # fmt: skip


def fingerprint(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return the mode, the time of change and the content of everything below a folder."""
    result: dict[str, tuple[int, int, bytes]] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = b""
        if stat.S_ISREG(status.st_mode):
            content = path.read_bytes()
        result[str(path)] = (status.st_mode, status.st_mtime_ns, content)

    return result


def plant(path: Path, canary: Path) -> None:
    """Write a program that creates the canary."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch {canary}\n")
    path.chmod(0o755)


def hostile_home(home: Path, canary: Path) -> Mapping[str, str]:
    """Create a home whose every hook and setting creates the canary; return its environment."""
    template = home / "template" / "hooks"
    for name in HOOKS:
        plant(template / name, canary)
    settings = f"""
[core]
    hooksPath = {template}
    fsmonitor = {template / HOOKS[0]}
    sshCommand = touch {canary}
    attributesFile = {home / "attributes"}
[init]
    templateDir = {template.parent}
[credential]
    helper = !touch {canary}
[filter "canary"]
    clean = touch {canary}
    smudge = touch {canary}
    process = touch {canary}
    required = true
"""
    (home / ".gitconfig").write_text(settings)
    (home / "attributes").write_text("* filter=canary\n")
    return {"HOME": str(home), "GIT_TEMPLATE_DIR": str(template.parent)}
