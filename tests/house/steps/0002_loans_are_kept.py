"""Loans are written once."""

from tortoise import migrations

from portal import schema


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_tables")]
    operations = [schema.append_only("loan")]
