"""Why an attempt failed, in one sentence that may be kept for ever."""

import re
from traceback import format_exception_only
from typing import Final

from indelible.kernel.stages import GiveUp, TryAgain

MOST_CHARACTERS: Final = 1_000
MOST_READ: Final = 10_000  # of a message; a secret that is cut in two is still known by its beginning
ADDRESS: Final = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s'\"<>]+", re.IGNORECASE)  # with its password, or key in it
SECRET: Final = re.compile(
    r"((?:password|passwd|pwd|secret|token|authorization|(?:api|access|private)[ _-]?key)['\"]?\s*[=:]\s*"
    r"(?:(?:bearer|basic)\s+)?['\"]?|\b(?:bearer|basic)\s+)[^\s'\",;)}]+",
    re.IGNORECASE,
)


def reason_of(error: BaseException) -> str:
    """The error's class and message, without what may be a secret and without control characters, cut."""
    said = error.reason if isinstance(error, GiveUp | TryAgain) else "".join(format_exception_only(error))
    masked = SECRET.sub(r"\1***", ADDRESS.sub(r"\1***", said[:MOST_READ]))
    line = " ".join("".join(each if each.isprintable() else " " for each in masked).split())
    return line[:MOST_CHARACTERS] or type(error).__name__
