"""What every figure means: its formula in words, what it leaves out, and where it comes from."""

from dataclasses import dataclass

from portal.languages import Lazy, lazy_


@dataclass(frozen=True)
class Figure:
    """One figure of the board."""

    key: str
    name: Lazy
    formula: Lazy
    leaves_out: Lazy
    source: Lazy


FIGURES = [
    Figure(
        "in_grid",
        lazy_("不出网格率"),
        lazy_(
            "在单元、楼栋、网格一级化解、至今没有反复的纠纷数 ÷ 已经有结果的纠纷数（化解、调解不成、移送）。"
        ),
        lazy_(
            "还在办理的、当事人自己撤回的不算在分母里。化解后又重新受理或移送的，从分子里减掉；"
            "再次化解的，按再次化解时的层级算。"
        ),
        lazy_("纠纷登记：化解时所在层级与办结时间。按办结的月份统计。"),
    ),
    Figure(
        "in_community",
        lazy_("不出社区率"),
        lazy_("在社区及以下各级化解、至今没有反复的纠纷数 ÷ 已经有结果的纠纷数。"),
        lazy_("与不出网格率相同。上报到街道、法院的不算在分子里。"),
        lazy_("纠纷登记：化解时所在层级与办结时间。按办结的月份统计。"),
    ),
    Figure(
        "settled_rate",
        lazy_("化解率"),
        lazy_("已化解的纠纷数 ÷ 已经有结果的纠纷数，不分在哪一级化解。"),
        lazy_("“已结束”不等于“已化解”：调解不成、移送的都不算化解。"),
        lazy_("纠纷登记。"),
    ),
    Figure(
        "offered",
        lazy_("提供的时段"),
        lazy_("当月律师值班排出、没有收回的时段数，每个时段半小时。"),
        lazy_("请假、停诊收回的时段不算。"),
        lazy_("值班表。"),
    ),
    Figure(
        "booked",
        lazy_("预约数"),
        lazy_("时段在当月的预约数，包括后来取消和没有来的。"),
        lazy_("改期的按最后的时间算一次。"),
        lazy_("预约登记。"),
    ),
    Figure(
        "attended",
        lazy_("到访数"),
        lazy_("当月实际开始咨询的预约数。"),
        lazy_("报到后没有开始的不算。"),
        lazy_("预约登记：咨询开始、结束的记录。"),
    ),
    Figure(
        "missed",
        lazy_("未到数"),
        lazy_("当月到了时间没有见成的预约数，每一次都记了原因。"),
        lazy_("提前取消的不算未到。"),
        lazy_("预约登记。"),
    ),
    Figure(
        "cancelled",
        lazy_("取消数"),
        lazy_("时段在当月、后来取消的预约数。"),
        lazy_("改期不算取消。"),
        lazy_("预约登记。"),
    ),
    Figure(
        "filled",
        lazy_("时段使用率"),
        lazy_("约出去、没有取消的时段数 ÷ 提供的时段数。"),
        lazy_("取消的预约把时段还了回来，不算用掉。"),
        lazy_("值班表和预约登记。"),
    ),
    Figure(
        "topics",
        lazy_("来问什么"),
        lazy_("时段在这段时间的预约，按预约时选的事情分类计数。"),
        lazy_("没有排除项，取消的也算来问过。"),
        lazy_("预约登记。"),
    ),
    Figure(
        "until",
        lazy_("约上到见面"),
        lazy_(
            "从提交预约到约定时间，隔了多久。中位数：一半人等得不比它长；九成数：十个人里有九个等得不比它长。"
        ),
        lazy_("没有来的、取消的不算。"),
        lazy_("预约登记：提交时间和约定时间。"),
    ),
    Figure(
        "at_desk",
        lazy_("报到到叫号"),
        lazy_("当天从报到到叫号，等了多久；中位数和九成数的算法与“约上到见面”相同。"),
        lazy_("没有报到或没有叫号记录的不算。"),
        lazy_("预约登记：报到时间和叫号时间。"),
    ),
    Figure(
        "prescriptions",
        lazy_("处方数"),
        lazy_("当月开出的处方数，更正后的新版本不重复计算。"),
        lazy_("草稿不算。"),
        lazy_("处方登记：第一版的开具时间。"),
    ),
    Figure(
        "helped",
        lazy_("有帮助率"),
        lazy_("处方开出三十天后，居民说“解决了”或者“有帮助，还没解决”的 ÷ 回答了的。按回答的月份统计。"),
        lazy_("没有回答的不算有帮助，也不算没有帮助。回答的不到 5 人时不算比例。"),
        lazy_("咨询登记：居民三十天后的回答。"),
    ),
    Figure(
        "received",
        lazy_("收到的诉求"),
        lazy_("当月收到的诉求数，包括请人帮办的。"),
        lazy_("两分钟内重复提交的只算一次。"),
        lazy_("诉求登记。"),
    ),
    Figure(
        "response",
        lazy_("诉求响应率"),
        lazy_("当月收到、已经派发或答复的诉求数 ÷ 当月收到的诉求数。"),
        lazy_("没有排除项。"),
        lazy_("诉求登记。"),
    ),
    Figure(
        "solved",
        lazy_("诉求解决率"),
        lazy_("当月收到、已经办好的诉求数 ÷ 当月收到、已有答复的诉求数。"),
        lazy_("没能解决的、不归社区管的都不算解决。重新办理的回到办理中。"),
        lazy_("诉求登记。"),
    ),
    Figure(
        "satisfied",
        lazy_("诉求满意率"),
        lazy_("回访时说满意的 ÷ 回访时给了答复的。"),
        lazy_("没有回答的不算满意，也不算不满意。"),
        lazy_("诉求回访。"),
    ),
    Figure(
        "held",
        lazy_("讲座场数"),
        lazy_("当月举办的讲座场数。"),
        lazy_("取消的讲座不算。"),
        lazy_("讲座登记。"),
    ),
    Figure(
        "seats",
        lazy_("讲座到场人数"),
        lazy_("当月举办的讲座，登记的到场人数之和。"),
        lazy_("取消的讲座不算。"),
        lazy_("讲座登记。"),
    ),
    Figure(
        "placed",
        lazy_("图上的纠纷"),
        lazy_(
            "没了结：这段时间报上来、现在还没有结果的。已化解：这段时间化解的。"
            "其他：这段时间调解不成、移送和撤回的。有结果：化解、调解不成、移送之和。"
        ),
        lazy_(
            "受保护的居民住在哪里，任何图上都不标。对不能看案件的人，不足 5 件的数不公布，能用来算出它的也不公布，"
            "并且只公布已经过去的半年。"
        ),
        lazy_("纠纷登记：报的时候写的网格、楼栋、单元。"),
    ),
]
