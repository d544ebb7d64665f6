import { type Check, describe, failed, ok, refusalOf, type Scene, valueOf } from './check.ts';
import { parseInterfaces } from './proc-text.ts';
import { text } from './question.ts';

/** The listeners were reached from outside before the probe ran, so a refusal inside is the sandbox's work. */
export function networkChecks(scene: Scene): Check[] {
  const { port, socket } = scene.scratch;
  return [
    {
      section: 'network',
      id: 'interfaces-none',
      title: 'no network interface',
      questions: [
        { ask: 'read', path: '/proc/net/dev' },
        { ask: 'read', path: '/proc/net/route' },
      ],
      judge: ([interfaces, routes]) => {
        const extra = parseInterfaces(valueOf(interfaces, text) ?? 'unreadable:').filter(
          (name) => name !== 'lo',
        );
        if (extra.length > 0) return failed(`it has ${extra.join(', ')}`);
        const lines = (valueOf(routes, text) ?? '').trim().split('\n').slice(1);
        return lines.length === 0 ? ok('only a loopback of its own, no route') : failed('it has a route out');
      },
    },
    {
      section: 'network',
      id: 'loopback-unreachable',
      title: "machine's loopback unreachable",
      questions: [{ ask: 'connect', port }],
      judge: ([answer]) =>
        refusalOf(answer) === undefined
          ? failed('it reached a program that listens on 127.0.0.1 outside')
          : ok(`a listener on 127.0.0.1 answers outside, not inside (${describe(answer)})`),
    },
    {
      section: 'network',
      id: 'unix-sockets-refused',
      title: 'unix sockets refused',
      questions: [{ ask: 'unix', path: socket }],
      judge: ([answer]) =>
        refusalOf(answer) === undefined
          ? failed('it reached a program through a unix socket in a granted folder')
          : ok(`a socket in a granted folder answers outside, not inside (${describe(answer)})`),
    },
  ];
}
