"""Limits of a checkout and of the git commands that work on it."""

from attrs import frozen


@frozen(kw_only=True)
class GitLimits:
    """The largest repository that a job accepts, and the longest git command.

    `max_bytes` is the size of what was fetched and written on disk.
    """

    max_bytes: int = 1 << 30
    max_files: int = 100_000
    max_file_bytes: int = 100 << 20  # GitHub refuses larger files
    max_output_bytes: int = 64 << 20  # of one git command
    command_seconds: float = 60.0
    network_seconds: float = 300.0
