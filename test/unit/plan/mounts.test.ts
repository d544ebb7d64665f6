import { describe, expect, it } from 'vitest';
import { INSIDE } from '../../../src/plan/inside.ts';
import type { Mount } from '../../../src/plan/plan.ts';
import { samplePlan } from '../../fixtures/plans.ts';
import { GRANTS, SYSTEMS } from '../../fixtures/systems.ts';

const plans = Object.entries(SYSTEMS).flatMap(([system, facts]) =>
  Object.entries(GRANTS).map(([grants, probed]) => ({
    name: `${system}, ${grants}`,
    plan: samplePlan(facts, probed, '/home/ada/project'),
    probed,
  })),
);

const isBelow = (inner: string, outer: string): boolean => inner.startsWith(`${outer}/`);
const makesMountPoint = (mount: Mount): boolean => mount.kind !== 'remount-read-only';

describe.each(plans)('mounts of $name', ({ plan, probed }) => {
  it('L03: no mount point lies below content of a third party, but for protections whose parents are pinned', () => {
    const grants = probed.filter((grant) => grant.kind === 'present').map((grant) => grant.target);
    const foreign = [INSIDE.package, ...grants];
    for (const mount of plan.mounts.filter(makesMountPoint)) {
      const around = foreign.filter((folder) => isBelow(mount.target, folder));
      if (around.length === 0) continue;
      expect(mount.kind).toBe('bind');
      expect(around.length, `${mount.target} lies in the package`).toBeGreaterThan(0);
      // Every folder between the outermost grant and the mount point is a mount of its own, made before.
      const outer = around.toSorted((a, b) => a.length - b.length)[0] ?? '';
      for (
        let parent = mount.target.slice(0, mount.target.lastIndexOf('/'));
        parent !== outer;
        parent = parent.slice(0, parent.lastIndexOf('/'))
      ) {
        const order = plan.mounts.findIndex((other) => other.kind === 'bind' && other.target === parent);
        expect(order, parent).toBeGreaterThanOrEqual(0);
        expect(order).toBeLessThan(plan.mounts.indexOf(mount));
      }
    }
  });

  it('the package and the runtime are read-only', () => {
    for (const target of [INSIDE.package, INSIDE.runtime]) {
      expect(plan.mounts.find((mount) => mount.target === target && mount.kind === 'bind')).toMatchObject({
        access: 'read',
      });
    }
  });

  it('the root, /proc, /dev and /usr/local are made read-only after everything in them; the root comes last', () => {
    expect(plan.mounts.at(-1)).toEqual({ kind: 'remount-read-only', target: '/' });
    for (const target of ['/proc', '/dev', '/usr/local']) {
      const remount = plan.mounts.findIndex(
        (mount) => mount.kind === 'remount-read-only' && mount.target === target,
      );
      const last = plan.mounts.findLastIndex(
        (mount) => isBelow(mount.target, target) && makesMountPoint(mount),
      );
      expect(remount, target).toBeGreaterThan(last);
    }
  });

  it('every mount point in the root has its parents made with an explicit mode', () => {
    const made = new Set(
      plan.mounts
        .filter((mount) => mount.kind !== 'file' && mount.kind !== 'remount-read-only')
        .map((mount) => mount.target),
    );
    for (const mount of plan.mounts.filter(makesMountPoint)) {
      const parent = mount.target.slice(0, mount.target.lastIndexOf('/'));
      if (parent === '' || ['/usr', '/proc', '/dev'].some((root) => parent === root || isBelow(parent, root)))
        continue;
      expect(made.has(parent), `${parent} for ${mount.target}`).toBe(true);
    }
  });

  it('nothing of the user is mounted that was not granted', () => {
    const allowed = new Set(probed.map((grant) => grant.target));
    for (const mount of plan.mounts) {
      if (mount.kind === 'bind' && mount.from.role === 'grant') expect(allowed.has(mount.target)).toBe(true);
      if (mount.kind === 'system')
        expect(mount.source).toMatch(
          /^\/(?:usr|bin|sbin|lib|lib32|lib64|libx32|etc\/(?:ld\.so\.cache|ssl\/certs|pki\/.*|alternatives|localtime)|nix\/store)$/,
        );
    }
  });
});

describe('what a plan says besides mounts', () => {
  const facts = SYSTEMS['debian-merged-usr'];
  if (facts === undefined) throw new Error('missing fixture');

  it('starts in the workspace only when it may see it', () => {
    expect(samplePlan(facts, GRANTS['workspace'] ?? [], '/home/ada/project').workingDirectory).toBe(
      '/home/ada/project',
    );
    expect(samplePlan(facts, [], '/home/ada/project').workingDirectory).toBe(INSIDE.home);
  });

  it('watches protections that no mount can give', () => {
    expect(samplePlan(facts, GRANTS['workspace'] ?? []).watched).toEqual([
      { path: '/home/ada/project/.mcp.json' },
      { path: '/home/ada/project/.vscode', link: '../shared' },
    ]);
  });

  it('E01: gives exactly this environment', () => {
    expect(samplePlan(facts, []).environment).toEqual({
      PATH: '/cordon/runtime:/usr/bin:/bin',
      HOME: '/cordon/home',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      NODE_DISABLE_COMPILE_CACHE: '1',
      GRANTED: 'yes',
    });
  });
});
