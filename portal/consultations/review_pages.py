"""同行评议: what a lawyer is asked to look at without names, what they said, what was said of theirs; the lead's months."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import locality
from portal.consultations import papers
from portal.consultations.actions import reviews as review_actions
from portal.consultations.models import Review
from portal.consultations.queries import reviews as review_queries
from portal.consultations.rules import reviews as review_rules
from portal.errors import Missing
from portal.languages import _
from portal.law.topics import Topic
from portal.people.models import Role
from portal.web import door
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, get, post

READERS = LAWYERS | {Role.LEAD.value}


async def index(request: Request) -> Response:
    """What is to be looked at, what was, what others said of one's own; for the lead the months as sums."""
    person = request.state.person
    is_lawyer, is_lead = Role.LAWYER in person.roles, Role.LEAD in person.roles
    return page(
        request,
        "consultations/reviews.html",
        is_lawyer=is_lawyer,
        to_do=await review_queries.to_do(person) if is_lawyer else [],
        done=await review_queries.done(person) if is_lawyer else [],
        about=await review_queries.about(person) if is_lawyer else [],
        months=await review_queries.months(locality.current()) if is_lead else None,
        topics={topic.value: topic.term for topic in Topic},
        answering=review_rules.ANSWERING,
        given=given,
        told_from=review_rules.TOLD_FROM,
    )


def given(review: Review) -> list[tuple[str, str]]:
    """Each question with the answer that was given to it."""
    answers = [_("%(n)s 分") % {"n": answer} for answer in review.answers]
    return list(zip(map(str, review_rules.QUESTIONS.values()), answers, strict=False))


async def show(request: Request) -> Response:
    """One to be looked at, without names."""
    return await shown(request, await _opened(request), Form({}))


async def shown(request: Request, review: Review, form: Form, status: int = 200) -> Response:
    """The page with the three questions; once answered what was said, without the words that were looked at."""
    prescription = review.prescription
    is_open = review_rules.may_assess(request.state.person, review)
    return page(
        request,
        "consultations/review.html",
        status,
        review=review,
        topic=Topic(prescription.consultation.topic),
        sections=await review_queries.sections(review) if is_open else {},
        articles=papers.cited(prescription.articles) if is_open else [],
        given=given(review),
        is_open=is_open,
        until=review.offered_at and review.offered_at + review_rules.ANSWERING,
        form=form,
        questions=list(review_rules.QUESTIONS.items()),
        scores=list(review_rules.SCORE_NAMES.items()),
        most=review_rules.MOST_WORDS,
    )


async def assess(request: Request) -> Response:
    """The three answers."""
    review, form = await _opened(request), await Form.read(request)
    chosen = [
        form.choice(name, [str(score) for score in review_rules.SCORES], missing=_("请选一个分数。"))
        for name in review_rules.QUESTIONS
    ]
    words = form.text("words", most=review_rules.MOST_WORDS, required=False)
    answers = [int(score) for score in chosen if score]
    if answers and min(answers) < review_rules.FINE and not words:
        form.refuse("words", _("有不满意的地方，请写一句哪里不对、怎么改，写处方的律师才改得了。"))
    if not form.ok:
        return await shown(request, review, form, 422)
    await review_actions.assess(request.state.person, review, answers, words)
    return see(request, "reviews:index", flash=_("记下了，谢谢您。写处方的律师看得到意见，看不到是谁写的。"))


async def decline(request: Request) -> Response:
    """Somebody else shall."""
    await review_actions.decline(request.state.person, await _found(request))
    return see(request, "reviews:index", flash=_("好的，我们请别的律师看。"))


async def _found(request: Request) -> Review:
    """The review of this address, for whoever was asked and may still look: judged anew."""
    mine = Review.visible_to(request.state.person).select_related(*review_queries.LOADED)
    review: Review = await one(mine, id=request.path_params["id"])
    if review.reviewed_at is None and not await review_queries.is_clear(review):
        raise Missing
    return review


async def _opened(request: Request) -> Review:
    review = await _found(request)
    await door.show(request.state.person, review)
    return review


routes: list[BaseRoute] = [
    get("/reviews", index, who=READERS, name="reviews:index"),
    get("/reviews/{id:uuid}", show, who=LAWYERS, name="reviews:show", of="review"),
    post("/reviews/{id:uuid}/assessment", assess, who=LAWYERS, name="reviews:assess", of="review"),
    post("/reviews/{id:uuid}/refusal", decline, who=LAWYERS, name="reviews:decline", of="review"),
]
