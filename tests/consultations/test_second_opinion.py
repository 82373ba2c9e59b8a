"""A second opinion: the next lawyer reads earlier advice of another firm only when its resident ticked that."""

from datetime import datetime

import pytest

from app import app
from portal import clock
from portal.consultations.models import Consultation, Outcome, Prescription, PrescriptionState, State
from portal.consultations.rules import content_hash
from portal.database import transaction
from portal.people.models import Protection
from portal.people.passwords import HASHER
from tests import make
from tests.forms_browser import Browser

TODAY = datetime(2026, 11, 23).date()


@pytest.fixture(autouse=True)
def half_past_eight():
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 30)):
        yield


async def advised(cast, **columns) -> Prescription:
    """What Chen advised Mei."""
    booked = await make.appointment(cast.mei, await make.slot(cast.chen, TODAY), **columns)
    asked = await make.consultation(cast.mei, appointment=booked, **columns)
    async with transaction():
        await Consultation.filter(id=asked.id).update(
            state=State.ADVISED, outcome=Outcome.ADVISED, ended_at=clock.now()
        )
        made = Prescription(
            consultation=asked,
            lawyer=cast.chen,
            facts="画眉事实",
            questions="画眉问题",
            steps="画眉做法",
            state=PrescriptionState.ISSUED,
            issued_at=clock.now(),
        )
        made.hash = content_hash(made)
        await made.save(force_create=True)
    return made


async def opens(who, prescription) -> bool:
    browser = await make.sign_in(Browser(app), getattr(who, "person", who))
    page = await browser.get(f"/prescriptions/{prescription.number}")
    assert page.status in (200, 404)
    return "画眉做法" in page.html


async def test_only_with_the_tick_does_another_firm_read_it_and_only_while_it_advises_her(cast):
    earlier = await advised(cast)
    later = await make.appointment(cast.mei, await make.slot(cast.lin, TODAY, make.NINE + 60))
    case = await make.consultation(cast.mei, appointment=later)
    assert not await opens(cast.lin, earlier)
    mei = await make.sign_in(Browser(app), cast.mei)
    page = await mei.get(f"/consultations/{(await earlier.consultation).number}")
    assert (await page.press("记下", is_shared=True)).has("也能看这次的处方")
    assert await opens(cast.lin, earlier)
    lawyer = await make.sign_in(Browser(app), cast.lin.person)
    assert (await lawyer.get(f"/consultations/{case.number}")).has("以前给这位居民的处方", "衡道律师事务所")
    assert not await opens(cast.tao, earlier) and not await opens(cast.other.ge, earlier)
    page = await mei.get(f"/consultations/{(await earlier.consultation).number}")
    await page.press("记下", is_shared=False)
    assert not await opens(cast.lin, earlier)


async def test_the_same_firm_reads_it_while_it_advises_her_and_not_otherwise(cast):
    earlier = await advised(cast)
    assert not await opens(cast.wu, earlier)
    later = await make.appointment(cast.mei, await make.slot(cast.wu, TODAY, make.NINE + 60))
    case = await make.consultation(cast.mei, appointment=later)
    assert await opens(cast.wu, earlier)
    async with transaction():
        await Consultation.filter(id=case.id).update(state=State.CLOSED)
    assert not await opens(cast.wu, earlier)


async def test_neither_before_the_names_were_looked_at_nor_behind_a_passphrase(cast):
    async with transaction():
        kept = await Protection.create(person=cast.mei, passphrase=HASHER.hash("银杏"), contact_by="none")
    hidden = await advised(cast, protection=kept)
    later = await make.appointment(
        cast.mei, await make.slot(cast.wu, TODAY, make.NINE + 60), is_confirmed=False
    )
    await make.consultation(cast.mei, appointment=later)
    assert not await opens(cast.wu, hidden)
    await make.confirm(later)
    assert not await opens(cast.wu, hidden)
