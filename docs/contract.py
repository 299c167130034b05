# noqa: INP001 - a script next to its pages, not a package
"""Write the contract of indelible: `python -m docs.contract`; a test compares it with the code.

It breaks nothing of the one that is committed, and CHANGELOG.md names what is new, or `--break` is
passed.
"""

import sys
from pathlib import Path

from docs.generators.api import chapters

from indelible_service.contract.collecting import NAMES
from indelible_service.contract.configured import configured_contract
from indelible_service.contract.differences import Parts
from indelible_service.contract.files import replace_contract
from indelible_service.contract.names import names_of
from indelible_service.settings.service import Settings

ROOT = Path(__file__).parents[1]
COMMITTED = ROOT / "docs" / "reference" / "contract.json"
CHANGELOG = ROOT / "CHANGELOG.md"


def whole_contract() -> Parts:
    """Return the contract of all built-in contexts, and of the library."""
    modules = [module for _, modules in chapters().values() for module in modules]
    return {**configured_contract(Settings()), NAMES: names_of(modules)}


def main() -> None:
    """Write the contract, or print what refuses to."""
    may_break = "--break" in sys.argv
    changelog = CHANGELOG.read_text("utf-8")
    parts = whole_contract()
    refused = replace_contract(COMMITTED, parts, changelog=changelog, may_break=may_break)
    if refused:
        lines = [f"{difference.kind}: {difference.text}" for difference in refused]
        hint = "Nothing was written: name additions in CHANGELOG.md, or pass --break."
        sys.exit("\n".join([*lines, hint]))


if __name__ == "__main__":
    main()
