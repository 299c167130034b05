"""Create and guard the table of tickets."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from tests.examples.frontdesk.desk import store

from indelible_sql import borrow_connection


def upgrade(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Bring the tables to their declarations, in the transaction of this migration."""
    store.upgrade(connection=borrow_connection(editor.connection.connection))


class Migration(migrations.Migration):
    """Nothing leads back from here: history cannot be deleted."""

    operations = (migrations.RunPython(upgrade),)
