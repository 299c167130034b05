"""Findings of the checks of a database."""

from enum import StrEnum

from attrs import frozen


class Fault(StrEnum):
    """A kind of damage in a database that was written to without its guards."""

    SCHEMA = "SCHEMA"
    DATABASE = "DATABASE"
    EDGE = "EDGE"
    CHANGE = "CHANGE"
    HEAD = "HEAD"
    RECORD = "RECORD"
    RECEIPT = "RECEIPT"
    POSITION = "POSITION"
    SEAL = "SEAL"
    TASK = "TASK"
    FUTURE = "FUTURE"
    LIFECYCLE_NOT_CHECKED = "LIFECYCLE_NOT_CHECKED"


@frozen(kw_only=True)
class Finding:
    """One thing that does not follow from history, with the row that shows it."""

    fault: Fault
    table: str
    entity_id: str = ""
    seq: int = 0
    detail: str = ""
