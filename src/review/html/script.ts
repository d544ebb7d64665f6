// The script of the HTML report: search, filters, folding, light and dark. It makes no markup and stores nothing; what it
// searches is the text that is already there. The policy of the page names it by its hash.
export const SCRIPT = `'use strict';
(() => {
  const $ = (selector) => [...document.querySelectorAll(selector)];
  const search = document.getElementById('search');
  const status = document.getElementById('status');
  const fold = document.getElementById('fold');
  const theme = document.getElementById('theme');
  const severities = $('input[name=severity]');
  for (const control of [search, fold, theme, ...severities]) control.disabled = false;

  // Text as a reader sees it: badges stand between the letters of a word and are not part of it.
  const textNodes = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest('.cp') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };
  const entries = $('.entry').map((element) => {
    const nodes = textNodes(element);
    return { element, nodes, text: nodes.map((node) => node.data).join('').toLowerCase() };
  });
  const parts = $('.part').map((element) => {
    const text = textNodes(element).map((node) => node.data).join('').toLowerCase();
    return { element, own: [...element.querySelectorAll('.entry')], text };
  });
  const links = new Map($('nav a').map((link) => [link.hash.slice(1), link]));

  const highlight = (wanted) => {
    if (!CSS.highlights) return;
    CSS.highlights.delete('found');
    if (wanted === '') return;
    const ranges = [];
    for (const { element, nodes } of entries) {
      if (element.hidden) continue;
      for (const node of nodes) {
        const text = node.data.toLowerCase();
        if (text.length !== node.data.length) continue;
        for (let at = text.indexOf(wanted); at >= 0 && ranges.length < 2000; at = text.indexOf(wanted, at + wanted.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + wanted.length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set('found', new Highlight(...ranges));
  };

  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    const shownSeverities = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const { element, text } of entries) {
      const isFinding = element.classList.contains('finding');
      const visible = (wanted === '' || text.includes(wanted)) && (!isFinding || shownSeverities.has(element.dataset.severity));
      element.hidden = !visible;
      if (visible) shown += 1;
      if (visible && wanted !== '') element.open = true;
      const link = links.get(element.id);
      if (link) link.parentElement.hidden = !visible;
    }
    // A section without entries is found as a whole; one with entries is its entries.
    for (const { element, own, text } of parts) {
      element.hidden = wanted !== '' && (own.length > 0 ? own.every((entry) => entry.hidden) : !text.includes(wanted));
      links.get(element.id).parentElement.hidden = element.hidden;
      if (wanted === '') continue;
      for (const folded of element.querySelectorAll('details:not(.entry)'))
        if (folded.textContent.toLowerCase().includes(wanted)) folded.open = true;
    }
    document.body.classList.toggle('searching', wanted !== '');
    if (wanted !== '') scrollTo(0, 0);
    const filtered = wanted !== '' || shownSeverities.size < severities.length;
    status.textContent = filtered ? shown + ' of ' + entries.length + ' entries shown' : '';
    highlight(wanted);
  };
  let waiting = 0;
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  for (const box of severities) box.addEventListener('change', apply);

  addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === 'Escape' && document.activeElement === search) {
      search.value = '';
      apply();
      search.blur();
    }
  });

  fold.addEventListener('click', () => {
    const open = !entries.some(({ element }) => element.open);
    for (const { element } of entries) element.open = open;
    fold.textContent = open ? 'fold all' : 'unfold all';
  });

  const root = document.documentElement;
  theme.addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });

  // Where a link leads must be open and must not be filtered away.
  const reach = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target || !target.classList.contains('entry')) return;
    target.open = true;
    if (target.hidden) {
      search.value = '';
      for (const box of severities) box.checked = true;
      apply();
    }
    target.scrollIntoView();
  };
  addEventListener('hashchange', reach);
  reach();

  const sections = $('main > section[id]');
  const mark = (id) => {
    for (const [key, link] of links) {
      if (key === id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  let scheduled = false;
  const locate = () => {
    scheduled = false;
    const passed = sections.filter((part) => part.getBoundingClientRect().top < 160);
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const current = atEnd ? sections.at(-1) : passed.at(-1);
    mark(current ? current.id : '');
  };
  addEventListener('scroll', () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(locate);
  }, { passive: true });
  locate();
})();
`;
