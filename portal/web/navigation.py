"""The few doors each kind of person is shown on every page."""

from portal.languages import lazy_
from portal.people.models import Role
from portal.web import templating
from portal.web.routes import HEADS_ONLY, LAWYERS, PUBLIC, SIGNED_IN, STAFF_ONLY, may_enter

DOORS = [
    (lazy_("我的事项"), "desk", SIGNED_IN),
    (lazy_("约律师"), "book:topic", PUBLIC),
    (lazy_("报纠纷、提诉求"), "report", PUBLIC),
    (lazy_("普法讲座"), "lectures:index", PUBLIC),
    (lazy_("议事会"), "council:index", PUBLIC),
    (lazy_("公示"), "reporting:public", PUBLIC),
]

ELDER_DOORS = [
    (lazy_("首页"), "home", PUBLIC),
    (lazy_("问律师"), "book:topic", PUBLIC),
    (lazy_("我的事项"), "desk", SIGNED_IN),
]

OFFICE_DOORS = [
    (lazy_("今天"), "desk", SIGNED_IN),
    (lazy_("我的上午"), "roster:mine", LAWYERS),
    (lazy_("来访"), "appointments:today", STAFF_ONLY | LAWYERS),
    (lazy_("咨询"), "consultations:index", STAFF_ONLY | LAWYERS),
    (lazy_("纠纷"), "disputes:index", STAFF_ONLY | HEADS_ONLY | {Role.STREET.value}),
    (lazy_("诉求"), "feedback:index", STAFF_ONLY | HEADS_ONLY),
    (lazy_("走访"), "rounds:index", STAFF_ONLY | HEADS_ONLY),
    (lazy_("社区一张图"), "reporting:plan", HEADS_ONLY),
    (lazy_("讲座"), "lectures:index", STAFF_ONLY | LAWYERS),
    (lazy_("议事会"), "council:index", STAFF_ONLY),
    (lazy_("值班"), "roster:index", STAFF_ONLY),
    (lazy_("本所"), "roster:own_firm", frozenset({Role.FIRM_COORDINATOR.value})),
    (lazy_("律师服务时长"), "reporting:service", frozenset({Role.FIRM_COORDINATOR.value})),
    (lazy_("人员"), "people:index", STAFF_ONLY | {Role.ADMINISTRATOR.value}),
    (lazy_("个人信息"), "privacy:desk", frozenset({Role.LEAD.value, Role.AUDITOR.value})),
    (lazy_("日志"), "journal:index", frozenset({Role.AUDITOR.value})),
    (lazy_("楼栋和网格"), "community:index", frozenset({Role.ADMINISTRATOR.value})),
    (lazy_("看板"), "reporting:board", STAFF_ONLY | {Role.STREET.value, Role.AUDITOR.value}),
]


OWN = ("people:me", "privacy:mine", "privacy:openings")  # pages about oneself, whatever room they belong to


def items(person: object | None, here: str, mode: str = "standard") -> list[tuple[str, str, bool]]:
    """(label, address, is it this one?) for whoever looks: the public doors, fewer in the elder version, or the
    doors of their offices."""
    has_office = person is not None and bool(person.roles)  # type: ignore[attr-defined]
    room = "me" if here in OWN else here.partition(":")[0]
    doors = OFFICE_DOORS if has_office else ELDER_DOORS if mode == "elder" else DOORS
    if doors is ELDER_DOORS and here == "home":
        return []  # the page itself is nothing but doors
    shown = [door for door in doors if may_enter(door[2], person)]
    return [
        (str(label), templating.url(name), name == here or name.partition(":")[0] == room)
        for label, name, _who in shown
    ]
