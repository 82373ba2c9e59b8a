"""The poster of a lecture, for the notice board of a staircase."""

from portal import clock
from portal.languages import _
from portal.lectures import themes
from portal.lectures.models import Lecture
from portal.web.papers import Articles, Block, Code, Facts, Format, Headline, Paper, Words
from portal.web.templating import url
from portal.web.wording import clock_time, day


def poster(lecture: Lecture, held_by: str) -> Paper:
    """When, where, what about, and the way to a seat; `held_by` is the community. `speaker` is to be loaded."""
    facts = [(_("地点"), lecture.venue)]
    if lecture.speaker:
        said = {"name": lecture.speaker.person.name, "firm": lecture.speaker.firm.name}
        facts.append((_("主讲"), _("%(name)s律师（%(firm)s）") % said))
    if lecture.audience:
        facts.append((_("适合"), lecture.audience))
    facts.append((_("座位"), _("%(n)s 个，报满为止") % {"n": lecture.capacity}))
    hours = f"{clock_time(lecture.starts_at)}–{clock_time(lecture.ends_at)}"
    blocks: list[Block] = [
        Headline([day(clock.day_of(lecture.starts_at), year=True), hours]),
        Facts(facts),
    ]
    blocks.append(Code(url("lectures:show", number=lecture.number), _("扫码报名"), spelt=True))
    if lecture.summary:
        blocks.append(Words("", lecture.summary))
    if lecture.articles:
        cited = [
            (_("民法典%(articles)s") % {"articles": articles}, path)
            for path, articles in themes.citations(lecture.articles)
        ]
        blocks.append(Articles("", cited))
    return Paper(
        lecture.title,
        blocks,
        subtitle=themes.question(lecture.theme),
        issuer=held_by,
        foot=_("讲座免费，人人可听。扫码报名，也可以打电话或到服务中心请工作人员代报。"),
        format=Format.POSTER,
        file=lecture.number,
    )
