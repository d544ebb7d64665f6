// Is the policy in force here? Facts about the clients' managed files -> findings. Pure.
import { quote } from '../escape.ts';
import type { Comparison } from '../export/compare.ts';
import { exportWords } from '../messages/export.ts';
import type { ClientFacts, ClientPolicyFacts } from './client-facts.ts';
import { type Finding, findingsOf } from './finding.ts';
import { judgeClaude } from './judge-claude.ts';

const finding = findingsOf('clients');

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
      case 'same':
        return comparison.others.length === 0
          ? finding(id, title, 'ok', `${path} lets these profiles start and nothing else`)
          : finding(
              id,
              title,
              'weaker',
              `${path} also lets start: ${comparison.others.map((one) => quote(one)).join(', ')}`,
              ['take it out of the file, or make a profile for it'],
            );
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
