"""Who of which firm sits at the clinic's desk on which morning, and the times that makes."""

from uuid import UUID

from tortoise import fields

from portal import policy
from portal.fields import Instant, Sealed
from portal.languages import _, lazy_
from portal.people import sight
from portal.records import Row

WEEKDAYS = {
    1: lazy_("周一"),
    2: lazy_("周二"),
    3: lazy_("周三"),
    4: lazy_("周四"),
    5: lazy_("周五"),
    6: lazy_("周六"),
    7: lazy_("周日"),
}
NTH = {
    1: lazy_("第一个"),
    2: lazy_("第二个"),
    3: lazy_("第三个"),
    4: lazy_("第四个"),
    5: lazy_("第五个"),
}


def hours(from_minute: int, until_minute: int) -> str:
    """9:00–12:00, by the clock of 24 hours in every language."""
    return "–".join(f"{minute // 60}:{minute % 60:02}" for minute in (from_minute, until_minute))


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


class Lawyer(sight.Guarded, Row):
    """律师: a volunteer of one firm, with the topics they know best."""

    person = fields.OneToOneField("portal.Person", related_name="lawyer")
    person_id: UUID
    firm = fields.ForeignKeyField("portal.Firm", related_name="lawyers", db_index=True)
    firm_id: UUID
    licence = fields.CharField(max_length=17, unique=True)
    licence_until = fields.DateField()
    topics = fields.JSONField(default=list)
    speaks = fields.JSONField(default=list, db_default="[]")  # members of Speech, besides Mandarin
    gender = fields.CharField(max_length=6, default="", db_default="")  # member of Gender, or not said
    feed = fields.CharField(
        max_length=64, default="", db_default="", db_index=True
    )  # keyed hash of the calendar's secret
    is_active = fields.BooleanField(default=True)

    class Meta:
        table = "lawyer"

    RELATIONS = {policy.OWN: sight.named("person_id"), policy.EVERY: sight.every}
    PARTS = {"line": ("licence", "topics")}


class Pattern(sight.Guarded, Row):
    """值班规律: every week, every n weeks, or the n-th such weekday of a month.

    `weekday` is 1 for Monday to 7. `nth` is 0 for a weekly pattern (then `every` counts weeks from `from_on`), 1–5 for
    the n-th of the month. Minutes are since midnight in China. A single morning is a pattern that begins and ends on
    its day; one that ends before it began has been taken back.
    """

    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="patterns", db_index=True)
    lawyer_id: UUID
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    weekday = fields.IntField()
    nth = fields.IntField(default=0)
    every = fields.IntField(default=1)
    from_minute = fields.IntField()
    until_minute = fields.IntField()
    from_on = fields.DateField()
    until_on = fields.DateField(null=True)

    class Meta:
        table = "pattern"

    @property
    def is_single(self) -> bool:
        """One dated morning, no rhythm."""
        return self.until_on == self.from_on

    @property
    def hours(self) -> str:
        """9:00–12:00."""
        return hours(self.from_minute, self.until_minute)

    @property
    def label(self) -> str:
        """The rule as people say it: 每月第二个周三 9:00–12:00."""
        said = {"weekday": WEEKDAYS[self.weekday], "hours": self.hours}
        if self.nth:
            return _("每月%(nth)s%(weekday)s %(hours)s") % {**said, "nth": NTH[self.nth]}
        if self.every == 1:
            return _("每%(weekday)s %(hours)s") % said
        if self.every == 2:
            return _("隔周%(weekday)s %(hours)s") % said
        return _("每 %(n)s 周的%(weekday)s %(hours)s") % {**said, "n": self.every}

    RELATIONS = {
        policy.OWN: sight.named("lawyer__person_id"),
        policy.FIRM: sight.within("lawyer__firm_id"),
        policy.EVERY: sight.every,
    }


class Leave(sight.Guarded, Row):
    """请假: days, both included, on which a lawyer cannot come."""

    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="leaves", db_index=True)
    lawyer_id: UUID
    first_on = fields.DateField()
    last_on = fields.DateField()
    reason = Sealed(120, default="")
    withdrawn_at = Instant(null=True)

    class Meta:
        table = "leave"

    RELATIONS = {policy.OWN: sight.named("lawyer__person_id"), policy.EVERY: sight.every}
    PARTS = {policy.FACTS: ("reason",)}


class Duty(sight.Guarded, Row):
    """One lawyer's morning. At most one a day, which the database enforces."""

    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="duties", db_index=True)
    lawyer_id: UUID
    pattern = fields.ForeignKeyField(
        "portal.Pattern", null=True, related_name="duties", on_delete=fields.SET_NULL, db_index=True
    )
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    day = fields.DateField(db_index=True)
    from_minute = fields.IntField()
    until_minute = fields.IntField()
    withdrawn_at = Instant(null=True)
    confirmed_at = Instant(null=True)  # the lawyer said that they will come
    arrived_at = Instant(null=True)  # the lawyer's hours are counted from here
    left_at = Instant(null=True)  # to here

    class Meta:
        table = "duty"
        unique_together = (("lawyer", "day"),)

    RELATIONS = {
        policy.OWN: sight.named("lawyer__person_id"),
        policy.FIRM: sight.within("lawyer__firm_id"),
        policy.EVERY: sight.every,
    }


class Slot(Row):
    """时段: one time at one lawyer's desk. Withdrawn ones are offered to nobody."""

    duty = fields.ForeignKeyField("portal.Duty", related_name="slots", db_index=True)
    duty_id: UUID
    lawyer = fields.ForeignKeyField("portal.Lawyer", related_name="slots", db_index=True)
    lawyer_id: UUID
    starts_at = Instant(db_index=True)
    ends_at = Instant()
    withdrawn_at = Instant(null=True)

    class Meta:
        table = "slot"
        unique_together = (("lawyer", "starts_at"),)


class Swap(sight.Guarded, Row):
    """换班: a lawyer cannot sit on a morning, and the others are asked; the first to accept has it."""

    duty = fields.ForeignKeyField("portal.Duty", related_name="swaps", db_index=True)
    duty_id: UUID
    opened_by = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    opened_by_id: UUID | None
    reason = Sealed(120, default="")
    taken_by = fields.ForeignKeyField(
        "portal.Lawyer", null=True, related_name="swaps_taken", on_delete=fields.RESTRICT, db_index=True
    )
    taken_by_id: UUID | None
    taken_at = Instant(null=True)
    withdrawn_at = Instant(null=True)

    class Meta:
        table = "swap"

    RELATIONS = {
        policy.OWN: sight.named("duty__lawyer__person_id"),
        policy.FIRM: sight.within("duty__lawyer__firm_id"),
        policy.EVERY: sight.every,
    }
    PARTS = {policy.FACTS: ("reason",)}
