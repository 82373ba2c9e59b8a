"""The door to a record: found or missing, stripped of what the policy does not show, and written down when it is confidential."""

from typing import Any, TypeVar

from starlette.requests import Request
from tortoise.models import Model
from tortoise.queryset import QuerySet

from portal import journal, policy
from portal.people import sight, standing_queries
from portal.web.forms import one

M = TypeVar("M", bound=Model)


async def opened(request: Request, records: QuerySet[M], **which: Any) -> M:
    """The one record among those that `Model.visible_to(person)` gave, as this person may read it; Missing otherwise.

    `record.parts` says what may be shown; the columns of every other part are blank. Somebody else's confidential words
    that are read are an entry in the journal.
    """
    record = await one(records, **which)
    await show(request.state.person, record)
    return record


async def show(person: Any, record: Any) -> None:
    """The same for a record that was found by another way, such as through the one it belongs to."""
    record.relations, record.parts = await standing_queries.standing_to(person, record)
    theirs = {policy.OWN, policy.PUBLIC} & record.relations
    if record.parts & policy.CONFIDENTIAL and not theirs:
        await journal.opened(person, record)
    sight.redact(record, record.parts)
