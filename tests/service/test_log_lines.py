"""A line of the log costs no more than its own text."""

import json
import logging

from indelible_service.logs.lines import LineFormatter


class Unwritten:
    """A message that nothing may write."""

    def __str__(self) -> str:
        raise AssertionError("the message was written, and is not in the line")


def test_a_record_with_an_event_of_its_own_is_written_without_its_message() -> None:
    record = logging.LogRecord("indelible.web", logging.INFO, __file__, 1, Unwritten(), (), None)
    record.event_fields = {"event": "request", "status": 200}
    line = json.loads(LineFormatter().format(record))

    assert (line["event"], line["status"]) == ("request", 200)


def test_a_record_without_an_event_of_its_own_has_its_message_as_one() -> None:
    record = logging.LogRecord("indelible", logging.INFO, __file__, 1, "%s done", ("all",), None)
    record.event_fields = {"code": "OK"}
    line = json.loads(LineFormatter().format(record))

    assert (line["event"], line["code"]) == ("all done", "OK")
