"""Read the configuration of a contest from a file."""

from pathlib import Path
from typing import ClassVar, Final

import click
from attrs import frozen

from indelible.contests.rules.configuration.parsing import parse_configuration_text
from indelible.contests.rules.configuration.values import Configuration
from indelible.kernel import Invalid
from indelible_service.files.access import translate_os_errors

MAX_CONFIGURATION_BYTES: Final = 1_048_576


@frozen
class ConfigurationUnreadable(Invalid):
    """A file that is too large for a configuration, or is no text."""

    message: ClassVar[str] = "File {file} contains no configuration: {reason}."
    file: str
    reason: str


def read_configuration(file: Path) -> Configuration:
    """Read a configuration; from standard input if the file is `-`.

    Raises:
        FileUnusable: The file cannot be read.
        ConfigurationUnreadable: The file is too large, or is no text in UTF-8.
        ConfigurationInvalid: The configuration has faults; the error lists all of them.
    """
    with translate_os_errors(file), click.open_file(str(file), "rb") as stream:
        content = stream.read(MAX_CONFIGURATION_BYTES + 1)

    if len(content) > MAX_CONFIGURATION_BYTES:
        reason = f"it has more than {MAX_CONFIGURATION_BYTES} bytes"
        raise ConfigurationUnreadable(str(file), reason)

    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8"
        raise ConfigurationUnreadable(str(file), reason) from error

    return parse_configuration_text(text, created_at=None)
