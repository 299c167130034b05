"""Contracts in files: JSON with a line for each name, and the digest of each part."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from attrs import frozen

from indelible.kernel import Invalid
from indelible_service.contract.differences import Difference, Kind, Parts, compare
from indelible_service.files.access import atomic_file, translate_os_errors

FORMAT: Final = "indelible contract 1"
READABLE: Final = 0o644  # a contract is no secret
MAX_BYTES: Final = 32 * 2**20  # of a file; that of all built-in contexts has about 1 MiB


@frozen
class ContractUnreadable(Invalid):
    """A file is no contract that `indelible contract write` has written."""

    message: ClassVar[str] = "Contract {file} cannot be read: {problem}."
    file: str
    problem: str


def digests_of(parts: Parts) -> dict[str, str]:
    """Return the SHA-256 digest of each part, in hexadecimal."""
    digests: dict[str, str] = {}
    for part, names in parts.items():
        text = json.dumps(names, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digests[part] = sha256(text.encode()).hexdigest()
    return digests


def text_of(parts: Parts) -> str:
    """Return the text of a contract's file."""
    lines = [f'"format": {json.dumps(FORMAT)}', f'"digests": {_lines_of(digests_of(parts))}']
    for part, names in parts.items():
        lines.append(f"{json.dumps(part)}: {_lines_of(names)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def replace_contract(
    path: Path, parts: Parts, *, changelog: str | None = None, may_break: bool = False
) -> tuple[Difference, ...]:
    """Write a contract, or return what refuses to replace the one that is there.

    `may_break` accepts what breaks callers, and no addition that the changelog does not name. The
    file is written all of it or not at all. Raises: ContractUnreadable, FileUnusable, DiskFull.
    """
    with translate_os_errors(path):
        is_there = path.exists()
    if is_there:
        refused: list[Difference] = []
        for difference in compare(read_contract(path), parts, changelog):
            is_accepted = may_break and difference.kind is Kind.BREAKING
            if difference.is_refused and not is_accepted:
                refused.append(difference)
        if refused:
            return tuple(refused)

    with atomic_file(path) as file:
        file.write(text_of(parts).encode())
    path.chmod(READABLE)
    return ()


def _lines_of(values: Mapping[str, Any]) -> str:
    """Return a JSON object with a line for each name, in order of the names."""
    lines: list[str] = []
    for name, value in sorted(values.items()):
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
        lines.append(f"  {json.dumps(name, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


def read_contract(path: Path) -> Parts:
    """Return the contract in a file.

    Raises: ContractUnreadable, also if a part is another than its digest says.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ContractUnreadable(str(path), f"it has more than {MAX_BYTES:,} bytes")
        document = json.loads(path.read_text("utf-8"))
        json.dumps(document, ensure_ascii=False).encode()  # no surrogate stands alone
    except (OSError, ValueError, RecursionError) as error:
        raise ContractUnreadable(str(path), str(error)) from error

    parts = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if parts.get("format") != FORMAT:
        raise ContractUnreadable(str(path), f"it has not the format {FORMAT!r}")
    digests = parts.pop("digests", None)
    del parts["format"]
    _check_shape(path, parts)
    if digests != digests_of(parts):
        raise ContractUnreadable(str(path), "a part differs from its digest: it was edited")
    return parts


def _check_shape(path: Path, parts: Mapping[str, Any]) -> None:
    """Refuse parts that are no facts by name."""
    for part, names in parts.items():
        if not isinstance(names, dict):
            raise ContractUnreadable(str(path), f"{part} has no names")
        for name, facts in cast("dict[str, Any]", names).items():
            values = cast("dict[str, Any]", facts).values() if isinstance(facts, dict) else (None,)
            if not all(isinstance(value, str) for value in values):
                raise ContractUnreadable(str(path), f"{name} of {part} has no facts")
