"""Kinds of columns that hold the same on every engine: instants in UTC, and words every engine can store."""

from datetime import UTC, datetime
from typing import Any

from tortoise import fields
from tortoise.exceptions import ValidationError
from tortoise.validators import MaxLengthValidator


def instant(value: datetime | str | None) -> datetime | None:
    """An instant as the database gave it, aware, in UTC. Raises ValidationError for one without a time zone."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise ValidationError(f"not an instant: {value!r}") from error
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValidationError(f"an instant without a time zone: {value.isoformat()}")
        return value.astimezone(UTC)
    return value


class Instant(fields.DatetimeField):
    """A moment, kept in UTC to the microsecond; text on SQLite, in an order that is the order of time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def to_python_value(self, value: Any) -> datetime | None:
        return instant(value)

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(value, str | datetime):
            value = instant(value)
        self.validate(value)
        return value


class Words(fields.TextField):
    """What somebody wrote, at most `max` characters, with no NUL and no half of a surrogate pair.

    Forms refuse these with a sentence; this is the net below, and raises ValidationError.
    """

    def __init__(self, max: int, **options: Any) -> None:
        super().__init__(**options)
        self.max = max
        self.validators.append(MaxLengthValidator(max))

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(value, str):
            if "\0" in value:
                raise ValidationError(f"{self.model_field_name}: a NUL character")
            try:
                value.encode()
            except UnicodeEncodeError:
                raise ValidationError(f"{self.model_field_name}: half of a surrogate pair") from None
        return super().to_db_value(value, instance)
