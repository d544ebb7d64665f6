// Is the policy in force here? Facts about the clients' managed files -> findings. Pure.
import { quote } from '../escape.ts';
import type { ClientFacts, ClientPolicyFacts } from './client-facts.ts';
import { clientFinding } from './client-finding.ts';
import type { Finding } from './finding.ts';
import { judgeClaude } from './judge-claude.ts';

export function judgeClients(facts: ClientPolicyFacts): Finding[] {
  if (facts.clients.length === 0 && facts.claude === undefined) {
    // A developer who tries it has no policy, and misses none.
    if (facts.mode === 'unmanaged') return [];
    return [
      clientFinding(
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
      return clientFinding(id, title, 'failed', `${path}: ${unsafe}`, [
        `chown root:root ${path} && chmod 0644 ${path}`,
      ]);
    switch (comparison.kind) {
      case 'same':
        return comparison.others.length === 0
          ? clientFinding(id, title, 'ok', `${path} lets these profiles start and nothing else`)
          : clientFinding(
              id,
              title,
              'weaker',
              `${path} also lets start: ${comparison.others.map((one) => quote(one)).join(', ')}`,
              ['take it out of the file, or make a profile for it'],
            );
      case 'missing':
        return clientFinding(id, title, 'failed', `${path} is missing`, cure);
      case 'invalid':
        return clientFinding(id, title, 'failed', `${path} is not JSON that the client could read`, [
          `mend it, or remove it and run: ${cure.join('')}`,
        ]);
      case 'unreadable':
        return clientFinding(id, title, 'failed', `${path} ${comparison.why}`, [
          `chown root:root ${path} && chmod 0644 ${path}`,
        ]);
      case 'differs':
        return clientFinding(
          id,
          title,
          'weaker',
          `${path} differs in ${comparison.members.join(', ')} from these profiles`,
          cure,
        );
    }
  });
}
