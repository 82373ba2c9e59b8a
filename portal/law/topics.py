"""What people come to the clinic with, sorted as problems of life and not as branches of law."""

from dataclasses import dataclass
from enum import StrEnum

from portal.languages import Lazy, lazy_
from portal.law.hotlines import AMBULANCE, CITY, LABOUR, LEGAL_SERVICE, POLICE, WOMEN, Hotline


@dataclass(frozen=True, slots=True)
class About:
    """What the portal says of one topic to the person who chooses it."""

    label: Lazy
    example: Lazy
    term: Lazy
    bring: tuple[Lazy, ...]
    routes: tuple[Hotline, ...] = ()
    in_scope: bool = True


class Topic(StrEnum):
    """A problem of life; the values are stable keys, the order is the one on the page."""

    DEBT = "debt"
    MARRIAGE_FAMILY = "marriage_family"
    PROPERTY_HOUSING = "property_housing"
    NEIGHBOURS = "neighbours"
    LABOUR = "labour"
    INHERITANCE = "inheritance"
    INJURY = "injury"
    CONTRACT = "contract"
    CONSUMER = "consumer"
    PERSONALITY = "personality"
    LAND = "land"
    BUSINESS = "business"
    PROCEDURE = "procedure"
    CRIMINAL_ADMIN = "criminal_admin"
    OTHER = "other"

    @property
    def label(self) -> Lazy:
        """The problem in residents' words: 借钱还钱."""
        return ABOUT[self].label

    @property
    def example(self) -> Lazy:
        """One line in which people recognise themselves."""
        return ABOUT[self].example

    @property
    def term(self) -> Lazy:
        """The lawyers' term, for lawyers' pages: 民间借贷."""
        return ABOUT[self].term

    @property
    def bring(self) -> tuple[Lazy, ...]:
        """Papers worth bringing to the talk; none of them is a condition."""
        return ABOUT[self].bring

    @property
    def routes(self) -> tuple[Hotline, ...]:
        """Where to go as well, or instead when the topic is out of the clinic's scope."""
        return ABOUT[self].routes

    @property
    def in_scope(self) -> bool:
        """Whether the clinic's lawyers take it on; if not, the routes show the way."""
        return ABOUT[self].in_scope


