// Is the policy in force here? Facts about the clients' managed files -> findings. Pure.
import { quote } from '../escape.ts';
import type { Comparison } from '../export/compare.ts';
import type { Client } from '../export/policy.ts';
import { exportWords } from '../messages/export.ts';
import type { ClientFacts, ClientPolicyFacts } from './client-facts.ts';
import { type Finding, findingsOf } from './finding.ts';
import { judgeClaude } from './judge-claude.ts';

const finding = findingsOf('clients');

/** Clients whose users can put the whole policy aside (messages/export.ts says how). */
const LIFTED: ReadonlySet<Client> = new Set(['gemini']);

export function judgeClients(facts: ClientPolicyFacts): Finding[] {
  if (facts.clients.length === 0 && facts.claude === undefined) {
    // A developer who tries it has no policy, and misses none.
    if (facts.mode === 'unmanaged') return [];
    return [
      finding(
        'clients',
        'clients',
        'weaker',
        'no client on this machine has a policy: whoever uses one can start servers without cordon',
        ['cordon export claude-code --out /'],
      ),
    ];
  }
  return [
    ...facts.clients.flatMap(judgeFiles),
    ...(facts.claude === undefined ? [] : judgeClaude(facts.claude, facts)),
  ];
}

function judgeFiles({ client, title, files }: ClientFacts): Finding[] {
  const cure = [`cordon export ${client} --out /`];
  return files.map(({ path, comparison, unsafe }): Finding => {
    const id = `client-${client}`;
    if (unsafe !== undefined)
      return finding(id, title, 'failed', `${path}${unread(comparison)}: ${unsafe.why}`, [
        unsafe.cure,
        ...(comparison.kind === 'same' ? [] : cure),
      ]);
    switch (comparison.kind) {
      case 'same': {
        const { others } = comparison;
        if (others.length > 0)
          return finding(
            id,
            title,
            'weaker',
            `${path} also lets start: ${others.map((one) => quote(one)).join(', ')}`,
            ['take it out of the file, or make a profile for it'],
          );
        return LIFTED.has(client)
          ? finding(
              id,
              title,
              'weaker',
              `${path} is as it should be, but whoever uses this client can lift it`,
              [`read what it does not enforce: cordon export ${client}`],
            )
          : finding(id, title, 'ok', `${path} lets these profiles start and nothing else`);
      }
      case 'missing':
        return finding(id, title, 'failed', `${path} is missing`, cure);
      case 'invalid':
        return finding(id, title, 'failed', `${path} ${exportWords.invalid}`, [
          `mend it, or move it away and run: ${cure.join('')}`,
        ]);
      case 'unreadable':
        return finding(id, title, 'failed', `${path} ${comparison.why}`, [
          `move it away and run: ${cure.join('')}`,
        ]);
      case 'differs':
        return finding(
          id,
          title,
          'weaker',
          `${path} differs in ${comparison.members.join(', ')} from these profiles`,
          cure,
        );
    }
  });
}

function unread(comparison: Comparison): string {
  return comparison.kind === 'unreadable' ? ` ${comparison.why}` : '';
}
