"""The commands of contests, and their results."""

from indelible.contests.commands.contests import (
    CancelByProvider,
    CancelContest,
    CancelShortened,
    ConfigureContest,
    ContestCommand,
    FailContest,
    ForceLock,
    LockContest,
    PublishContest,
    ResolveError,
    StartContest,
)
from indelible.contests.commands.entries import (
    ActivateEntry,
    EnterContest,
    EntryCommand,
    RefundEntry,
    ReinstateEntry,
    RejectEntry,
    SetRoster,
    VoidEntry,
)
from indelible.contests.commands.logs import (
    AppendEvents,
    CorrectLog,
    ImportField,
    PauseIngestion,
    PollFeed,
    RecordFetch,
    ResumeIngestion,
    StopFeed,
)
from indelible.contests.commands.results import (
    ContestSaved,
    EntrySaved,
    FeedSaved,
    LogSaved,
    RunSaved,
    TransitionOutcome,
)
from indelible.contests.commands.runs import (
    FailRun,
    FinishRun,
    StartRun,
)

__all__ = [
    # contests
    "CancelByProvider",
    "CancelContest",
    "CancelShortened",
    "ConfigureContest",
    "ContestCommand",
    "FailContest",
    "ForceLock",
    "LockContest",
    "PublishContest",
    "ResolveError",
    "StartContest",
    # entries
    "ActivateEntry",
    "EnterContest",
    "EntryCommand",
    "RefundEntry",
    "ReinstateEntry",
    "RejectEntry",
    "SetRoster",
    "VoidEntry",
    # logs
    "AppendEvents",
    "CorrectLog",
    "ImportField",
    "PauseIngestion",
    "PollFeed",
    "RecordFetch",
    "ResumeIngestion",
    "StopFeed",
    # results
    "ContestSaved",
    "EntrySaved",
    "FeedSaved",
    "LogSaved",
    "RunSaved",
    "TransitionOutcome",
    # runs
    "FailRun",
    "FinishRun",
    "StartRun",
]
