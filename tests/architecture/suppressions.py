"""Find comments that silence a check without a reason of their own."""

import io
import re
import tokenize
from collections.abc import Iterator

CODES = r"[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*"
DIRECTIVE = re.compile(
    rf"#\s*(?:noqa(?::\s*{CODES})?|(?:type|pyright):\s*ignore(?:\[[^\]]*\])?)", re.IGNORECASE
)
REASON = re.compile(r"[A-Za-z]{2}")
# A line that moves or is deleted takes the reason of the others along.
POINTS_ELSEWHERE = re.compile(r"\b(?:as|see)\s+(?:above|below)\b", re.IGNORECASE)


def unexplained(source: str) -> Iterator[str]:
    """Yield every comment that silences a check and gives no reason, with its line."""
    if not DIRECTIVE.search(source):  # most files have none, and to read their tokens takes long
        return

    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or not DIRECTIVE.search(token.string):
            continue

        reason = DIRECTIVE.sub("", token.string)
        if POINTS_ELSEWHERE.search(reason) or not REASON.search(reason):
            yield f"{token.start[0]}: {token.string} needs a reason of its own"
