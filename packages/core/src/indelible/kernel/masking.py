"""Mask secrets in texts that are logged or stored, such as a reason of a failure."""

import re
from typing import Final

MASK: Final = "***"

# An address may carry a password or an API key, so everything behind its scheme is masked.
ADDRESS: Final = re.compile(r"(?P<label>://|\burl: ?)[^\s'\"<>]+", re.IGNORECASE)

PRIVATE_KEY: Final = re.compile(r"(?P<label>-----BEGIN)(?:(?!-----END).)*", re.DOTALL)

# Tokens of GitHub. Where a letter or digit comes first, only a long one is a token and not a word.
GITHUB_TOKEN: Final = re.compile(
    r"""
    (?P<label>)
    (?:
        (?<![a-z0-9])(?:gh[oprsu]|github_pat)_[a-z0-9_]{6,}
        |(?:gh[oprsu]|github_pat)_[a-z0-9_]{20,}
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)

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


def mask_secrets(text: str) -> str:
    """Return the text with private keys, addresses, tokens and named secrets masked. Linear time.

    An address is masked behind its scheme, because a password, a path or a query may be a secret.
    """
    for pattern in (PRIVATE_KEY, ADDRESS, NAMED_SECRET, GITHUB_TOKEN):
        text = pattern.sub(rf"\g<label>{MASK}", text)

    return text
