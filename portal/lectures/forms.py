"""A lecture as staff type it in, and what they see typed when they come back to change it."""

from collections.abc import Iterable
from datetime import date, timedelta

from portal import clock
from portal.languages import _
from portal.law import code
from portal.law.days import Calendar
from portal.lectures import rules, themes
from portal.lectures.models import Lecture
from portal.web.forms import Form, read_key

SHORTEST, LONGEST = 20, 240  # minutes
FARTHEST = timedelta(days=366)

FRESH = {"starts": "14:00", "minutes": "90", "capacity": "40", "sessions": "1", "announce": "1"}


def read_plan(form: Form, speakers: Iterable[tuple[str, str]], today: date) -> rules.Plan | None:
    """One lecture, or None with what is wrong noted in the form."""
    title = form.text("title", most=60)
    theme = form.choice("theme", themes.THEMES)
    summary = form.text("summary", most=2000, required=False)
    typed = form.text("articles", most=code.LONGEST_TEXT, required=False)
    speaker = form.choice("speaker", [key for key, _name in speakers], required=False)
    day = form.day("first_on", least=today, most=today + FARTHEST)
    starts = form.minute("starts")
    minutes = form.number("minutes", SHORTEST, LONGEST)
    venue = form.text("venue", most=80)
    audience = form.text("audience", most=80, required=False)
    capacity = form.number("capacity", 1, rules.MOST_CAPACITY)
    articles: list[int] = []
    try:
        articles = code.parse(typed)
    except ValueError as error:
        form.refuse("articles", str(error))
    if day is not None and starts is not None and clock.at(day, starts) <= clock.now():
        form.refuse("starts", _("这个时间已经过去了。"))
    if not form.ok:
        return None
    assert day is not None and starts is not None and minutes is not None and capacity is not None
    return rules.Plan(
        title=title,
        theme=str(theme),
        starts_at=clock.at(day, starts),
        ends_at=clock.at(day, starts + minutes),
        venue=venue,
        capacity=capacity,
        summary=summary,
        audience=audience,
        articles=articles,
        speaker_id=read_key(str(speaker or "")),
    )


def read_series(
    form: Form, speakers: Iterable[tuple[str, str]], today: date, calendar: Calendar
) -> list[rules.Plan]:
    """A lecture a week as often as asked, each under its own line of `titles`; empty with the complaints noted."""
    sessions = form.number("sessions", 1, rules.MOST_SESSIONS) or 0
    titles = form.text("titles", most=1200, required=False).splitlines()
    first = read_plan(form, speakers, today)
    if len(titles) > sessions > 0:
        form.refuse("titles", _("题目有 %(lines)s 行，比场次多。") % {"lines": len(titles)})
    if any(len(title.strip()) > 80 for title in titles):
        form.refuse("titles", _("每行最多 80 个字。"))
    if first is None or not form.ok:
        return []
    try:
        days = rules.session_days(clock.day_of(first.starts_at), sessions, calendar)
    except ValueError as error:
        form.refuse("first_on", str(error))
        return []
    plans = []
    for place, day in enumerate(days):
        own = titles[place].strip() if place < len(titles) else ""
        shift = day - days[0]
        plans.append(
            rules.Plan(
                **{
                    **vars(first),
                    "title": own or first.title,
                    "starts_at": first.starts_at + shift,
                    "ends_at": first.ends_at + shift,
                }
            )
        )
    return plans


def filled(lecture: Lecture) -> Form:
    """The form of a lecture as it is planned now."""
    return Form(
        {
            "title": lecture.title,
            "theme": lecture.theme,
            "summary": lecture.summary,
            "articles": themes.written(lecture.articles),
            "speaker": str(lecture.speaker_id or ""),
            "first_on": clock.day_of(lecture.starts_at).isoformat(),
            "starts": "{:02}:{:02}".format(*divmod(clock.minute_of(lecture.starts_at), 60)),
            "minutes": str((lecture.ends_at - lecture.starts_at) // timedelta(minutes=1)),
            "venue": lecture.venue,
            "audience": lecture.audience,
            "capacity": str(lecture.capacity),
        }
    )
