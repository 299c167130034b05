"""Read the configuration of a contest from a file."""

from pathlib import Path
from typing import Any, ClassVar, Final, cast

import click
from attrs import frozen

from indelible.kernel import Invalid
from indelible.kernel.json_numbers import parse_json
from indelible_service.data_directory import translate_os_errors

MAX_CONFIGURATION_BYTES: Final = 1_048_576


@frozen
class ConfigurationUnreadable(Invalid):
    """A file that contains no JSON object."""

    code: ClassVar[str] = "CONFIGURATION_UNREADABLE"
    message: ClassVar[str] = "File {file} contains no configuration: {reason}."
    file: str
    reason: str


def read_configuration(file: Path) -> dict[str, Any]:
    """Read the JSON object of a configuration; from standard input if the file is `-`.

    Raises:
        FileUnusable: The file cannot be read.
        ConfigurationUnreadable: The file is too large, or contains no JSON object.
    """
    with translate_os_errors(file), click.open_file(str(file), "rb") as stream:
        content = stream.read(MAX_CONFIGURATION_BYTES + 1)

    if len(content) > MAX_CONFIGURATION_BYTES:
        reason = f"it has more than {MAX_CONFIGURATION_BYTES} bytes"
        raise ConfigurationUnreadable(str(file), reason)

    try:
        document: object = parse_json(content.decode())
    except UnicodeDecodeError as error:
        raise ConfigurationUnreadable(str(file), f"byte {error.start} is not UTF-8") from error
    except Invalid:  # a limit of JSON, which has a code of its own
        raise
    except (ValueError, RecursionError) as error:
        raise ConfigurationUnreadable(str(file), f"it is not JSON, {error}") from error

    if not isinstance(document, dict):
        raise ConfigurationUnreadable(str(file), "it is not a JSON object")
    return cast("dict[str, Any]", document)
