"""Writers that delay the feed: transactions that have written a change and have not ended."""

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class OpenWriter:
    """A transaction that has written a change, behind which the feed shows nothing until it ends.

    `process` is the id of the server's process, None for a prepared transaction, which belongs to
    none and is named by `prepared_as`. `role` is that of its session, or of who has prepared it;
    `program` is what the session calls itself, None without a name. `since` is when the
    transaction began. Where the server does not tell that to the store's role, it is the time of
    the first change that is held back.
    """

    database: str
    process: int | None
    prepared_as: str | None
    since: datetime
    role: str | None = None
    program: str | None = None

    @property
    def name(self) -> str:
        """Return what an operator has to end."""
        if self.process is None:
            return f"prepared transaction {self.prepared_as}"
        return f"process {self.process}"

    def seconds(self, now: datetime) -> int:
        """Return its age in whole seconds; 0 where the clock is behind that of the database."""
        return max(0, int((now - self.since).total_seconds()))

    def problem(self, now: datetime) -> str:
        """Return the sentence that an operator reads."""
        return (
            f"the feed waits for {self.name} of database {self.database},"
            f" whose transaction has been open for {self.seconds(now)} s"
        )
