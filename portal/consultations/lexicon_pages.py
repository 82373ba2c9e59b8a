"""The word list by which a question is sorted: read, tried out, and changed by the lead."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import paging
from portal.consultations import lexicon
from portal.consultations.actions import lexicon as lexicon_actions
from portal.consultations.intake import MOST_WORDS
from portal.consultations.rules import lexicon as lexicon_rules
from portal.errors import Forbidden
from portal.languages import _
from portal.law import triage
from portal.law.topics import Topic
from portal.law.triage import Sign, Suggestion
from portal.people.models import Role
from portal.web.finder import Filter, Finder
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import get, post

OFF, OURS = "off", "ours"


async def index(request: Request) -> Response:
    """Every word with its weight, and a box to try them."""
    return await _page(request)


async def _page(
    request: Request, form: Form | None = None, tried: Suggestion | None = None, code: int = 200
) -> Response:
    names = {one.value: str(one.label) for one in (*Sign, *Topic)}
    find = Finder(
        request,
        [
            Filter("of", _("说的是什么"), list(names.items())),
            Filter("set", _("改动"), [(OURS, _("本站改过的")), (OFF, _("停用的"))]),
        ],
    )
    wanted = triage.normal(find.text)
    found = [
        one
        for one in await lexicon.entries()
        if wanted in one.word
        and find["of"] in ("", one.about)
        and (not find["set"] or (one.clue is not None if find["set"] == OURS else one.is_off))
    ]
    chosen = [one for one in found if (one.word, one.about) == (wanted, find["of"])]
    if form is None and chosen:
        form = Form({"word": chosen[0].word, "about": chosen[0].about, "weight": f"{chosen[0].weight:.0f}"})
    rows = [one._asdict() for one in found]
    return page(
        request,
        "consultations/lexicon.html",
        code if find.ok else find.code,
        find=find,
        leaf=paging.cut(rows, find.page) if find.ok else paging.NOTHING,
        form=form,
        tried=tried,
        may_change=lexicon_rules.may_change(request.state.person),
        names=names,
        abouts=list(names.items()),
    )


async def weigh(request: Request) -> Response:
    """Add a word, let it weigh otherwise, or take it out."""
    person, form = request.state.person, await Form.read(request)
    if not lexicon_rules.may_change(person):
        raise Forbidden
    about = form.choice("about", [one.value for one in (*Sign, *Topic)], missing=_("请选说的是什么。"))
    weight = form.number("weight", lexicon_rules.WEIGHTS[0], lexicon_rules.WEIGHTS[-1])
    word = form.text("word", most=lexicon_rules.MOST_LETTERS)
    if word and about:
        try:
            word = lexicon_rules.read(word, about)
        except ValueError as error:
            form.refuse("word", str(error))
    shipped = {(one.about, one.word): one.shipped for one in await lexicon.entries()}.get((about or "", word))
    reason = form.text(
        "reason",
        least=lexicon_rules.LEAST_REASON,
        most=lexicon_rules.MOST_REASON,
        required=weight is not None and lexicon_rules.needs_reason(about or "", shipped, weight),
        missing=_("停用自带的危险词要写明原因。"),
    )
    if not form.ok or weight is None or about is None:
        return await _page(request, form, code=422)
    await lexicon_actions.weigh(person, word, about, weight, reason)
    text = _("已经停用，马上生效。") if weight == 0 else _("已经保存，马上生效。")
    return see(request, "consultations:lexicon", flash=text, query="set=ours")


async def try_out(request: Request) -> Response:
    """What the list makes of a question. Nothing of it is kept."""
    form = await Form.read(request)
    words = form.text("question", most=MOST_WORDS, missing=_("请写一个问题试试。"))
    if not form.ok:
        return await _page(request, form, code=422)
    return await _page(request, form, triage.suggest(words, await lexicon.current()))


LEAD = frozenset({Role.LEAD.value})
READERS = LEAD | {Role.DISPATCHER.value}

routes: list[BaseRoute] = [
    get("/lexicon", index, who=READERS, name="consultations:lexicon"),
    post("/lexicon", weigh, who=LEAD, name="consultations:weigh"),
    post("/lexicon/trial", try_out, who=READERS, name="consultations:try_out"),
]
