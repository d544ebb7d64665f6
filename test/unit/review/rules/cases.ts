// What the tests of rules say material with.
import { expect, it } from 'vitest';
import { digestFromHex } from '../../../../src/digest.ts';
import type { JsonObject } from '../../../../src/pins/canonical-json.ts';
import { findingsOf } from '../../../../src/review/findings.ts';
import type { ApprovedState, ReviewMaterial } from '../../../../src/review/material.ts';
import type { Rule } from '../../../../src/review/rules/rule.ts';
import {
  definitionsOf,
  materialOf,
  packageFact,
  packageOf,
  probe,
  profileOf,
  type Said,
  tool,
} from '../fixture.ts';

type Case = ReviewMaterial;

export const described = (description: string): Case => materialOf({ tools: [tool('one', { description })] });
export const instructed = (instructions: string): Case => materialOf({ instructions });
export const named = (...names: string[]): Case => materialOf({ tools: names.map((name) => tool(name)) });
export const hinted = (name: string, annotations: JsonObject, description = 'Something.'): Case =>
  materialOf({ tools: [tool(name, { annotations, description })] });
export const schema = (properties: JsonObject, more: JsonObject = {}): Case =>
  materialOf({ tools: [tool('one', { inputSchema: { type: 'object', properties, ...more } })] });
export const parameter = (name: string, members: JsonObject = {}): Case =>
  schema({ [name]: { type: 'string', ...members } });
export const probed = (...probes: Array<Parameters<typeof probe>[0]>): Case =>
  materialOf({}, { probes: probes.map(probe) });
export const beside = (
  said: Said,
  tools: string[],
  prompts: string[] = [],
  serverName: string | null = null,
): Case => materialOf(said, { others: [{ profile: 'mail', tools, prompts, serverName }] });

export function approved(members: Partial<ApprovedState> & { readonly said?: Said } = {}): ApprovedState {
  const { said = {}, ...others } = members;
  return {
    definitions: [definitionsOf(said)],
    approval: {
      digest: digestFromHex('cd'.repeat(32)),
      by: 'ann (1000)',
      at: '2026-10-02T09:30:00Z',
      cordon: '0.1.0',
    },
    profile: profileOf(),
    package: packageOf(),
    ...others,
  };
}

export const upgraded = (before: Said, after: Said): Case =>
  materialOf(after, { approved: approved({ said: before }) });
export const packages = (...facts: Array<ReturnType<typeof packageFact>>): Case =>
  materialOf({}, { package: packageOf({ packages: facts }) });
export const tags = (text: string): string =>
  Array.from(text, (character) => String.fromCodePoint(0xe0000 + (character.codePointAt(0) ?? 0))).join('');

export function withHost(leak: string | null): Case {
  return materialOf(
    {},
    {
      network: {
        way: 'transparent',
        hosts: [{ host: 'api.example.com', ports: [443], protocol: 'tls', addresses: [], why: null, leak }],
        limits: [],
      },
    },
  );
}

/** By name: what a rule must find, and what is ordinary and must pass. */
export interface RuleCases {
  readonly fires: Readonly<Record<string, Case>>;
  readonly quiet: Readonly<Record<string, Case>>;
}

/** Each rule has both, and both come out so. */
export function testRules(rules: readonly Rule[], cases: Readonly<Record<string, RuleCases>>): void {
  it('each rule has cases that it finds and cases that it must not', () => {
    expect(Object.keys(cases).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
    for (const { fires, quiet } of Object.values(cases)) {
      expect(Object.keys(fires).length).toBeGreaterThan(0);
      expect(Object.keys(quiet).length).toBeGreaterThan(0);
    }
  });

  for (const [id, { fires, quiet }] of Object.entries(cases)) {
    it.each(Object.entries(fires))(`${id} finds %s`, (_, material) => {
      const found = findingsOf(material).filter(({ rule }) => rule === id);
      expect(found.length).toBeGreaterThan(0);
      expect(found.every(({ pointer }) => pointer.startsWith('/'))).toBe(true);
    });
    it.each(Object.entries(quiet))(`${id} does not find %s`, (_, material) => {
      expect(findingsOf(material).filter(({ rule }) => rule === id)).toEqual([]);
    });
  }
}
