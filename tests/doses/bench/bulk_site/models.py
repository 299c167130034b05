"""One table with the history of two libraries, each declared as its documentation shows."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

import pghistory
from django.db import models

RECORDS: Any = import_module("simple_history.models")  # which has no types


class Issue(models.Model):
    """The columns of both tables."""

    number: models.CharField[str, str] = models.CharField(max_length=200, unique=True)
    status: models.CharField[str, str] = models.CharField(max_length=20, default="OPEN")
    title: models.CharField[str, str] = models.CharField(max_length=1_000)

    class Meta:
        """Make no table of its own."""

        abstract = True

    def __str__(self) -> str:
        return self.number


@pghistory.track()
class TrackedIssue(Issue):
    """An issue whose table has triggers that store its history."""


class RecordedIssue(Issue):
    """An issue whose history is stored by signals and helpers of the library."""

    history: ClassVar[Any] = RECORDS.HistoricalRecords()
