"""常用段落: what lawyers and the lead keep for the next 处方."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.consultations.actions import snippets as snippet_actions
from portal.consultations.models import Snippet
from portal.consultations.queries import snippets as snippet_queries
from portal.consultations.rules import snippets as snippet_rules
from portal.languages import _
from portal.law.topics import Topic
from portal.people.models import Role
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, get, post

KEEPERS = LAWYERS | {Role.LEAD.value}


async def index(request: Request) -> Response:
    """Those of one topic, part by part, with a form for one more."""
    return await _listed(request, Form.asked(request))


async def write(request: Request) -> Response:
    """One more."""
    form = await Form.read(request)
    topic, part = form.choice("topic", Topic), form.choice("part", snippet_rules.PARTS)
    words = form.text("words", most=snippet_rules.MOST, missing=_("请写这一段。"))
    if not form.ok:
        return await _listed(request, form, 422)
    await snippet_actions.write(request.state.person, topic.value, part, words)
    return see(request, "snippets:index", flash=_("段落存好了。"), query=f"topic={topic.value}")


async def change(request: Request) -> Response:
    """It is said otherwise."""
    snippet, form = await _own(request), await Form.read(request)
    words = form.text("words", most=snippet_rules.MOST, missing=_("请写这一段。"))
    if not form.ok:
        return await _listed(request, Form({"topic": snippet.topic}), 422, snippet, form)
    await snippet_actions.change(request.state.person, snippet, words)
    return see(request, "snippets:index", flash=_("段落存好了。"), query=f"topic={snippet.topic}")


async def withdraw(request: Request) -> Response:
    """It is offered no more."""
    snippet = await _own(request)
    await snippet_actions.withdraw(request.state.person, snippet)
    return see(request, "snippets:index", flash=_("段落删掉了。"), query=f"topic={snippet.topic}")


async def _own(request: Request) -> Snippet:
    mine = Snippet.filter(author_id=request.state.person.id, retired_at=None)
    found: Snippet = await one(mine, id=request.path_params["snippet"])
    return found


async def _listed(
    request: Request,
    form: Form,
    code: int = 200,
    changed: Snippet | None = None,
    change_form: Form | None = None,
) -> Response:
    """The page; `changed` is the paragraph whose new words were refused."""
    chosen = form.choice("topic", Topic, required=False) or Topic.DEBT
    form.values["topic"] = chosen.value
    return page(
        request,
        "consultations/snippets.html",
        code,
        form=form,
        changed=changed.id if changed else None,
        change_form=change_form,
        typed=lambda offer: Form({"words": offer.words}),
        topic=chosen,
        topics=[(one.value, one.term) for one in Topic],
        parts=snippet_rules.PARTS,
        offers=await snippet_queries.offers(request.state.person, chosen.value),
        is_for_all=snippet_rules.is_for_all(request.state.person),
        most=snippet_rules.MOST,
    )


routes: list[BaseRoute] = [
    get("/snippets", index, who=KEEPERS, name="snippets:index"),
    post("/snippets", write, who=KEEPERS, name="snippets:write"),
    # a paragraph is nobody's record: each is found by its author alone
    post("/snippets/{snippet:uuid}", change, who=KEEPERS, name="snippets:change", of=None),
    post("/snippets/{snippet:uuid}/withdrawal", withdraw, who=KEEPERS, name="snippets:withdraw", of=None),
]
