"""A small E-Town, made by hand from figures that were really published, with outlooks of a made-up method.

The figures, their dates and sources are real; paths and chances are not: pages are tested here, no statistics.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from milepost.basics.area import Area
from milepost.basics.period import parse_period
from milepost.basics.text import Text
from milepost.forecast.outlook import Hang, Outlook, PathPoint, Verdict
from milepost.keep.version import Version
from milepost.measure.reading import FigureKind, Reading, Row
from milepost.plan.plan import Action, Goal, Item, Plan, Target
from milepost.plan.zone import Zone, ZoneFile
from milepost.receive.batch import Receipt
from milepost.registers.indicator import Indicator, Ratio
from milepost.show.walk import Walk

TODAY = date(2026, 1, 28)
ANNOUNCED = date(2023, 11, 22)
NOTICE = "http://subsites.chinadaily.com.cn/beijing/etda/2023-11/22/c_941244.htm"
DEADLINE = date(2025, 12, 31)
HASH = "9c1f5a0e7b3d48f2a6c0d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392817060504"

XINHUA = "http://www.bj.xinhua.org/20260102/f3f51b8ce29b44f59b67aff636fb02f4/c.html"
YZOFF = "http://www.yzoff.com/a/new/1/927.html"

# line, published name, indicator, area, period, value as published, unit as published, value in the indicator's unit,
# its unit, kind, source, title, published on, note
_FIGURES: tuple[tuple[int, str, str, str, str, str, str, float, str, FigureKind, str, str, str, str], ...] = (
    (301, "gio_share_of_beijing", "gross_output_share", "BDA", "2020", "22", "percent", 22, "percent", "actual",
     "http://jinrongribao.com/caijing/20210412/c_04123C42021.html", "北京经开区 (feature, Apr 2021)", "2021-04-12",
     "first in city for four years"),
    (302, "gio_share_of_beijing", "gross_output_share", "BDA", "2022", "22.2", "percent", 22.2, "percent", "actual",
     "http://kfqgw.beijing.gov.cn/zwgkkfq/ghjh/zfgzbg/202301/t20230114_2900057.html",
     "北京经济技术开发区管委会2022年度工作报告", "2023-01-14", ""),
    (303, "gio_share_of_beijing", "gross_output_share", "BDA", "2023-01..03", "22", "percent", 22, "percent", "ytd",
     "http://bj.people.com.cn/n2/2023/0517/c14540-40418937.html", "开局之年看亦庄——努力打造发展新高地", "2023-05-17",
     ""),
    (304, "gio_share_of_beijing", "gross_output_share", "NEW_AREA", "2025", "25", "percent", 25, "percent", "target",
     NOTICE, "Beijing E-Town outlines three goals, six actions by 2025", "2023-11-22", ""),
    (251, "gio_above_scale", "gross_output", "BDA", "2019", "4183", "CNY_100m", 4183, "CNY_100m", "actual",
     "http://so.lc123.net/guonei/13941.html", "北京经开区发布《高质量发展行动计划(2020年-2022年)》", "2020-04-09", ""),
    (252, "gio_above_scale", "gross_output", "BDA", "2020", "4467.9", "CNY_100m", 4467.9, "CNY_100m", "actual",
     "http://invest.beijingetown.com.cn/2023-09/11/c_920034.htm", "Economic Indicators (Invest Beijing E-Town)",
     "2023-09-11", ""),
    (253, "gio_above_scale", "gross_output", "BDA", "2021", "5000", "CNY_100m", 5000, "CNY_100m", "at_least",
     "http://www.ce.cn/xwzx/gnsz/gdxw/202112/23/t20211223_37197727.shtml",
     "增长预计超20%!北京经开区交出“硬核”成绩单", "2021-12-23", "expected"),
    (254, "gio_above_scale", "gross_output", "BDA", "2021", "6000", "CNY_100m", 6000, "CNY_100m", "approx",
     "http://www.beijingetown.com.cn/2022-10/10/c_818821.htm",
     "Beijing E-Town builds cutting-edge industrial fleet to boost high-quality development", "2022-10-10", "nearly"),
    (255, "gio_above_scale", "gross_output", "BDA", "2022", "5371.2", "CNY_100m", 5371.2, "CNY_100m", "actual",
     "http://invest.beijingetown.com.cn/2023-09/11/c_920034.htm", "Economic Indicators (Invest Beijing E-Town)",
     "2023-09-11", ""),
    (256, "gio_above_scale", "gross_output", "BDA", "2022", "5.7", "percent", 0.057, "fraction", "growth_yoy_pct",
     "http://invest.beijingetown.com.cn/2023-09/11/c_920034.htm", "Economic Indicators (Invest Beijing E-Town)",
     "2023-09-11", "likely excludes vaccines"),
    (257, "gio_above_scale", "gross_output", "NEW_AREA", "2023-01..09", "4028", "CNY_100m", 4028, "CNY_100m", "ytd",
     "http://www.beijingetown.com.cn/2023-10/30/c_934756.htm",
     "Beijing E-Town economy continues to improve in first three quarters", "2023-10-30", ""),
    (258, "gio_above_scale", "gross_output", "NEW_AREA", "2023", "5200", "CNY_100m", 5200, "CNY_100m", "preliminary",
     YZOFF, "全市第一!去年亦庄新城工业总产值达5200亿元", "2024-02-02", ""),
    (259, "gio_above_scale", "gross_output", "NEW_AREA", "2024-01..03", "1486.9", "CNY_100m", 1486.9, "CNY_100m",
     "ytd", "http://www.beijingetown.com.cn/2024-04/24/c_981982.htm",
     "Beijing E-Town reports first quarter economic data", "2024-04-24", ""),
    (260, "gio_above_scale", "gross_output", "BDA", "2025-01..06", "3478.7", "CNY_100m", 3478.7, "CNY_100m", "ytd",
     "https://beijing.qianlong.com/2025/0728/8528755.shtml", "亦庄贡献北京近四成工业增加值", "2025-07-28", ""),
    (261, "gio_above_scale", "gross_output", "BDA", "2025", "12", "percent", 0.12, "fraction", "growth_yoy_pct",
     "http://big5.news.cn/gate/big5/bj.news.cn/20260126/f739c25cbd734d449b477069291163c9/c.html",
     "北京經開區經濟總量邁上四千億", "2026-01-26", ""),
    (401, "hnte_count", "high_tech_enterprises", "BDA", "2015-11-12", "485", "count", 485, "enterprises", "actual",
     "http://covid-19.chinadaily.com.cn/beijing/2015-11/12/content_22441775.htm",
     "E-Town a leader in high-tech innovation", "2015-11-12", ""),
    (402, "hnte_count", "high_tech_enterprises", "BDA", "2021-04-02", "1122", "count", 1122, "enterprises", "actual",
     "http://www.beijingetown.com.cn/2021-04/02/c_585291.htm", "Innovation highlighted with numbers", "2021-04-02",
     "reference date not stated; page date used"),
    (403, "hnte_count", "high_tech_enterprises", "BDA", "2021", "1748", "count", 1748, "enterprises", "actual",
     "http://subsites.chinadaily.com.cn/beijing/etda/2022-09/08/c_810899.htm",
     "Beijing E-Town innovation ecology conference held in CIFTIS", "2022-09-08", ""),
    (404, "hnte_count", "high_tech_enterprises", "BDA", "2021", "34.8", "percent", 0.348, "fraction",
     "growth_yoy_pct", "http://subsites.chinadaily.com.cn/beijing/etda/2022-09/08/c_810899.htm",
     "Beijing E-Town innovation ecology conference held in CIFTIS", "2022-09-08", ""),
    (405, "hnte_count", "high_tech_enterprises", "BDA", "2023", "2100", "count", 2100, "enterprises", "at_least",
     YZOFF, "全市第一!去年亦庄新城工业总产值达5200亿元", "2024-02-02", ""),
    (406, "hnte_count", "high_tech_enterprises", "BDA", "2025", "2300", "count", 2300, "enterprises", "at_least",
     XINHUA, "北京亦庄“十四五”成绩单亮眼 多项数据居国家级经开区前列", "2026-01-02", ""),
    (501, "labour_productivity", "labour_productivity", "BDA", "2017", "420000", "CNY_per_person", 420000,
     "CNY_per_person", "preliminary", "http://news.cnhan.com/html/shizheng/20180126/909141.htm",
     "北京:社会劳动生产率首次列入发展主要目标", "2018-01-26", "social labour productivity"),
    (601, "hundred_billion_clusters", "clusters_100bn", "BDA", "2021", "4", "count", 4, "count", "preliminary",
     "http://www.ce.cn/xwzx/gnsz/gdxw/202112/23/t20211223_37197727.shtml",
     "增长预计超20%!北京经开区交出“硬核”成绩单", "2021-12-23", ""),
    (602, "hundred_billion_clusters", "clusters_100bn", "BDA", "2022-09-05", "4", "count", 4, "count", "actual",
     "http://funxun.com/news/75/202295111147.html", "北京经开区建设30年来经济发展", "2022-09-05",
     "from 0 to 4 in 30 years"),
    (603, "hundred_billion_clusters", "clusters_100bn", "BDA", "2023-08-31", "4", "count", 4, "count", "actual",
     "https://merotribune.com/2023/08/31/beijing-e-town-highlighted-by-innovative-development/",
     "Beijing E-Town highlighted by innovative development", "2023-08-31", ""),
    (604, "hundred_billion_clusters", "clusters_100bn", "BDA", "2025", "6", "count", 6, "count", "preliminary", XINHUA,
     "北京亦庄“十四五”成绩单亮眼 多项数据居国家级经开区前列", "2026-01-02", ""),
    (701, "transferred_projects_three_science_cities", "transferred_projects", "BDA", "2023", "270", "count", 270,
     "projects", "at_least", "https://english.beijing.gov.cn/government/reports/202402/t20240204_3555006.html",
     "Beijing government work report 2024 (English)", "2024-02-04", ""),
    (801, "av_zone_stage", "av_stage", "AV_ZONE", "2020-09-13", "1", "stage", 1, "stage", "actual",
     "https://autonode.cn/2020/09/13/beijing-auto-pc/", "北京市高级别自动驾驶示范区启动", "2020-09-13",
     "stage 1.0 under construction"),
    (802, "av_zone_stage", "av_stage", "AV_ZONE", "2022-09-16", "2", "stage", 2, "stage", "actual",
     "http://cjsjw.cn/jinrong/75707.html", "孔磊:北京市高级别自动驾驶示范区3.0阶段建设任务全面启动", "2022-09-16",
     "2.0 completed, 3.0 started"),
    (811, "av_zone_area_km2", "av_zone_area", "AV_ZONE", "2024-10-17", "600", "km2", 600, "km2", "actual",
     "https://syllable-syllable.com/?p=369", "Beijing high-level autonomous driving demonstration zone (blog)", "", ""),
    (901, "natl_rd_institutes", "national_platforms", "BDA", "2021", "25", "count", 25, "count", "actual",
     "http://subsites.chinadaily.com.cn/beijing/etda/2022-09/08/c_810899.htm",
     "Beijing E-Town innovation ecology conference held in CIFTIS", "2022-09-08", ""),
    (911, "national_green_factories", "green_factories", "BDA", "2023-05", "33", "factories", 33, "factories",
     "actual", "http://hamasdt.com/cn/Instant/local/202305/t20230515_7416016.html",
     "Beijing Daily: 33 national green factories rise in Yizhuang", "2023-05-15", ""),
)  # fmt: skip


def _reading(figure: tuple[int, str, str, str, str, str, str, float, str, FigureKind, str, str, str, str]) -> Reading:
    line, name, indicator, area, text, written, unit_in, value, unit, kind, url, title, published, note = figure
    period = parse_period(text)
    end = period.end or ANNOUNCED
    known = date.fromisoformat(published) if len(published) == 10 else end
    row = Row("figures", 1, "published_figures.csv", line, HASH)
    return Reading(
        id=f"figures-{line}", indicator=indicator, area=area, period=period, value=value, unit=unit, kind=kind,
        basis="published", known_on=known, is_known_on_assumed=not published, published_name=name,
        published_text=written, published_unit=unit_in, published_on=published, source_url=url, source_title=title,
        note=note, row=row,
    )  # fmt: skip


RECEIPT = Receipt("published_figures.csv", HASH, datetime(2026, 1, 28, 9, 30), "the test", "CSV, UTF-8, comma")
READINGS = tuple(_reading(figure) for figure in _FIGURES)


def _indicator(id: str, en: str, zh: str, definition: Text, kind: str, unit: str, **more: object) -> Indicator:
    return Indicator(id, Text(en, zh), definition, kind, unit, **more)  # type: ignore[arg-type]


INDICATORS = {
    one.id: one
    for one in (
        _indicator("gross_output_share", "Share of the city's industrial output", "工业总产值占全市比重",
                   Text("Gross output of industry above designated size, as a share of the whole city's",
                        "规模以上工业总产值占北京市的比重"), "ratio", "percent", scale="logit",
                   ratio=Ratio("gross_output", "gross_output", "BEIJING")),
        _indicator("gross_output", "Industrial output above designated size", "规模以上工业总产值",
                   Text("Gross output of industrial enterprises above designated size, current prices",
                        "规模以上工业企业的工业总产值，现价"), "flow", "CNY_100m"),
        _indicator("labour_productivity", "Labour productivity", "全员劳动生产率",
                   Text("Value added per person employed; which value added is not stated",
                        "增加值与全部从业人员之比；公告未说明采用何种增加值"), "ratio", "CNY_per_person"),
        _indicator("high_tech_enterprises", "National high-tech enterprises", "国家高新技术企业",
                   Text("Enterprises holding a valid certificate", "持有有效证书的企业数"), "stock", "enterprises"),
        _indicator("clusters_100bn", "Clusters of 100 billion yuan", "千亿级产业集群",
                   Text("Industrial clusters announced as exceeding 100 billion yuan", "公布为千亿级的产业集群数"),
                   "stock", "count", scale="count"),
        _indicator("transferred_projects", "Projects moved from the three science cities", "承接三大科学城转化项目",
                   Text("Projects landed in E-Town", "落地项目数"), "flow", "projects", scale="count"),
        _indicator("av_stage", "Stage of the demonstration zone", "示范区建设阶段",
                   Text("Stage declared complete", "宣布建成的阶段"), "stage", "stage", scale="stage"),
        _indicator("av_zone_area", "Area of the demonstration zone", "示范区面积",
                   Text("Area with roadside equipment", "完成智能化建设的面积"), "level", "km2"),
        _indicator("national_platforms", "National innovation platforms", "国家级创新平台",
                   Text("National-level research institutions", "国家级研发机构数"), "stock", "count"),
        _indicator("green_factories", "National green factories", "国家级绿色工厂",
                   Text("Factories on the national list", "列入国家名单的工厂数"), "stock", "factories"),
    )
}  # fmt: skip


def _target(id: str, en: str, zh: str, stated: Text, reading: Text, **more: object) -> Target:
    more.setdefault("deadline", DEADLINE)
    return Target(id, Text(en, zh), stated, reading, source=NOTICE, **more)  # type: ignore[arg-type]


_NO_NUMBER = Text("No number is promised", "公告未承诺数值")
SHARE = _target(
    "G2.gross_output_share", "Over a quarter of the city's industrial output", "工业总产值占全市四分之一以上",
    Text("Gross output of industry above designated size exceeds 25 percent of the whole city's",
         "规模以上工业总产值占全市比重超过25%"),
    Text("The share of the year 2025 is above 25 percent", "2025年全年比重大于25%"),
    indicator="gross_output_share", area="NEW_AREA", comparison="over", value=25.0, unit="percent",
)  # fmt: skip
PRODUCTIVITY = _target(
    "G2.labour_productivity", "Labour productivity of about 650,000 yuan", "全员劳动生产率65万元/人左右",
    Text("Overall labour productivity of about 650,000 yuan a person", "全员劳动生产率达到65万元/人左右"),
    Text("645,000 yuan or more: within half a unit of the last stated digit",
         "不低于64.5万元/人：末位数字半个单位以内"),
    indicator="labour_productivity", area="NEW_AREA", comparison="about", value=650000.0, unit="CNY_per_person",
    is_assumption=True,
)  # fmt: skip
HIGH_TECH = _target(
    "G2.high_tech_enterprises", "Over 2,300 national high-tech enterprises", "国家高新技术企业2300家以上",
    Text("More than 2,300 national high-tech enterprises", "国家高新技术企业超过2300家"),
    Text("The count at the end of 2025 is above 2,300", "2025年末大于2300家"),
    indicator="high_tech_enterprises", area="NEW_AREA", comparison="over", value=2300.0, unit="enterprises",
)  # fmt: skip


def _unnumbered(id: str, en: str, zh: str, indicator: str | None = None, area: str = "NEW_AREA") -> Target:
    return _target(id, en, zh, Text(en, zh), _NO_NUMBER, indicator=indicator, area=area, deadline=None)


def _item(id: str, wing: str, en: str, zh: str, target: Target | None = None) -> Item:
    return Item(id, Text(en, zh), wing, (target or _unnumbered(f"{id}.item", en, zh),))


PLAN = Plan(
    "etown-2025", Text("High-quality development of E-Town New Area, to 2025", "亦庄新城高质量发展行动（至2025年）"),
    ANNOUNCED, DEADLINE, 22,
    goals=(
        Goal("G1", Text("Support for national strategic tasks stands out more", "服务国家战略任务作用更加突出"), (
            _unnumbered("G1.national_platforms", "National major industry innovation platforms planned and built",
                        "谋划建设一批国家重大产业创新平台", "national_platforms"),)),
        Goal("G2", Text("Economic benefit improves", "经济效益更加提升"), (SHARE, PRODUCTIVITY, HIGH_TECH)),
        Goal("G3", Text("Regional coordination is driven harder", "区域协同带动更加有力"), ()),
    ),
    actions=(
        Action("A1", Text("Industrial capability", "产业能级跃升"), (
            _item("T1", "industry", "Internationally competitive integrated-circuit industry",
                  "打造具有国际竞争力的集成电路产业"),
            _item("T2", "industry", "National innovation base for information and communications",
                  "高水平建设国家信创基地"),
            _item("T3", "driving", "Autonomous driving demonstration zone 3.0", "建成高级别自动驾驶示范区3.0", _target(
                "T3.av_stage", "Stage 3.0 of the demonstration zone completed", "示范区3.0阶段建成",
                Text("Complete construction of stage 3.0", "完成3.0阶段建设"),
                Text("Stage 3.0 is declared complete", "宣布3.0阶段建成"),
                indicator="av_stage", area="AV_ZONE", comparison="at_least", value=3.0, unit="stage")),
            _item("T4", "industry", "Six industrial clusters of 100 billion yuan", "六大千亿级产业集群", _target(
                "T4.clusters_100bn", "Six clusters of 100 billion yuan each", "形成六个千亿级产业集群",
                Text("Six \u201cbillion-level\u201d clusters", "打造六大千亿级产业集群"),
                Text("The announcement's English renders 千亿级: 100 billion yuan each", "千亿级：每个1000亿元以上"),
                indicator="clusters_100bn", area="NEW_AREA", comparison="at_least", value=6.0, unit="count",
                is_assumption=True)),
        )),
        Action("A2", Text("Innovation ecosystem led by enterprises", "企业主导的创新生态"), (
            _item("T5", "innovation", "Cooperation with three national laboratories and three science cities",
                  "对接三大国家实验室和三大科学城"),
            _item("T6", "innovation", "Projects moved from the three science cities", "承接三大科学城科技成果转化",
                  _target(
                "T6.transferred_projects", "Over 500 projects moved to E-Town", "承接转化项目500个以上",
                Text("More than 500 projects", "超过500个项目"),
                Text("Projects landed from 2023 to 2025, added up", "2023年至2025年累计落地项目"),
                indicator="transferred_projects", area="NEW_AREA", comparison="over", value=500.0, unit="projects",
                sum_from=2023, is_assumption=True)),
        )),
        Action("A3", Text("Reform", "深化改革"), (
            _item("T7", "licensing", "A batch of integrated service scenarios", "打造一批集成服务场景"),
            _item("T8", "licensing", "One integrated licence everywhere", "“一业一证”全覆盖", _target(
                "T8.licence_coverage", "Full coverage of the one integrated licence", "“一业一证”全覆盖",
                Text("Full coverage", "实现全覆盖"),
                Text("100 percent of the published catalogue of industries", "已公布行业目录的100%"),
                indicator=None, area="NEW_AREA", value=100.0, unit="percent", is_assumption=True)),
        )),
        Action("A4", Text("Open collaboration", "开放协作"), (
            _item("T9", "supply", "Leading enterprises buy more from Tianjin and Hebei", "龙头企业扩大津冀采购"),
            _item("T10", "supply", "Industrial chains laid out in Tianjin and Hebei", "产业链在津冀布局"),
        )),
        Action("A5", Text("Green and low carbon", "绿色低碳"), (
            _item("T11", "carbon", "A green, low-carbon industrial system", "构建绿色低碳产业体系",
                  _unnumbered("T11.green_factories", "National green factories", "国家级绿色工厂", "green_factories")),
            _item("T12", "carbon", "Zero-carbon workshops and factories", "建设一批零碳车间、零碳工厂"),
        )),
        Action("A6", Text("City of new quality", "新质城市"), (
            _item("T13", "city", "A model smart city", "建设智慧城市样板"),
            _item("T14", "city", "New infrastructure: cloud, network, computing power", "云、网、算新型基础设施"),
        )),
    ),
    source=NOTICE,
)  # fmt: skip

ZONE = Zone(
    Path("zones/etown"),
    ZoneFile("etown", Text("Beijing E-Town", "北京亦庄"), "NEW_AREA", (
        Area("NEW_AREA", Text("E-Town New Area", "亦庄新城"), "zone", land_km2=225.0),
        Area("BDA", Text("Beijing Economic-Technological Development Area", "北京经济技术开发区"), "zone",
             inside=("NEW_AREA",), land_km2=60.0),
        Area("AV_ZONE", Text("Autonomous driving demonstration zone", "高级别自动驾驶示范区"), "zone"),
        Area("BEIJING", Text("Beijing", "北京市"), "city"),
    )),
    PLAN, INDICATORS, {},
)  # fmt: skip

# target: verdict, because, chance, first year, its value, value at the deadline, half width of the interval there
_ANSWERS: dict[str, tuple[Verdict, str, float | None, int, float, float, float]] = {
    "G2.gross_output_share": ("at risk", "by_chance_after_deadline", 0.58, 2020, 22.0, 25.3, 2.6),
    "G2.high_tech_enterprises": ("met", "met_by_a_part", 1.0, 2015, 500.0, 2345.0, 60.0),
    "T4.clusters_100bn": ("met", "met_by_figure", 1.0, 2021, 4.0, 6.0, 0.2),
    "T6.transferred_projects": ("on course", "by_chance_after_deadline", 0.86, 2023, 270.0, 690.0, 190.0),
    "T3.av_stage": ("missed", "missed_by_figure", 0.0, 2020, 1.0, 2.0, 0.5),
}
_EARLIER: dict[str, tuple[Verdict, str, float | None, int, float, float, float]] = {
    "G2.gross_output_share": ("unlikely", "by_chance", 0.12, 2020, 22.0, 22.9, 2.2),
    "G2.high_tech_enterprises": ("on course", "by_chance", 0.93, 2015, 500.0, 2890.0, 540.0),
    "T4.clusters_100bn": ("behind", "by_chance", 0.34, 2021, 4.0, 5.2, 1.2),
    "T3.av_stage": ("at risk", "by_chance_after_deadline", 0.55, 2020, 1.0, 2.6, 0.6),
}


def _path(first: int, start: float, end: float, width: float) -> tuple[PathPoint, ...]:
    years = DEADLINE.year - first
    points = []
    for step in range(years + 1):
        share = step / years if years else 1.0
        median, half = start + (end - start) * share, width * (0.15 + 0.85 * share**2)
        points.append(
            PathPoint(first + step, median, median - half, median - half / 2, median + half / 2, median + half)
        )
    return tuple(points)


def _outlook(target: Target, readings: tuple[Reading, ...], known_on: date) -> Outlook:
    answers = _ANSWERS if known_on >= date(2025, 6, 1) else _EARLIER
    about = [one for one in readings if one.indicator == target.indicator]
    if target.id == SHARE.id:
        about += [one for one in readings if one.indicator == "gross_output"]
    about.sort(key=lambda one: (one.period.end or ANNOUNCED, one.known_on), reverse=True)
    evidence = tuple(one for one in about if one.is_evidence)
    own = [one for one in evidence if one.indicator == target.indicator and one.kind != "growth_yoy_pct"]
    latest = own[0] if own else None
    age = (known_on - latest.period.end).days / 365.25 if latest and latest.period.end else None
    aside = tuple((one, "unused_promise") for one in about if not one.is_evidence)
    missing = ("missing_own_area:NEW_AREA", "missing_deadline_figure:2025")
    empty = Outlook(
        target.id, "no evidence", "no_evidence", None, None, None, None, (), evidence, aside, latest, age, missing,
        "method_none",
    )  # fmt: skip
    if target.value is None:
        return replace(empty, verdict="no number promised", because="no_number", missing=())
    if latest is None or target.id not in answers:
        return replace(empty, because="evidence_too_old") if latest else empty
    verdict, because, chance, first, start, end, width = answers[target.id]
    return replace(
        empty,
        verdict=verdict,
        because=because,
        chance=chance,
        median=end,
        p05=end - width,
        p95=end + width,
        path=_path(first, start, end, width),
        method="method_stage" if target.id == "T3.av_stage" else "method_path",
        notes=("note_other_area:BDA,NEW_AREA", "note_undated_publication"),
        chance_low=max(chance - 0.2, 0.0) if chance else None,
        chance_high=min(chance + 0.17, 1.0) if chance else None,
        hangs_on=(_HANG,) if chance else (),
    )


_HANG = Hang(
    "drift",
    Text("Does the pace of the past last?", "过去的增速能否延续?"),
    ((Text("the pace lasts", "增速延续"), 0.7), (Text("the pace slows", "增速逐年放缓"), 0.46)),
)


def walk_on(known_on: date | None) -> Walk:
    """Give the walk as on a day; nothing published later is in it."""
    day = known_on or TODAY
    readings = tuple(one for one in READINGS if one.known_on <= day)
    outlooks = {target.id: _outlook(target, readings, day) for target in PLAN.targets()}
    version = Version("figures", 1, None, len(READINGS), len(READINGS), HASH, datetime(2026, 1, 28, 9, 30), RECEIPT)
    return Walk(ZONE, day, (version,), readings, outlooks, 3)


def source_row(reading_id: str) -> dict[str, str]:
    """Give the columns of a row as they were received."""
    one = next(reading for reading in READINGS if reading.id == reading_id)
    return {
        "indicator": one.published_name, "area": one.area, "period": one.period.text,
        "period_end": str(one.period.end or ""), "value": one.published_text, "unit": one.published_unit,
        "kind": one.kind, "source_url": one.source_url, "source_title": one.source_title,
        "published_on": one.published_on, "note": one.note,
    }  # fmt: skip
