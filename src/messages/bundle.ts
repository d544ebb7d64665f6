// Words of `cordon bundle`.
import type { PolicyChange } from '../bundle/plan-change.ts';
import { CordonError } from '../errors.ts';
import { escapeText, quote } from '../escape.ts';
import { MANAGED } from '../managed-places.ts';
import { shellQuote } from '../messages/wording.ts';

const USAGE = [
  'cordon bundle create <name>@<version> <folder> --out <file> --key <file>',
  'cordon bundle verify <file>',
  'cordon bundle install <file>',
];

export const bundleUsage = (what = 'cordon bundle takes create, verify or install') =>
  new CordonError('USAGE_INVALID', what, { hints: USAGE });

const shown = (faults: readonly string[]): readonly string[] => {
  const lines = faults.slice(0, 100).map(escapeText);
  return faults.length <= 100 ? lines : [...lines, `and ${faults.length - 100} more`];
};

const problems = (count: number) => `${count} problem${count === 1 ? '' : 's'}`;

// --- what is wrong with a bundle ---

export const bundleUnreadable = (file: string, why: string) =>
  new CordonError('BUNDLE_INVALID', `${quote(file)} ${why}`);

export const bundleDamaged = (why: string) =>
  new CordonError('BUNDLE_INVALID', `the file ${escapeText(why)}`, {
    hints: ['fetch it again, or make it again with: cordon bundle create'],
  });

export const bundleInvalid = (faults: readonly string[]) =>
  new CordonError('BUNDLE_INVALID', `the policy has ${problems(faults.length)}`, { details: shown(faults) });

/** The index is signed, so the files were changed after it was. */
export const bundleNotOurs = (faults: readonly string[]) =>
  new CordonError('BUNDLE_UNTRUSTED', 'the files are not those that were signed', { details: shown(faults) });

export const bundleUnreadableSignature = (why: string) =>
  new CordonError('BUNDLE_UNTRUSTED', `the signature ${escapeText(why)}`, {
    hints: ['sign it with: ssh-keygen -Y sign'],
  });

export const bundleUntrusted = {
  otherNamespace: (found: string, expected: string) =>
    new CordonError(
      'BUNDLE_UNTRUSTED',
      `the signature is for the namespace ${quote(found)}, and must be for ${quote(expected)}`,
    ),
  notOfIndex: () => new CordonError('BUNDLE_UNTRUSTED', 'the signature is not one of this index'),
  notAllowed: (key: string, file: string, why: readonly string[]) =>
    new CordonError('BUNDLE_UNTRUSTED', `${quote(file)} does not let the key ${key} sign this`, {
      details: why.length === 0 ? ['no line has that key'] : why.map(escapeText),
    }),
};

export const signersInvalid = (file: string, faults: readonly string[]) =>
  new CordonError(
    'BUNDLE_UNTRUSTED',
    `${quote(file)} says nothing, because it has ${problems(faults.length)}`,
    {
      details: shown(faults),
      hints: ['man ssh-keygen, ALLOWED SIGNERS'],
    },
  );

export const signersUnreadable = (file: string, why: string) =>
  new CordonError('BUNDLE_UNTRUSTED', `nobody is known who may sign: ${quote(file)} ${why}`, {
    hints: [
      `a line for each signer, as root: ops@corp.example namespaces="cordon-bundle" ssh-ed25519 AAAA…`,
      'name another file with: --signers',
    ],
  });

export const bundleOutdated = {
  expired: (expires: string) => new CordonError('BUNDLE_OUTDATED', `the bundle expired at ${expires}`),
  notYet: (created: string) =>
    new CordonError('BUNDLE_OUTDATED', `the bundle was made at ${created}, which is still to come`, {
      hints: ['see whether the clocks of this machine are right: date -u'],
    }),
  older: (version: number, installed: number) =>
    new CordonError(
      'BUNDLE_OUTDATED',
      `this machine has version ${installed} already, and this is version ${version}`,
      {
        hints: ['what was right then becomes version N+1 today: cordon bundle create'],
      },
    ),
  sameVersion: (version: number) =>
    new CordonError('BUNDLE_OUTDATED', `this machine has another version ${version} of this bundle`, {
      hints: ['every change of a bundle needs a higher version'],
    }),
  otherName: (name: string, installed: string) =>
    new CordonError(
      'BUNDLE_OUTDATED',
      `this machine takes the bundle ${quote(installed)}, and this is ${quote(name)}`,
      {
        hints: [`to change to another bundle, as root: rm ${shellQuote(`${MANAGED.policy}/bundle.json`)}`],
      },
    ),
};

