"""Mask secrets in texts about failures, which are stored and may be kept forever."""

import re
from traceback import format_exception_only
from typing import Final

from indelible.kernel.stages import PermanentFailure, Postpone, RetryLater

MAX_REASON_CHARACTERS: Final = 1_000  # of a reason, as the store accepts it
MAX_CLASS_CHARACTERS: Final = 200  # of the name of a class
MAX_INPUT_CHARACTERS: Final = 10_000  # that are searched for secrets; the rest is cut off first
MASK: Final = "***"

# An address may carry a password or an API key, so everything behind its scheme is masked.
ADDRESS: Final = re.compile(r"(?P<label>://|\burl: ?)[^\s'\"<>]+", re.IGNORECASE)

PRIVATE_KEY: Final = re.compile(r"(?P<label>-----BEGIN)(?:(?!-----END).)*", re.DOTALL)

# A name such as `password`, a separator such as `=`, and the value: `password='it\'s secret'`.
NAMED_SECRET: Final = re.compile(
    r"""
    (?P<label>
        # Two names of ours, of an error whose message follows and has no secret.
        (?!(?-i:(?<=\bTASK_ARGUMENT_)SECRET:|(?<=\bTaskArgument)Secret:))
        (?:
            (?P<header>authorization|cookie)
            |password|passwd|passphrase|pwd|secret|token
            |(?:api|access|private)[ _-]?key
        )
        (?:
            ['"]\s*,                    # a tuple: ('Authorization', 'Bearer ...')
            |\\{0,4}['"]?\s*[=:]        # key=value, key: value, "key": value, \"key\": value
        )
        \s*
        |\b(?:bearer|basic)\s+
    )
    (?:
        b?\\{0,4}                       # a quoted value, also of bytes, also unterminated
        (?:
            '(?:\\.|[^'\\])*'?
            |"(?:\\.|[^"\\])*"?
        )
        |(?(header)                     # an unquoted header continues to the end of its line,
            [^'"\r\n]+
            |                           # any other unquoted value to the next separator
            (?:(?:bearer|basic|token)\s+)?
            [^\s'",;)}]+
        )
    )
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


class DescribedError(Exception):
    """An error of another process, as texts without secrets: class, reason and traceback."""

    def __init__(self, class_name: str, reason: str, traceback: str) -> None:
        super().__init__(reason)
        self.class_name = class_name
        self.reason = reason
        self.traceback = traceback


def mask_secrets(text: str) -> str:
    """Return the text with private keys, addresses and the values of named secrets masked."""
    for pattern in (PRIVATE_KEY, ADDRESS, NAMED_SECRET):
        text = pattern.sub(rf"\g<label>{MASK}", text)

    return text


def failure_reason(error: BaseException) -> str:
    """Return the error as one short printable line without secrets.

    A stage that raises `PermanentFailure`, `RetryLater` or `Postpone` writes the reason itself, and
    a child process has written it. Any other error gives the name of its class and its message.
    """
    if isinstance(error, PermanentFailure | RetryLater | Postpone | DescribedError):
        text = error.reason
    else:
        text = "".join(format_exception_only(error))

    masked = mask_secrets(text[:MAX_INPUT_CHARACTERS])
    printable = "".join(character if character.isprintable() else " " for character in masked)
    line = " ".join(printable.split())[:MAX_REASON_CHARACTERS].strip()
    return line or type(error).__name__


def failure_class(error: BaseException) -> str:
    """Return the name of the error's class, by which failures are grouped.

    A stage that raises `PermanentFailure` or `RetryLater` from another error failed because of that
    one.
    """
    cause = error
    if isinstance(error, PermanentFailure | RetryLater) and error.__cause__ is not None:
        cause = error.__cause__

    name = type(cause).__name__
    if isinstance(cause, DescribedError):
        name = cause.class_name
    is_storable = name.isidentifier() and len(name) <= MAX_CLASS_CHARACTERS
    return name if is_storable else "Exception"
