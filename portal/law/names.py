"""The forms in which names are compared for a conflict of interest: as they are written, and as they sound."""

import re

from portal.law import identifiers

KEY_LENGTH = 60

# What people write when they do not know or would rather not say: nobody's name.
NOBODY = frozenset(
    (
        "不知道",
        "不清楚",
        "不认识",
        "不详",
        "未知",
        "没有",
        "无",
        "暂无",
        "不想说",
        "保密",
        "对方",
        "unknown",
        "none",
    )
)


# 繁体 and its 简体, of characters that stand in names: whoever writes 張偉 means 张伟. Only pairs of which the left is never
# another simplified character, so that no two names fall into one.
_SIMPLE = str.maketrans(
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮鄧許呂蘇盧蔣賈葉閻鐘鍾譚陸範龍顧龔錢湯嚴賴蕭莊齊蘭聶藍歐陽賀顏樂單寧紀費"
    "齋儲遲鮑畢鄒萬壽衛喬師婁駱諸譙聞鄔鄺鞏慶豐簡饒邊偉國華軍強傑東輝濤鵬飛剛勝義榮貴財發興順麗蓮鳳瓊瑩靜"
    "潔嬌紅艷豔蘊夢憶愛貞賢學書禮誠業遠進達運連過邁鋒鋼鐵鎮銘錦銀長門開關陰陣際雙雲電韻頌頤領風飄養駿驥魯"
    "鴻鶴鷹麥齡勞勵勳區協啟嘯圓堅報塵壯寶寬專將尋對導層嶺嶽帥幫廣彥彌從復徹懷戰揚擁據數時晉暉曉曄會權棟楓"
    "極樹橋機檢歡歲歷歸氣決沖淵淨滿漢潤澤濟濱煒煥燁爾獻瑋環璽畫異禎積穎窮節維綱緒縱繼績續羣習聖聰聲職肅臨"
    "舉藝蘆處虛術衆裏見規覺覽觀計訓記詩話詳語誌認調論諾謀謙講證識議護譽讀讓貝負貢貨質贊贏車軒輕載輔輪辦農"
    "鄉醫釋針鈞鈴鉅銳鋭鍵鏡鑒鑑閃閑間閔陝隊隨險隱雋難霧靈韋響頁項須顯類願峯團倉",
    "张刘陈杨赵黄吴孙马罗郑谢韩冯邓许吕苏卢蒋贾叶阎钟钟谭陆范龙顾龚钱汤严赖萧庄齐兰聂蓝欧阳贺颜乐单宁纪费"
    "斋储迟鲍毕邹万寿卫乔师娄骆诸谯闻邬邝巩庆丰简饶边伟国华军强杰东辉涛鹏飞刚胜义荣贵财发兴顺丽莲凤琼莹静"
    "洁娇红艳艳蕴梦忆爱贞贤学书礼诚业远进达运连过迈锋钢铁镇铭锦银长门开关阴阵际双云电韵颂颐领风飘养骏骥鲁"
    "鸿鹤鹰麦龄劳励勋区协启啸圆坚报尘壮宝宽专将寻对导层岭岳帅帮广彦弥从复彻怀战扬拥据数时晋晖晓晔会权栋枫"
    "极树桥机检欢岁历归气决冲渊净满汉润泽济滨炜焕烨尔献玮环玺画异祯积颖穷节维纲绪纵继绩续群习圣聪声职肃临"
    "举艺芦处虚术众里见规觉览观计训记诗话详语志认调论诺谋谦讲证识议护誉读让贝负贡货质赞赢车轩轻载辅轮办农"
    "乡医释针钧铃钜锐锐键镜鉴鉴闪闲间闵陕队随险隐隽难雾灵韦响页项须显类愿峰团仓",
)

# Surnames that are read otherwise than the character mostly is.
_SURNAMES: dict[str, str] = dict(
    re.findall(
        r"(\S+)=(\S+)",
        """
    单=shan 曾=zeng 解=xie 仇=qiu 区=ou 查=zha 盖=ge 朴=piao 乐=yue 翟=zhai 缪=miao
    洗=xian 折=she 黑=he 秘=bi 召=shao 重=chong 种=chong 员=yun 繁=po 隗=wei 覃=qin 郇=xun
    句=gou 祭=zhai 能=nai 佴=nai 阚=kan 乐正=yuezheng
""",
    )
)
_LONGEST_PERSON = 4  # characters of a Han name; longer ones are organisations, or sound as they are written


def normal(name: str) -> str:
    """The normal form of a name; empty when the text names nobody.

    Widths, spaces, dots, letter case, traditional characters and a company's legal form do not count. 张伟 and 张玮 stay two
    people.
    """
    key = identifiers.normal_company(name.translate(_SIMPLE)).translate(_SIMPLE)[:KEY_LENGTH]
    return "" if key in NOBODY else key


def sound(name: str) -> str:
    """How a name sounds: pinyin without tones, in one word, so that Wang Ming sounds as 王明 does. Surnames are read as
    surnames: 单 is shan. Empty for nobody."""
    from pypinyin import lazy_pinyin  # half a second and ten megabytes for whoever never writes a name

    key = normal(name)
    family = 0
    if 2 <= len(key) <= _LONGEST_PERSON:
        family = next((n for n in (2, 1) if len(key) > n and key[:n] in _SURNAMES), 0)
    spoken = [_SURNAMES[key[:family]]] if family else []
    return "".join([*spoken, *lazy_pinyin(key[family:])])[:KEY_LENGTH]
