"""The files of the revisions: Alembic's environment, the frozen statements, digests and marks."""

import json
from pathlib import Path
from typing import Any

# Tests replace it by a folder that has revisions of a later release too.
FOLDER = Path(__file__).parent / "migrations"


def script_location() -> str:
    """Return the folder as a value of Alembic's configuration, in which `%` begins a reference."""
    return str(FOLDER).replace("%", "%%")


def read_text(name: str) -> str:
    """Return the text of a file, given its path in the folder."""
    return FOLDER.joinpath(name).read_text(encoding="utf-8")


def read_json(name: str) -> Any:
    """Return the document in a file, given its path in the folder."""
    return json.loads(read_text(name))
