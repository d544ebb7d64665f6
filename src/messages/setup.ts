// Words of `cordon setup`.
import { CordonError } from '../errors.ts';
import { quote } from '../escape.ts';
import { MANAGED } from '../managed-places.ts';
import type { Change } from '../setup/apply.ts';

const DONE: Readonly<Record<Change['what'], string>> = {
  create: 'created',
  replace: 'replaced',
  own: 'owner and mode set',
  remove: 'removed',
};

const PLANNED: Readonly<Record<Change['what'], string>> = {
  create: 'would create',
  replace: 'would replace',
  own: 'would set owner and mode',
  remove: 'would remove',
};

export const setupWords = {
  change: ({ what, path }: Change, dryRun: boolean) => `${(dryRun ? PLANNED : DONE)[what]}: ${quote(path)}`,
  edited: (profile: string) =>
    `kept: ${quote(`${MANAGED.profiles}/${profile}`)} (changed on this machine; to take the shipped one, remove it and call this again)`,
  bundled: (profile: string) =>
    `kept: ${quote(`${MANAGED.profiles}/${profile}`)} (the policy of this machine is that of a signed bundle)`,
  nothing: 'nothing to do: this machine is as it should be',
  kept: `kept: ${quote(MANAGED.policy)} (your policy; as long as its config.json is there, every cordon obeys it)`,
  noProfiles: `hint: cordon setup --system <profile...> puts shipped profiles below ${MANAGED.profiles}`,
} as const;

export const setupNeedsSystem = () =>
  new CordonError('USAGE_INVALID', 'cordon setup changes the whole machine: it takes --system', {
    hints: ['cordon setup --system --dry-run'],
  });

export const setupRemovesAll = () =>
  new CordonError('USAGE_INVALID', '--remove takes no profiles', { hints: ['cordon setup --help'] });

export const setupBundled = () =>
  new CordonError(
    'USAGE_INVALID',
    'the policy of this machine is that of a signed bundle, so no profile is added to it',
    { hints: ['cordon setup --system', 'cordon bundle install <bundle> with the next one'] },
  );

export const setupNeedsRoot = () =>
  new CordonError('INSTALLATION_UNSAFE', 'what protects a machine must belong to root: run this as root', {
    hints: ['cordon setup --system --dry-run'],
  });

export const setupBlocked = (path: string, why: string) =>
  new CordonError('INSTALLATION_UNSAFE', `${quote(path)} ${why}`, {
    hints: ['see who put it there, then move it away'],
  });
