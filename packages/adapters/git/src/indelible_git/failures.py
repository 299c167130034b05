"""Tell the failures of git commands apart: try later, never, gone, or another push was first."""

import re
from typing import Final

from indelible.kernel import IndelibleError
from indelible.projects.errors import (
    GitFailed,
    HostRefused,
    HostUnavailable,
    PushRejected,
    RepositoryGone,
    RepositoryUnusable,
)
from indelible_git.git import MAX_REASON_CHARACTERS, Git
from indelible_git.processes import Completed
from indelible_git.texts import one_line

# Git puts addresses and paths into quotes; a name in them is of the user, and decides nothing.
QUOTED: Final = re.compile(r"'[^'\n]*'")

# Messages of git 2.31 and later with LC_ALL=C. The first pattern that matches decides. "Not a git
# repository" is not one of them: it is said of the clone, which another worker has deleted.
GONE: Final = re.compile(
    r"repository .* not found|does not appear to be a git repository"
    r"|returned error: (?:404|410)|repository .* does not exist",
    re.IGNORECASE,
)
# Only the remote says so: the objects of a clone may be missing because its folder was deleted.
DAMAGED: Final = re.compile(r"possible repository corruption on the remote side", re.IGNORECASE)
WRONG_HASH: Final = re.compile(
    r"mismatched algorithms|does not support this repository's hash algorithm", re.IGNORECASE
)
WRONG_HASH_REASON: Final = "its objects have SHA-256 ids, expected SHA-1"
NO_DEPTH: Final = re.compile(
    r"does not support (?:shallow (?:capabilities|clients|requests)|--deepen)", re.IGNORECASE
)
# The remote has no object with the id that was asked for, or does not give it away by its id.
NO_OBJECT: Final = re.compile(r"not our ref|unadvertised object", re.IGNORECASE)
UNAVAILABLE: Final = re.compile(
    r"returned error: (?:408|425|429|5\d\d)|could not resolve|failed to connect|couldn't connect"
    r"|timed? ?out|timeout|hung up|early eof|rpc failed|unexpected disconnect|empty reply"
    r"|connection (?:reset|refused)|transfer closed|operation too slow|bad line length"
    r"|unable to access .*(?:ssl|tls|network)|internal server error|invalid index-pack output"
    r"|expected flush",
    re.IGNORECASE,
)
REFUSED: Final = re.compile(
    r"authentication failed|could not read (?:username|password)"
    r"|returned error: (?:400|401|403|451)|permission .*denied|access denied|archived"
    r"|unable to update url base from redirection"
    r"|returned error: 30\d|transport .* not allowed|dubious ownership",
    re.IGNORECASE,
)

# The reason in parentheses after `[rejected]` or `[remote rejected]` of `git push --porcelain`.
REJECTION: Final = re.compile(
    r"^!\t[^\t]*\t\[(?P<kind>[^\]]+)\](?: \((?P<reason>.*)\))?$", re.MULTILINE
)
MOVED: Final = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|already exists"
    r"|incorrect old value|needs force|reference already exists|remote ref updated since checkout"
    r"|shallow update not allowed",  # the branch, and with it the commit's parent, was deleted
    re.IGNORECASE,
)
# A git that holds the lock, or one that was killed and has left it. It says nothing of a race.
LOCKED: Final = re.compile(r"unable to create '[^'\n]*\.lock': File exists", re.IGNORECASE)
LATER: Final = re.compile(
    r"unpack|internal|error occurred|timeout|timed out|no report|quota|disk|temporar", re.IGNORECASE
)
# The remote would refuse the same objects again, although it only says that it cannot unpack them.
NEVER: Final = re.compile(r"pack exceeds maximum allowed size|fsck error", re.IGNORECASE)
REMOTE_LINE: Final = re.compile(r"^remote: *(?P<text>.*?) *$", re.MULTILINE)


def knows_no_depth(completed: Completed) -> bool:
    """Return True if a fetch failed because the server always sends the whole history."""
    return NO_DEPTH.search(completed.stderr.decode(errors="replace")) is not None


def has_no_object(completed: Completed) -> bool:
    """Return True if a fetch failed because the server does not have the object, or hides it."""
    return NO_OBJECT.search(completed.stderr.decode(errors="replace")) is not None


def network_failure(
    git: Git, command: str, completed: Completed, repository: str
) -> IndelibleError:
    """Return the error of a command that could not talk to the remote."""
    text = QUOTED.sub("''", completed.stderr.decode(errors="replace"))
    reason = git.reason(completed)
    if WRONG_HASH.search(text):
        return RepositoryUnusable(repository, WRONG_HASH_REASON)
    if GONE.search(text):
        return RepositoryGone(repository)
    if REFUSED.search(text):
        return HostRefused(reason)
    if DAMAGED.search(text):
        return RepositoryUnusable(repository, reason)
    if UNAVAILABLE.search(text):
        return HostUnavailable(reason)

    return GitFailed(command, reason)


def push_failure(git: Git, completed: Completed, repository: str) -> IndelibleError:
    """Return the error of a push that failed, by what the remote said about the branch."""
    rejection = REJECTION.search(completed.stdout.decode(errors="replace"))
    if rejection is None:
        return network_failure(git, "push", completed, repository)

    reason = git.mask(rejection["reason"] or rejection["kind"])
    remote_lines = REMOTE_LINE.findall(completed.stderr.decode(errors="replace"))
    text = git.mask("; ".join([reason, *filter(None, remote_lines)]))
    message = one_line(text, MAX_REASON_CHARACTERS)
    if any(LOCKED.search(line) for line in remote_lines):
        return HostUnavailable(message)
    if MOVED.search(reason):
        return PushRejected(message)
    if any(NEVER.search(line) for line in remote_lines):
        return HostRefused(message)
    if rejection["kind"] == "remote failure" or LATER.search(reason):
        return HostUnavailable(message)

    return HostRefused(message)
