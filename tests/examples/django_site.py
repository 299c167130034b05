"""The front desk in a process of its own, as Django needs it: its settings are global."""

import os
import socket
from multiprocessing.connection import Connection

import django
from django.core.management import call_command
from django.db.migrations.exceptions import IrreversibleError
from waitress import create_server

PASSWORD = "a password of a test"  # noqa: S105 - no secret at all
PEOPLE = ("maya", "noor")


def serve(connection: Connection, environment: dict[str, str]) -> None:
    """Migrate the database, try to migrate back, and serve the front desk.

    Send the port and the migration that refuses to be reversed.
    """
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="tests.examples.frontdesk.settings")
    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    refusal = ""
    try:
        call_command("migrate", "frontdesk", "zero", database="owner", verbosity=0)
    except IrreversibleError as error:
        refusal = str(error)
    call_command("migrate", database="owner", verbosity=0)
    create_people()

    from tests.examples.frontdesk.wsgi import application  # noqa: PLC0415 - needs the settings

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = create_server(application, sockets=[listener], threads=4)
        connection.send((listener.getsockname()[1], refusal))
        server.run()


def create_people() -> None:
    """Create the users, who have one password."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - needs the settings
    from django.contrib.auth.models import User  # noqa: PLC0415 - needs the applications

    password = make_password(PASSWORD)
    for name in PEOPLE:
        User.objects.create(username=name, password=password, is_staff=True)
