// Words about a command line, its output, and the installation.
import { dirname } from 'node:path';
import { quote } from '../escape.ts';
import { MANAGED } from '../managed-places.ts';
import { count, fault, reasonOf, shellQuote } from './wording.ts';

export const usageInvalid = (message: string) => fault('USAGE_INVALID', message, ['cordon --help']);

export const outputUnwritable = (cause: unknown) => {
  // The system's errors mostly say at what place.
  const { code, path: place }: Partial<NodeJS.ErrnoException> = cause instanceof Error ? cause : {};
  const where = place === undefined ? '' : `${quote(place)}: `;
  const look = code === 'ENOSPC' || place === undefined ? 'df -h' : 'ls -ld';
  return fault(
    'OUTPUT_UNWRITABLE',
    `the output could not be written: ${where}${reasonOf(cause)}`,
    [place === undefined ? look : `${look} ${shellQuote(dirname(place))}`],
    [],
    cause,
  );
};

/** @param root a folder that becomes a machine's later: there the link means another place than here */
export const outputLeadsOut = (place: string, root: string) =>
  fault('OUTPUT_UNWRITABLE', `a link on the way to ${quote(place)} leads out of ${quote(root)}`, [
    `realpath ${shellQuote(place)}`,
  ]);

export const installationUnsafe = (path: string, why: string) =>
  fault('INSTALLATION_UNSAFE', `${quote(path)} ${why}`, ['cordon doctor']);

export const configInvalid = (faults: readonly string[], file: string) =>
  fault(
    'CONFIG_INVALID',
    `the configuration has ${count(faults.length, 'problem')}`,
    [`correct ${shellQuote(file)}`],
    faults,
  );

export const policyUnreadable = (file: string, cause: unknown) =>
  fault(
    'INSTALLATION_UNSAFE',
    `${quote(file)} cannot be looked at (${reasonOf(cause)}), so that nobody knows whether this machine is managed`,
    [`ls -ld ${shellQuote(MANAGED.policy)}`, `sudo chmod 755 ${shellQuote(MANAGED.policy)}`],
    [],
    cause,
  );
