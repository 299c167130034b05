"""The marker of a project in a repository: the project's id, and the repository's own id."""

import json
import re
from pathlib import Path
from typing import Any, Final, cast

from attrs import asdict, frozen

from indelible_git.texts import one_line

MARKER_FILE: Final = "indelible.json"
MAX_MARKER_BYTES: Final = 4_096
DESCRIPTION_MARKER: Final = re.compile(r"\[indelible project ([!-Z^-~]{1,200})\]")
MAX_DESCRIPTION_CHARACTERS: Final = 350  # as GitHub allows


@frozen(kw_only=True)
class Marker:
    """The ids in a bare repository of a local host."""

    project_id: str
    repository_id: str

    def write(self, repository: Path) -> None:
        """Store the marker in a new bare repository."""
        (repository / MARKER_FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def read_marker(repository: Path) -> Marker | None:
    """Return the marker of a bare repository, None if it has none that can be read."""
    try:
        with (repository / MARKER_FILE).open("rb") as file:
            document: Any = json.loads(file.read(MAX_MARKER_BYTES))
    except (OSError, ValueError, RecursionError):
        return None

    if not isinstance(document, dict):
        return None
    values = cast("dict[str, object]", document)
    project_id, repository_id = values.get("project_id"), values.get("repository_id")
    if not isinstance(project_id, str) or not isinstance(repository_id, str):
        return None

    return Marker(project_id=project_id, repository_id=repository_id)


def description_with_marker(description: str, project_id: str) -> str:
    """Return a description for GitHub, on one line, that ends with the project's marker."""
    marker = f"[indelible project {project_id}]"
    # A marker in the text of a user is not one: the last one counts, and this one is last.
    room = MAX_DESCRIPTION_CHARACTERS - len(marker) - 1
    return f"{one_line(description, room)} {marker}".strip()


def marked_project(description: object) -> str | None:
    """Return the project whose marker ends a description, None if there is none."""
    if not isinstance(description, str):
        return None
    markers = list(DESCRIPTION_MARKER.finditer(description))
    if not markers or markers[-1].end() != len(description.rstrip()):
        return None

    return markers[-1][1]
