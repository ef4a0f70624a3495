"""The template tags of the site: a message, a lamp."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Any, key: str, **names: object) -> str:
    """Give a message in the page's language."""
    return str(context["words"].say(key, **names))


@register.simple_tag
def lamp(verdict: str) -> str:
    """Give the lamp of a verdict: a shape of its own, hidden from screen readers for the word stands beside it."""
    shape = verdict.replace(" ", "-")
    return str(format_html('<svg class="lamp lamp-{0}" aria-hidden="true"><use href="#lamp-{0}"/></svg>', shape))
