// What a server with network grants must be able to do and what not, seen from inside such a sandbox. Pure.
import { type Check, describe, failed, ok, refusalOf, valueOf } from './check.ts';
import { type Question, text } from './question.ts';

export interface EgressScene {
  readonly way: 'transparent' | 'proxy';
  /** Port of the proxy inside; counts only in the proxy way. */
  readonly proxyPort: number;
  /** Where the doctor listens, on 127.0.0.1 outside; granted by the name `granted`. */
  readonly port: number;
  /** What the listener says to whoever reaches it. */
  readonly greeting: string;
}

/** Names that no resolver knows (RFC 6761), so nothing but the broker can make them lead anywhere. */
export const NAMES = { granted: 'granted.cordon.invalid', other: 'other.cordon.invalid' } as const;

export function egressChecks(scene: EgressScene): Check[] {
  const proxy = scene.way === 'proxy' ? scene.proxyPort : null;
  const greet = (host: string, through: number | null): Question => ({
    ask: 'greeting',
    host,
    port: scene.port,
    proxy: through,
  });
  return [
    {
      section: 'network',
      id: 'egress-granted',
      title: 'granted host reached',
      questions: [greet(NAMES.granted, proxy)],
      judge: ([answer]) =>
        valueOf(answer, text) === scene.greeting
          ? ok(scene.way === 'proxy' ? 'through the proxy inside' : 'by its name, without proxy variables')
          : failed(`a program with network grants could not use them (${describe(answer)})`),
    },
    {
      section: 'network',
      id: 'egress-others',
      title: 'other hosts refused',
      // One that leads nowhere outside either, and one that leads to the doctor there.
      questions: [greet(NAMES.other, proxy), greet('localhost', proxy)],
      judge: (answers) =>
        answers.every((answer) => refusalOf(answer) !== undefined)
          ? ok(`names that are not granted lead nowhere (${answers.map(describe).join(', ')})`)
          : failed('a name that is not granted was reached'),
    },
    {
      section: 'network',
      id: 'egress-numbers',
      title: 'addresses refused',
      questions: [greet('127.0.0.1', null), greet('127.0.0.1', proxy), greet('192.0.2.1', null)],
      judge: (answers) =>
        answers.every((answer) => refusalOf(answer) !== undefined)
          ? ok(`numbers in place of names lead nowhere (${answers.map(describe).join(', ')})`)
          : failed('an address was reached by its number'),
    },
  ];
}
