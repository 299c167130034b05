"""The rows of Django: the mails that open tickets, and the table of tickets to read from."""

from __future__ import annotations

from django.db import models


class TicketRow(models.Model):
    """A ticket, for queries: the database refuses every write that is no action of it."""

    id: models.TextField[str, str] = models.TextField(primary_key=True)
    status: models.TextField[str, str] = models.TextField()
    number: models.TextField[str, str] = models.TextField()
    title: models.TextField[str, str] = models.TextField()

    class Meta:
        """Let migrations leave the table alone."""

        managed = False
        db_table = "tickets"

    def __str__(self) -> str:
        return self.number


class Mail(models.Model):
    """A mail that has opened a ticket."""

    message_id: models.TextField[str, str] = models.TextField(unique=True)
    ticket: models.ForeignKey[TicketRow, TicketRow] = models.ForeignKey(
        TicketRow, on_delete=models.PROTECT
    )

    def __str__(self) -> str:
        return self.message_id
