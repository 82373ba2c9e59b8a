"""A lawyer between two hearings: the mornings planned, the list worked through, the 处方 written."""

from datetime import timedelta

from portal import clock
from portal.booking.models import Appointment, State
from portal.consultations.models import Consultation, Prescription, PrescriptionState
from portal.database import transaction
from portal.people import actions as people
from portal.roster.models import Duty
from tests import make
from tests.journeys.steps import next_weekday, number_on, stranger


async def test_a_lawyer_signs_in_and_plans_mornings(cast):
    await people.make_account(cast.xu, cast.chen.person, "chen", "a long pass phrase")
    chen = stranger()
    page = await chen.get("/staff/sign-in")
    page = await page.form("/staff/sign-in").fill(login="chen", password="a wrong pass phrase").submit()
    assert page.status in (401, 422) and page.errors()
    page = await page.form("/staff/sign-in").fill(login="chen", password="a long pass phrase").submit()
    assert page.path == "/desk", page.url

    page = await page.click("我的上午")
    page = await page.click("加一条规律")
    page = (
        await page.form("/pattern")
        .fill(rhythm="nth-2", weekday="3", from_minute="540", until_minute="720")
        .submit()
    )
    assert page.has("第二个周三"), page.text
    duties = await Duty.filter(lawyer_id=cast.chen.id, withdrawn_at=None).order_by("day")
    assert duties and all(duty.day.isoweekday() == 3 and 8 <= duty.day.day <= 14 for duty in duties)

    day = next_weekday(2, after=3)
    page = await (await chen.get("/mornings")).click("加一个上午")
    page = (
        await page.form("/morning").fill(day=day.isoformat(), from_minute="540", until_minute="660").submit()
    )
    assert page.status == 200, page.errors()
    assert await Duty.filter(lawyer_id=cast.chen.id, day=day).exists()

    page = await (await chen.get("/mornings")).click("请假")
    page = (
        await page.form("/leave")
        .fill(first_on=day.isoformat(), last_on=day.isoformat(), reason="开庭")
        .submit()
    )
    assert page.status == 200, page.errors()
    assert not (await stranger().get("/book/times?topic=debt")).has(f"{day.month}月{day.day}日 周二 上午9:00")


async def test_the_list_is_worked_through_and_a_prescription_is_issued_and_corrected(cast):
    day = make.working_day(1)
    duty = await make.duty(cast.chen, day)
    asked = await make.consultation(cast.mei, duty.made[0], words="邻居借了三万元，说好去年底还。")
    late = await make.appointment(cast.tao, duty.made[1])
    booked = await Appointment.get(id=asked.appointment_id)
    with clock.standing_at(duty.made[0].starts_at + timedelta(minutes=1)):
        chen = await make.sign_in(stranger(), cast.chen.person)
        mei = await make.sign_in(stranger(), cast.mei)
        page = await (await chen.get("/desk")).click("打开今天的名单")
        assert page.has("梅秀英", "陶建国", "上午9:00", "上午9:30")
        page = await page.form(f"/appointments/{booked.number}/arrival").submit()
        page = await page.form(f"/appointments/{booked.number}/call").submit()
        page = await page.form(f"/consultations/of/{booked.number}/start").submit()
        assert page.has("邻居借了三万元"), page.url
        page = await page.click("写处方")
        form = page.form("/prescription").fill(
            facts="居民说：2024年借出三万元，有借条。",
            questions="怎样要回来？",
            steps="先发催款函，再申请调解。",
        )
        page = await form.fill(articles="1261").submit()
        assert page.status == 422 and any("1261" in error for error in page.errors())
        assert page.form("/prescription")["steps"] == "先发催款函，再申请调解。"
        page = (
            await page.form("/prescription")
            .fill(articles="667、675-676", risks="注意三年诉讼时效。")
            .submit()
        )
        assert page.has("第 667、675、676 条", "合同"), (page.status, page.errors(), page.url)
        page = await page.form("/issuance").submit()
        assert page.status == 200, page.errors()
        first = await Prescription.get()
        assert first.state == PrescriptionState.ISSUED and len(first.hash) == 64
        await booked.refresh_from_db()
        assert booked.state == State.DONE

        page = await mei.get(f"/prescriptions/{first.number}")
        assert page.has("先发催款函", "第 667、675、676 条", "陈明理")
        assert (await chen.post(f"/consultations/{asked.number}/prescription", {"facts": "改掉"})).status in (
            404,
            409,
            403,
        )
        await first.refresh_from_db()
        assert first.facts == "居民说：2024年借出三万元，有借条。"

        page = await chen.get(f"/prescriptions/{first.number}")
        page = await page.form("/correction").fill(reason="借款日期写错了。").submit()
        page = await page.form("/prescription").fill(facts="居民说：2023年借出三万元，有借条。").submit()
        page = await page.form("/issuance").submit()
        assert page.status == 200, page.errors()
        states = {one.version: one.state for one in await Prescription.all()}
        assert states == {1: PrescriptionState.SUPERSEDED, 2: PrescriptionState.ISSUED}

        page = await chen.get(f"/consultations/{asked.number}")
        page = (
            await page.form("/referrals").fill(to="legal_aid", reason="低保户，可以申请法律援助。").submit()
        )
        assert page.status == 200, page.errors()
        assert (await mei.get(f"/consultations/{asked.number}")).has("法律援助", "12348")
    with clock.standing_at(duty.made[1].starts_at + timedelta(minutes=20)):
        page = await (await make.sign_in(stranger(), cast.chen.person)).get("/queue")
        page = await page.form(f"/appointments/{late.number}/absence").fill(because="no_answer").submit()
        await late.refresh_from_db()
        assert (late.state, late.missed_because) == (State.MISSED, "no_answer")


async def test_a_lawyer_who_was_replaced_sees_nothing_at_once(cast):
    day = make.working_day(1)
    slot = await make.slot(cast.chen, day)
    await make.slot(cast.lin, day)
    asked = await make.consultation(cast.mei, slot)
    chen = await make.sign_in(stranger(), cast.chen.person)
    assert (await chen.get(f"/consultations/{asked.number}")).status == 200
    guo = await make.sign_in(stranger(), cast.guo)
    booked = await Appointment.get(id=asked.appointment_id)
    page = await guo.get(f"/appointments/{booked.number}/lawyer")
    form = page.form("/lawyer")
    form.fill({name: form.choices(name)[0] for name in ("slot", "lawyer") if name in form})
    form.fill({name: "律师临时开庭" for name in ("reason",) if name in form})
    page = await form.submit()
    assert page.status == 200, page.errors()
    await booked.refresh_from_db()
    assert booked.lawyer_id == cast.lin.id
    assert (await chen.get(f"/consultations/{asked.number}")).status == 404
    lin = await make.sign_in(stranger(), cast.lin.person)
    assert (await lin.get(f"/consultations/{asked.number}")).status == 200
    assert number_on(page)
    async with transaction():
        assert await Consultation.all().count() == 1
