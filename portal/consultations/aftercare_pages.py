"""After a 处方: one more question, its answer, and whether it helped."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.consultations import case_pages, prescription_pages
from portal.consultations.actions import aftercare as aftercare_actions
from portal.consultations.models import HELPED_NAMES, Consultation, Helped
from portal.consultations.rules import aftercare as aftercare_rules
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, SIGNED_IN, STAFF_ONLY, get, post


async def ask(request: Request) -> Response:
    """The one further question."""
    prescription = await prescription_pages.opened(request)
    form = await Form.read(request)
    question = form.text("question", most=500, missing=_("请写想问什么。"))
    if not form.ok:
        return await prescription_pages.sheet(request, prescription, status=422, asking=form)
    await aftercare_actions.ask(request.state.person, prescription, question)
    text = _("问题交给律师了，答复了会通知您。")
    return see(request, "prescriptions:show", flash=text, number=prescription.number)


async def answer(request: Request) -> Response:
    """Its answer."""
    prescription = await prescription_pages.opened(request)
    form = await Form.read(request)
    words = form.text("answer", most=1000, missing=_("请写答复。"))
    if not form.ok:
        return await prescription_pages.sheet(request, prescription, status=422, asking=form)
    await aftercare_actions.answer(request.state.person, prescription, words)
    return see(request, "desk", flash=_("答复已经交给居民。"))


async def helped(request: Request) -> Response:
    """Three large answers."""
    return _asking(request, await case_pages.opened(request), None)


async def tell(request: Request) -> Response:
    """One of them was chosen."""
    consultation, form = await case_pages.opened(request), await Form.read(request)
    said = form.choice("helped", Helped, missing=_("请选一个。"))
    words = form.text("words", most=200, required=False)
    if not form.ok:
        return _asking(request, consultation, form, 422)
    await aftercare_actions.tell(request.state.person, consultation, said, words)
    if said == Helped.NO:
        return page(request, "consultations/not_helped.html", consultation=consultation)
    return see(request, "desk", flash=_("记下了，谢谢您告诉我们。"))


def _asking(request: Request, consultation: Consultation, form: Form | None, code: int = 200) -> Response:
    if consultation.helped:
        raise Conflict(_("这件事已经回答过了，谢谢。"), [(_("回到我的事项"), "desk")])
    if not aftercare_rules.may_tell(request.state.person, consultation, clock.now()):
        raise Forbidden(
            _("处方开出三十天以后，我们请居民自己来说有没有帮助。现在还不用填。"),
            [(_("回到我的事项"), "desk")],
        )
    return page(
        request,
        "consultations/helped.html",
        code,
        consultation=consultation,
        form=form,
        answers=list(HELPED_NAMES.items()),
    )


async def recall(request: Request) -> Response:
    """Somebody rang them, since it had not helped."""
    consultation = await case_pages.found(request)
    await aftercare_actions.recall(request.state.person, consultation)
    return see(request, "consultations:show", flash=_("记下了：联系过本人。"), number=consultation.number)


routes: list[BaseRoute] = [
    post("/prescriptions/{number}/question", ask, who=SIGNED_IN, name="prescriptions:ask", of="prescription"),
    post(
        "/prescriptions/{number}/answer", answer, who=LAWYERS, name="prescriptions:answer", of="prescription"
    ),
    get(
        "/consultations/{number}/helped",
        helped,
        who=SIGNED_IN,
        name="consultations:helped",
        of="consultation",
    ),
    post("/consultations/{number}/helped", tell, who=SIGNED_IN, name="consultations:tell", of="consultation"),
    post(
        "/consultations/{number}/recall",
        recall,
        who=LAWYERS | STAFF_ONLY,
        name="consultations:recall",
        of="consultation",
    ),
]
