"""A dispute from the resident's telephone to a written agreement, to the figure on the board and back to its case."""

from datetime import timedelta

from portal import clock
from portal.disputes.models import Agreement, Dispute, Level, State
from tests import make
from tests.journeys.steps import number_on, prove, stranger


async def test_a_resident_reports_and_a_mediator_brings_them_to_a_written_agreement(cast):
    mei = stranger()
    page = await (await mei.get("/")).click("报纠纷、提诉求")
    page = await page.click("和别人有矛盾")
    page = await prove(page, "13811112222")
    form = page.form()
    form.fill(
        name="梅大姐",
        category="neighbours",
        words="楼上水管漏水，把我家天花板泡坏了，他不肯赔。",
        compound=form.choices("compound")[1],
        building="1",
        unit="1",
        room="101",
        party_b="陶建国",
        consent=["mediation"],
    )
    page = await form.submit()
    assert page.status == 200, page.errors()
    number = number_on(page)

    he = await make.sign_in(stranger(), cast.he)
    page = await (await he.get("/disputes")).click(number)
    page = await page.form("/acceptance").submit()
    assert (await Dispute.get(number=number)).state == State.ACCEPTED
    page = await page.click("安排调解")
    day = (clock.today() + timedelta(days=1)).isoformat()
    page = (
        await page.form("/sittings")
        .fill(willing=True, day=day, time="14:00", place="服务中心调解室")
        .submit()
    )
    assert page.status == 200, page.errors()
    assert (await Dispute.get(number=number)).state == State.MEDIATING

    with clock.standing_at(clock.at(clock.today() + timedelta(days=1), 15 * 60)):
        he = await make.sign_in(stranger(), cast.he)  # a new day, a new session
        page = await (await he.get(f"/disputes/{number}")).click("写调解记录")
        page = (
            await page.form()
            .fill(attended="梅女士、陶先生", minutes="双方看了现场，愿意各让一步。", rights_told=True)
            .submit()
        )
        assert page.status == 200, page.errors()
        page = await page.click("登记化解结果")
        page = (
            await page.form("/settlement")
            .fill(
                form="written",
                content="陶先生赔偿天花板维修费三千元，修好自家水管。",
                performance="十五日内在服务中心当面付清。",
                amount="3000",
                signed=True,
            )
            .submit()
        )
        assert page.status == 200, page.errors()
    dispute = await Dispute.get(number=number)
    assert (dispute.state, dispute.outcome, dispute.level_settled) == (
        State.SETTLED,
        "written",
        dispute.level,
    )
    agreement = await Agreement.get(dispute_id=dispute.id)
    assert agreement.amount == 300_000 and agreement.serial == 1

    board = await (await make.sign_in(stranger(), cast.guo)).get("/board")
    assert board.has("1 件 / 1 件有结果")
    assert dispute.level_settled <= Level.COMMUNITY
    cases = await board.click("1")
    assert cases.path == "/disputes" and cases.has(number)

    page = await mei.get(f"/disputes/{number}")
    assert page.has("这件事已经化解") and not page.has("双方看了现场")
    assert (await (await make.sign_in(stranger(), cast.yu)).get(f"/disputes/{number}")).status == 404


async def test_what_flares_up_again_is_no_longer_counted_as_settled(cast):
    dou, guo = await make.sign_in(stranger(), cast.dou), await make.sign_in(stranger(), cast.guo)
    page = (
        await (await dou.get("/disputes/new"))
        .form()
        .fill(
            start="settled", category="neighbours", words="楼道堆物的事当面说开了。", content="三天内清走。"
        )
        .submit()
    )
    number = number_on(page)
    assert (await guo.get("/board")).has("1 件 / 1 件有结果")
    page = await guo.get(f"/disputes/{number}")
    page = await page.form("/reopening").fill(reason="又堆上了，两家吵了起来。").submit()
    assert page.status == 200
    assert not (await guo.get("/board")).has("1 件 / 1 件有结果")
