"""Which problem of life it is, told in own words, and what it seems to be about."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking import drafts
from portal.consultations import forms, lexicon
from portal.consultations.attachment_pages import PAPERS, papers_first
from portal.consultations.elsewhere_pages import ELSEWHERE
from portal.consultations.models import DANGER_NAMES
from portal.consultations.queries import elsewhere
from portal.consultations.safety_pages import keep, onward, right, told
from portal.law.topics import Topic
from portal.people.models import CONTACT_NAMES, ContactBy
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post


def known_topic(text: str) -> Topic | None:
    """The topic of this key."""
    return next((topic for topic in Topic if topic.value == text), None)


async def topic(request: Request) -> Response:
    """The problems of life; nobody has to know the branch of law."""
    return page(request, "consultations/topic.html", topics=list(Topic), unknown=False)


async def story(request: Request) -> Response:
    """Tell it in own words."""
    typed = await drafts.read(browser(request))
    intake = await lexicon.told(typed)
    wanted = request.query_params.get("topic", intake.topic)
    chosen = known_topic(wanted)
    if chosen is None:
        code = 422 if wanted else 200
        return page(request, "consultations/topic.html", code, topics=list(Topic), unknown=bool(wanted))
    person = request.state.person
    form = forms.filled(
        intake,
        topic=chosen.value,
        contact_by=intake.contact_by or (person.contact_by if person else ContactBy.SMS.value),
    )
    has_moved = drafts.MOVED in typed
    return await story_page(request, chosen, form, has_draft=bool(intake.words), has_moved=has_moved)


async def story_page(
    request: Request,
    chosen: Topic | None,
    form: Form,
    code: int = 200,
    *,
    has_draft: bool,
    has_moved: bool = False,
) -> Response:
    return page(
        request,
        "consultations/story.html",
        code,
        topic=chosen,
        form=form,
        has_draft=has_draft,
        has_moved=has_moved,
        unfinished=await elsewhere.offered(request.state.person, browser(request)),
        aside=await elsewhere.set_aside(browser(request)),
        dangers=list(DANGER_NAMES.items()),
        contacts=list(CONTACT_NAMES.items()),
    )


async def tell(request: Request) -> Response:
    """Keep the story; whoever is in danger sees first who comes at once."""
    form = await Form.read(request)
    typed = forms.story(form)
    is_for_elsewhere = form.values.get("then") == ELSEWHERE
    if not form.ok and not is_for_elsewhere:
        chosen = known_topic(form.values.get("topic", ""))
        return await story_page(request, chosen, form, 422, has_draft=False)
    intake = await keep(request, **right(form, typed))
    if intake.is_urgent:
        return see(request, "book:safety")
    if is_for_elsewhere:
        return see(request, "book:elsewhere")
    on = onward(request, intake)
    return papers_first(request, on.headers["location"]) if form.values.get("then") == PAPERS else on


async def suggestion(request: Request) -> Response:
    """What the story seems to be about, with the words that say so."""
    intake = await told(request)
    guesses = intake.seems.topics
    named = [guess for guess in guesses if guess.words]
    return page(
        request, "consultations/suggestion.html", guesses=named or guesses, has_words=bool(intake.words)
    )


async def name_it(request: Request) -> Response:
    """The resident says what it is; what they do not say stays for the lawyer."""
    form = await Form.read(request)
    chosen = form.choice("topic", Topic) or Topic.OTHER
    await drafts.keep(browser(request), topic=chosen.value)
    return see(request, "book:times", query=f"topic={chosen.value}")


routes: list[BaseRoute] = [
    get("/book", topic, who=PUBLIC, name="book:topic"),
    get("/book/story", story, who=PUBLIC, name="book:story"),
    post("/book/story", tell, who=PUBLIC, name="book:tell"),
    get("/book/suggestion", suggestion, who=PUBLIC, name="book:suggestion"),
    post("/book/suggestion", name_it, who=PUBLIC, name="book:name_it"),
]
