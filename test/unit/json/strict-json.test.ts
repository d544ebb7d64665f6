import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonPath } from '../../../src/json/json-path.ts';
import { parseStrictJson } from '../../../src/json/strict-json.ts';

function issuesOf(text: string): string[] {
  const result = parseStrictJson(text);
  return result.ok ? [] : result.issues.map((issue) => `${issue.path}: ${issue.message}`);
}

describe('parseStrictJson', () => {
  test.each([
    ['{}', {}],
    [' [1, -0.5e+3, "\\u00e9\\n", true, false, null] ', [1, -500, 'é\n', true, false, null]],
    ['{"a":{"b":1},"c":{"b":2}}', { a: { b: 1 }, c: { b: 2 } }],
    ['{"constructor":1,"toString":2,"hasOwnProperty":3}', { constructor: 1, toString: 2, hasOwnProperty: 3 }],
    ['"a // b /* c"', 'a // b /* c'],
  ])('takes %s', (text, value) => {
    expect(parseStrictJson(text)).toEqual({ ok: true, value });
  });

  test.each([
    ['', 'line 1, column 1: is empty'],
    [' \n', 'line 2, column 1: is empty'],
    ['\ufeff{}', 'line 1, column 1: must not start with a byte order mark'],
    ['{} {}', 'line 1, column 4: nothing may follow the document'],
    ['{"a":1,}', 'line 1, column 8: a comma must not stand before "}"'],
    ['[1,]', 'line 1, column 4: a comma must not stand before "]"'],
    ['{// why\n}', 'line 1, column 2: comments are not allowed'],
    ['{"a": /* why */ 1}', 'line 1, column 7: comments are not allowed'],
    ['{\n  "a" 1}', 'line 2, column 7: expected ":"'],
    ['{a:1}', 'line 1, column 2: expected a key in double quotes or "}"'],
    ["{'a':1}", 'line 1, column 2: expected a key in double quotes or "}"'],
    ['{"a":', 'line 1, column 6: expected a value, found the end'],
    ['["a', 'line 1, column 4: a string has no end'],
    ['["\t"]', 'line 1, column 3: a control character in a string must be written as an escape'],
    ['["\\x41"]', 'line 1, column 3: unknown escape in a string'],
    ['[01]', 'line 1, column 3: expected "," or "]"'],
    ['[.5]', 'line 1, column 2: expected a value'],
    ['[NaN]', 'line 1, column 2: expected a value'],
    ['[-]', 'line 1, column 2: is not a number'],
    ['[1\u00a0]', 'line 1, column 3: expected "," or "]"'],
  ])('refuses %j', (text, issue) => {
    expect(issuesOf(text)).toEqual([issue]);
    expect(parseStrictJson(text).ok).toBe(false);
  });

  test('names every duplicate key, however it is written', () => {
    expect(issuesOf('{"a":1,"\\u0061":2,"b":[{"c":1,"c":2,"c":3}],"d d":{"x":1,"x":1}}')).toEqual([
      'a: this key is there twice',
      'b[0].c: this key is there twice',
      'b[0].c: this key is there twice',
      '["d d"].x: this key is there twice',
    ]);
  });

  test('refuses a __proto__ key and leaves every prototype alone', () => {
    expect(issuesOf('{"a":{"__proto__":{"polluted":true}}}')).toEqual([
      'a.__proto__: this key is not allowed',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('has a depth of 64 and no more', () => {
    expect(parseStrictJson('['.repeat(64) + ']'.repeat(64)).ok).toBe(true);
    expect(issuesOf('['.repeat(65) + ']'.repeat(65))).toEqual([
      'line 1, column 65: is nested deeper than 64 levels',
    ]);
    expect(issuesOf('{"a":'.repeat(100_000))).toHaveLength(1);
  });

  test('agrees with JSON.parse on every document without duplicates', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        fc.pre(!text.includes('__proto__'));
        expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  test('finds a duplicate key wherever it is put, and only that', () => {
    const key = fc.string({ unit: fc.constantFrom('a', '"', '\\', ':', '{', ' ', 'é', '\n'), maxLength: 4 });
    const object = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(object, fc.nat(), fc.boolean(), (value, choice, isEscaped) => {
        const members = Object.entries(value).map(
          ([name, member]) => `${JSON.stringify(name)} :${JSON.stringify(member)}`,
        );
        const name = Object.keys(value)[choice % members.length] ?? '';
        const escaped = Array.from(name)
          .map((letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
          .join('');
        const again = `${isEscaped ? `"${escaped}"` : JSON.stringify(name)}:0`;
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(issuesOf(`[{${members.join(',')}}]`)).toEqual([]);
        expect(issuesOf(`[{${[...members, again].join(', ')}}]`)).toEqual([
          `${jsonPath([0, name])}: this key is there twice`,
        ]);
      }),
    );
  });

  test('takes nothing that JSON.parse refuses, and refuses nothing it takes but for our own rules', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      '"',
      '/',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let engine = true;
        try {
          JSON.parse(text);
        } catch {
          engine = false;
        }
        const issues = issuesOf(text);
        if (issues.some((issue) => issue.includes('twice'))) expect(engine).toBe(true);
        else expect(issues.length === 0).toBe(engine);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('jsonPath', () => {
  test.each([
    [[], '(top level)'],
    [['permissions', 'filesystem', 0, 'path'], 'permissions.filesystem[0].path'],
    [['env', 'A B'], 'env["A B"]'],
    [['env', 'x\u202e\n'], 'env["x\\u{202e}\\n"]'],
    [['env', 'k'.repeat(1000)], `env["${'k'.repeat(200)}…"]`],
  ])('%j is %s', (segments, text) => {
    expect(jsonPath(segments)).toBe(text);
  });
});
