// Functions that run in the page. Each stands alone: only its source gets there.

export function pageFacts() {
  const all = [...document.querySelectorAll('*')];
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  const ours = /^[a-z]+(?:-[a-z0-9]+)*$/;
  return {
    elements: [...new Set(all.map((element) => element.localName))],
    attributes: [...new Set(all.flatMap((element) => element.getAttributeNames()))],
    scripts: document.scripts.length,
    styles: document.querySelectorAll('style').length,
    comments: document.evaluate('count(//comment())', document, null, 1, null).numberValue,
    title: document.title,
    isOwnBase: document.baseURI === location.href,
    foreignLinks: [...document.querySelectorAll('[href]')]
      .map((element) => element.getAttribute('href'))
      .filter((href) => !href.startsWith('#') || !ours.test(href.slice(1))),
    foreignIds: ids.filter((id) => !ours.test(id)),
    idsTwice: ids.length - new Set(ids).size,
  };
}

/** What each definition says in its payloads, by name, as a reader would copy it. */
export function definitionTexts() {
  return Object.fromEntries(
    [...document.querySelectorAll('.entry.definition')].map((entry) => [
      entry.querySelector('.name').textContent,
      [...entry.querySelectorAll('.payload pre .ln')].map((line) => line.textContent).join(''),
    ]),
  );
}

export function backgroundColor() {
  return getComputedStyle(document.body).backgroundColor;
}

export function pageWidth() {
  return document.documentElement.scrollWidth;
}

/** Contrast below what WCAG asks of text (4.5), in light and dark; controls without a name; main headings. */
export function reading() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/, 0\)$|^transparent$/.test(backgroundColor)) return backgroundColor;
    }
    return 'white';
  };
  const weak = [];
  let measured = 0;
  for (const theme of ['light', 'dark']) {
    document.documentElement.dataset.theme = theme;
    for (const element of document.querySelectorAll('main *, nav *, header *')) {
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
      if (!hasText || !element.checkVisibility()) continue;
      measured += 1;
      const [one, other] = [luminance(getComputedStyle(element).color), luminance(backOf(element))];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (ratio < 4.5) weak.push(`${theme} ${element.localName}.${element.className} ${ratio.toFixed(2)}`);
    }
  }
  const nameOf = (element) =>
    element.textContent || element.getAttribute('aria-label') || element.closest('label')?.textContent || '';
  return {
    weak: [...new Set(weak)],
    measured,
    headings: document.querySelectorAll('h1').length,
    unnamed: [...document.querySelectorAll('button, input, nav, a')].filter(
      (element) => nameOf(element).trim() === '',
    ).length,
  };
}
