// The HTML report in a real Chromium, from a file, as a reviewer opens it: text of others stays text.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReviewHtml } from '../../src/review/html/page.ts';
import { reviewModel } from '../../src/review/model.ts';
import { everywhere } from '../unit/review/everywhere.ts';
import { backgroundColor, definitionTexts, pageFacts, pageWidth, reading } from './in-page.mjs';
import { BENIGN, BREAKING, BREAKOUTS, POISONED } from '../unit/review/samples.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-browser-'));
let browser: Browser;

beforeAll(async () => {
  const executablePath = CHROMIUM.find((file) => fs.existsSync(file));
  if (executablePath === undefined) throw new Error('no Chromium; sh scripts/setup.sh --tests installs it');
  browser = await chromium.launch({
    executablePath,
    // Its own sandbox refuses root, and it opens only what is made here.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
});

afterAll(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** Everything that should not happen, in words. */
  readonly trouble: string[];
  /** What was fetched, the page itself among it. */
  readonly finished: string[];
}

async function open(html: string, hash = '', options: { javaScriptEnabled?: boolean } = {}): Promise<Opened> {
  const file = path.join(folder, `${Math.random()}.html`);
  fs.writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const url = `${pathToFileURL(file).href}${hash}`;
  const trouble: string[] = [];
  const finished: string[] = [];
  page.on('dialog', (dialog) => {
    trouble.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url.replace(/#.*/, '') && request.url() !== url)
      trouble.push(`request ${request.url()}`);
  });
  page.on('requestfinished', (request) => finished.push(request.url()));
  page.on('framenavigated', (frame) => {
    if (!frame.url().startsWith(url.replace(/#.*/, ''))) trouble.push(`navigated to ${frame.url()}`);
  });
  page.on('popup', () => trouble.push('a window was opened'));
  page.on('pageerror', (error) => trouble.push(`error ${error.message}`));
  page.on('console', (message) => trouble.push(`console ${message.text()}`));
  await page.goto(url);
  return { page, trouble, finished };
}

const report = (material: Parameters<typeof reviewModel>[0]): string =>
  renderReviewHtml(reviewModel(material));

/** What a report may consist of. */
const ELEMENTS =
  'a b bdi body button caption code dd del details div dl dt em fieldset figcaption figure h1 h2 h3 head header html input ins label legend li main mark meta nav ol p pre q script section span style summary table tbody td th thead title tr ul'.split(
    ' ',
  );
const ATTRIBUTES =
  'aria-current aria-label aria-labelledby aria-live autocomplete charset checked class content data-severity data-theme disabled for hidden href http-equiv id lang name open placeholder role scope spellcheck tabindex title type value'.split(
    ' ',
  );

describe('hostile text in the HTML report', () => {
  for (const [name, material] of [
    ['that breaks out of everything', BREAKING],
    ['that is everywhere', everywhere],
  ] as const) {
    it(`RV-06: text ${name} makes no element, attribute, dialog, request or error`, async () => {
      const { page, trouble } = await open(report(material));
      await page.mouse.move(600, 500);
      await page.mouse.wheel(0, 4000);
      const found = await page.evaluate(pageFacts);
      expect(found.elements.filter((element) => !ELEMENTS.includes(element))).toEqual([]);
      expect(found.attributes.filter((attribute) => !ATTRIBUTES.includes(attribute))).toEqual([]);
      expect(found).toMatchObject({
        scripts: 1,
        styles: 1,
        comments: 0,
        isOwnBase: true,
        foreignLinks: [],
        foreignIds: [],
        idsTwice: 0,
      });
      expect(found.title).toBe('review of files');
      expect(trouble).toEqual([]);
    });
  }

  it('shows it all the same, letter by letter', async () => {
    const { page } = await open(report(BREAKING));
    const shown = await page.evaluate(definitionTexts);
    for (const [index, breakout] of BREAKOUTS.entries()) {
      if (/[^\n -~│─]/u.test(breakout)) continue;
      expect(shown[`break_${index + 10}`]).toContain(breakout);
    }
  });

  it('the policy of the page would stop what got in', async () => {
    const injected = report(BENIGN).replace(
      '</main>',
      '<img src="https://evil.example/x.png" onerror="document.title = 1"><script>document.title = "owned"</script></main>',
    );
    const { page, trouble, finished } = await open(injected);
    expect(await page.title()).toBe('review of files');
    expect(trouble.filter((one) => one.includes('Content Security Policy')).length).toBeGreaterThan(1);
    expect(finished.length).toBe(1);
  });

  it('names what is hidden in badges that are no part of the text', async () => {
    const { page } = await open(report(POISONED), '#definition-1');
    const badges = await page
      .locator('#definition-1 .payload .cp')
      .evaluateAll((list) => list.map((one) => `${one.textContent}: ${one.getAttribute('title')}`));
    expect(badges).toContain('ZWSP: U+200B zero width space');
    expect(badges).toContain('RLO: U+202E right-to-left override');
    const decoded = page.locator('#definition-4 .payload .smuggled');
    expect(await decoded.textContent()).toContain('ignore all previous instructions');
  });
});

describe('reading the HTML report', () => {
  it('search shows what has the words, also through what is hidden between the letters', async () => {
    const { page, trouble } = await open(report(POISONED));
    await page.keyboard.press('/');
    await page.keyboard.type('ignore previous instructions');
    await expect.poll(() => page.locator('.entry:visible').count()).toBeLessThan(12);
    expect(await page.locator('.definition:visible .name').allTextContents()).toEqual(['Bash']);
    expect(await page.locator('#status').textContent()).toMatch(/^\d+ of \d+ entries shown$/);
    await page.keyboard.press('Escape');
    await expect
      .poll(() => page.locator('.entry:visible').count())
      .toBe(await page.locator('.entry').count());
    expect(trouble).toEqual([]);
  });

  it('search finds text in sections that have no entries, and hides the others', async () => {
    const { page } = await open(report(POISONED));
    await page.fill('#search', 'left-pad');
    await expect.poll(() => page.locator('#identity').isVisible()).toBe(false);
    expect(await page.locator('#supply-chain td', { hasText: 'left-pad' }).isVisible()).toBe(true);
  });

  it('filters findings by severity', async () => {
    const { page } = await open(report(POISONED));
    const all = await page.locator('.finding').count();
    const high = await page.locator('.finding.high').count();
    await page.locator('input[name=severity][value=high]').uncheck({ force: true });
    expect(await page.locator('.finding:visible').count()).toBe(all - high);
    expect(await page.locator('.definition:visible').count()).toBe(await page.locator('.definition').count());
  });

  it('leads from a finding to its definition and back, and opens what was folded', async () => {
    const { page, trouble } = await open(report(POISONED));
    await page.locator('#fold').click();
    expect(await page.locator('.entry[open]').count()).toBe(0);
    await page.locator('nav a[href="#definition-2"]').click();
    await expect.poll(() => page.locator('#definition-2').getAttribute('open')).not.toBeNull();
    expect(
      await page.locator('#definition-2').evaluate((entry) => Math.round(entry.getBoundingClientRect().top)),
    ).toBeLessThan(200);
    const flag = page.locator('#definition-2 a.flag').first();
    const target = (await flag.getAttribute('href')) ?? '';
    await flag.click();
    await expect.poll(() => page.locator(target).isVisible()).toBe(true);
    expect(await page.locator(`${target} a.place`).getAttribute('href')).toBe('#definition-2');
    expect(trouble).toEqual([]);
  });

  it('marks the section that is being read', async () => {
    const { page } = await open(report(BENIGN));
    await page.locator('nav a[href="#definitions"]').click();
    await expect.poll(() => page.locator('nav a[aria-current]').getAttribute('href')).toBe('#definitions');
  });

  it('shows a change on two sides', async () => {
    const { page } = await open(report(BENIGN));
    const diff = page.locator('.change', { hasText: 'read_file' }).locator('.diff').first();
    expect(await diff.locator('.side.removed del').allTextContents()).toContain('from');
    expect(await diff.locator('.side.added ins').allTextContents()).toContain('text');
    const [left, right] = await diff
      .locator('.side')
      .evaluateAll((sides) => sides.map((side) => side.getBoundingClientRect()));
    expect(left?.top).toBe(right?.top);
    expect((left?.right ?? 0) < (right?.left ?? 0)).toBe(true);
  });

  it('is light or dark as the system is, and as the button says', async () => {
    const { page } = await open(report(BENIGN));
    const back = (): Promise<string> => page.evaluate(backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await back();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await back();
    expect(dark).not.toBe(light);
    await page.locator('#theme').click();
    expect(await back()).toBe(light);
  });

  it('can be read without its script', async () => {
    const { page, trouble } = await open(report(BENIGN), '', { javaScriptEnabled: false });
    expect(await page.locator('.entry:visible').count()).toBe(await page.locator('.entry').count());
    expect(await page.locator('#search').isDisabled()).toBe(true);
    expect(trouble.filter((one) => !one.startsWith('console'))).toEqual([]);
  });

  it('fits a narrow window: nothing is wider than it', async () => {
    const { page } = await open(report(BREAKING));
    for (const width of [360, 800, 1400]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(pageWidth)).toBeLessThanOrEqual(width);
    }
  });

  it('has names for its controls, one main heading, and enough contrast', async () => {
    const { page } = await open(report(POISONED));
    const facts = await page.evaluate(reading);
    expect(facts).toMatchObject({ weak: [], headings: 1, unnamed: 0 });
    expect(facts.measured).toBeGreaterThan(500);
  });
});
