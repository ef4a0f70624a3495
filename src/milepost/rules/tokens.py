"""Text is cut into tokens here: numbers, texts, names (which may hold spaces), signs. Their sense is for `parsing`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

_KEYWORDS = frozenset({"and", "or", "between", "in", "if", "then", "else", "true", "false", "null"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_TOKEN = re.compile(
    r"(?P<blank>\s+|//[^\n]*|/\*.*?\*/)|(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4})?)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")|(?P<at>@"[^"]*")|(?P<word>\?|[^\W\d]\w*)'
    r"|(?P<sign>\.\.|\*\*|!=|<=|>=|[-+*/=<>()\[\]{},.:])",
    re.DOTALL,
)


class Unreadable(ValueError):
    """The text cannot be read as an expression: what is wrong, and at which character (from 1)."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what, self.at = what, at


@dataclass(frozen=True)
class Token:
    """One token: its kind, its text, the character it begins at (from 1)."""

    kind: str
    text: str
    at: int


@functools.lru_cache(maxsize=256)
def name_pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Give a pattern of the names that hold more than letters and digits, the longest first."""
    forms = [r"\s+".join(re.escape(word) for word in name.split()) for name in sorted(names, key=len, reverse=True)]
    return re.compile(f"(?:{'|'.join(forms) or '(?!)'})(?!\\w)")


def tokens_of(text: str, names: re.Pattern[str]) -> list[Token]:
    """Give the tokens of a text and, at last, its end. Raises Unreadable."""
    found, at = [], 0
    while at < len(text):
        match = names.match(text, at)
        if match and match.end() > at:
            found.append(Token("word", " ".join(match.group().split()), at + 1))
            at = match.end()
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            what = "a text is not closed" if text[at] == '"' else f"{text[at]!r} is not expected"
            raise Unreadable(what, at + 1)
        kind = str(match.lastgroup)
        if kind == "word" and match.group() in _KEYWORDS:
            kind = "keyword"
        if kind != "blank":
            found.append(Token(kind, match.group(), at + 1))
        at = match.end()
    return [*found, Token("end", "the end", len(text) + 1)]


def unescaped(token: Token) -> str:
    """Give the text a string token stands for. Raises Unreadable where an escape is not known."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] in "uU" and len(code) > 1:
            return chr(int(code[1:], 16)) if int(code[1:], 16) < 0x110000 else ""
        if code not in _ESCAPES:
            raise Unreadable(f"\\{code} is not an escape", token.at + match.start())
        return _ESCAPES[code]

    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", one, token.text[1:-1], flags=re.DOTALL)
