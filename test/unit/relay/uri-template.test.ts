import { describe, expect, it } from 'vitest';
import { matchesTemplate } from '../../../src/relay/uri-template.ts';

describe('a URI is one that a template describes', () => {
  it.each([
    ['demo://text/{id}', 'demo://text/1', true],
    ['demo://text/{id}', 'demo://text/a%2Fb?c', true],
    ['demo://text/{id}', 'demo://text/', false],
    ['demo://text/{id}', 'demo://text/1/2', false],
    ['demo://text/{id}', 'demo://blob/1', false],
    ['demo://text/{id}', 'xdemo://text/1', false],
    ['a:{x}-{y}', 'a:1-2-3', true],
    ['a:{x}-{y}', 'a:1', false],
    ['a:{x}{y}', 'a:12', true],
    ['a:{x}{y}', 'a:1', false],
    ['file:///{+path}', 'file:///home/a/b.txt', true],
    ['file:///{+path}', 'file:///', false],
    ['file:///{path*}', 'file:///a,b', true],
    ['file:///{path:3}', 'file:///abc', true],
    ['a:b{/x,y}', 'a:b', true],
    ['a:b{/x,y}', 'a:b/1/2', true],
    ['a:b{/x}', 'a:b1', false],
    ['a:b{?q,r}', 'a:b?q=1&r=2', true],
    ['a:b{?q}{#f}', 'a:b#top', true],
    ['a:b{?q}', 'a:b#top', false],
    ['a:b{&q}', 'a:b&q=1', true],
    ['a:b{.ext}', 'a:b.txt', true],
    ['a:b{;p}', 'a:b;p=1', true],
    ['a:{x}/end', 'a:1/end', true],
    ['a:{x}/end', 'a:1/ende', false],
    ['a:b', 'a:b', true],
    ['a:b', 'a:bc', false],
    ['', '', true],
    // What is no template describes nothing.
    ['a:{x', 'a:{x', false],
    ['a:}x', 'a:}x', false],
    ['a:{}', 'a:1', false],
    ['a:{=x}', 'a:1', false],
    ['a:{x,,y}', 'a:1', false],
    ['a:{{x}}', 'a:1', false],
  ])('%s, %s: %s', (template, uri, expected) => {
    expect(matchesTemplate(uri, template)).toBe(expected);
  });

  it('JR-24: in a short time, whatever the template', () => {
    const begun = performance.now();
    const uri = `a:${'x'.repeat(8000)}`;
    for (const part of ['{+x}', '{x}', '{+x}x', '{x}{?x}', '{/x}x{/x}'])
      expect(matchesTemplate(uri, `a:${part.repeat(30)}!`)).toBe(false);
    expect(matchesTemplate(uri, `a:${'{x}'.repeat(1000)}`)).toBe(false);
    expect(matchesTemplate(`a:${'x'.repeat(10_000)}`, 'a:{+x}')).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
