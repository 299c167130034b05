"""The characters that a stream of a command cannot encode."""

import codecs
import io
import json
import sys
from typing import Final

ESCAPED: Final = "indelible.escaped"


def escape_unencodable_output() -> None:
    """Let the streams escape the characters that their encoding lacks."""
    codecs.register_error(ESCAPED, _escape)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Return the characters as escapes that are valid in JSON too."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
