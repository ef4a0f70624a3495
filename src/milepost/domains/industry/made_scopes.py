"""Business scopes made from the standard's titles, to try and to calibrate the coding where no coded record exists.

They are not records. They are made by one rule: a main activity worded otherwise than its title, some others after
it, then set phrases. A real scope differs in ways nobody made up, so an accuracy on these says that the method can
read a scope at all, and is an upper bound rather than an estimate for real ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_VERBS = {
    "制造": ("生产", "制造", "的研发、生产", "生产、销售", "加工"),
    "批发": ("批发", "销售", "的批发"),
    "零售": ("零售", "销售", "的零售"),
    "服务": ("服务", "", "的服务"),
    "开发": ("开发", "研发", "的开发"),
}
_GENERAL = ("技术开发", "技术服务", "技术咨询", "技术转让", "货物进出口", "技术进出口", "企业管理咨询", "会议服务")
_END = "（依法须经批准的项目，经相关部门批准后方可开展经营活动）"


def made_scopes(
    titles: Sequence[str], codes: Sequence[str], count: int, seed: int, others: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Give `count` made scopes with the class of their main activity, drawn evenly over the classes.

    `titles` and `codes` are the standard's; `others` are other wordings (text, code) that may stand for a title. The
    same seed gives the same scopes.
    """
    random = np.random.default_rng(seed)
    worded: dict[str, list[str]] = {}
    for text, code in others:
        worded.setdefault(code, []).append(text)
    found = []
    for _ in range(count):
        main = int(random.integers(len(codes)))
        parts = [_worded(titles[main], worded.get(codes[main], []), random)]
        parts += [_second(main, titles, codes, random) for _ in range(int(random.integers(0, 5)))]
        parts += list(random.permutation(_GENERAL)[: int(random.integers(0, 4))])
        if random.random() < 0.2:  # the main activity does not always come first
            parts[:2] = parts[1::-1]
        head = "一般项目：" if random.random() < 0.5 else ""
        found.append((head + "；".join(parts) + "。" + (_END if random.random() < 0.7 else ""), codes[main]))
    return found


def _worded(title: str, others: list[str], random: np.random.Generator) -> str:
    if others and random.random() < 0.5:
        return others[int(random.integers(len(others)))]
    said = title.removeprefix("其他").replace("未列明", "")
    for verb, ways in _VERBS.items():
        if said.endswith(verb):
            said = said.removesuffix(verb) + ways[int(random.integers(len(ways)))]
            break
    if len(said) > 6 and random.random() < 0.5:  # a character fewer, as people shorten
        drop = int(random.integers(len(said) - 2))
        said = said[:drop] + said[drop + 1 :]
    return said


def _second(main: int, titles: Sequence[str], codes: Sequence[str], random: np.random.Generator) -> str:
    """Another activity: often of the same division, else of any."""
    if random.random() < 0.6:
        near = [place for place, code in enumerate(codes) if code[:2] == codes[main][:2]]
        return titles[near[int(random.integers(len(near)))]]
    return titles[int(random.integers(len(titles)))]
