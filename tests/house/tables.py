"""Small tables with every kind of promise, so that the database can be tried before and beside the real ones."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from portal.fields import Instant, Words


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Shelf(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=20, unique=True)
    room = fields.IntField(default=0)

    class Meta:
        table = "shelf"
        constraints = (CheckConstraint(check="room >= 0", name="shelf_room_is_positive"),)


class Book(Model):
    id = fields.UUIDField(primary_key=True)
    shelf = fields.ForeignKeyField(
        "portal.Shelf", related_name="books", on_delete=fields.CASCADE, db_index=True
    )
    place = fields.IntField()
    title = Words(100, default="")
    colour = fields.CharEnumField(Colour, default=Colour.RED)
    is_lent = fields.BooleanField(default=False)
    bought_at = Instant(null=True, db_index=True)
    due_on = fields.DateField(null=True)

    class Meta:
        table = "book"
        unique_together = (("shelf", "place"),)
        indexes = (("colour", "bought_at"),)
        constraints = (UniqueConstraint(fields=("title",), name="book_title_lent_once", condition="is_lent"),)


class Loan(Model):
    book = fields.OneToOneField(
        "portal.Book", primary_key=True, related_name="loan", on_delete=fields.RESTRICT
    )
    until = Instant()

    APPEND_ONLY = True

    class Meta:
        table = "loan"
