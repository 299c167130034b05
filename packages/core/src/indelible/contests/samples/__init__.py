"""Sample configurations as data: files of this folder, each of a whole tournament."""

import json
from importlib.resources import files
from typing import Any, cast


def sample_names() -> tuple[str, ...]:
    """Return the names of the samples in order."""
    names: list[str] = []
    for path in files(__name__).iterdir():
        if path.name.endswith(".json"):
            names.append(path.name.removesuffix(".json"))

    return tuple(sorted(names))


def sample_configuration(name: str) -> dict[str, Any]:
    """Return a sample configuration as a JSON object, which the caller may change."""
    text = files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))
