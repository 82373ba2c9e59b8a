"""Asking, after the story and a time: yes, or a call back. What is typed stays with the browser until it is handed over."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.booking import drafts
from portal.booking import queries as booking
from portal.booking.actions import AlreadyBooked, TimeTaken, refusal
from portal.booking.forms import read_time
from portal.booking.models import MODE_NAMES, Appointment
from portal.community.choice_pages import CHOSEN
from portal.community.queries import community, standing
from portal.consultations import (
    actions,
    elsewhere_pages,
    forms,
    proxy_forms,
    queries,
    safety_pages,
    story_pages,
)
from portal.consultations.actions import proxies
from portal.consultations.attachment_pages import PAPERS, papers_first
from portal.consultations.eligibility import home_of
from portal.consultations.elsewhere_pages import ELSEWHERE
from portal.consultations.intake import Intake
from portal.consultations.models import DANGER_NAMES, Danger
from portal.consultations.queries import attachments, deadlines
from portal.consultations.rules import delivery
from portal.consultations.safety_pages import keep, right, told
from portal.consultations.story_pages import known_topic
from portal.languages import _
from portal.law.topics import Topic
from portal.locality import Known
from portal.people import actions as people
from portal.people import consents
from portal.people.consents import WORDINGS, Purpose
from portal.people.models import CONTACT_NAMES, ContactBy
from portal.people.queries import needs_name
from portal.web import gate
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, SIGNED_IN, get, post
from portal.web.templating import url


async def unlock(request: Request, intake: Intake) -> str:
    """Whoever has just put this behind a passphrase still sees it in this session; what to say to them, if they did."""
    if not intake.passphrase:
        return ""
    await people.say(request.state.person, request.state.session, intake.passphrase)
    return _("过一会儿这一页就看不到了。再要看，到“更多设置”里说出口令。")


async def confirm(request: Request) -> Response:
    """Everything once more, and what is still missing."""
    return await confirm_page(request, await told(request), None)


async def confirm_page(request: Request, intake: Intake, form: Form | None, code: int = 200) -> Response:
    """The last page. A time that is no longer held may still be free: it is shown, and tried when the person says yes."""
    person, typed = request.state.person, await drafts.read(browser(request))
    hold = await booking.hold_of(browser(request))
    starts_at = hold["starts_at"] if hold else read_time(str(typed.get("slot", "")))
    if starts_at is None or starts_at <= clock.now():
        booked = None if intake.topic else await queries.just_booked(person)
        return already(request, booked) if booked else again(request, intake, typed)
    chosen = known_topic(intake.topic) or known_topic(request.query_params.get("topic", "")) or Topic.OTHER
    # Who took a time before anybody knew them keeps it, though they live elsewhere: it is there that they are expected.
    where = hold["community_id"] if hold else None
    if form is None:
        whose = {proxy_forms.FIELD: str(typed.get(proxy_forms.FIELD) or "")}
        form = forms.filled(intake, deliver_by=delivery.preset(person, intake), **whose)
    return page(
        request,
        "consultations/confirm.html",
        code,
        form=form,
        intake=intake,
        counted=await deadlines.counted(intake.deadlines),
        papers=await attachments.in_form(browser(request), person),
        home=await home_of(person, where),
        topic=chosen,
        starts_at=starts_at,
        held=hold,
        is_long=hold["is_long"] if hold else bool(typed.get("is_long")),
        place=await community(where),
        for_whom=proxy_forms.choices(person),
        asks_name=needs_name(person),
        beyond=None if proxy_forms.choices(person) else await refusal(person, starts_at, clock.now()),
        modes=list(MODE_NAMES.items()),
        deliveries=delivery.offered(person, intake),
        contact=CONTACT_NAMES[ContactBy(intake.protect_by or intake.contact_by or person.contact_by)],
        has_passphrase=bool(intake.passphrase),
        asked=consents.asked(await consents.lacking(person, consents.BOOKING)),
        child=WORDINGS[Purpose.CHILD],
        dangers=[DANGER_NAMES[Danger(danger)] for danger in intake.dangers],
    )


def already(request: Request, appointment: Appointment) -> Response:
    """The form was sent twice, or from two windows: what there is."""
    return see(request, "appointments:show", flash=_("您已经约好了这个时间。"), number=appointment.number)


def again(request: Request, intake: Intake, typed: Mapping[str, Any]) -> Response:
    """Back to the times, with everything that was typed still there."""
    if not intake.topic and drafts.MOVED in typed:
        return see(request, "book:topic", flash=_("您写的已经挪到另一个手机上去了。在这里也可以重新写一份。"))
    if not intake.topic:
        return see(request, "book:topic", flash=_("请先选一件事，再选时间。"))
    text = _("给您留的时间已经过了，或者刚被别人约走。您写的内容都还在，请另选一个时间。")
    long = "&long=1" if typed.get("is_long") else ""
    return see(request, "book:times", flash=text, query=f"topic={intake.topic}{long}")


async def ask(request: Request) -> Response:
    """Book it."""
    person, here, before = request.state.person, browser(request), await told(request)
    form = await Form.read(request)
    typed = forms.rest(form, before, needs_name(person))
    if then := form.values.get("then"):
        await keep(request, **proxy_forms.whose(form), **right(form, typed))
        if then == PAPERS:
            return papers_first(request, url("book:confirm"))
        if then == ELSEWHERE:
            return see(request, "book:elsewhere")
        return see(request, "book:times", query=f"topic={before.topic or Topic.OTHER.value}")
    resident = await proxy_forms.chosen(form, person, before)
    agreed = []
    if resident is person:
        agreed = consents.read(form, await consents.lacking(person, consents.BOOKING))
    if not form.ok:
        if (
            not before.topic
        ):  # gone on with elsewhere meanwhile: what was typed here just now is not lost either
            await drafts.keep(here, **right(form, typed))
        return await confirm_page(request, before, form, 422)
    intake = Intake.read(await drafts.keep(here, topic=before.topic or Topic.OTHER.value, **typed))
    try:
        with await _there(request):
            if resident is person:
                appointment = await actions.ask(person, here, intake, agreed=agreed)
            else:
                appointment = await proxies.ask_for(person, resident, here, intake)
    except TimeTaken:
        return again(request, intake, await drafts.read(here))
    except AlreadyBooked as booked:
        return already(request, booked.appointment)
    text = _("约好了。") + await unlock(request, intake)
    return see(request, "appointments:show", flash=text, number=appointment.number)


async def _there(request: Request) -> AbstractContextManager[None]:
    """Inside, the community of the time that was taken before anybody knew whose it is: neighbours from elsewhere are booked
    where they chose, not at the same hour at home."""
    chosen = gate.kept(request, CHOSEN) or ""
    before, _choices = await standing(None, chosen, request.state.editions)
    if before is None or before.id == locality.current():
        return nullcontext()
    held = await booking.hold_of(browser(request))
    is_there = held is not None and held["community_id"] == before.id
    return locality.standing(Known(before.id, before.name)) if is_there else nullcontext()


async def triage(request: Request) -> Response:
    """No time suits, or it is hard to say: staff will call back."""
    intake = await told(request)
    return await triage_page(request, intake, forms.filled(intake, contact_by=contact_of(request, intake)))


def contact_of(request: Request, intake: Intake) -> str:
    """How to reach this person: as they said just now, or as they said before."""
    return intake.contact_by or str(request.state.person.contact_by)


async def triage_page(request: Request, intake: Intake, form: Form, code: int = 200) -> Response:
    return page(
        request,
        "consultations/triage.html",
        code,
        home=await home_of(request.state.person),
        form=form,
        intake=intake,
        counted=await deadlines.counted(intake.deadlines),
        papers=await attachments.in_form(browser(request), request.state.person),
        asks_name=needs_name(request.state.person),
        contacts=list(CONTACT_NAMES.items()),
        dangers=list(DANGER_NAMES.items()),
        asked=consents.asked(await consents.lacking(request.state.person, consents.BOOKING)),
        child=WORDINGS[Purpose.CHILD],
    )


async def leave(request: Request) -> Response:
    """Leave the question with staff, without a time."""
    person, here, intake = request.state.person, browser(request), await told(request)
    form = await Form.read(request)
    typed = forms.call_back(form, needs_name(person))
    if form.values.get("then") == PAPERS:
        await keep(request, **right(form, typed))
        return papers_first(request, url("book:triage"))
    agreed = consents.read(form, await consents.lacking(person, consents.BOOKING))
    if not form.ok:
        return await triage_page(request, intake, form, 422)
    kept = await drafts.keep(here, topic=intake.topic or Topic.OTHER.value, **typed)
    asked = Intake.read(kept)
    consultation = await actions.leave(person, here, asked, agreed)
    text = _("交给工作人员了。请记下编号，我们会按您选的方式联系您。") + await unlock(request, asked)
    return see(request, "consultations:show", flash=text, number=consultation.number)


async def forget(request: Request) -> Response:
    """Leave nothing behind on a telephone that others use."""
    here = browser(request)
    await drafts.drop(here)
    await drafts.drop(drafts.aside(here))
    return see(request, "home", flash=_("您填的内容已经清除。"))


routes: list[BaseRoute] = [
    *story_pages.routes,
    *safety_pages.routes,
    *elsewhere_pages.routes,
    get("/book/confirm", confirm, who=SIGNED_IN, name="book:confirm"),
    post("/book/confirm", ask, who=SIGNED_IN, name="book:ask"),
    get("/book/triage", triage, who=SIGNED_IN, name="book:triage"),
    post("/book/triage", leave, who=SIGNED_IN, name="book:leave"),
    post("/book/clearance", forget, who=PUBLIC, name="book:forget"),
]
