"""Codes of the wing's answers in the reader's language: what was used, how it was found, what a clause came to."""

from __future__ import annotations

from milepost.basics.text import Text

_SAID = {
    "purchased_electricity": Text("bought electricity", "外购电力"),
    "matched_instrument": Text("electricity under instruments", "凭证覆盖电力"),
    "own_generation_sold": Text("own power whose certificates were sold", "绿证已出售的自发电"),
    "own_generation_used": Text("own power used", "自发自用电力"),
    "purchased_heat": Text("bought heat", "外购热力"),
    "exported_electricity": Text("power sold", "外供电力"),
    "exported_heat": Text("heat sold", "外供热力"),
    "natural_gas": Text("natural gas", "天然气"),
    "location": Text("location-based", "位置法"),
    "market": Text("market-based", "市场法"),
    "biogenic": Text("biomass, apart", "生物质（单列）"),
    "metered": Text("by meter", "计量"),
    "engineering": Text("by engineering estimate", "工程估算"),
    "area": Text("by floor area", "按面积分摊"),
    "unattributed": Text("nobody's", "未分摊"),
    "engineering_scaled": Text("by engineering estimate, scaled to what is left", "工程估算（按剩余量缩减）"),
    "whole_site": Text("the whole site", "场所合计"),
    "electricity": Text("electricity", "电力"),
    "heat": Text("heat", "热力"),
    "closed": Text("adds up within the meters' errors", "在允许差内平衡"),
    "unmetered": Text("part is not metered below", "有未计量部分"),
    "children_exceed": Text("the meters below read more", "下级合计超过上级"),
    "not_read": Text("not all read", "读数不全"),
    "pass": Text("pass", "通过"),
    "fail": Text("fail", "不通过"),
    "missing_evidence": Text("evidence is missing", "缺少证据"),
    "not_public": Text("the limit is not public", "限值未公开"),
    "at_most": Text("at most", "不高于"),
    "at_least": Text("at least", "不低于"),
    "core": Text("decides", "决定性"),
    "guiding": Text("guides", "引导性"),
    "yes": Text("yes", "是"),
    "no": Text("no", "否"),
    "tCO2_per_tce": Text("tCO2 per tce", "吨二氧化碳/吨标准煤"),
    "fraction": Text("share of 1", "比例（1为全部）"),
    "zero_carbon_factory": Text("factory", "工厂"),
    "zero_carbon_workshop": Text("workshop", "车间"),
    "open": Text("opened", "已发起"),
    "begin": Text("baseline set", "确定基准"),
    "take_inventory": Text("inventory taken", "开展盘查"),
    "plan": Text("reduction planned", "制定减排计划"),
    "verify": Text("reduction verified", "核查减排"),
    "find_residual": Text("residual found", "确定剩余排放"),
    "retire_offset": Text("offset retired", "注销抵消量"),
    "certify": Text("certified", "颁发证书"),
    "lapse": Text("lapsed", "到期失效"),
    "revoke": Text("revoked", "撤销证书"),
    "yes_no": Text("1 yes, 0 no", "1为是，0为否"),
}


def said(code: str) -> Text | str:
    """Give a code in words of both languages, or the code itself where it has none.

    >>> said("pass").zh
    '通过'
    >>> said("boiler 7")
    'boiler 7'
    """
    return _SAID.get(code, code)
