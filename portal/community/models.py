"""The places of a community, from the street down to a household, and the grids laid over them."""

from uuid import UUID

from tortoise import fields

from portal.records import Row


class Street(Row):
    """街道: what several communities belong to."""

    name = fields.CharField(max_length=40)
    district = fields.CharField(max_length=40, default="")

    class Meta:
        table = "street"


class Community(Row):
    """社区: one residents' committee and its service centre."""

    street = fields.ForeignKeyField("portal.Street", related_name="communities", db_index=True)
    street_id: UUID
    name = fields.CharField(max_length=40)
    short = fields.CharField(
        max_length=12
    )  # as in the number of a mediation file: （2026）<short>人调字第1号
    address = fields.CharField(max_length=120)
    desk = fields.CharField(max_length=80)  # where the clinic sits
    phone = fields.CharField(max_length=20)
    hours = fields.CharField(max_length=80)

    class Meta:
        table = "community"


class Grid(Row):
    """网格: some hundred households minded by one grid officer."""

    community = fields.ForeignKeyField("portal.Community", related_name="grids", db_index=True)
    community_id: UUID
    name = fields.CharField(max_length=40)
    ordinal = fields.IntField()

    class Meta:
        table = "grid"
        unique_together = (("community", "ordinal"),)


class Compound(Row):
    """小区."""

    community = fields.ForeignKeyField("portal.Community", related_name="compounds", db_index=True)
    community_id: UUID
    name = fields.CharField(max_length=40)
    ordinal = fields.IntField()

    class Meta:
        table = "compound"
        unique_together = (("community", "name"),)


class Building(Row):
    """楼栋. Its name is text: 5, B, 12甲."""

    compound = fields.ForeignKeyField("portal.Compound", related_name="buildings", db_index=True)
    compound_id: UUID
    grid = fields.ForeignKeyField("portal.Grid", related_name="buildings", db_index=True)
    name = fields.CharField(max_length=12)
    ordinal = fields.IntField()

    class Meta:
        table = "building"
        unique_together = (("compound", "name"),)


class Unit(Row):
    """单元: one staircase of a building."""

    building = fields.ForeignKeyField("portal.Building", related_name="units", db_index=True)
    name = fields.CharField(max_length=12)
    ordinal = fields.IntField()

    class Meta:
        table = "unit"
        unique_together = (("building", "name"),)


class Household(Row):
    """一户, behind one door."""

    unit = fields.ForeignKeyField("portal.Unit", related_name="households", db_index=True)
    unit_id: UUID
    room = fields.CharField(max_length=12)
    floor = fields.IntField(null=True)
    lives_alone = fields.BooleanField(default=False)  # an elder on their own, whom volunteers look in on

    class Meta:
        table = "household"
        unique_together = (("unit", "room"),)
