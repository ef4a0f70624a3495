"""Every text of a page that does not stand out from its ground: a contrast below 4.5 (WCAG 2.2, AA)."""

CONTRAST = """() => {
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 };
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b) };
  const ground = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)') return c; e = e.parentElement } return 'rgb(255, 255, 255)' };
  const found = [];
  for (const e of document.querySelectorAll('main *, header *, footer *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length) continue;
    const style = getComputedStyle(e), isDrawn = e instanceof SVGElement;
    const a = light(isDrawn ? style.fill : style.color), b = light(ground(isDrawn ? e.closest('figure') : e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push([e.className.baseVal ?? e.className, e.textContent.slice(0, 30), ratio.toFixed(2)]);
  }
  return found;
}"""
