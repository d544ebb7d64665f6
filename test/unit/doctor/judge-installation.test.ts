import { describe, expect, it } from 'vitest';
import type { FolderFacts, InstallationFacts } from '../../../src/doctor/installation-facts.ts';
import { judgeInstallation } from '../../../src/doctor/judge-installation.ts';
import { sandboxUnavailable } from '../../../src/messages/sandbox.ts';
import { configInvalid, installationUnsafe } from '../../../src/messages/usage.ts';

const NODE = { kind: 'verified', path: '/usr/bin/node', version: '20.20.2', userWritable: false } as const;
const ROOT = { path: '/', uid: 0, gid: 0, mode: 0o755 };

function judge(
  folders: ReadonlyArray<Pick<FolderFacts, 'id' | 'chain'> & Partial<FolderFacts>>,
  change: Partial<InstallationFacts> = {},
): string[] {
  return judgeInstallation({
    mode: 'unmanaged',
    uid: 1001,
    gid: 1001,
    runtime: NODE,
    config: { kind: 'absent', path: '/h/.config/cordon/config.json' },
    folders: folders.map((folder) => ({
      title: folder.id,
      path: folder.chain[0]?.path ?? '/missing',
      isOutside: false,
      ...folder,
    })),
    ...change,
  })
    .filter((finding) => finding.verdict !== 'ok')
    .map(({ id, verdict, cure }) => `${id} ${verdict}: ${cure.join()}`);
}

const store = (
  change: Partial<FolderFacts['chain'][number]>,
  parent: Partial<FolderFacts['chain'][number]> = {},
) =>
  [
    {
      id: 'store',
      chain: [
        { path: '/h/store', uid: 1001, gid: 1001, mode: 0o755, ...change },
        { path: '/h', uid: 1001, gid: 1001, mode: 0o755, ...parent },
        ROOT,
      ],
    },
  ] as const;

