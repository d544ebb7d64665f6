import { describe, expect, it } from 'vitest';
import { explain, explanationDocument } from '../../../src/explain/explanation.ts';
import { renderExplanation } from '../../../src/explain/render.ts';
import { sizeText } from '../../../src/explain/sections.ts';
import { planMacNetwork } from '../../../src/plan/network.ts';
import { MAC, PLACES } from '../../fixtures/mac.ts';
import { samplePlan } from '../../fixtures/plans.ts';
import { FACTS, FILES, requestFor } from './fixture.ts';

const render = (...request: Parameters<typeof requestFor>): string =>
  renderExplanation(explain(requestFor(...request)));

describe('explain', () => {
  it('shows a whole profile for a person', async () => {
    const text = render(FILES, [
      '/home/ann/project/.vscode',
      '/home/ann/notes',
      '/home/ann/.local/state/cordon/profiles/files',
    ]);
    await expect(text).toMatchFileSnapshot('files.txt');
  });

  it('shows a profile that asks for nothing, on a machine where everything is weaker', async () => {
    const facts = { ...FACTS, uid: 0 };
    await expect(render({}, [], facts, new Set<string>())).toMatchFileSnapshot('nothing.txt');
  });

  it('says of macOS what is other there, and names no place of Linux', async () => {
    const request = requestFor({}, [], FACTS);
    const network = planMacNetwork([
      { host: 'api.example.com', ports: [443], protocol: 'tls', addresses: [] },
    ]);
    const plan = { ...samplePlan(MAC, [], undefined, network), network };
    const text = renderExplanation(
      explain({ ...request, facts: MAC, bwrapOptions: undefined, places: PLACES, plan }),
    );
    expect(text).not.toMatch(/[ :]\/cordon\/|bubblewrap|namespaces of its own|seccomp/);
    await expect(text).toMatchFileSnapshot('macos.txt');
    const none = { ...samplePlan(MAC, []), network: { kind: 'none' } } as const;
    const without = explain({
      ...request,
      facts: MAC,
      bwrapOptions: undefined,
      places: PLACES,
      plan: none,
    });
    const said = renderExplanation(without);
    expect(said).toContain('no rule of the policy lets the server connect or listen');
    expect(said).not.toMatch(/network of its own|namespaces of its own/);
  });

  it('says that a package is damaged, and why a runtime cannot be used', () => {
    const text = renderExplanation(
      explain({
        ...requestFor({}),
        package: 'damaged',
        runtime: {
          state: 'unusable',
          code: 'RUNTIME_MISSING',
          message: 'no runtime was recorded',
          hints: ['cordon install'],
        },
      }),
    );
    expect(text).toContain('damaged in the store, would be refused: cordon install files');
    expect(text).toContain('no runtime was recorded [RUNTIME_MISSING]; hint: cordon install');
  });

  it('says what the configuration narrows, where it does', () => {
    const request = requestFor({});
    const narrowed = {
      ...request,
      machine: {
        userProfiles: 'refused',
        ceilings: { memory: '2GiB' },
        runAsRoot: 'refused',
        macos: 'refused',
      },
    } as const;
    expect(renderExplanation(explain(narrowed))).toContain(
      '\nconfig.json of this machine\n  - no server gets more than memory 2GiB\n  - root starts no server\n',
    );
    expect(renderExplanation(explain(request))).not.toContain('config.json');
  });

  it('tells a protection from a plain read grant', () => {
    const access = explain(requestFor(FILES)).grants.map((grant) => [grant.path, grant.access]);
    expect(Object.fromEntries(access)).toEqual({
      '/home/ann/project': 'write',
      '/home/ann/project/.git': 'protect',
      '/home/ann/project/.vscode': 'protect',
      '/home/ann/notes': 'read',
      '/home/ann/.local/state/cordon/profiles/files': 'write',
    });
  });

  it('lets no text of a profile steer the terminal or add lines', () => {
    const quiet = render({}).split('\n').length;
    const request = requestFor({});
    const text = renderExplanation(
      explain({
        ...request,
        profile: {
          ...request.profile,
          description: 'x\u001b]0;y\u0007\nweaker here\n  nothing',
          folder: '/a\u202eb',
        },
      }),
    );
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text.split('\n')).toHaveLength(quiet);
  });

  it('is the plan as JSON, with the rest under one key', () => {
    const request = requestFor(FILES);
    const document = JSON.parse(JSON.stringify(explanationDocument(explain(request)))) as Record<
      string,
      unknown
    >;
    const { about, ...plan } = document;
    expect(plan).toEqual(JSON.parse(JSON.stringify(request.plan)));
    expect(about).toMatchObject({ package: 'not-installed', weaker: [{ id: 'unmanaged' }] });
  });
});

describe('sizeText', () => {
  it.each([
    [1024 ** 3, '1 GiB'],
    [1536 * 1024 ** 2, '1536 MiB'],
    [4096, '4 KiB'],
    [1000, '1000 bytes'],
  ])('%i -> %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
});
