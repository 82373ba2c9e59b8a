"""What every record has: an id known before it is stored, a number that can be read out on the telephone, a birthday."""

import secrets
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from portal import clock
from portal.fields import Instant
from portal.law import numbers


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): random, yet in order of time, so that indexes grow at their end."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=value)


class Row(Model):
    """A row with an id of its own and the instant it was made.

    A foreign key whose id is read by itself declares it beside it (`person_id: UUID`): the ORM adds it unseen.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    created_at = Instant(default=clock.now)

    class Meta:
        abstract = True


class Record(Row):
    """A row that people speak of: it has a number such as K7F3-29QX."""

    number = fields.CharField(max_length=9, unique=True, default=numbers.new)

    class Meta:
        abstract = True
