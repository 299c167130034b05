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

# Keys and webhook secrets of Stripe. A publishable key (`pk_`) is public.
STRIPE_KEY: Final = re.compile(
    r"""
    (?P<label>)
    (?:
        (?<![a-z0-9])(?:[sr]k_(?:live|test|org)_|whsec_)[a-z0-9_]{4,}
        |(?:[sr]k_(?:live|test|org)_|whsec_)[a-z0-9_]{16,}
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)

# The client secret of a payment intent, a setup intent, a source, a session or an account: the id
# of the object stays readable.
STRIPE_CLIENT_SECRET: Final = re.compile(
    r"(?P<label>(?<![a-z0-9])(?:pi|seti|src|cs|cuss|acct|accs)_[a-z0-9]{1,255}_(?:[a-z0-9]{1,32}_)?"
    r"secret_)[a-z0-9_]+",
    re.IGNORECASE,
)

# The number of a payment card: 13 to 19 digits, or four groups of four.
CARD_NUMBER: Final = re.compile(
    r"(?<![\w.-])(?:[2-6]\d{12,18}|[2-6]\d{3}(?P<separator>[ -])\d{4}(?P=separator)\d{4}"
    r"(?P=separator)\d{4})(?![\w-])"
)

# An e-mail address; `git@` is the user of an address of git.
EMAIL: Final = re.compile(
    r"(?P<label>)(?<![\w.%+-])(?!git@)[\w.%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b",
    re.IGNORECASE,
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


PATTERNS: Final = (
    PRIVATE_KEY,
    ADDRESS,
    STRIPE_CLIENT_SECRET,
    STRIPE_KEY,
    NAMED_SECRET,
    GITHUB_TOKEN,
    EMAIL,
)


def mask_secrets(text: str) -> str:
    """Return the text with its secrets masked: keys, tokens, named secrets, addresses, cards.

    It takes linear time.

    An address is masked behind its scheme, because a password, a path or a query may be a secret.
    """
    for pattern in PATTERNS:
        text = pattern.sub(rf"\g<label>{MASK}", text)

    return CARD_NUMBER.sub(_mask_card, text)


def _mask_card(match: re.Match[str]) -> str:
    """Return the mask for a number whose check digit is that of a card, otherwise the number."""
    digits = [int(character) for character in match.group() if character.isdigit()]
    checksum = 0
    for position, digit in enumerate(reversed(digits)):
        weight = 2 if position % 2 else 1
        checksum += sum(divmod(digit * weight, 10))

    return MASK if checksum % 10 == 0 else match.group()
