"""Words that residents meet here and may not know, each said in plain ones."""

from typing import NamedTuple

from portal.languages import Lazy, lazy_


class Term(NamedTuple):
    """A word and what it means. Where a page uses a hard one, the page explains it; the others stand in the list only."""

    word: Lazy
    meaning: Lazy
    is_hard: bool = False


TERMS = {
    "mediation": Term(
        lazy_("调解"),
        lazy_(
            "请一位不偏向谁的人，帮双方坐下来谈。不收钱，谁都可以随时不谈了。谈成了，说定的话双方都要照办。"
        ),
        True,
    ),
    "committee": Term(
        lazy_("人民调解委员会"),
        lazy_("社区里专门帮大家调解的组织，调解员多是本地人。它不是法院，不判谁对谁错。"),
    ),
    "agreement": Term(
        lazy_("调解协议"),
        lazy_("谈成以后记下来的话：谁、在什么时候、做什么。可以写在纸上签字，也可以口头说定、由调解员记下。"),
    ),
    "confirmation": Term(
        lazy_("司法确认"),
        lazy_(
            "双方一起请法院认可调解协议。协议生效后三十天内申请，不收钱。法院认可以后，谁不照办，另一方可以请法院强制执行。"
        ),
        True,
    ),
    "limitation": Term(
        lazy_("诉讼时效"),
        lazy_(
            "打官司要钱、要赔偿是有期限的，多数是三年，从您知道吃了亏、也知道该找谁的那天算起。过了期，对方可以拒绝。"
        ),
        True,
    ),
    "suit": Term(
        lazy_("起诉"), lazy_("到法院告状，请法官判。要写清楚告谁、要什么、凭什么，带上证据。"), True
    ),
    "arbitration": Term(
        lazy_("劳动仲裁"),
        lazy_(
            "和单位有工资、工伤、辞退的争议，先要找劳动争议仲裁委员会，不收钱。对结果不服，一般还可以再去法院。"
        ),
        True,
    ),
    "enforcement": Term(lazy_("强制执行"), lazy_("法院出面，让不肯照办的人照办，例如从他的存款里扣。"), True),
    "evidence": Term(
        lazy_("证据"),
        lazy_("能说明事情是怎么回事的东西：借条、转账记录、聊天记录、照片、病历、证人。原件要留好。"),
    ),
    "notary": Term(
        lazy_("公证"), lazy_("给一份文件、一件事作证明，由公证处来办，例如遗嘱、委托书。要收费。")
    ),
    "aid": Term(
        lazy_("法律援助"),
        lazy_("经济困难的人，由国家出钱请律师帮着打官司。到法律援助中心申请，也可以打 12348 问。"),
    ),
    "code": Term(lazy_("民法典"), lazy_("管日常生活的一部大法：借钱、房子、婚姻、遗产、邻里，都写在里面。")),
    "prescription": Term(
        lazy_("处方"),
        lazy_(
            "律师见过您以后写下的一张纸：这是怎么回事、可以怎么办、下一步去哪里、什么期限前要办。像医生开的方子。"
        ),
        True,
    ),
    "referral": Term(
        lazy_("转介"),
        lazy_("这里办不了的事，告诉您该找谁，例如法律援助中心、仲裁委员会、公证处、法院。"),
        True,
    ),
    "conflict": Term(
        lazy_("利益冲突"),
        lazy_("律师或者他的律所帮过您的对方，就不能再帮您。我们会先查好，给您换一位。"),
        True,
    ),
    "firm": Term(lazy_("律所"), lazy_("律师工作的单位，全名是律师事务所。")),
    "waitlist": Term(
        lazy_("候补"), lazy_("眼下没有空位，先排着队。有人退了，按先后轮到您，我们通知您，您答应了才算数。")
    ),
    "grid": Term(lazy_("网格"), lazy_("社区划成的一小片，几栋楼算一个网格，有专人负责，叫网格员。"), True),
    "heads": Term(
        lazy_("三长"),
        lazy_("单元长、楼栋长、网格员：您这个单元、这栋楼、这一片的邻居代表，有事先找他们最近。"),
        True,
    ),
    "request": Term(lazy_("诉求"), lazy_("您想让社区办的事、想提的建议，例如路灯不亮、下水道堵了。")),
    "dispatch": Term(lazy_("派发"), lazy_("工作人员看过以后，把这件事交给该办的单位去办。"), True),
    "asking_back": Term(lazy_("回访"), lazy_("办完以后再问您一次：真的解决了吗？没解决就接着办。"), True),
    "handing_up": Term(
        lazy_("上报"), lazy_("这一级办不了，交给上面一级接着办，例如从楼栋到网格、到社区。"), True
    ),
    "handing_over": Term(
        lazy_("移送"), lazy_("这件事不该由社区办，连同记录交给法院、派出所或者别的机关。"), True
    ),
    "in_grid": Term(
        lazy_("不出网格率"),
        lazy_("有了结果的纠纷里，在单元、楼栋、网格就解决了、没有再闹起来的占多少。"),
        True,
    ),
    "council": Term(
        lazy_("议事会"), lazy_("大家的事大家商量：居民提，代表来议，表决定下来，定了的事有人盯着办。")
    ),
    "motion": Term(lazy_("议题"), lazy_("要拿到议事会上商量的一件事。")),
    "notice": Term(lazy_("公示"), lazy_("把结果贴出来让大家看、让大家提意见。")),
    "proxy": Term(
        lazy_("请人代办"), lazy_("您答应让家人或邻居替您办事。办哪几样、到哪一天，都由您定，随时可以收回。")
    ),
    "guardian": Term(
        lazy_("监护人"), lazy_("照管孩子、替孩子拿主意的人，一般是父母。自己拿不了主意的大人也有。")
    ),
    "card": Term(
        lazy_("码卡"), lazy_("服务中心给您打印的小卡片，上面有号码和四位数字，没有手机也能登录。"), True
    ),
    "passphrase": Term(
        lazy_("口令"), lazy_("一句只有您自己知道的话。设了以后，别人拿着您的手机也看不到您的事。")
    ),
}
