"""Read the specification of an architecture from a file."""

from pathlib import Path
from typing import Any, ClassVar, Final, cast

import click
from attrs import fields, frozen

from indelible.kernel import Invalid
from indelible.kernel.json_numbers import parse_json
from indelible.kernel.values import value_text
from indelible.projects.entities.values import ArchitectureSpec
from indelible_service.files.access import translate_os_errors

# Nodes, edges and metadata have at most 1 MiB each; the rest is for texts and white space.
MAX_SPECIFICATION_BYTES: Final = 8_388_608
FIELDS: Final = tuple(attribute.name for attribute in fields(ArchitectureSpec))


@frozen
class SpecificationInvalid(Invalid):
    """A file that contains no specification of an architecture."""

    message: ClassVar[str] = "File {file} contains no specification: {reason}."
    file: str
    reason: str


def read_specification(file: Path) -> ArchitectureSpec:
    """Read a specification; from standard input if the file is `-`.

    Raises:
        FileUnusable: The file cannot be read.
        SpecificationInvalid: The file is too large, is not JSON, or has other fields.
        Invalid: A field has a value that no specification may have.
    """
    with translate_os_errors(file), click.open_file(str(file), "rb") as stream:
        content = stream.read(MAX_SPECIFICATION_BYTES + 1)

    document = _parse(file, content)
    unknown = [name for name in document if name not in FIELDS]
    if unknown:
        expected = ", ".join(FIELDS)
        raise SpecificationInvalid(
            str(file), f"field {value_text(unknown[0])} is unknown, expected {expected}"
        )
    if "name" not in document:
        raise SpecificationInvalid(str(file), "field name is missing")

    return ArchitectureSpec(**document)


def _parse(file: Path, content: bytes) -> dict[str, Any]:
    """Return the JSON object that the file contains."""
    if len(content) > MAX_SPECIFICATION_BYTES:
        reason = f"it has more than {MAX_SPECIFICATION_BYTES} bytes"
        raise SpecificationInvalid(str(file), reason)

    try:
        document: object = parse_json(content.decode())
    except UnicodeDecodeError as error:
        raise SpecificationInvalid(str(file), f"byte {error.start} is not UTF-8") from error
    except Invalid:  # a limit of JSON, which has a code of its own
        raise
    except (ValueError, RecursionError) as error:
        raise SpecificationInvalid(str(file), f"it is not JSON, {error}") from error

    if not isinstance(document, dict):
        raise SpecificationInvalid(str(file), "it is not a JSON object")
    return cast("dict[str, Any]", document)
