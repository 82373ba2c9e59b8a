"""The index: records are found by pairs of characters of what is confided, as keyed hashes; what is there already too."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from portal import index, reindex, schema


def sealed(*names: str) -> tuple[tuple[str, str], ...]:
    """Columns whose words are sealed."""
    return tuple((name, "sealed") for name in names)


def clear(*names: str) -> tuple[tuple[str, str], ...]:
    """Columns whose words stand in clear."""
    return tuple((name, "clear") for name in names)


PRESCRIPTION = sealed("facts", "questions", "law", "steps", "deadlines", "risks", "next_place", "correction")
FOUND = [
    index.Found("person", "person", "name", clear("name")),
    index.Found("appointment", "appointment", "contact", sealed("needs")),
    index.Found("appointment", "appointment", "facts", sealed("reason")),
    index.Found("wait", "wait", "facts", (("typed", "json"),)),
    index.Found("consultation", "consultation", "contact", sealed("guardian")),
    index.Found("consultation", "consultation", "facts", sealed("words", "other_side", "other_phone")),
    index.Found(
        "prescription", "consultation", "advice", PRESCRIPTION, "consultation_id", "state <> 'draft'"
    ),
    index.Found("dispute", "dispute", "place", sealed("place")),
    index.Found("dispute", "dispute", "facts", sealed("words")),
    index.Found("feedback", "feedback", "place", sealed("place")),
    index.Found("feedback", "feedback", "facts", sealed("words", "answer")),
    index.Found("lecture", "lecture", "line", clear("title", "summary", "venue")),
    index.Found("sign_up", "signup", "facts", sealed("question")),
    index.Found("meeting", "meeting", "line", clear("title", "minutes")),
    index.Found("motion", "motion", "line", clear("title")),
    index.Found("motion", "motion", "facts", clear("words")),
]
SQLITE = (
    "CREATE VIRTUAL TABLE trace_found USING fts5(tokens, content='trace', content_rowid='id', "
    "detail=none, columnsize=0, tokenize='ascii');"
)
POSTGRES = "CREATE INDEX trace_found ON trace USING gin (string_to_array(tokens, ' '));"


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_issued")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Trace",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=20)),
                ("part", fields.CharField(max_length=10)),
                ("record", fields.UUIDField(db_index=True)),
                ("source", fields.UUIDField()),
                ("key", fields.CharField(db_index=True, max_length=8)),
                ("tokens", fields.TextField(unique=False)),
            ],
            options={
                "table": "trace",
                "app": "portal",
                "unique_together": (("source", "part"),),
                "pk_attr": "id",
                "table_description": "What is found of one part of one row: `record` by the words of `source`.",
            },
            bases=["Model"],
        ),
        schema.sql(sqlite=SQLITE, postgres=POSTGRES),
        reindex.first_time(FOUND),
    ]
