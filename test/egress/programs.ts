// Programs that a server may start, in one folder that every user can read: clients in several languages that know nothing
// of the sandbox, and newer interpreters. `setup.sh --tests` brings what is needed.
import fs from 'node:fs';
import path from 'node:path';
import { INSIDE } from '../../src/plan/inside.ts';
import { ROOT } from '../fixtures/launcher.ts';

export interface Programs {
  readonly folder: string;
  /** The interpreter of that major version, one of NODE_MAJORS. */
  nodeOf(major: number): string;
  readonly node: string;
  readonly python: string;
  readonly go: string;
}

const PACKAGES = path.join(ROOT, 'test/clients/node_modules');
const FIXTURES = path.join(ROOT, 'test/fixtures/clients');

const OWN_MAJOR = Number(process.versions.node.split('.')[0]);
/** Packages exist for linux-x64 alone. */
const PACKAGED = process.arch === 'x64' ? [22, 24, 26].filter((major) => major !== OWN_MAJOR) : [];
/** Of Node.js: the one that runs the tests and its servers, and others. */
export const NODE_MAJORS: readonly number[] = [OWN_MAJOR, ...PACKAGED];

export function gatherPrograms(folder: string): Programs {
  fs.mkdirSync(folder);
  const put = (from: string, name: string): string => {
    const target = path.join(folder, name);
    // Copied, because the checkout may be where only root looks; by reference where the file system can.
    fs.cpSync(from, target, { recursive: true, dereference: true, mode: fs.constants.COPYFILE_FICLONE });
    return target;
  };
  for (const major of PACKAGED) put(path.join(PACKAGES, `node-${major}/bin/node`), `node-${major}`);
  put(path.join(PACKAGES, 'undici'), 'node_modules/undici');
  return {
    folder,
    nodeOf: (major) => (major === OWN_MAJOR ? INSIDE.runtime : path.join(folder, `node-${major}`)),
    node: put(path.join(FIXTURES, 'egress-client.mjs'), 'egress-client.mjs'),
    python: put(path.join(FIXTURES, 'egress-client.py'), 'egress-client.py'),
    go: put(path.join(ROOT, '.cache/egress-client'), 'egress-client'),
  };
}
