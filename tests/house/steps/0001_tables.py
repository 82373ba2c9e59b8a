from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Shelf",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(unique=True, max_length=20)),
                ("room", fields.IntField()),
            ],
            options={
                "table": "shelf",
                "app": "portal",
                "constraints": [CheckConstraint(check="room >= 0", name="shelf_room_is_positive")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Book",
            fields=[
                ("id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                (
                    "shelf",
                    fields.ForeignKeyField(
                        "portal.Shelf",
                        source_field="shelf_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="books",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("place", fields.IntField()),
                ("title", fields.TextField(unique=False)),
                ("colour", fields.CharField(max_length=5)),
                ("is_lent", fields.BooleanField()),
                (
                    "bought_at",
                    fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False),
                ),
                ("due_on", fields.DateField(null=True)),
            ],
            options={
                "table": "book",
                "app": "portal",
                "unique_together": (("shelf", "place"),),
                "constraints": [
                    UniqueConstraint(fields=("title",), name="book_title_lent_once", condition="is_lent")
                ],
                "indexes": [Index(fields=["colour", "bought_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Loan",
            fields=[
                (
                    "book",
                    fields.OneToOneField(
                        "portal.Book",
                        source_field="book_id",
                        primary_key=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="loan",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "loan", "app": "portal", "pk_attr": "book_id"},
            bases=["Model"],
        ),
    ]
