"""Create the table of mails, with a foreign key to tickets."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As `makemigrations` writes it."""

    dependencies = (("frontdesk", "0001_tickets"),)
    operations = (
        migrations.CreateModel(
            name="TicketRow",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("status", models.TextField()),
                ("number", models.TextField()),
                ("title", models.TextField()),
            ],
            options={"db_table": "tickets", "managed": False},
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.TextField(unique=True)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="frontdesk.ticketrow"
                    ),
                ),
            ],
        ),
    )
