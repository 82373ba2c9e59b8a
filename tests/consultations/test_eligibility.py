"""Whoever is registered elsewhere is told of their own clinic; whoever works on it learns that, unless they may not know who it is."""

from portal import locality
from portal.consultations.eligibility import home_of
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.people.models import Protection
from tests import make
from tests.journeys.steps import stranger


async def test_only_whoever_is_registered_in_another_community_is_told_of_their_own(cast):
    theirs = await home_of(cast.other.an)
    assert theirs is not None and theirs.id == cast.other.places.community.id
    assert await home_of(cast.mei) is None
    assert await home_of(await make.person("无登记", community=None)) is None
    with locality.standing(None):
        assert await home_of(cast.other.an) is None


async def test_staff_read_that_somebody_comes_from_elsewhere_and_not_of_whom_they_may_not_know(cast):
    fang = await make.sign_in(stranger(), cast.fang)
    nobodys = await make.person("无登记", community=None)
    for who, is_said in ((cast.other.an, True), (cast.mei, False), (nobodys, False)):
        made = await make.consultation(who)
        assert (await fang.get(f"/consultations/{made.number}")).has("别的社区的居民") is is_said
    async with transaction():
        kept = await Protection.create(person=cast.other.an, passphrase="x")
        await Consultation.filter(person_id=cast.other.an.id).update(protection_id=kept.id)
    hidden = await Consultation.get(person_id=cast.other.an.id)
    page = await fang.get(f"/consultations/{hidden.number}")
    assert page.status == 200 and not page.has("别的社区的居民")
