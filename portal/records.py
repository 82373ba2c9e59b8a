"""What every record has: an id known before it is stored, a number that can be read out on the telephone, a birthday."""

import secrets
from functools import cache
from typing import Any, Self
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from portal import clock, database, secrecy
from portal.fields import Instant, Mark, Sealed, SealedBytes, clear
from portal.law import numbers


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): random, yet in order of time, so that indexes grow at their end."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=value)


@cache
def _sealed(kind: type[Model]) -> tuple[str, ...]:
    return tuple(
        name for name, field in kind._meta.fields_map.items() if isinstance(field, Sealed | SealedBytes)
    )


class Row(Model):
    """A row with an id of its own and the instant it was made.

    A foreign key whose id is read by itself declares it beside it (`person_id: UUID`): the ORM adds it unseen.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    created_at = Instant(default=clock.now)

    class Meta:
        abstract = True

    def __init__(self, **columns: Any) -> None:
        for name in _sealed(type(self)):
            if name in columns:
                columns[name] = clear(columns[name])
        super().__init__(**columns)

    @classmethod
    def _init_from_db(cls, **columns: Any) -> Self:
        for name in _sealed(cls):
            if (envelope := columns.get(name)) and str(secrecy.row_of(envelope)) != str(columns["id"]):
                raise secrecy.Tampered(f"{name}: the envelope of another row")
        return super()._init_from_db(**columns)

    @classmethod
    async def where(cls, condition: str, *values: Any) -> list[Self]:
        """The rows that meet a condition in SQL, found by keys: `database.look_up`."""
        sql = f'SELECT * FROM "{cls._meta.db_table}" WHERE {condition}'
        return [cls._init_from_db(**row) for row in await database.look_up(sql, *values)]

    def sealed(self, **changes: Any) -> dict[str, Any]:
        """The same changes for an UPDATE of this row: sealed columns as envelopes, and their marks with them."""
        fields_map, ready = self._meta.fields_map, dict(changes)
        for name, value in changes.items():
            if isinstance(field := fields_map[name], Sealed | SealedBytes):
                ready[name] = field.sealed(value, self)
        for name, field in fields_map.items():
            if isinstance(field, Mark) and field.of in changes:
                ready[name] = field.of_value(changes[field.of])
        return ready


class Record(Row):
    """A row that people speak of: it has a number such as K7F3-29QX."""

    number = fields.CharField(max_length=9, unique=True, default=numbers.new)

    class Meta:
        abstract = True
