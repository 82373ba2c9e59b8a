"""Papers: handed in with a form or with a consultation, opened one at a time, taken back by whoever brought them."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from portal import clock, secrecy
from portal.attachments import actions, queries
from portal.attachments.models import Attachment, Kind, Place
from portal.attachments.rules import MOST_FILES
from portal.booking import queries as booking
from portal.consultations import case_pages
from portal.consultations.models import Consultation
from portal.consultations.queries import attachments as attachment_queries
from portal.consultations.rules import attachments as attachment_rules
from portal.errors import Forbidden, Missing
from portal.languages import _
from portal.web import exports
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import PUBLIC, SIGNED_IN, get, post
from portal.web.templating import url

PAPERS = "papers"  # what a form says that wants to go on with them first
FIELDS = ("attachments", "camera")  # files that were chosen, a photograph that was just taken


async def _handed(request: Request, place: Place) -> tuple[Form, actions.Handed]:
    """What came with this form is kept; what was not taken is said beside the field."""
    form = await Form.read(request, takes_files=True)
    files = [file for name in FIELDS for file in form.files.get(name, [])]
    if not files:
        form.refuse("attachments", _("请先选照片或文件，再点“交上来”。"))
        return form, actions.Handed(0, [])
    address = secrecy.keyed("address", request.client.host if request.client else "")
    handed = await actions.hand_in(place, files, request.state.person, address)
    if handed.refused:
        form.refuse("attachments", " ".join(handed.refused))
    return form, handed


def _thanks(kept: int) -> str:
    return _("收下 %(n)s 份。") % {"n": kept}


# -- with a form that is being filled in ---------------------------------------------------------------------------------


def papers_first(request: Request, back: str) -> Response:
    """To the page where papers are handed in, and from there on to `back`."""
    return see(request, "book:attachments", query=f"back={quote(back, safe='')}")


async def with_form(request: Request) -> Response:
    """What was handed in so far, and more of it."""
    return await _form_page(request, Form.asked(request))


async def _form_page(request: Request, form: Form, code: int = 200) -> Response:
    back = safe_back(form.values.get("back", ""), url("book:times"))
    return page(
        request,
        "consultations/attachments_form.html",
        code,
        form=form,
        back=back,
        papers=await attachment_queries.in_form(browser(request), request.state.person),
        most=MOST_FILES,
        held=await booking.hold_of(browser(request)),
    )


async def hand_in_with_form(request: Request) -> Response:
    """Keep these with what this browser is filling in."""
    form, handed = await _handed(request, Place.at(browser(request)))
    if not form.ok:
        return await _form_page(request, form, 422)
    return _to_form(request, form, _thanks(handed.kept))


async def take_back_from_form(request: Request) -> Response:
    """Not this one after all."""
    place, form = Place.at(browser(request)), await Form.read(request)
    attachment = await _found(request, place)
    person = request.state.person
    if attachment.by_id not in (None, person.id if person else None):
        raise Missing
    await actions.take_back(person, place, attachment)
    return _to_form(request, form, _("这一份已经拿掉。"))


def _to_form(request: Request, form: Form, text: str) -> RedirectResponse:
    back = safe_back(form.values.get("back", ""), url("book:times"))
    return see(request, "book:attachments", flash=text, query=f"back={quote(back, safe='')}")


# -- with a consultation -------------------------------------------------------------------------------------------------


async def index(request: Request) -> Response:
    """Hand in more; what is there already."""
    consultation = await case_pages.opened(request)
    if not attachment_rules.may_hand_in(request.state.person, consultation, clock.now()):
        raise _over()
    return await _page(request, consultation, Form())


def _over() -> Forbidden:
    return Forbidden(
        _("这件事现在不能再交材料了。要补材料，请打电话给服务中心。"), [(_("回到我的事项"), "desk")]
    )


async def _page(request: Request, consultation: Consultation, form: Form, code: int = 200) -> Response:
    return page(
        request,
        "consultations/attachments.html",
        code,
        consultation=consultation,
        form=form,
        is_own=consultation.person_id == request.state.person.id,
        most=MOST_FILES,
        **await attachment_queries.shown(request.state.person, [consultation]),
    )


async def hand_in(request: Request) -> Response:
    """Keep these with the consultation."""
    consultation = await case_pages.opened(request)
    if not attachment_rules.may_hand_in(request.state.person, consultation, clock.now()):
        raise _over()
    form, handed = await _handed(request, Place.of(consultation))
    if not form.ok:
        return await _page(request, consultation, form, 422)
    return see(request, "consultations:show", flash=_thanks(handed.kept), number=consultation.number)


async def take_back(request: Request) -> Response:
    """Not this one after all."""
    consultation, person = await case_pages.opened(request), request.state.person
    attachment = await _found(request, Place.of(consultation))
    if not attachment_rules.may_take_back(person, attachment.by_id, consultation):
        raise Forbidden(_("只有交它的人能拿掉，而且要在事情办完以前。"), [(_("回到我的事项"), "desk")])
    await actions.take_back(person, Place.of(consultation), attachment)
    path = url("consultations:show", number=consultation.number)
    return go(path, _("这一份已经拿掉。"))


async def show(request: Request) -> Response:
    """One of them, for whoever may read what was confided; that they did is written down with the consultation."""
    consultation = await case_pages.opened(request)
    if not attachment_rules.reads(request.state.person, consultation):
        raise Missing
    attachment = await _found(request, Place.of(consultation))
    body, name = await queries.body(attachment), f"{consultation.number}-{attachment.id.hex[-6:]}"
    return exports.photograph(name, body) if attachment.kind == Kind.JPEG else exports.paper(name, body)


async def _found(request: Request, place: Place) -> Attachment:
    found: Any = await queries.found(place, request.path_params["attachment"])
    if found is None:
        raise Missing
    return found


routes: list[BaseRoute] = [
    get("/book/attachments", with_form, who=PUBLIC, name="book:attachments"),
    post("/book/attachments", hand_in_with_form, who=PUBLIC, name="book:hand_in", takes_files=True),
    post(
        "/book/attachments/{attachment:uuid}/removal",
        take_back_from_form,
        who=PUBLIC,
        name="book:take_back",
        of=None,
    ),
    get(
        "/consultations/{number}/attachments",
        index,
        who=SIGNED_IN,
        name="consultations:attachments",
        of="consultation",
    ),
    post(
        "/consultations/{number}/attachments",
        hand_in,
        who=SIGNED_IN,
        name="consultations:hand_in",
        of="consultation",
        takes_files=True,
    ),
    get(
        "/consultations/{number}/attachments/{attachment:uuid}",
        show,
        who=SIGNED_IN,
        name="consultations:attachment",
        of="consultation",
    ),
    post(
        "/consultations/{number}/attachments/{attachment:uuid}/removal",
        take_back,
        who=SIGNED_IN,
        name="consultations:take_back",
        of="consultation",
    ),
]
