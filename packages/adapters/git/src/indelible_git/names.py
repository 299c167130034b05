"""The names of repositories and branches that both hosts accept."""

import re
from typing import Final

from indelible.projects.errors import HostRefused

REPOSITORY_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
FORBIDDEN_ENDS: Final = (".git", ".lock", ".wiki", ".")
BRANCH: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}")
BRANCH_FAULT: Final = re.compile(r"\.\.|//|/\.|\.lock(?:/|$)|[./]$")


def check_repository_name(name: str) -> str:
    """Return the name of a repository. Raises HostRefused."""
    if not REPOSITORY_NAME.fullmatch(name) or name.lower().endswith(FORBIDDEN_ENDS):
        raise HostRefused(f"{name[:100]!r} is no valid name of a repository")

    return name


def check_branch(name: str) -> str:
    """Return the name of a branch, as `git check-ref-format` accepts it. Raises HostRefused."""
    if not BRANCH.fullmatch(name) or BRANCH_FAULT.search(name):
        raise HostRefused(f"{name[:100]!r} is no valid name of a branch")

    return name
