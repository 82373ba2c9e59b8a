"""Places beyond the clinic that answer the telephone everywhere in the country, and what each is for."""

from typing import NamedTuple

from portal.languages import Lazy, lazy_


class Hotline(NamedTuple):
    """A public number: who answers, for what, and when where that is certain."""

    phone: str
    place: Lazy
    purpose: Lazy
    hours: Lazy


_ALWAYS = lazy_("全天 24 小时")
_LOCAL = lazy_("以当地公布为准")

POLICE = Hotline("110", lazy_("公安报警"), lazy_("有人正在受到伤害、威胁，或者发现违法犯罪"), _ALWAYS)
AMBULANCE = Hotline("120", lazy_("急救"), lazy_("有人受伤或者突然发病"), _ALWAYS)
LEGAL_SERVICE = Hotline("12348", lazy_("公共法律服务热线"), lazy_("法律咨询，申请法律援助"), _LOCAL)
LABOUR = Hotline(
    "12333", lazy_("人力资源和社会保障热线"), lazy_("拖欠工资、社会保险、劳动仲裁怎么申请"), _LOCAL
)
CITY = Hotline(
    "12345", lazy_("政务服务便民热线"), lazy_("反映政府部门管的事：噪音、停水停暖、违建、拆迁等"), _LOCAL
)
WOMEN = Hotline("12338", lazy_("妇女维权热线"), lazy_("家庭暴力，妇女和儿童的权益"), _LOCAL)
MIND = Hotline("12356", lazy_("心理援助热线"), lazy_("心里难受、不想活了，有人听您说"), _LOCAL)
FRAUD = Hotline("96110", lazy_("反诈专线"), lazy_("觉得自己正在被骗，先别转钱，打这个电话"), _LOCAL)

HOTLINES = (POLICE, AMBULANCE, LEGAL_SERVICE, LABOUR, CITY, WOMEN, MIND, FRAUD)
