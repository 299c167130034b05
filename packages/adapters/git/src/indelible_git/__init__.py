"""Git repositories of projects: bare ones in a folder, or those of GitHub; and job workspaces."""

from indelible_git.checkout import GitCheckout
from indelible_git.github import GitHubHost
from indelible_git.limits import GitLimits
from indelible_git.local import LocalHost
from indelible_git.workspaces import DEFAULT_ROOT, FolderWorkspaces, check_root

__all__ = [
    "DEFAULT_ROOT",
    "FolderWorkspaces",
    "GitCheckout",
    "GitHubHost",
    "GitLimits",
    "LocalHost",
    "check_root",
]
