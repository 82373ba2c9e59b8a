"""Papers go when the words go, go along with whoever asks for their copy, and are counted by the checks."""

import io
import zipfile
from datetime import timedelta

from portal import clock, invariants
from portal.attachments import actions, queries
from portal.attachments.models import Attachment, Content, Place
from portal.booking import drafts
from portal.booking.actions import waits
from portal.booking.models import Wait, WaitState
from portal.consultations.models import State
from portal.database import change, transaction
from portal.law.topics import Topic
from portal.privacy import actions as privacy
from portal.privacy.actions import erasure
from portal.privacy.models import Wish
from portal.records import new_id
from tests import make
from tests.attachments import files
from tests.journeys.steps import stranger

PHOTO, PAPER = ("借条.jpg", files.photograph()), ("合同.pdf", files.written(files.paper()))


async def left() -> tuple[int, int]:
    """Rows that still stand for a file, and files."""
    return await Attachment.filter(removed_at=None).count(), await Content.all().count()


async def broken() -> list[str]:
    """The promises that are broken."""
    return [result.promise async for result in invariants.check() if result.broken]


async def test_when_the_words_are_let_go_the_papers_are_gone(cast):
    made = await make.consultation(cast.mei, state=State.CLOSED, outcome="withdrawn", ended_at=clock.now())
    other = await make.consultation(cast.tao)
    await actions.hand_in(Place.of(made), [PHOTO, PAPER], cast.mei)
    await actions.hand_in(Place.of(other), [PAPER], cast.tao)
    async with transaction():
        await erasure.erase(cast.guo, "consultation", made.id, "X", at_once=False)
    assert await left() == (1, 1) and await queries.listed(Place.of(made)) == []
    assert set(await Attachment.filter(matter=made.id).values_list("name", flat=True)) == {""}
    assert await broken() == []


async def test_a_form_nobody_comes_back_to_loses_its_papers_after_seven_days(cast):
    old, new, alive = clock.now() - timedelta(days=8), clock.now() - timedelta(days=6), "coming back"
    for at, browser in ((old, "gone"), (new, "lately"), (old, alive)):
        with clock.standing_at(at):
            await actions.hand_in(Place.at(browser), [PHOTO], None, browser)
    await drafts.keep(alive, words="还在写")
    assert await left() == (3, 3)
    await drafts.tidy()
    assert await left() == (2, 2) and await queries.listed(Place.at("gone")) == []
    async with transaction():
        await Attachment.filter(browser="lately").update(created_at=old)
    await erasure.clean()
    assert await left() == (1, 1) and len(await queries.listed(Place.at(alive))) == 1
    await drafts.drop(alive)
    assert await left() == (0, 0)


async def test_papers_wait_along_and_go_when_the_waiting_is_forgotten(cast):
    await actions.hand_in(Place.at("b"), [PHOTO], cast.mei)
    wait = await waits.join(cast.mei, Topic.DEBT, {"words": "等一个时间"}, browser="b")
    assert len(await queries.listed(Place.of(wait))) == 1
    await actions.hand_in(Place.at("b"), [PAPER], cast.mei)
    assert (await waits.join(cast.mei, Topic.DEBT, {}, browser="b")).id == wait.id
    assert len(await queries.listed(Place.of(wait))) == 2
    await erasure.clean()
    assert await left() == (2, 2)
    async with transaction():
        long_ago = clock.now() - timedelta(days=91)
        await Wait.filter(id=wait.id).update(state=WaitState.LEFT, created_at=long_ago)
    await erasure.clean()
    assert await left() == (0, 0)


async def test_a_copy_holds_the_papers_themselves(cast):
    made = await make.consultation(cast.mei)
    other = await make.consultation(cast.tao)
    await actions.hand_in(Place.of(made), [PHOTO, PAPER], cast.mei)
    await actions.hand_in(Place.of(other), [PAPER], cast.tao)
    asked = await privacy.ask(cast.mei, Wish.EXPORT)
    await privacy.grant(cast.guo, asked, "")
    page = await (await (await make.sign_in(stranger(), cast.mei)).get("/me/privacy")).press("取走我的资料")
    packed = zipfile.ZipFile(io.BytesIO(page.body))
    papers = sorted(name for name in packed.namelist() if name.startswith("papers/"))
    assert papers == [f"papers/{made.number}-1.jpg", f"papers/{made.number}-2.pdf"]
    assert packed.read(papers[0])[:3] == b"\xff\xd8\xff" and packed.read(papers[1])[:5] == b"%PDF-"
    assert "借条" in packed.read(f"copy-{asked.number}.html").decode()


async def test_a_paper_that_is_missing_or_belongs_to_nothing_is_named(cast):
    made = await make.consultation(cast.mei)
    await actions.hand_in(Place.of(made), [PHOTO, PAPER], cast.mei)
    assert await broken() == []
    promise = "Every paper that was handed in is there, and none is kept that was taken away"
    async with transaction():
        one = await Content.all().order_by("id").first()
        assert one is not None
        await one.delete()
    assert await broken() == [promise]
    async with transaction():
        await Attachment.filter(id=one.id).delete()
    assert await broken() == []
    async with transaction():
        await Content.create(id=new_id(), body=b"nobody's")
    assert await broken() == [promise]
    async with transaction():
        await Content.exclude(id__in=await Attachment.all().values_list("id", flat=True)).delete()
        await change("UPDATE attachment SET browser = 'b'")
    assert await broken() == ["Every paper lies with a matter or with a form, never with both or with none"]
