"""The 处方: written, looked over, issued, corrected, and read by the resident it is for."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.queryset import QuerySet

from portal import clock, policy, states
from portal.consultations import checklist, forms, papers, queries, rules
from portal.consultations.actions import prescriptions
from portal.consultations.actions.conflicts import judged
from portal.consultations.models import (
    PRESCRIPTION_NAMES,
    Consultation,
    Prescription,
    PrescriptionState,
)
from portal.consultations.queries import aftercare as aftercare_queries
from portal.consultations.queries import deadlines
from portal.consultations.queries import snippets as snippet_queries
from portal.consultations.rules import aftercare as aftercare_rules
from portal.consultations.rules import conflicts, delivery
from portal.consultations.rules import snippets as snippet_rules
from portal.errors import Forbidden, Missing
from portal.languages import _
from portal.law import code, numbers
from portal.law.periods import period
from portal.law.topics import Topic
from portal.people import standing_queries
from portal.web import door, exports
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.papers import FILE, handed_over
from portal.web.routes import LAWYERS, SIGNED_IN, get, post
from portal.web.templating import url


def _mine(request: Request) -> QuerySet[Consultation]:
    """The lawyer's consultations: nobody's whose appointment it is not, or no longer."""
    person = request.state.person
    mine = Consultation.visible_to(person).filter(appointment__lawyer__person_id=person.id)
    return mine.select_related(*queries.LOADED)


def _seen(request: Request) -> QuerySet[Prescription]:
    """The 处方 this person may find: drafts only as their lawyer."""
    return Prescription.visible_to(request.state.person).select_related(*queries.SHEET)


def _number(request: Request) -> str | None:
    return numbers.read(request.path_params["number"])


async def edit(request: Request) -> Response:
    """Write it: what the resident told stands beside."""
    consultation = await door.opened(request, _mine(request), number=_number(request))
    if conflicts.sees_names_only(request.state.person, consultation):
        return see(request, "consultations:show", number=consultation.number)
    draft = await queries.draft(request.state.person, consultation)
    if draft is None and not rules.may_write(request.state.person, consultation, clock.now()):
        raise prescriptions.over(consultation)
    dues = await deadlines.of([consultation])
    fresh = Form({"facts": consultation.words, "deadlines": forms.with_deadlines("", dues)})
    return await editor(request, consultation, draft, forms.written(draft) if draft else fresh)


async def editor(
    request: Request,
    consultation: Consultation,
    draft: Prescription | None,
    form: Form,
    status: int = 200,
    newer: Prescription | None = None,
) -> Response:
    """The page on which it is written; `newer` is what another window kept meanwhile."""
    topic = Topic(consultation.topic)
    return page(
        request,
        "consultations/editor.html",
        status,
        consultation=consultation,
        draft=draft,
        form=form,
        topic=topic,
        seen=rules.text_hash(draft) if draft else "",
        apart=forms.apart(form, newer) if newer else [],
        offers=await snippet_queries.offers(request.state.person, topic.value),
        parts=snippet_rules.PARTS,
        longest=rules.LONGEST,
        longest_articles=code.LONGEST_TEXT,
        periods=[period(key) for key in rules.periods_of(topic)],
        dues=await deadlines.of([consultation]),
    )


async def save(request: Request) -> Response:
    """Keep the draft; go on writing or look it over."""
    consultation = await one(_mine(request), number=_number(request))
    await judged(consultation)
    form, person = await Form.read(request), request.state.person
    _put, _dash, part = form.values.get("then", "").partition("put-")
    if key := form.values.get(f"take-{part}", ""):
        words = await snippet_queries.words_of(person, consultation.topic, part, key)
        form.values[part] = snippet_rules.put(form.values.get(part, ""), words)
    advice = forms.advice(form)
    if not form.ok:
        await door.show(person, consultation)
        return await editor(request, consultation, await queries.draft(person, consultation), form, 422)
    if form.values.get("then") == "deadlines":
        whole = forms.with_deadlines(advice.deadlines, await deadlines.of([consultation]))
        advice = replace(advice, deadlines=whole[: rules.LONGEST["deadlines"]])
    try:
        draft = await prescriptions.save(person, consultation, advice, form.values.get("seen"))
    except prescriptions.Overtaken as overtaken:
        await door.show(person, consultation)
        return await editor(request, consultation, overtaken.draft, form, 409, overtaken.draft)
    if part or form.values.get("then") in ("stay", "deadlines"):
        return see(request, "prescriptions:edit", flash=_("草稿已保存。"), number=consultation.number)
    return see(request, "prescriptions:show", number=draft.number)


async def opened(request: Request) -> Prescription:
    """The 处方 of this address as this person may read it; Missing for strangers."""
    return await door.opened(request, _seen(request), number=_number(request))


async def show(request: Request) -> Response:
    """The sheet itself, with the steps of its lawyer above."""
    return await sheet(request, await opened(request))


async def sheet(
    request: Request,
    prescription: Prescription,
    form: Form | None = None,
    status: int = 200,
    *,
    asking: Form | None = None,
) -> Response:
    """The page of a 处方; `form` is a refused correction, `asking` a refused question or answer."""
    person, now, consultation = request.state.person, clock.now(), prescription.consultation
    if policy.ADVICE not in prescription.parts:
        return page(
            request,
            "consultations/prescription_closed.html",
            status,
            prescription=prescription,
            consultation=consultation,
            state=PRESCRIPTION_NAMES[PrescriptionState(prescription.state)],
        )
    in_force = await queries.in_force(consultation)
    asked = await aftercare_queries.follow_up(consultation)
    return page(
        request,
        "consultations/prescription.html",
        status,
        prescription=prescription,
        consultation=consultation,
        is_draft=prescription.state == PrescriptionState.DRAFT,
        is_over=prescription.state == PrescriptionState.SUPERSEDED,
        in_force=in_force,
        paper=papers.prescription(prescription, in_force),
        missing=rules.missing(prescription),
        dated=checklist.lines(prescription),
        delivery=delivery.shown(person, consultation),
        delivery_form=forms.delivery(consultation),
        offers=states.offers(person, prescription, rules.MAY_PRESCRIPTION, now),
        may_revise=rules.may_revise(person, prescription, now),
        may_correct=rules.may_correct(person, prescription, now),
        glass=await standing_queries.glass_over(person, prescription),
        form=form,
        asking=asking,
        asked=asked if aftercare_rules.reads(prescription) else None,
        may_ask=aftercare_rules.may_ask(person, prescription, asked, now),
        may_answer=aftercare_rules.may_answer(person, prescription, asked),
        is_own=policy.OWN in prescription.relations,
    )


async def file(request: Request) -> Response:
    """The sheet as PDF, for whoever may read what was advised."""
    prescription = await door.opened(request, _seen(request), number=_number(request))
    if policy.ADVICE not in prescription.parts:
        raise Forbidden(_("处方写了什么，只有居民和承办律师看得到。"))
    in_force = await queries.in_force(prescription.consultation)
    return await handed_over(papers.prescription(prescription, in_force))


async def ics(request: Request) -> Response:
    """Its last days for its resident's own calendar."""
    prescription = await opened(request)
    if policy.ADVICE not in prescription.parts or not prescription.issued_at:
        raise Missing
    path = url("prescriptions:show", number=prescription.number)
    versions = await queries.issued(prescription.consultation)
    return exports.calendar(prescription.number, checklist.calendar(prescription, versions, path))


async def issue(request: Request) -> Response:
    """Put it into force."""
    prescription = await one(_seen(request), number=_number(request))
    await prescriptions.issue(request.state.person, prescription)
    text = _("处方已经签发，居民会收到通知。")
    return see(request, "prescriptions:show", flash=text, number=prescription.number)


async def correct(request: Request) -> Response:
    """Open the next version."""
    prescription = await one(_seen(request), number=_number(request))
    form = await Form.read(request)
    reason = form.text("reason", most=400)
    if not form.ok:
        await door.show(request.state.person, prescription)
        return await sheet(request, prescription, form, 422)
    await prescriptions.correct(request.state.person, prescription, reason)
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
    get(
        "/prescriptions/{number}" + FILE,
        file,
        who=SIGNED_IN,
        name="prescriptions:show_pdf",
        of="prescription",
    ),
    get(
        "/prescriptions/{number}/calendar.ics",
        ics,
        who=SIGNED_IN,
        name="prescriptions:ics",
        of="prescription",
    ),
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
