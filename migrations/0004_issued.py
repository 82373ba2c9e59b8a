"""An issued 处方 is never changed, by anybody: the database itself refuses.

It may be superseded, brought under another key (its envelopes then name another one) and, once its time is over, let go.
"""

from tortoise import migrations

from portal import schema

FIXED = ("consultation_id", "lawyer_id", "version", "number", "hash", "issued_at")
SEALED = ("facts", "questions", "law", "steps", "deadlines", "risks", "next_place", "correction")
REFUSAL = "an issued prescription is never changed"


def changed(differs: str, text: str) -> str:
    """The condition under which an UPDATE says something else than was issued."""
    fixed = [f"NEW.{column} {differs} OLD.{column}" for column in FIXED]
    words = [
        f"(NEW.{column} {differs} OLD.{column} AND NEW.{column} <> '' "
        f"AND substr(NEW.{column}, 1, 9) = substr(OLD.{column}, 1, 9))"
        for column in SEALED
    ]
    articles = f"({text.format('NEW')} {differs} {text.format('OLD')} AND {text.format('NEW')} <> '[]')"
    return " OR ".join(["NEW.state = 'draft'", *fixed, *words, articles])


SQLITE = f"""
CREATE TRIGGER "prescription_issued_no_update" BEFORE UPDATE ON "prescription" WHEN OLD.state <> 'draft' AND (
{changed("IS NOT", "{}.articles")}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END;
CREATE TRIGGER "prescription_issued_no_delete" BEFORE DELETE ON "prescription" WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END;
"""
POSTGRES = f"""
CREATE FUNCTION "prescription_issued_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER "prescription_issued_no_update" BEFORE UPDATE ON "prescription" FOR EACH ROW WHEN (OLD.state <> 'draft' AND (
{changed("IS DISTINCT FROM", "CAST({}.articles AS TEXT)")})) EXECUTE FUNCTION "prescription_issued_refuse"();
CREATE TRIGGER "prescription_issued_no_delete" BEFORE DELETE ON "prescription" FOR EACH ROW WHEN (OLD.state <> 'draft')
EXECUTE FUNCTION "prescription_issued_refuse"();
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_trust")]

    operations = [schema.sql(sqlite=SQLITE, postgres=POSTGRES)]
