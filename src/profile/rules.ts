// What the schema cannot show: templates, names of variables, hosts, and how parts of a profile fit together.
import { jsonPath } from '../json/json-path.ts';
import { environmentNameFault } from './environment-names.ts';
import { expectationFaults } from './expectations.ts';
import { grantFaults } from './grant-rules.ts';
import { networkFaults } from './network-rules.ts';
import type { ProfilePieces, Report } from './pieces.ts';
import { secretFaults, withoutSecret } from './secret-rules.ts';
import { templateFaults } from './templates.ts';

/** Every fault of these parts, each as `permissions.filesystem[0].path: must be …`. */
export function ruleFaults(pieces: ProfilePieces): string[] {
  const faults: string[] = [];
  const report: Report = (place, message) => faults.push(`${jsonPath(place)}: ${message}`);
  for (const [index, text] of pieces.args.entries())
    textFaults(['args', index], withoutSecret(text ?? ''), report);
  environmentFaults(pieces, report);
  secretFaults(pieces, report);
  grantFaults(pieces.filesystem, report);
  networkFaults(pieces.network, report);
  expectationFaults(pieces, report);
  return faults;
}

function textFaults(place: readonly PropertyKey[], text: string, report: Report): void {
  for (const fault of templateFaults(text)) report(place, fault);
  // execve ends a text at the first NUL; half of a surrogate pair has no UTF-8 form.
  if (text.includes('\u0000')) report(place, 'must not have a NUL character');
  if (/[\ud800-\udfff]/u.test(text)) report(place, 'must be well-formed Unicode');
}

function environmentFaults(pieces: ProfilePieces, report: Report): void {
  for (const [name, text] of Object.entries(pieces.env)) {
    textFaults(['env', name], text, report);
    const fault = environmentNameFault(name);
    if (fault !== undefined) report(['env', name], fault);
    const secret = pieces.secrets.get(name);
    // The name of a file's secret is free for the variable that says where the file is.
    if (secret !== undefined && (secret.deliver ?? 'environment') === 'environment')
      report(['env', name], 'is also one of the secrets');
  }
}
