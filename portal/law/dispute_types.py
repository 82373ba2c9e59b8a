"""The eighteen categories under which people's mediation counts disputes, in their official order."""

from enum import StrEnum

from portal.languages import Lazy, lazy_


class DisputeType(StrEnum):
    """One category; the values are stable keys for records and addresses."""

    MARRIAGE_FAMILY = "marriage_family"
    NEIGHBOURS = "neighbours"
    HOUSING = "housing"
    CONTRACT = "contract"
    BUSINESS = "business"
    DAMAGES = "damages"
    FOREST_LAND = "forest_land"
    EXPROPRIATION = "expropriation"
    ENVIRONMENT = "environment"
    MIGRANT_WAGES = "migrant_wages"
    LABOUR = "labour"
    TOURISM = "tourism"
    E_COMMERCE = "e_commerce"
    CONSUMER = "consumer"
    MEDICAL = "medical"
    TRAFFIC = "traffic"
    PROPERTY_SERVICE = "property_service"
    OTHER = "other"

    @property
    def label(self) -> Lazy:
        """The official name."""
        return _LABELS[self]

    @property
    def older(self) -> "DisputeType | None":
        """Its category in the older statistics, which count labour and consumer disputes as one each.

        None where those had no such category.
        """
        return _OLDER.get(self, self)


_LABELS = {
    DisputeType.MARRIAGE_FAMILY: lazy_("婚姻家庭纠纷"),
    DisputeType.NEIGHBOURS: lazy_("邻里纠纷"),
    DisputeType.HOUSING: lazy_("房屋宅基地纠纷"),
    DisputeType.CONTRACT: lazy_("合同纠纷"),
    DisputeType.BUSINESS: lazy_("生产经营纠纷"),
    DisputeType.DAMAGES: lazy_("损害赔偿纠纷"),
    DisputeType.FOREST_LAND: lazy_("山林土地纠纷"),
    DisputeType.EXPROPRIATION: lazy_("征地拆迁纠纷"),
    DisputeType.ENVIRONMENT: lazy_("环境污染纠纷"),
    DisputeType.MIGRANT_WAGES: lazy_("拖欠农民工工资纠纷"),
    DisputeType.LABOUR: lazy_("其他劳动争议纠纷"),
    DisputeType.TOURISM: lazy_("旅游纠纷"),
    DisputeType.E_COMMERCE: lazy_("电子商务纠纷"),
    DisputeType.CONSUMER: lazy_("其他消费纠纷"),
    DisputeType.MEDICAL: lazy_("医疗纠纷"),
    DisputeType.TRAFFIC: lazy_("道路交通事故纠纷"),
    DisputeType.PROPERTY_SERVICE: lazy_("物业纠纷"),
    DisputeType.OTHER: lazy_("其他纠纷"),
}
_OLDER = {
    DisputeType.MIGRANT_WAGES: DisputeType.LABOUR,
    DisputeType.TOURISM: None,
    DisputeType.E_COMMERCE: None,
}
