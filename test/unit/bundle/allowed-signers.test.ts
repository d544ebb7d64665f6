import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeSigner, parseAllowedSigners } from '../../../src/bundle/allowed-signers.ts';
import { matchesList, matchesPattern } from '../../../src/bundle/pattern-list.ts';
import { readPublicKey } from '../../../src/bundle/public-key.ts';
import { readSignerTime } from '../../../src/bundle/signer-time.ts';
import { NAMESPACE } from '../../../src/bundle/ssh-signature.ts';
import { type Key, linesOf, makeKey, NOW, sign, sshKeygenTakes } from '../../fixtures/bundles.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFbDZcNXHTsBDxCb2yHyYXkO5xPvzH6Ynb0ClVbZ4rQf';

let folder = '';
let key: Key;
let other: Key;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-signers-'));
  [key, other] = [makeKey(folder, 'ed25519'), makeKey(folder, 'ed25519')];
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const publicKey = ({ words }: Key) => readPublicKey(Buffer.from(words.split(' ')[1] ?? '', 'base64'));

function verdict(text: string, signer?: string, now = NOW) {
  return judgeSigner(linesOf(text), { key: publicKey(key), namespace: NAMESPACE, signer, now });
}

describe('parseAllowedSigners', () => {
  it('reads what ssh-keygen(1) describes', () => {
    const text = [
      '# signers of the company',
      '',
      `ops@corp.example ${KEY}`,
      `  ops@corp.example,*@admins.example\t${KEY} a comment`,
      `"Ann Smith,!bob" NAMESPACES="git,cordon-*",valid-after="20270101Z",valid-before="202702011230" ${KEY}\r`,
      `*@corp.example cert-authority ${KEY}`,
    ].join('\n');
    expect(linesOf(text).map((line) => ({ ...line, key: undefined }))).toEqual([
      { line: 3, principals: 'ops@corp.example', isAuthority: false },
      { line: 4, principals: 'ops@corp.example,*@admins.example', isAuthority: false },
      {
        line: 5,
        principals: 'Ann Smith,!bob',
        namespaces: 'git,cordon-*',
        validAfter: Date.parse('2027-01-01T00:00:00Z') / 1000,
        validBefore: new Date(2027, 1, 1, 12, 30).getTime() / 1000,
        isAuthority: false,
      },
      { line: 6, principals: '*@corp.example', isAuthority: true },
    ]);
  });

  it.each<[string, string]>([
    ['ops', 'must be principals, perhaps options, and a key'],
    [KEY, 'has options that are not written as options are'],
    ['ops ssh-ed25519', 'the key is not base64'],
    ['ops ssh-ed25519 AAAA!', 'the key is not base64'],
    ['ops ssh-ed25519 AAAA', 'the key ends too early'],
    [
      `ops ${KEY.replace('ssh-ed25519', 'ssh-rsa')}`,
      'the key says "ssh-rsa" and is a key of the type "ssh-ed25519"',
    ],
    [`ops ssh-dss AAAA`, 'has the option "ssh-dss", which is unknown'],
    [`"ops ${KEY}`, 'must be principals, perhaps options, and a key'],
    [`ops namespace="git" ${KEY}`, 'has the option "namespace", which is unknown'],
    [`ops namespaces=git ${KEY}`, 'has options that are not written as options are'],
    [`ops namespaces="git ${KEY}`, 'has options that are not written as options are'],
    [`ops namespaces ${KEY}`, '"namespaces" needs a value in double quotes'],
    [`ops cert-authority="yes" ${KEY}`, '"cert-authority" takes no value'],
    [`ops namespaces="git", ${KEY}`, 'has options that are not written as options are'],
    [`ops namespaces="git",namespaces="x" ${KEY}`, 'has the option "namespaces" twice'],
    [`ops valid-after="2027" ${KEY}`, '"valid-after" is not a time such as "20270131Z"'],
    [`ops valid-after="20270230" ${KEY}`, '"valid-after" is not a time such as "20270131Z"'],
    [`ops valid-after="20270201",valid-before="20270101" ${KEY}`, 'is valid at no time'],
  ])('refuses %j', (line, fault) => {
    expect(parseAllowedSigners(`\n${line}\n`)).toEqual({ ok: false, faults: [`line 2: ${fault}`] });
  });

  it('one line that is not understood makes the whole file count for nothing, and all are named', () => {
    const parsed = parseAllowedSigners(`ops ${KEY}\nbad\nops frobnicate ${KEY}\n`);
    expect(parsed).toMatchObject({
      ok: false,
      faults: [/line 2/, /line 3/].map(() => expect.any(String) as string),
    });
  });

  it('property: any text is read or refused, and never thrown at', () => {
    const piece = fc.constantFrom(
      'ops ',
      '"',
      ',',
      '!',
      '*',
      'namespaces="',
      'valid-after="20270101"',
      KEY,
      ' ',
      '\n',
      '\\',
      '#',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
        const parsed = parseAllowedSigners(pieces.join(''));
        return parsed.ok || parsed.faults.length > 0;
      }),
    );
  });
});

