import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json, type JsonObject, NotCanonical } from '../../../src/pins/canonical-json.ts';
import { hashDefinition } from '../../../src/pins/definitions.ts';

const canonical = (text: string) => canonicalJson(JSON.parse(text) as Json);

describe('writes what RFC 8785 publishes', () => {
  test.each<[string, string, string]>([
    [
      '3.2.2: numbers and escapes',
      String.raw`{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }`,
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    ],
    [
      '3.2.3: keys by UTF-16 code units, a surrogate before U+FB33',
      String.raw`{ "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis" }`,
      `{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}`,
    ],
    [
      'structures',
      String.raw`{ "1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ {} ], "A": { } }`,
      String.raw`{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}`,
    ],
    [
      'no locale',
      '{"peach": 1, "péché": 2, "pêche": 3, "sin": 4}',
      '{"peach":1,"péché":2,"pêche":3,"sin":4}',
    ],
    ['no normalisation', String.raw`{"a": "A\u030a"}`, '{"a":"A\u030a"}'],
  ])('%s', (_, input, output) => {
    expect(canonical(input)).toBe(output);
  });

  // Appendix B: the bits of a double and how it is written.
  test.each<[string, string]>([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('number %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });
});

describe('is not led astray by', () => {
  test('a member named __proto__', () => {
    const benign = '{"__proto__":{"description":"benign"}}';
    expect(canonical(benign)).toBe(benign);
    expect(canonical('{"__proto__":{"description":"EVIL"}}')).not.toBe(canonical(benign));
    expect(canonical('{"a":{"__proto__":[1]}}')).toBe('{"a":{"__proto__":[1]}}');
  });

  test('keys that look like numbers, which objects list by number', () => {
    expect(canonical('{"9":1,"10":2}')).toBe('{"10":2,"9":1}');
    expect(canonical('{"b":1,"2":2,"a":3,"1":4}')).toBe('{"1":4,"2":2,"a":3,"b":1}');
  });

  test('the order of keys, spaces, and the spelling of numbers and strings (RP-21)', () => {
    expect(canonical('{ "b":1.0, "a" : ["\\u0061", 1E2] }')).toBe(canonical('{"a":["a",100],"b":1}'));
  });

  test('-0', () => {
    expect(canonical('[-0, 0, -0.0]')).toBe('[0,0,0]');
  });

  test('integers that are one double: they are equal, as documented (RP-27)', () => {
    expect(canonical('9007199254740993')).toBe('9007199254740992');
    expect(canonical('12345678901234567890')).toBe('12345678901234567000');
  });

  test('NFC and NFD: two texts', () => {
    expect(canonical('"é"')).not.toBe(canonical('"e\u0301"'));
  });

  test('null, nothing and no member: three things', () => {
    expect(new Set(['{"a":null}', '{"a":""}', '{}'].map(canonical)).size).toBe(3);
  });

  test('names that objects have of their own', () => {
    expect(canonical('{"toString":1,"constructor":2,"hasOwnProperty":3,"length":4}')).toBe(
      '{"constructor":2,"hasOwnProperty":3,"length":4,"toString":1}',
    );
  });
});

describe('refuses', () => {
  test.each<[string, string]>([
    ['half a surrogate pair', String.raw`"\ud800"`],
    ['the other half', String.raw`"a\udc00"`],
    ['halves in the wrong order', String.raw`"\ude00\ud83d"`],
    ['half a pair in a key', String.raw`{"\ud83d":1}`],
    ['a number that is none', '1e400'],
    ['65 levels', '['.repeat(65) + ']'.repeat(65)],
    ['more levels than the engine can recurse', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('%s', (_, text) => {
    expect(() => canonical(text)).toThrow(NotCanonical);
  });

  test.each<[string, unknown]>([
    ['undefined', { a: undefined }],
    ['a hole', Object.assign([], { length: 1 })],
    ['NaN', Number.NaN],
    ['a bigint', 1n],
  ])('what JSON does not have: %s', (_, value) => {
    expect(() => canonicalJson(value as Json)).toThrow(NotCanonical);
  });
});

test('64 levels have a form', () => {
  const text = '['.repeat(64) + ']'.repeat(64);
  expect(canonical(text)).toBe(text);
});

describe('for all JSON', () => {
  const anyJson = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>;

  test('the form is JSON of an equal value, and its own form', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonical(text)).toBe(text);
      }),
    );
  });

  test('two values have one form only when they are equal', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (one, other) => {
        const equal = sortedText(one) === sortedText(other);
        expect(canonicalJson(one) === canonicalJson(other)).toBe(equal);
      }),
    );
  });

  test('no order of insertion shows', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
      }),
    );
  });
});

/** Another way to the same end: keys and values as lists of pairs. */
function sortedText(value: Json): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? ['object', ...Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1))]
      : Array.isArray(member)
        ? ['list', member.length, ...member]
        : member,
  );
}

// Hashes that another implementation of the same recipe publishes (mcp-pin's vectors of version 1).
describe('hashes as others do', () => {
  test.each<[string, string]>([
    [
      '{"inputSchema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]},"name":"weather","description":"Get the current weather for a city."}',
      'f6d1913a45f2a5ea95ceb161b4e08eed245a1808044f3a358705d2641b6fb37d',
    ],
    [
      '{"name":"n","inputSchema":{"type":"object","properties":{"k":{"type":"number","minimum":1.0,"maximum":1E3,"multipleOf":0.000001,"default":-0,"exclusiveMinimum":1e-7}}}}',
      '913c935b054edcf4398e3e5de60422a1f057f7970ff214a25bc48eb67a6d810f',
    ],
    [
      String.raw`{"name":"esc","description":"Line one\nTab\there \u001b[2J and \u2028 then \/ and \ud83d\ude00 caf\u00e9"}`,
      'f1960a7b888f4e220e0085c0edf1611809caec6db62ad93be713cdd43d4df200',
    ],
    [
      '{"name":"big","inputSchema":{"type":"object","properties":{"id":{"type":"integer","maximum":12345678901234567890}}}}',
      '6c77e7c22b65775684e716148e5f5364ffedfbb7333741f0cc0650da9ecc2167',
    ],
  ])('%s', (text, hash) => {
    expect(hashDefinition(JSON.parse(text) as JsonObject)).toBe(hash);
  });
});
