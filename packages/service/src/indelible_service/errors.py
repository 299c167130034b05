"""What can be wrong with a process: its settings, its address, its files."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Invalid, Unavailable


@frozen
class SettingsWrong(Invalid):
    """Some settings are wrong, and nothing was started."""

    code: ClassVar[str] = "SETTINGS_WRONG"
    problems: tuple[str, ...]


@frozen
class PortInUse(Unavailable):
    """Another program listens at this address."""

    code: ClassVar[str] = "PORT_IN_USE"
    host: str
    port: int


@frozen
class CannotListen(Unavailable):
    """The system does not let this process listen at this address."""

    code: ClassVar[str] = "CANNOT_LISTEN"
    host: str
    port: int
    reason: str


@frozen
class FileUnusable(Unavailable):
    """A file or directory cannot be read or written."""

    code: ClassVar[str] = "FILE_UNUSABLE"
    path: str
    reason: str
