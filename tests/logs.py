"""Read the messages of one logger in a test."""

import pytest


def messages_of(logger: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the messages of a logger.

    Others can log at any time: the garbage collector ends what an earlier test has left.
    """
    return [record.getMessage() for record in caplog.records if record.name == logger]