/** Never taken for none: then an older bundle would be taken. */
export const installedUnreadable = (file: string, faults: readonly string[]) =>
  new CordonError('INSTALLATION_UNSAFE', `${quote(file)}, which says what this machine has, cannot be read`, {
    details: faults.map(escapeText),
    hints: ['find out who changed it; without it any version is taken'],
  });

// --- create ---

export const bundleNotNamed = () => bundleUsage('a bundle is named <name>@<version>, corp-policy@7');

export const bundleExpiryInvalid = () =>
  bundleUsage('--expires takes a day, 2027-01-31, or a time in UTC, 2027-01-31T12:00:00Z');

export const bundleSignWays = () =>
  bundleUsage(
    'cordon bundle create takes --out with --key, or with --index and --signature; or --index alone',
  );

export const folderUnusable = (folder: string, faults: readonly string[]) =>
  new CordonError(
    'BUNDLE_INVALID',
    `${quote(folder)} cannot become a bundle: it has ${problems(faults.length)}`,
    {
      details: shown(faults),
    },
  );

export const indexNotOfFolder = (file: string) =>
  new CordonError('BUNDLE_INVALID', `${quote(file)} is not the index of this folder, name and version`, {
    hints: ['make the index again, and sign that one'],
  });

export const signingFailed = (why: string) =>
  new CordonError('BUNDLE_UNTRUSTED', `ssh-keygen did not sign: ${escapeText(why)}`);

// --- install ---

export const installNeedsRoot = () =>
  new CordonError('INSTALLATION_UNSAFE', 'what protects a machine must belong to root: run this as root', {
    hints: ['cordon bundle install --dry-run <file>'],
  });

export const policyBlocked = (path: string, why: string) =>
  new CordonError('INSTALLATION_UNSAFE', `${quote(path)} ${why}`, {
    hints: ['see who put it there, then move it away'],
  });

export const installRunning = () =>
  new CordonError('OUTPUT_UNWRITABLE', 'another cordon bundle install is at work', {
    hints: ['run this again when it has ended'],
  });

export const installNotLocked = (program: string, cause: unknown) =>
  new CordonError('OUTPUT_UNWRITABLE', `${quote(program)} did not keep others from writing the policy`, {
    hints: ['apt-get install util-linux'],
    cause,
  });

/** What `cordon doctor` says. */
export const bundleState = {
  installed: (name: string, version: number) => `${name} ${version}`,
  until: (expires: string) => `good until ${expires}`,
  expired: (expires: string) => `it expired at ${expires}, and nobody has brought a newer one`,
  noneTaken: (why: string) => `no newer one would be taken: ${escapeText(why)}`,
  renew: 'cordon bundle install <file>',
} as const;

const DONE: Readonly<Record<PolicyChange['what'], string>> = {
  create: 'created',
  replace: 'replaced',
  own: 'owner and mode set',
  remove: 'removed',
};

const PLANNED: Readonly<Record<PolicyChange['what'], string>> = {
  create: 'would create',
  replace: 'would replace',
  own: 'would set owner and mode',
  remove: 'would remove',
};

export const bundleWords = {
  change: ({ what, path }: PolicyChange, dryRun: boolean) =>
    `${(dryRun ? PLANNED : DONE)[what]}: ${quote(`${MANAGED.policy}/${path}`)}`,
  nothing: 'nothing to do: this machine has this bundle already',
  installed: (name: string, version: number) =>
    `installed: ${name} ${version}; cordon install brings new packages into the store`,
  verified: (name: string, version: number, files: number) => `${name} ${version}: ${files} files, signed`,
  by: (principals: string, type: string, key: string) =>
    `signed by ${escapeText(principals)}, ${type} ${key}`,
  times: (created: string, expires: string) => `made at ${created}, expires at ${expires}`,
  created: (name: string, version: number, files: number, file: string) =>
    `created: ${name} ${version}, ${files} files, ${quote(file)}`,
  toSign: (file: string) => `to be signed: ${quote(file)}`,
  leftOut: (names: readonly string[]) =>
    `warning: left out, because no bundle holds such files: ${names.map((name) => quote(name)).join(', ')}`,
  unapproved: (names: readonly string[]) =>
    `warning: nobody approved what these profiles show to a client, and they will not start: ${names.join(', ')}`,
} as const;
