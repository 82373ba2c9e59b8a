"""The 处方: written, looked over, issued, corrected, and read by the resident it is for."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, journal, states
from portal.consultations import forms, prescription_actions, queries, rules
from portal.consultations.models import Consultation, Prescription, PrescriptionState
from portal.languages import _
from portal.law import code, numbers
from portal.law.periods import period
from portal.law.topics import Topic
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, SIGNED_IN, get, post

LOADED = (
    "consultation__person",
    "consultation__appointment__lawyer",
    "lawyer__person",
    "lawyer__firm",
)


async def _consultation_of(request: Request) -> Consultation:
    """The lawyer's consultation of this address; Missing for anybody whose appointment it is not, or no longer."""
    person = request.state.person
    mine = Consultation.visible_to(person).filter(appointment__lawyer__person_id=person.id)
    loaded = mine.select_related(*queries.LOADED)
    return await one(loaded, number=numbers.read(request.path_params["number"]))


async def _found(request: Request) -> Prescription:
    """The 处方 of this address; Missing for strangers, and drafts for everybody but their lawyer."""
    mine = Prescription.visible_to(request.state.person).select_related(*LOADED)
    return await one(mine, number=numbers.read(request.path_params["number"]))


async def edit(request: Request) -> Response:
    """Write it: what the resident told stands beside."""
    consultation = await _consultation_of(request)
    draft = await queries.draft(consultation)
    if draft is None and not rules.may_write(request.state.person, consultation, clock.now()):
        raise prescription_actions.over(consultation)
    await journal.opened(request.state.person, consultation)
    form = forms.written(draft) if draft else Form({"facts": consultation.words})
    return editor(request, consultation, draft, form)


def editor(
    request: Request, consultation: Consultation, draft: Prescription | None, form: Form, status: int = 200
) -> Response:
    topic = Topic(consultation.topic)
    return page(
        request,
        "consultations/editor.html",
        status,
        consultation=consultation,
        draft=draft,
        form=form,
        topic=topic,
        longest=rules.LONGEST,
        longest_articles=code.LONGEST_TEXT,
        periods=[period(key) for key in rules.periods_of(topic)],
    )


async def save(request: Request) -> Response:
    """Keep the draft; go on writing or look it over."""
    consultation = await _consultation_of(request)
    form = await Form.read(request)
    advice = forms.advice(form)
    if not form.ok:
        return editor(request, consultation, await queries.draft(consultation), form, 422)
    draft = await prescription_actions.save(request.state.person, consultation, advice)
    if form.values.get("then") == "stay":
        return see(request, "prescriptions:edit", flash=_("草稿已保存。"), number=consultation.number)
    return see(request, "prescriptions:show", number=draft.number)


async def show(request: Request) -> Response:
    """The sheet itself, with the steps of its lawyer above."""
    prescription, person = await _found(request), request.state.person
    consultation = prescription.consultation
    if consultation.person_id != person.id:
        await journal.opened(person, prescription)
    return await sheet(request, prescription)


async def sheet(
    request: Request, prescription: Prescription, form: Form | None = None, status: int = 200
) -> Response:
    person, now, consultation = request.state.person, clock.now(), prescription.consultation
    return page(
        request,
        "consultations/prescription.html",
        status,
        prescription=prescription,
        consultation=consultation,
        articles=[code.article(number) for number in prescription.articles],
        is_draft=prescription.state == PrescriptionState.DRAFT,
        is_over=prescription.state == PrescriptionState.SUPERSEDED,
        in_force=await queries.in_force(consultation),
        missing=rules.missing(prescription),
        offers=states.offers(person, prescription, rules.MAY_PRESCRIPTION, now),
        may_revise=rules.may_revise(person, prescription, now),
        may_correct=rules.may_correct(person, prescription, now),
        form=form,
    )


async def issue(request: Request) -> Response:
    """Put it into force."""
    prescription = await _found(request)
    await prescription_actions.issue(request.state.person, prescription)
    text = _("处方已经签发，居民会收到通知。")
    return see(request, "prescriptions:show", flash=text, number=prescription.number)


async def correct(request: Request) -> Response:
    """Open the next version."""
    prescription = await _found(request)
    form = await Form.read(request)
    reason = form.text("reason", most=400)
    if not form.ok:
        return await sheet(request, prescription, form, 422)
    await prescription_actions.correct(request.state.person, prescription, reason)
    return see(request, "prescriptions:edit", number=prescription.consultation.number)


routes: list[BaseRoute] = [
    get(
        "/consultations/{number}/prescription",
        edit,
        who=LAWYERS,
        name="prescriptions:edit",
        of="consultation",
    ),
    post(
        "/consultations/{number}/prescription",
        save,
        who=LAWYERS,
        name="prescriptions:save",
        of="consultation",
    ),
    get("/prescriptions/{number}", show, who=SIGNED_IN, name="prescriptions:show", of="prescription"),
    post(
        "/prescriptions/{number}/issuance", issue, who=LAWYERS, name="prescriptions:issue", of="prescription"
    ),
    post(
        "/prescriptions/{number}/correction",
        correct,
        who=LAWYERS,
        name="prescriptions:correct",
        of="prescription",
    ),
]
