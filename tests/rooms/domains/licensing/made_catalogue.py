"""A small made catalogue for tests: a tea house of a made town, with complete lists."""

from datetime import date
from pathlib import Path

from milepost.basics.table import read_table
from milepost.domains.licensing import reading
from milepost.rules.reading import read_table as read_rules

DAY = date(2025, 6, 1)
HEADS = {name: list(read_table(Path(reading.__file__).parent / "catalogue" / f"{name}.csv")) for name in reading.TABLES}

RULES = {
    "fire_over_100": """policy: unique
inputs:
  - {name: floor_area_m2, type: number, unit: m2, allowed: ">= 0"}
outputs:
  - {name: need, type: string, values: [required, filing, not_required, to_confirm]}
lines:
  - {when: {floor_area_m2: "> 100"}, then: {need: required}, citation: Made code article 1}
  - {when: {floor_area_m2: "<= 100"}, then: {need: not_required}, citation: Made code article 1}
""",
    "filing_over_200": """policy: unique
inputs:
  - {name: area_of_shop_m2, type: number, unit: m2, allowed: ">= 0"}
outputs:
  - {name: need, type: string, values: [required, filing, not_required, to_confirm]}
lines:
  - {when: {area_of_shop_m2: "> 200"}, then: {need: filing}, citation: Made code article 2}
  - {when: {area_of_shop_m2: "<= 200"}, then: {need: not_required}, citation: Made code article 2}
""",
}

ROWS = {
    "industries": [{"industry": "tea_house", "name_en": "Tea house", "name_zh": "茶馆"}],
    "guides": [
        {"guide": "tea_house_town", "industry": "tea_house", "area_en": "Made town", "area_zh": "样例镇",
         "is_default": "yes", "days_after": "6", "days_after_standing": "promised", "source": "made"},
        {"guide": "sign_town", "industry": "tea_house", "area_en": "Made town", "area_zh": "样例镇", "source": "made"},
    ],
    "permits": [
        {"permit": "food", "name_en": "Food", "name_zh": "食品", "kind": "permit"},
        {"permit": "hygiene", "name_en": "Hygiene", "name_zh": "卫生", "kind": "permit"},
        {"permit": "fire", "name_en": "Fire", "name_zh": "消防", "kind": "permit"},
        {"permit": "registration", "name_en": "Registration", "name_zh": "登记", "kind": "registration"},
    ],
    "requirements": [
        {"guide": "tea_house_town", "permit": "registration", "need": "required", "citation": "c", "source": "made"},
        {"guide": "tea_house_town", "permit": "food", "need": "required", "statutory_days": "15",
         "practice_days": "9", "promised_days": "4", "citation": "c", "source": "made"},
        {"guide": "tea_house_town", "permit": "hygiene", "need": "required", "practice_days": "8", "citation": "c",
         "source": "made"},
        {"guide": "tea_house_town", "permit": "fire", "rule": "fire_over_100", "statutory_days": "7",
         "practice_days": "5", "citation": "c", "source": "made"},
        {"guide": "sign_town", "permit": "fire", "rule": "filing_over_200", "citation": "c", "source": "made"},
        {"guide": "sign_town", "permit": "food", "need": "filing", "citation": "c", "source": "made"},
    ],
    "fields": [
        {"field": "floor_area_m2", "name_en": "Floor area", "name_zh": "面积", "definition": "premises:floor_area",
         "type": "number", "unit": "m2"},
        {"field": "area_of_shop_m2", "name_en": "Size of the shop", "name_zh": "营业面积",
         "definition": "premises:floor_area", "type": "number", "unit": "m2"},
        {"field": "shop_address", "name_en": "Address", "name_zh": "地址", "definition": "premises:address",
         "type": "text"},
        {"field": "address_of_premises", "name_en": "Where it is", "name_zh": "场所位置",
         "definition": "premises:address", "type": "text"},
        {"field": "owner_address", "name_en": "Address", "name_zh": "地址", "definition": "person:address",
         "type": "text"},
        {"field": "owner_name", "name_en": "Name", "name_zh": "姓名", "definition": "person:name", "type": "text",
         "held_by_en": "Registry", "held_by_zh": "登记机关"},
    ],
    "documents": [
        {"document": "lease", "name_en": "Lease", "name_zh": "租约", "definition": "document:right_to_premises"},
        {"document": "lease_copy", "name_en": "Copy of the lease", "name_zh": "租约复印件",
         "definition": "document:right_to_premises"},
        {"document": "deed", "name_en": "Title deed", "name_zh": "产权证", "definition": "document:deed",
         "substitutes": "lease"},
        {"document": "register_extract", "name_en": "Extract", "name_zh": "登记摘录", "definition": "document:extract",
         "substitutes": "deed"},
        {"document": "identity", "name_en": "Identity card", "name_zh": "身份证", "definition": "document:identity",
         "held_by_en": "Police", "held_by_zh": "公安机关", "is_e_licence": "yes"},
        {"document": "licence", "name_en": "Business licence", "name_zh": "营业执照", "definition": "document:licence",
         "product_of": "registration"},
        {"document": "plan", "name_en": "Floor plan", "name_zh": "平面图", "definition": "document:plan"},
    ],
    "asked_documents": [
        {"guide": "tea_house_town", "permit": permit, "document": document, "may_be_promised": promised,
         "due_days_after_decision": days, "citation": "c", "source": "made"}
        for permit, document, promised, days in (
            ("food", "lease", "no", ""), ("hygiene", "lease_copy", "no", ""), ("food", "identity", "no", ""),
            ("hygiene", "identity", "no", ""), ("food", "licence", "no", ""), ("hygiene", "plan", "yes", "30"),
            ("fire", "plan", "yes", "20"),
        )
    ],
    "asked_fields": [
        {"guide": "tea_house_town", "permit": permit, "field": field, "citation": "c", "source": "made"}
        for permit, field in (
            ("food", "shop_address"), ("hygiene", "address_of_premises"), ("food", "owner_address"),
            ("food", "owner_name"), ("hygiene", "owner_name"),
        )
    ],
    "complete_lists": [
        {"guide": "tea_house_town", "permit": permit, "list": name, "source": "made"}
        for permit in ("food", "hygiene") for name in ("documents", "fields")
    ],
    "scenarios": [
        {"scenario": "open_tea_house", "name_en": "Open a tea house", "name_zh": "开茶馆", "guide": guide,
         "source": "made"} for guide in ("tea_house_town", "sign_town")
    ],
}  # fmt: skip


def table_of(name, rows):
    """Rows as a table; a column that a row does not name is empty."""
    return {head: [row.get(head, "") for row in rows] for head in HEADS[name]}


def tables_with(**more):
    """The made tables, with rows of these tables added."""
    return {name: table_of(name, [*ROWS.get(name, []), *more.get(name, [])]) for name in HEADS}


def rules_in(folder, **more):
    """The made decision tables, written to a folder and read."""
    found = {}
    for name, text in {**RULES, **more}.items():
        path = folder / f"{name}.yaml"
        path.write_text(text, "utf-8")
        found[name] = read_rules(path)
    return found


def made(folder, rules=None, **more):
    """The made catalogue, with rows added."""
    return reading.read_catalogue(tables_with(**more), rules_in(folder, **(rules or {})))