describe('judgeInstallation', () => {
  it('finds nothing wrong with folders of the user alone, and with missing ones', () => {
    expect(judge(store({}))).toEqual([]);
    expect(judge([{ id: 'store', chain: [] }])).toEqual([]);
  });

  it('names the folder that somebody else can write, also one above', () => {
    expect(judge(store({ mode: 0o777 }))).toEqual(['folder-store failed: chmod o-w /h/store']);
    expect(judge(store({}, { mode: 0o757 }))).toEqual(['folder-store failed: chmod o-w /h']);
    expect(judge(store({ uid: 7 }))).toEqual(['folder-store failed: sudo chown 1001 /h/store']);
    expect(judge(store({}, { mode: 0o775, gid: 100 }))).toEqual(['folder-store failed: chmod g-w /h']);
  });

  it('takes the group that is the user, and sticky folders', () => {
    expect(judge(store({}, { mode: 0o775 }))).toEqual([]);
    expect(judge(store({}, { mode: 0o1777, uid: 0 }))).toEqual([]);
  });

  it('in managed folders nobody may even add, sticky or not, as at a launch', () => {
    const opt = [{ id: 'program', chain: [{ path: '/opt', uid: 0, gid: 0, mode: 0o1777 }, ROOT] }] as const;
    expect(judge(opt, { mode: 'managed' })).toEqual(['folder-program failed: sudo chmod o-w /opt']);
    expect(judge(opt, { mode: 'managed', uid: 0, gid: 0 })).toEqual([
      'folder-program failed: chmod o-w /opt',
    ]);
  });

  it('names what keeps this user out, and where no log can be made', () => {
    expect(judge([{ id: 'store', chain: [], closed: '/var/lib/cordon', isOutside: true }])).toEqual([
      'folder-store failed: sudo chmod a+rX /var/lib/cordon',
    ]);
    expect(judge([{ id: 'audit', chain: [], unwritable: '/h/.local' }])).toEqual([
      'folder-audit failed: sudo chown 1001 /h/.local',
    ]);
    // Never the folder above: it is not Cordon's.
    const log = { id: 'audit', path: '/var/log/cordon', unwritable: '/var/log', isOutside: true } as const;
    expect(judge([{ ...log, chain: [] }])).toEqual([
      'folder-audit failed: sudo mkdir -m 1777 /var/log/cordon',
    ]);
    expect(judge([{ ...log, chain: [ROOT] }])).toEqual([
      'folder-audit failed: sudo chmod 1777 /var/log/cordon',
    ]);
  });

  it('a folder of logs that is shared stays shared', () => {
    const audit = [{ id: 'audit', chain: [{ path: '/l', uid: 0, gid: 0, mode: 0o1777 }, ROOT] }] as const;
    expect(judge(audit, { mode: 'managed' })).toEqual([]);
  });

  it('does not send people to where they are', () => {
    const error = installationUnsafe('/etc', 'must belong to root');
    expect(judge([], { config: { kind: 'refused', error }, runtime: { kind: 'refused', error } })).toEqual([
      'config failed: cure what failed below, then run cordon doctor again',
      'runtime failed: cure what failed below, then run cordon doctor again',
    ]);
  });

  it('wants root as the owner of managed folders, but not of the audit log', () => {
    expect(judge(store({}), { mode: 'managed' })).toEqual([
      'folder-store failed: sudo chown root:root /h/store',
    ]);
    const audit = [
      { id: 'audit', chain: [{ path: '/h/a', uid: 1001, gid: 1001, mode: 0o700 }, ROOT] },
    ] as const;
    expect(judge(audit, { mode: 'managed' })).toEqual([]);
  });

  it('says when others can read the audit log', () => {
    const audit = [
      { id: 'audit', chain: [{ path: '/h/a', uid: 1001, gid: 1001, mode: 0o755 }, ROOT] },
    ] as const;
    expect(judge(audit)).toEqual(['folder-audit weaker: chmod 700 /h/a']);
  });

  it('names every fault of a bad configuration, and says what a good one changes', () => {
    const error = configInvalid(
      ['egress.mode: must be "auto"', 'egress.caFile: does not exist'],
      '/h/c.json',
    );
    expect(judge([], { config: { kind: 'refused', error } })).toEqual(['config failed: correct /h/c.json']);
    const detailOf = (config: InstallationFacts['config']) =>
      judgeInstallation({ mode: 'managed', uid: 0, gid: 0, runtime: NODE, folders: [], config }).find(
        ({ id }) => id === 'config',
      )?.detail;
    expect(detailOf({ kind: 'refused', error })).toBe(
      'the configuration has 2 problems; egress.mode: must be "auto"; egress.caFile: does not exist',
    );
    expect(detailOf({ kind: 'absent', path: '/h/c.json' })).toBe('/h/c.json is not there: the defaults hold');
    const egress = {
      mode: 'proxy',
      proxy: { host: 'proxy.corp.example', port: 3128 },
      hosts: { 'a.example': ['10.0.0.1'] },
      caFile: '/etc/corp ca.pem',
    } as const;
    const machine = {
      userProfiles: 'refused',
      ceilings: {},
      runAsRoot: 'allowed',
      macos: 'refused',
    } as const;
    expect(detailOf({ kind: 'read', path: '/h/c.json', egress, machine })).toBe(
      "/h/c.json: egress is proxy; through the proxy proxy.corp.example, port 3128; 1 name has fixed addresses; servers also trust '/etc/corp ca.pem'",
    );
    const narrow = {
      profileFolders: ['/srv/profiles', '/etc/cordon/profiles'],
      runtimes: [
        { name: 'node', version: '22.11' },
        { name: 'node', sha256: 'ab'.repeat(32) },
      ],
      auditFile: '/var/log/cordon/${uid}.jsonl',
      ceilings: { memory: '2GiB', processes: 32 },
      userProfiles: 'narrow',
      runAsRoot: 'refused',
      macos: 'refused',
    } as const;
    expect(
      detailOf({ kind: 'read', path: '/h/c.json', egress: { mode: 'auto', hosts: {} }, machine: narrow }),
    ).toBe(
      '/h/c.json: egress is auto; profiles come from "/srv/profiles", then "/etc/cordon/profiles"; servers run only on node 22.11 or node sha256:abababababab; people may narrow profiles for themselves; no server gets more than memory 2GiB, processes 32; root starts no server; the audit log is "/var/log/cordon/${uid}.jsonl"',
    );
  });

  it('says that the user can change the runtime, and refuses that when managed', () => {
    const runtime = { ...NODE, userWritable: true };
    const cure = 'install node as root, then: cordon install';
    expect(judge([], { runtime })).toEqual([`runtime weaker: ${cure}`]);
    expect(judge([], { runtime, mode: 'managed' })).toEqual([`runtime failed: ${cure}`]);
    const error = sandboxUnavailable('no runtime', ['cordon install']);
    expect(judge([], { runtime: { kind: 'refused', error } })).toEqual(['runtime failed: cordon install']);
  });
});
