"""What awaits whoever settles what lies in a place: heads, mediators, the street."""

from typing import Any

from tortoise.expressions import Subquery

from portal import clock, locality
from portal.desk.blocks import (
    FEW,
    Block,
    Item,
    Progress,
    dispute,
    feedback,
    few,
    placed,
)
from portal.disputes.models import LEVEL_OF, OPEN, Dispute, Level, Sitting, SittingState
from portal.disputes.models import State as DisputeState
from portal.disputes.rules import USUAL
from portal.feedback.models import Feedback
from portal.feedback.models import State as FeedbackState
from portal.languages import _, ngettext
from portal.people.models import Person
from portal.rounds import queries as rounds


async def of_head(person: Person) -> list[Block]:
    """The rounds still to walk and how far they are, disputes in one's place, what was raised there."""
    top = max(LEVEL_OF[role] for role in LEVEL_OF if role in person.roles)
    unsettled, first_disputes = await few(
        placed(Dispute.visible_to(person).filter(state__in=OPEN, level__lte=top)).order_by(
            "-is_dangerous", "created_at"
        )
    )
    running = await rounds.running(person, clock.today())
    raised, needs = await few(
        placed(
            Feedback.visible_to(person).filter(state__in=[FeedbackState.RECEIVED, FeedbackState.DISPATCHED])
        ).order_by("created_at")
    )
    return [
        Block(
            _("正在进行的走访"),
            len(running),
            _("现在没有要走访的任务。"),
            [_walk(one) for one in running[:FEW]],
            "rounds:index",
            action=_("全部走访"),
        ),
        Block(
            _("我这里没解决的纠纷"),
            unsettled,
            _("目前没有未解决的纠纷。听到什么，随手报一下。"),
            [dispute(one) for one in first_disputes],
            "disputes:index",
            action=_("全部纠纷"),
            is_urgent=any(one.is_dangerous for one in first_disputes),
        ),
        Block(
            _("我这里的诉求"),
            raised,
            _("目前没有办理中的诉求。"),
            [feedback(one) for one in needs],
            "feedback:index",
            action=_("全部诉求"),
        ),
    ]


def _walk(one: dict[str, Any]) -> Item:
    """A round: how far it is in what this person walks, and who has not answered."""
    doors = one["progress"]
    left = doors["total"] - doors["answered"]
    said = _("%(answered)s / %(total)s 户") % {"answered": doors["answered"], "total": doors["total"]}
    return Item(
        "rounds:show",
        {"number": one["number"]},
        one["title"],
        clock.at(one["until_on"], 17 * 60),
        _("截止"),
        "warn" if (one["until_on"] - clock.today()).days <= 1 and left else "info",
        ngettext("还有 %(num)s 户没有答复", "还有 %(num)s 户没有答复", left) % {"num": left}
        if left
        else _("都走到了。"),
        "countdown",
        progress=Progress(doors["answered"], doors["total"], said),
    )


async def of_mediator(person: Person) -> list[Block]:
    """The sittings ahead, what was accepted and has none yet, what takes longer than the law means it to."""
    seen = Dispute.visible_to(person)
    here = locality.narrow(seen, person)
    planned, sittings = await few(
        Sitting.filter(
            mediator_id=person.id,
            state=SittingState.PLANNED,
            dispute_id__in=Subquery(seen.values("id")),
        )
        .select_related("dispute")
        .order_by("starts_at")
    )
    set_up = Sitting.filter(state=SittingState.PLANNED).values("dispute_id")
    unplanned, first_unplanned = await few(
        placed(here.filter(state=DisputeState.ACCEPTED).exclude(id__in=Subquery(set_up))).order_by(
            "accepted_at"
        )
    )
    late, first_late = await few(
        placed(here.filter(state__in=OPEN, accepted_at__lt=clock.now() - USUAL)).order_by("accepted_at")
    )
    return [
        Block(
            _("我要主持的调解"),
            planned,
            _("没有安排好的调解。"),
            [
                Item(
                    "disputes:show",
                    {"number": one.dispute.number},
                    one.place,
                    one.starts_at,
                    _("待调解"),
                    "info",
                    says="countdown",
                )
                for one in sittings
            ],
            "disputes:index",
            action=_("全部纠纷"),
        ),
        Block(
            _("受理超过一个月的纠纷"),
            late,
            _("没有拖过一个月的纠纷。"),
            [dispute(one) for one in first_late],
            "disputes:index",
            "late=1",
            _("全部超期"),
            is_urgent=True,
        ),
        Block(
            _("受理了、还没约调解的"),
            unplanned,
            _("受理的纠纷都约好了调解。"),
            [dispute(one) for one in first_unplanned],
            "disputes:index",
            "state=accepted",
            _("去约调解"),
        ),
    ]


async def of_street(person: Person) -> list[Block]:
    """What the communities raised to the street."""
    raised, first_raised = await few(
        placed(Dispute.visible_to(person).filter(state__in=OPEN, level=Level.STREET)).order_by(
            "-is_dangerous", "created_at"
        )
    )
    return [
        Block(
            _("报到街道的纠纷"),
            raised,
            _("没有等街道处理的纠纷。"),
            [dispute(one) for one in first_raised],
            "disputes:index",
            action=_("全部纠纷"),
        )
    ]
