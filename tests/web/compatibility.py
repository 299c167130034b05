"""Breaking changes of the OpenAPI document; `python -m tests.web.compatibility` writes it."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.web.harness import Web, memory

from indelible_service.contract.collecting import ROUTES
from indelible_service.contract.differences import breaking_differences
from indelible_service.contract.routes import routes_of

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
Json = dict[str, Any]


def text_of(document: Mapping[str, Any]) -> str:
    """Return the text of the committed document."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def breaking_changes(old: Json, new: Json) -> list[str]:
    """Return the changes that break a program written for the old document."""
    return breaking_differences({ROUTES: routes_of(old)}, {ROUTES: routes_of(new)})


def main() -> None:
    """Write the document, unless it breaks the committed one and `--break` is missing."""
    document = Web(memory()).document
    changes: list[str] = []
    if COMMITTED.exists():
        changes = breaking_changes(json.loads(COMMITTED.read_text("utf-8")), document)
    if changes and "--break" not in sys.argv:
        sys.exit("\n".join([*changes, "Nothing was written: pass --break to write it."]))

    COMMITTED.write_text(text_of(document), "utf-8")


if __name__ == "__main__":
    main()
