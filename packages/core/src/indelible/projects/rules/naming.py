"""Names of repositories, derived from the name and the id of their project."""

import re
from typing import Final

from indelible.kernel.json import sha256_hex

MAX_NAME_CHARACTERS: Final = 100  # as GitHub allows
SUFFIX_CHARACTERS: Final = 6
DEFAULT_NAME: Final = "project"


def repository_name(project_name: str, project_id: str, attempt: int) -> str:
    """Return the name to try: attempt 0 is the plain name, each later attempt has a suffix.

    The suffix is part of a digest of the project's id and the attempt, so that a project always
    tries the same names in the same order. Every name is valid on GitHub.
    """
    name = _slug(project_name)
    if attempt == 0:
        return name

    suffix = sha256_hex(f"{project_id}:{attempt}")[:SUFFIX_CHARACTERS]
    shortened = name[: MAX_NAME_CHARACTERS - SUFFIX_CHARACTERS - 1].rstrip("-")
    return f"{shortened}-{suffix}"


def _slug(text: str) -> str:
    """Return the text in lower-case ASCII letters, digits, `-` and `_`, 100 at most."""
    dashed = re.sub(r"\s+", "-", text.lower())
    allowed = re.sub(r"[^a-z0-9_-]", "", dashed)
    collapsed = re.sub(r"-+", "-", allowed)
    return collapsed.strip("-")[:MAX_NAME_CHARACTERS].rstrip("-") or DEFAULT_NAME
