"""Kinds of columns that hold the same on every engine: instants in UTC, words every engine can store, sealed words and bytes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tortoise import fields
from tortoise.exceptions import ValidationError
from tortoise.models import Model
from tortoise.validators import MaxLengthValidator

from portal import secrecy


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


class Clear(str):
    """Words that were just written, not read from the database: never opened as an envelope, whatever they look like."""


class Envelope(str):
    """Words that are sealed already, for an UPDATE that knows its row (`Row.sealed`)."""


class Sealed(Words):
    """Words that stand in the database only as an envelope (`secrecy.seal`), bound to their column and row.

    Python sees the words. They cannot be searched or compared in SQL; an UPDATE goes through `Row.sealed(…)`, which knows
    the row. With `json=True` the column holds any JSON value.
    """

    def __init__(self, max: int, *, json: bool = False, **options: Any) -> None:
        super().__init__(max, **options)
        self.json = json

    @property
    def place(self) -> str:
        """Where the envelope belongs: table and column."""
        return f"{self.model._meta.db_table}.{self.source_field or self.model_field_name}"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if value is None or isinstance(value, Envelope):
            return value
        if not isinstance(instance, Model):
            raise TypeError(f"{self.place} is sealed: an UPDATE takes Row.sealed(…), a look-up its mark")
        return self.sealed(value, instance)

    def sealed(self, value: Any, row: Any) -> Any:
        """The envelope of a value in this row."""
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, default=str) if self.json else str(value)
        words = super().to_db_value(plain, row)
        return Envelope(secrecy.seal(words, self.place, row.id))

    def to_python_value(self, value: Any) -> Any:
        if not isinstance(value, str) or isinstance(value, Clear):
            return value
        words = secrecy.open_sealed(value, self.place)
        if not self.json:
            return words
        return json.loads(words) if words else self.default() if callable(self.default) else None


class ClearBytes(bytes):
    """Bytes that were just made, not read from the database."""


class EnvelopeBytes(bytes):
    """Bytes that are sealed already, for an UPDATE that knows its row."""


class SealedBytes(fields.BinaryField):
    """Bytes that stand in the database only as an envelope, bound to their column and row. Python sees the bytes."""

    @property
    def place(self) -> str:
        """Where the envelope belongs: table and column."""
        return f"{self.model._meta.db_table}.{self.source_field or self.model_field_name}"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(value, EnvelopeBytes):
            return value
        if not isinstance(instance, Model):
            raise TypeError(f"{self.place} is sealed: an UPDATE takes Row.sealed(…), a look-up its mark")
        return self.sealed(value, instance)

    def sealed(self, value: Any, row: Any) -> EnvelopeBytes:
        """The envelope of a value in this row."""
        return EnvelopeBytes(secrecy.seal(bytes(value), self.place, row.id))

    def to_python_value(self, value: Any) -> Any:
        if not isinstance(value, bytes) or isinstance(value, ClearBytes):
            return value
        return secrecy.open_sealed(value, self.place)


def clear(value: Any) -> Any:
    """Words or bytes that were just made, so that they are not taken for an envelope."""
    if isinstance(value, str):
        return Clear(value)
    return ClearBytes(value) if isinstance(value, bytes) else value


class Mark(fields.CharField):
    """The keyed hash under which the sealed column `of` is looked up: `filter(phone_mark__in=secrecy.marks("phone", …))`.

    It follows its column by itself. `form` gives the spelling that is compared.
    """

    def __init__(
        self, of: str = "", purpose: str = "", form: Callable[[Any], str] = str, **options: Any
    ) -> None:
        options.setdefault("max_length", 64)
        super().__init__(**options)
        self.of, self.purpose, self.form = of, purpose, form

    def of_value(self, value: Any) -> str | None:
        """The mark of a value of the sealed column; none where nothing stands and the column may be empty."""
        made = secrecy.mark(self.purpose, self.form(value)) if value else ""
        return made or (None if self.null else "")

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(instance, Model):
            value = self.of_value(getattr(instance, self.of))
        return super().to_db_value(value, instance)
