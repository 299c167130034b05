"""The manifest of a backup: what it contains, and the digest of each file.

It is the last file that is written. A folder without it is no backup. The digests find damage; who
can write into the folder can change them as well.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, cast

from attrs import asdict, field, frozen
from attrs.validators import deep_iterable, in_, optional

from indelible.kernel import canonical_json
from indelible.kernel.values import instance_of
from indelible_service.backups import postgresql, sqlite
from indelible_service.backups.encryption import SUFFIX
from indelible_service.backups.errors import BackupDamaged
from indelible_service.files.access import translate_os_errors

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
SQLITE_COPY: Final = "sqlite"
POSTGRESQL_BASE: Final = "postgresql-base"
POSTGRESQL_DUMP: Final = "postgresql-dump"
# The files of a backup, before they are encrypted.
FILES_BY_METHOD: Final = {
    SQLITE_COPY: frozenset({sqlite.COPY}),
    POSTGRESQL_BASE: postgresql.FILES_OF_BASE,
    POSTGRESQL_DUMP: frozenset({postgresql.DUMP}),
}
_IS_TEXT: Final = instance_of(str)


@frozen(kw_only=True)
class BackupFile:
    """A file of a backup; `name` is its path in the folder."""

    name: str = field(validator=_IS_TEXT)
    bytes: int = field(validator=instance_of(int))
    sha256: str = field(validator=_IS_TEXT)


@frozen(kw_only=True)
class Manifest:
    """The contents of a backup.

    `cursor` is the end of the feed: every change up to there is in the backup. `recipient` is the
    public key that all files are encrypted to, None where they are not. `connecting_roles` may
    connect to a dumped database, which the dump does not say.
    """

    method: str = field(validator=in_(FILES_BY_METHOD))
    version: str = field(validator=_IS_TEXT)  # of indelible
    revision: str = field(validator=_IS_TEXT)  # of the schema
    cursor: str = field(validator=_IS_TEXT)
    began_at: datetime = field(validator=instance_of(datetime))
    ended_at: datetime = field(validator=instance_of(datetime))
    recipient: str | None = field(validator=optional(_IS_TEXT))
    connecting_roles: tuple[str, ...] = field(validator=deep_iterable(_IS_TEXT, instance_of(tuple)))
    files: tuple[BackupFile, ...] = field(
        validator=deep_iterable(instance_of(BackupFile), instance_of(tuple))
    )

    def __attrs_post_init__(self) -> None:
        ending = "" if self.recipient is None else SUFFIX
        expected = sorted(name + ending for name in FILES_BY_METHOD[self.method])
        if [file.name for file in self.files] != expected:
            raise ValueError(f"expected the files {', '.join(expected)}")

    def write(self, folder: Path) -> None:
        """Write the manifest into the folder of the backup."""
        document = {"format": FORMAT, **asdict(self)}
        path = folder / MANIFEST
        path.touch(mode=0o600)
        path.write_text(canonical_json(document) + "\n", encoding="utf-8")


def files_of(folder: Path) -> tuple[BackupFile, ...]:
    """Return every file of a folder that is no manifest, with its digest, in order of name."""
    return tuple(_describe(folder, name) for name in sorted(_names(folder)))


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup whose files all have the digests that it states.

    Raises: BackupDamaged, FileUnusable.
    """
    manifest = _parsed(folder)
    expected = {file.name: file for file in manifest.files}
    for name in sorted(expected.keys() ^ set(_names(folder))):
        problem = "is missing" if name in expected else "does not belong to it"
        raise BackupDamaged(str(folder), f"{name} {problem}")
    for name, file in expected.items():
        if _describe(folder, name) != file:
            raise BackupDamaged(str(folder), f"{name} is not as it was written")

    return manifest


def _parsed(folder: Path) -> Manifest:
    path = folder / MANIFEST
    with translate_os_errors(path):
        if not path.is_file():
            raise BackupDamaged(str(folder), f"{MANIFEST} is missing")
        text = path.read_bytes()
    try:
        document = cast("dict[str, Any]", json.loads(text))
        if document.pop("format") != FORMAT:
            raise BackupDamaged(str(folder), f"{MANIFEST} is of another format than {FORMAT}")
        return _structured(document)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise BackupDamaged(str(folder), f"{MANIFEST} is unreadable") from error


def _structured(document: dict[str, Any]) -> Manifest:
    """Return the manifest of a document, or raise what a wrong document causes."""
    for name in ("began_at", "ended_at"):
        document[name] = datetime.fromisoformat(document[name])
    files = [BackupFile(**file) for file in document.pop("files")]
    roles = document.pop("connecting_roles")
    if roles != [*roles]:  # a text or an object has other items than a list
        raise TypeError(roles)

    return Manifest(files=tuple(files), connecting_roles=tuple(roles), **document)


def _names(folder: Path) -> Iterator[str]:
    """Yield the name of every file and link; a manifest never lists a link, so one is refused."""
    with translate_os_errors(folder):
        for path in folder.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                continue
            name = path.relative_to(folder).as_posix()
            if name != MANIFEST:
                yield name


def _describe(folder: Path, name: str) -> BackupFile:
    path = folder / name
    with translate_os_errors(path), path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = file.seek(0, 2)

    return BackupFile(name=name, bytes=size, sha256=digest)
