"""What is there already is found by how it sounds and by the other side's telephone; what began before a lawyer was asked
whether there is a conflict is noted as such."""

from tortoise import migrations

from portal import schema, sealing
from portal.law.names import normal, sound

MARKED = [
    sealing.Column("party", "name", (("name_mark", "name", normal), ("sound_mark", "name sound", sound))),
    sealing.Column("consultation", "other_phone", (("other_phone_mark", "phone", str),)),
]
# One for each consultation that has begun, for the firm that has it: its id is the consultation's, so it is made once.
BEGUN = (
    "INSERT INTO conflict_check "
    "(id, created_at, matter_kind, matter, firm_id, searched, hits, possible, is_clear, decision) "
    "SELECT c.id, c.created_at, 'appointment', a.id, a.firm_id, {empty}, {none}, {none}, {true}, 'begun' "
    "FROM consultation c JOIN appointment a ON a.id = c.appointment_id WHERE c.state <> 'asked';"
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_clinic")]

    initial = False

    operations = [
        sealing.marked_anew(MARKED),
        schema.sql(
            sqlite=BEGUN.format(empty="'{}'", none="'[]'", true="1"),
            postgres=BEGUN.format(empty="CAST('{}' AS JSONB)", none="CAST('[]' AS JSONB)", true="TRUE"),
        ),
    ]