ABOUT = {
    Topic.DEBT: About(
        lazy_("借钱还钱"),
        lazy_("钱借出去要不回来，或者被人催债"),
        lazy_("民间借贷、担保"),
        (
            lazy_("借条、欠条、收条"),
            lazy_("转账记录、银行流水"),
            lazy_("催款的短信、微信聊天记录"),
            lazy_("对方的姓名、电话、住址"),
        ),
    ),
    Topic.MARRIAGE_FAMILY: About(
        lazy_("结婚离婚、老人孩子"),
        lazy_("想离婚、争孩子、要抚养费，或者老人没人养"),
        lazy_("婚姻家庭"),
        (
            lazy_("结婚证、户口本"),
            lazy_("孩子的出生证明"),
            lazy_("房产证、存款、车辆等财产材料"),
            lazy_("受到伤害的，带上照片、病历、报警回执"),
        ),
        (WOMEN, POLICE),
    ),
    Topic.PROPERTY_HOUSING: About(
        lazy_("房子和物业"),
        lazy_("买房租房起争议，物业费、维修、漏水没人管"),
        lazy_("不动产、租赁、物业服务"),
        (
            lazy_("房产证、购房合同或者租房合同"),
            lazy_("物业服务合同、交费单据"),
            lazy_("现场照片、视频"),
            lazy_("和物业、房东的聊天记录、通知"),
        ),
    ),
    Topic.NEIGHBOURS: About(
        lazy_("邻居之间"),
        lazy_("楼上漏水、噪音、挡光、占楼道"),
        lazy_("相邻关系"),
        (
            lazy_("现场照片、视频或者录音"),
            lazy_("发生的时间，记在纸上"),
            lazy_("维修的报价、收据"),
            lazy_("物业或者社区的处理记录"),
        ),
        (CITY,),
    ),
    Topic.LABOUR: About(
        lazy_("工作和工资"),
        lazy_("拖欠工资、被辞退、没交社保、工伤"),
        lazy_("劳动争议"),
        (
            lazy_("劳动合同；没有的带工作证、工服、考勤"),
            lazy_("工资条、银行流水"),
            lazy_("辞退通知、和单位的聊天记录"),
            lazy_("工伤的带病历和诊断证明"),
        ),
        (LABOUR, LEGAL_SERVICE),
    ),
    Topic.INHERITANCE: About(
        lazy_("遗产和遗嘱"),
        lazy_("老人走了，房子存款怎么分；想立遗嘱"),
        lazy_("继承"),
        (
            lazy_("死亡证明"),
            lazy_("户口本等亲属关系证明"),
            lazy_("遗嘱、遗赠协议"),
            lazy_("房产证、存折等遗产材料"),
        ),
    ),
    Topic.INJURY: About(
        lazy_("受伤和赔偿"),
        lazy_("车祸、被狗咬、摔伤、被打、看病出了问题"),
        lazy_("侵权责任、人身损害"),
        (
            lazy_("病历、诊断证明、医药费票据"),
            lazy_("事故认定书或者报警回执"),
            lazy_("误工证明、工资流水"),
            lazy_("现场照片、对方和保险公司的信息"),
        ),
        (AMBULANCE, POLICE),
    ),
    Topic.CONTRACT: About(
        lazy_("合同和协议"),
        lazy_("签了合同对方不照办，定金、押金不退"),
        lazy_("合同纠纷"),
        (
            lazy_("合同、协议、订单"),
            lazy_("付款凭证、发票、收据"),
            lazy_("聊天记录、短信、邮件"),
            lazy_("对方的姓名或者公司全称"),
        ),
    ),
    Topic.CONSUMER: About(
        lazy_("买东西吃了亏"),
        lazy_("假货、预付卡不退、网购不给退"),
        lazy_("消费者权益"),
        (
            lazy_("订单、小票、发票"),
            lazy_("商品或者包装的照片"),
            lazy_("和商家、平台的聊天记录"),
            lazy_("会员卡、预付卡和充值记录"),
        ),
        (CITY,),
    ),
    Topic.PERSONALITY: About(
        lazy_("名誉和隐私"),
        lazy_("被人造谣、照片被乱用、个人信息被泄露"),
        lazy_("人格权"),
        (
            lazy_("网页、朋友圈、群聊的截图"),
            lazy_("发布的时间和账号"),
            lazy_("受影响的证明，例如病历、单位证明"),
        ),
    ),
    Topic.LAND: About(
        lazy_("土地和拆迁"),
        lazy_("征地补偿、宅基地、承包地、安置房"),
        lazy_("征收补偿、农村土地"),
        (
            lazy_("土地承包证、宅基地证、房产证"),
            lazy_("征收公告、补偿协议"),
            lazy_("户口本、家庭人口材料"),
            lazy_("村里或者街道的通知、答复"),
        ),
        (CITY,),
    ),
    Topic.BUSINESS: About(
        lazy_("开店办公司"),
        lazy_("合伙分账、股份、加盟、营业执照"),
        lazy_("公司、合伙与经营"),
        (
            lazy_("营业执照、公司章程"),
            lazy_("合伙协议、股权或者加盟合同"),
            lazy_("账本、转账记录"),
            lazy_("和合伙人的聊天记录"),
        ),
    ),
    Topic.PROCEDURE: About(
        lazy_("打官司怎么走"),
        lazy_("怎么起诉、上诉、申请执行，收到法院通知"),
        lazy_("诉讼、仲裁与执行程序"),
        (
            lazy_("法院或者仲裁委的全部通知、传票"),
            lazy_("起诉状、判决书、调解书"),
            lazy_("收到文书的日期，记在纸上"),
            lazy_("手里的证据，原件和复印件"),
        ),
        (LEGAL_SERVICE,),
    ),
    Topic.CRIMINAL_ADMIN: About(
        lazy_("犯罪、报警和处罚"),
        lazy_("家人被抓、被诈骗、被罚款拘留"),
        lazy_("刑事与行政"),
        (
            lazy_("公安、检察院、法院的通知书"),
            lazy_("处罚决定书"),
            lazy_("报警回执、转账记录"),
        ),
        (POLICE, LEGAL_SERVICE, CITY),
        in_scope=False,
    ),
    Topic.OTHER: About(
        lazy_("说不清、找不到"),
        lazy_("不知道算哪一类，先说说看"),
        lazy_("其他"),
        (
            lazy_("和这件事有关的所有纸张"),
            lazy_("聊天记录、照片"),
            lazy_("事情经过，按时间写几句"),
        ),
        (LEGAL_SERVICE,),
    ),
}
