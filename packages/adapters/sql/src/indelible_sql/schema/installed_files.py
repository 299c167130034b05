"""The generated files of the schema, which `indelible db snapshot` writes."""

import json
from pathlib import Path
from typing import Any, Final

SNAPSHOTS: Final = {
    "postgresql": "schema.snapshot.sql",
    "sqlite": "schema.snapshot.sqlite.sql",
}
DECLARED: Final = "schema.declared.json"
INSTALLED: Final = Path(__file__).parents[1]
# In a wheel, in a working tree. A test puts the folder of another release first.
PLACES = (INSTALLED, INSTALLED.parents[1])


def installed_file(name: str) -> Path:
    """Return the path of a generated file."""
    for folder in PLACES:
        if (folder / name).exists():
            return folder / name
    return INSTALLED / name


def declared_document() -> dict[str, Any]:
    """Return what the declarations amount to, for processes that import no context.

    `revision` is the newest one, `digests` are those of the facts of each shape, and `names` those
    of what the contexts register. To compute them imports all contexts, which takes a second.
    """
    document: dict[str, Any] = json.loads(installed_file(DECLARED).read_text(encoding="utf-8"))
    return document
