"""A small community in which somebody is signed in already by each door, with secrets that the tests know."""

from datetime import timedelta

from portal import clock, secrecy
from portal.database import transaction
from portal.people.models import Session, Way
from tests import cast, make

SECRETS = {Way.OFFICE: "of-fang-who-dispatches", Way.PHONE: "of-mei-by-telephone", Way.CARD: "of-mei-by-card"}


async def fill() -> None:
    """Fang at the desk; Mei by telephone, and once more by card."""
    everybody = await cast.assemble()
    await make.appointment(everybody.mei, await make.slot(everybody.chen))
    async with transaction():
        for way, secret in SECRETS.items():
            now = clock.now()
            await Session.create(
                secret=secrecy.keyed("session", secret),
                person=everybody.fang if way == Way.OFFICE else everybody.mei,
                way=way,
                seen_at=now,
                confirmed_at=now,
                ends_at=now + timedelta(hours=12),
            )
