// Words about profiles.
import { escapeText, quote } from '../escape.ts';
import { count, fault, shellQuote, shown } from './wording.ts';

/** @param meant the known name that is nearest to what was typed */
export const profileNotFound = (known: readonly string[], meant?: string) =>
  fault(
    'PROFILE_NOT_FOUND',
    'there is no profile of that name',
    ['cordon list'],
    [
      ...(meant === undefined ? [] : [`did you mean ${quote(meant)}?`]),
      ...(known.length === 0 ? [] : [`profiles here: ${known.join(', ')}`]),
    ],
  );

export const profileUnreadable = (file: string, why: string, cause?: unknown) =>
  fault('PROFILE_UNREADABLE', `${quote(file)} ${why}`, ['cordon list'], [], cause);

/** @param file where to mend it; unknown when the faults show only once templates are filled in */
export const profileInvalid = (faults: readonly string[], file?: string) =>
  fault(
    'PROFILE_INVALID',
    `the profile has ${count(faults.length, 'problem')}`,
    file === undefined ? [] : [`correct ${shellQuote(file)}`],
    shown(faults),
  );

export const workspaceTooBroad = (workspace: string, why: string) =>
  fault('WORKSPACE_TOO_BROAD', `the workspace would be ${quote(workspace)}, which ${escapeText(why)}`, [
    'start the client in the folder of one project',
  ]);
