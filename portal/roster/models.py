"""Who of which firm sits at the clinic's desk on which morning, and the times that makes."""

from tortoise import fields
from tortoise.queryset import QuerySet

from portal.fields import Instant
from portal.people.models import Person
from portal.records import Row


class Day(Row):
    """A day on which the State Council's calendar, or the community, departs from the plain week."""

    day = fields.DateField(unique=True)
    is_open = fields.BooleanField()
    name = fields.CharField(max_length=40)
    is_provisional = fields.BooleanField(default=False)
    is_edited = fields.BooleanField(default=False)  # by staff: a newly published calendar leaves it alone

    class Meta:
        table = "calendar_day"


class Firm(Row):
    """律所: a partner firm. `weight` is its agreed share of consultations against the others."""

    name = fields.CharField(max_length=60, unique=True)
    code = fields.CharField(max_length=18, default="")
    phone = fields.CharField(max_length=20, default="")
    weight = fields.IntField(default=1)
    is_active = fields.BooleanField(default=True)

    class Meta:
        table = "firm"


class Lawyer(Row):
    """律师: a volunteer of one firm, with the topics they know best."""

    person = fields.OneToOneField("portal.Person", related_name="lawyer")
    firm = fields.ForeignKeyField("portal.Firm", related_name="lawyers", db_index=True)
    licence = fields.CharField(max_length=17, unique=True)
    licence_until = fields.DateField()
    topics = fields.JSONField(default=list)
    is_active = fields.BooleanField(default=True)

    class Meta:
        table = "lawyer"


class Pattern(Row):
    """值班规律: every week, every n weeks, or the n-th such weekday of a month.

    `weekday` is 1 for Monday to 7. `nth` is 0 for a weekly pattern (then `every` counts weeks from `from_on`), 1–5 for
    the n-th of the month. Minutes are since midnight in China.
    """

    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="patterns", db_index=True)
    weekday = fields.IntField()
    nth = fields.IntField(default=0)
    every = fields.IntField(default=1)
    from_minute = fields.IntField()
    until_minute = fields.IntField()
    from_on = fields.DateField()
    until_on = fields.DateField(null=True)

    class Meta:
        table = "pattern"


class Leave(Row):
    """请假: days, both included, on which a lawyer cannot come."""

    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="leaves", db_index=True)
    first_on = fields.DateField()
    last_on = fields.DateField()
    reason = fields.CharField(max_length=120, default="")
    withdrawn_at = Instant(null=True)

    class Meta:
        table = "leave"


class Duty(Row):
    """One lawyer's morning. At most one a day, which the database enforces."""

    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="duties", db_index=True)
    pattern = fields.ForeignKeyField(
        "portal.Pattern", null=True, related_name="duties", on_delete=fields.SET_NULL, db_index=True
    )
    day = fields.DateField(db_index=True)
    from_minute = fields.IntField()
    until_minute = fields.IntField()
    withdrawn_at = Instant(null=True)

    class Meta:
        table = "duty"
        unique_together = (("lawyer", "day"),)

    @classmethod
    def visible_to(cls, person: Person | None) -> QuerySet["Duty"]:
        """Staff see every morning, a lawyer their own."""
        if person is None:
            return cls.filter(id__in=[])
        return cls.all() if person.is_staff else cls.filter(lawyer__person_id=person.id)


class Slot(Row):
    """时段: one time at one lawyer's desk. Withdrawn ones are offered to nobody."""

    duty = fields.ForeignKeyField("portal.Duty", related_name="slots", db_index=True)
    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="slots", db_index=True)
    starts_at = Instant(db_index=True)
    ends_at = Instant()
    withdrawn_at = Instant(null=True)

    class Meta:
        table = "slot"
        unique_together = (("lawyer", "starts_at"),)
