"""Record the digests of released revisions, which never change: `python -m tests.sql.released`.

Run it once for each release. What it has recorded, it does not record again: a released file that
has changed stays a finding.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.sql.revisions import WRITTEN

from indelible_sql.schema import migrate, revision_files
from indelible_sql.schema.additive import ADDITIVE_REVISIONS

RELEASED: Final = "released.json"
PARTS: Final = (migrate.DIGESTS, ADDITIVE_REVISIONS)


def main() -> None:
    """Record every revision of the checkout that is not recorded."""
    record_release(WRITTEN / RELEASED)


def released_files(path: Path, revision: str = "") -> Mapping[str, str]:
    """Return the recorded digests of a revision, by default of every one, by the files' names."""
    recorded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {name: digest for name, digest in recorded.items() if name.startswith(revision)}


def record_release(path: Path) -> None:
    """Add the digests of what no release had before."""
    recorded = {**dict(current_files()), **released_files(path)}
    text = json.dumps(recorded, indent=2, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8")


def changed_files(path: Path) -> list[str]:
    """Return the names of what was released and is different now, or gone."""
    current = dict(current_files())
    changed: list[str] = []
    for name, digest in released_files(path).items():
        if current.get(name) != digest:
            changed.append(name)

    return changed


def current_files() -> Iterator[tuple[str, str]]:
    """Yield each file of a revision with its digest, and its entries in the common files."""
    for path in sorted((revision_files.FOLDER / "versions").glob("[0-9]*")):
        yield path.name, sha256(path.read_bytes()).hexdigest()
    for part in PARTS:
        for revision, entry in revision_files.read_json(part).items():
            text = json.dumps(entry, sort_keys=True)
            yield f"{revision} in {part}", sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
