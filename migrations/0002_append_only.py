"""What was written down stays: the journal and the results of conflict checks take no change and no deletion."""

from tortoise import migrations

from portal import schema


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_first")]

    operations = [schema.append_only("journal_entry"), schema.append_only("conflict_check")]