describe('judgeSigner', () => {
  const named = (options = '') => `ops@corp.example ${options} ${key.words}\n`;
  const inNamespace = `namespaces="${NAMESPACE}"`;

  it('takes a line for this namespace from anybody, and one without only from the person asked for', () => {
    expect(verdict(named(inNamespace)).kind).toBe('allowed');
    expect(verdict(named(), 'ops@corp.example').kind).toBe('allowed');
    expect(verdict(named())).toEqual({
      kind: 'refused',
      why: [
        `line 1: it names no namespaces; write namespaces="${NAMESPACE}" in front of the key, or name the signer`,
      ],
    });
  });

  it.each<[string, () => ReturnType<typeof verdict>, string]>([
    [
      'another namespace',
      () => verdict(named('namespaces="git"')),
      `line 1: it is not for the namespace "${NAMESPACE}"`,
    ],
    [
      'a namespace that is taken out',
      () => verdict(named(`namespaces="*,!${NAMESPACE}"`)),
      `line 1: it is not for the namespace "${NAMESPACE}"`,
    ],
    [
      'another person',
      () => verdict(named(inNamespace), 'eve@corp.example'),
      'line 1: it is not for "eve@corp.example"',
    ],
    [
      'too early',
      () => verdict(named(`${inNamespace},valid-after="20270201Z"`)),
      'line 1: the key is not valid yet',
    ],
    [
      'too late',
      () => verdict(named(`${inNamespace},valid-before="20270101Z"`)),
      'line 1: the key is not valid any more',
    ],
    [
      'an authority',
      () => verdict(named(`cert-authority,${inNamespace}`)),
      'line 1: the key is that of a certificate authority, and certificates are not understood',
    ],
  ])('%s', (_what, judge, why) => {
    expect(judge()).toEqual({ kind: 'refused', why: [why] });
  });

  it('a key that no line has', () => {
    expect(verdict(`ops ${other.words}\n`, 'ops')).toEqual({ kind: 'refused', why: [] });
  });

  it('goes on to the next line of the key', () => {
    const text = `eve namespaces="git" ${key.words}\nops namespaces="${NAMESPACE}" ${key.words}\n`;
    expect(verdict(text)).toMatchObject({ kind: 'allowed', line: { line: 2 } });
  });

  it('property: for a person asked for by name, it takes what ssh-keygen takes and nothing else', () => {
    const message = Buffer.from('signed');
    const signature = sign(message, key);
    const principals = fc.constantFrom(
      'ops',
      'o*',
      '*',
      '?ps',
      '!ops',
      'eve',
      'eve,ops',
      '*,!ops',
      '!eve,*',
      'OPS',
      '"a b,ops"',
    );
    const option = fc.constantFrom(
      `namespaces="${NAMESPACE}"`,
      'namespaces="git"',
      'namespaces="cordon-*"',
      `namespaces="!git,*"`,
      `namespaces="*,!${NAMESPACE}"`,
      'valid-after="20270115120000Z"',
      'valid-after="20270115120001Z"',
      'valid-before="202701151200Z"',
      'valid-before="20270115115959Z"',
      'valid-after="20270116"',
      'valid-before="20270114"',
      'cert-authority',
    );
    const options = fc
      .uniqueArray(option, { maxLength: 3, selector: (text) => text.slice(0, 9) })
      .map((list) => list.join(','));
    const line = fc
      .tuple(principals, options, fc.boolean())
      .map(([who, given, isOther]) => `${who} ${given} ${(isOther ? other : key).words}`.replace('  ', ' '));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
        const signers = `${lines.join('\n')}\n`;
        const parsed = parseAllowedSigners(signers);
        if (!parsed.ok) return;
        const request = { key: publicKey(key), namespace: NAMESPACE, signer: 'ops', now: NOW };
        const ours = judgeSigner(parsed.lines, request).kind === 'allowed';
        const theirs = sshKeygenTakes(folder, {
          signers,
          signer: 'ops',
          signature,
          message,
          time: '20270115120000Z',
        });
        expect(ours, signers).toBe(theirs);
      }),
      { numRuns: 150 },
    );
  });
});

describe('patterns', () => {
  it('property: they match what the same regular expression matches', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(text, pattern, (candidate, written) => {
        const source = written.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesPattern(candidate, written)).toBe(new RegExp(`^${source}$`).test(candidate));
      }),
    );
  });

  it('many stars take no time', () => {
    expect(matchesPattern('a'.repeat(5000), `${'*a'.repeat(500)}b`)).toBe(false);
  });

  it.each<[string, string, boolean]>([
    ['ops', 'ops', true],
    ['ops', 'eve,ops', true],
    ['ops', '!ops,*', false],
    ['ops', '*,!ops', false],
    ['ops', '!eve', false],
    ['ops', '', false],
  ])('%s in %s: %s', (text, list, matches) => {
    expect(matchesList(text, list)).toBe(matches);
  });
});

describe('times', () => {
  it.each<[string, number | undefined]>([
    ['20270115Z', Date.UTC(2027, 0, 15)],
    ['20270115utc', Date.UTC(2027, 0, 15)],
    ['202701151230Z', Date.UTC(2027, 0, 15, 12, 30)],
    ['20270115123059Z', Date.UTC(2027, 0, 15, 12, 30, 59)],
    ['20270115', new Date(2027, 0, 15).getTime()],
    ['20280229Z', Date.UTC(2028, 1, 29)],
    ['20270229Z', undefined],
    ['20271301Z', undefined],
    ['20270100Z', undefined],
    ['202701152460Z', undefined],
    ['2027-01-15', undefined],
    ['', undefined],
  ])('%s', (text, milliseconds) => {
    expect(readSignerTime(text)).toBe(milliseconds === undefined ? undefined : milliseconds / 1000);
  });
});
