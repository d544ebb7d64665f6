// NC rows: the shipped profiles with their real packages and real clients. What the launcher adds must not be noticed by
// anybody who keeps to the profile; what the profile does not grant is not there.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INITIALIZE, startLauncher, ORDERLY } from '../fixtures/launcher.ts';
import { EVERY_TOOL } from './every-tool.ts';
import { inspect } from './inspector.ts';
import {
  CLIENT_SECRET,
  HOME_NAMES,
  type Home,
  type InstalledHomes,
  installShippedProfiles,
  SHIPPED,
} from './installed-home.ts';
import { CLIENTS, type ClientOptions, connectLegacy, type SdkClient } from './sdk-clients.ts';

/** How many tools each server had when it was pinned: a list that came through cut short would still be "all". */
const TOOLS = { everything: 16, filesystem: 14, memory: 9, 'sequential-thinking': 1 } as const;

let installed: InstalledHomes;
beforeAll(() => {
  installed = installShippedProfiles();
});
afterAll(() => installed.remove());

function firstHome(): Home {
  const [home] = installed.homes;
  if (home === undefined) throw new Error('there is no home');
  return home;
}

describe.each(HOME_NAMES.map((name, index) => ({ name, index })))('$name', ({ index }) => {
  let home: Home;
  const place = (name: string): string => path.join(home.workspace, name);
  const connect = (profile: string, options?: ClientOptions) => connectLegacy(home.server(profile), options);
  beforeAll(() => {
    const found = installed.homes[index];
    if (found === undefined) throw new Error('no such home');
    home = found;
  });

  // Both generations once; what differs between users does not depend on the client.
  describe.each(index === 0 ? CLIENTS : CLIENTS.slice(0, 1))('with $name', ({ connect: connectWith }) => {
    it.concurrent.each(SHIPPED)('NC-01, NC-02, NC-03: %s does all it can, every tool', async (profile) => {
      const options: ClientOptions =
        profile === 'everything' ? { offers: 'everything', roots: [home.workspace] } : {};
      const client = await connectWith(home.server(profile), options);
      const called = await EVERY_TOOL[profile](client, home);
      const { tools } = await client.sdk.listTools();
      expect([...called].toSorted()).toEqual(tools.map((tool) => tool.name).toSorted());
      expect(tools.length).toBeGreaterThanOrEqual(TOOLS[profile]);
      await client.close();
    });
  });

  it('P4: the server has exactly the allowed environment, nothing of the client', async () => {
    const client = await connect('everything');
    const environment = JSON.parse(await client.text('get-env')) as Record<string, string>;
    await client.close();
    expect(Object.keys(environment).toSorted()).toEqual([
      'HOME',
      'LANG',
      'NODE_DISABLE_COMPILE_CACHE',
      'PATH',
      'PWD',
      'TMPDIR',
    ]);
    expect(Object.values(environment).join('\n')).not.toContain(CLIENT_SECRET);
    expect(environment['HOME']).not.toContain(home.home);
  });

  it('P3, NW-02: a fetch of a service of this machine fails; outside it succeeds', async () => {
    const service = http.createServer((_, response) => response.end('reached'));
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const data = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
    expect(await (await fetch(data)).text()).toBe('reached');
    const client = await connect('everything');
    const result = await client.call('gzip-file-as-resource', { name: 'x.gz', data });
    expect(result.isError).toBe(true);
    await client.close();
    service.close();
  });

  it('P2: what others execute from the project cannot be written; outside the same user can', async () => {
    const present = [
      '.git/config',
      '.git/hooks/pre-commit',
      '.vscode/tasks.json',
      '.mcp.json',
      '.claude/settings.json',
    ];
    for (const name of present) home.write(place(name), 'before\n');
    const client = await connect('filesystem');
    for (const name of present) {
      expect(await client.text('read_text_file', { path: place(name) })).toBe('before\n');
      const written = await client.call('write_file', { path: place(name), content: 'evil\n' });
      expect([name, written.isError]).toEqual([name, true]);
      const edits = [{ oldText: 'before', newText: 'evil' }];
      expect(await client.call('edit_file', { path: place(name), edits })).toMatchObject({ isError: true });
    }
    for (const source of ['.git', '.vscode', '.mcp.json'].map(place)) {
      const moved = await client.call('move_file', { source, destination: `${source}-away` });
      expect(moved.isError).toBe(true);
    }
    expect(
      await client.call('write_file', { path: place('.git/hooks/post-merge'), content: 'evil\n' }),
    ).toMatchObject({ isError: true });
    await client.close();
    for (const name of present) expect(fs.readFileSync(place(name), 'utf8')).toBe('before\n');
    const control = home.outside('for f; do echo changed > "$f" || exit 1; done', ...present);
    expect(control.status, control.stderr).toBe(0);
  });

  it('EV-20: a protected path that was absent and appears is reported, to the user and in the audit log', async () => {
    const client = await connect('filesystem');
    await client.call('create_directory', { path: place('.cursor') });
    await client.call('write_file', { path: place('.cursor/mcp.json'), content: '{}' });
    await client.close();
    expect(client.stderr()).toContain(`warning: "${place('.cursor')}" appeared while the server ran`);
    const log = fs.readFileSync(path.join(home.home, '.local/state/cordon/audit.jsonl'), 'utf8');
    expect(log).toContain('path-appeared');
    expect(log).toContain(place('.cursor'));
    fs.rmSync(place('.cursor'), { recursive: true });
  });

  it('FS-01: neither a link in the workspace nor the roots of the client open anything else', async () => {
    const key = home.write(path.join(home.home, '.ssh/id_ed25519'), `${CLIENT_SECRET}\n`);
    fs.rmSync(place('innocent'), { force: true });
    fs.symlinkSync(path.dirname(key), place('innocent'));
    expect(home.outside('grep -q canary "$1"', key).status).toBe(0);
    // The server takes the client's roots for its limits; the sandbox does not.
    const client = await connect('filesystem', { roots: [home.home, '/etc', '/'] });
    for (const file of [key, place('innocent/id_ed25519'), '/etc/shadow']) {
      const read = await client.call('read_text_file', { path: file });
      expect([file, read.isError]).toEqual([file, true]);
    }
    const listed = await client.text('list_directory', { path: home.home });
    expect(listed).not.toContain('.ssh');
    const planted = await client.call('write_file', {
      path: path.join(home.home, '.bashrc'),
      content: 'x',
    });
    await client.close();
    expect(fs.existsSync(path.join(home.home, '.bashrc'))).toBe(false);
    expect(planted.isError).toBe(true);
  });

  it('NC-03: the graph is in the state folder, survives a restart, and is not in the package', async () => {
    const state = path.join(home.home, '.local/state/cordon/profiles/memory');
    const entities = [{ name: 'Grace', entityType: 'person', observations: ['found a moth'] }];
    const first = await connect('memory');
    await first.call('create_entities', { entities });
    await first.close();
    expect(fs.readdirSync(state)).toEqual(['memory.jsonl']);
    expect(fs.readFileSync(path.join(state, 'memory.jsonl'), 'utf8')).toContain('found a moth');
    expect(fs.statSync(state).mode & 0o077).toBe(0);
    const second = await connect('memory');
    expect(await second.text('open_nodes', { names: ['Grace'] })).toContain('found a moth');
    await second.close();
    const store = path.join(home.home, '.local/share/cordon/store');
    const inPackages = fs.readdirSync(store, { recursive: true, encoding: 'utf8' });
    expect(inPackages.filter((name) => name.endsWith('memory.jsonl'))).toEqual([]);
  });

  it('SH-07: the state of one profile is not there for another', async () => {
    const client = await connect('filesystem', { roots: [home.home] });
    const file = path.join(home.home, '.local/state/cordon/profiles/memory/memory.jsonl');
    expect(fs.existsSync(file)).toBe(true);
    expect(await client.call('read_text_file', { path: file })).toMatchObject({ isError: true });
    await client.close();
  });
});

describe('the protocol through everything', () => {
  let home: Home;
  let client: SdkClient;
  beforeAll(async () => {
    home = firstHome();
    client = await connectLegacy(home.server('everything'));
  });
  afterAll(() => client.close());

  it('NC-01: resources, templates and subscriptions', async () => {
    const { resources } = await client.sdk.listResources();
    expect(resources.length).toBeGreaterThan(5);
    for (const { uri } of resources) {
      const [content] = (await client.sdk.readResource({ uri })).contents;
      expect(content !== undefined && 'text' in content ? content.text.length : 0).toBeGreaterThan(100);
    }
    expect((await client.sdk.listResourceTemplates()).resourceTemplates).toHaveLength(2);
    const uri = 'demo://resource/dynamic/text/7';
    expect((await client.sdk.readResource({ uri })).contents[0]).toMatchObject({ uri });
    await client.sdk.subscribeResource({ uri });
    await client.call('toggle-subscriber-updates');
    await client.sdk.ping();
    expect(client.updatedResources).toEqual([uri]);
    await client.sdk.unsubscribeResource({ uri });
  });

  it('NC-01, PR-06: a resource that a tool made is not shown, and ends nothing', async () => {
    const before = await client.sdk.listResources();
    const data = 'data:text/plain;base64,Z3ppcCBtZQ==';
    const made = { name: 'made.gz', data, outputType: 'resourceLink' };
    expect((await client.call('gzip-file-as-resource', made)).content[0]).toMatchObject({
      uri: 'demo://resource/session/made.gz',
    });
    expect(await client.sdk.listResources()).toEqual(before);
    await expect(client.sdk.readResource({ uri: 'demo://resource/session/made.gz' })).rejects.toThrow(
      'neither listed nor described',
    );
    expect(await client.text('echo', { message: 'on' })).toBe('Echo: on');
  });

  it('NC-01: prompts, completions, log levels, instructions', async () => {
    const { prompts } = await client.sdk.listPrompts();
    const given: Readonly<Record<string, Record<string, string>>> = {
      'args-prompt': { city: 'Reykjavík', state: 'x' },
      'completable-prompt': { department: 'Sales', name: 'Eve' },
      'resource-prompt': { resourceType: 'Text', resourceId: '3' },
    };
    expect(prompts.map((prompt) => prompt.name).toSorted()).toEqual(
      [...Object.keys(given), 'simple-prompt'].toSorted(),
    );
    for (const { name } of prompts) {
      const { messages } = await client.sdk.getPrompt({ name, arguments: given[name] ?? {} });
      expect(messages.length).toBeGreaterThan(0);
    }
    const { completion } = await client.sdk.complete({
      ref: { type: 'ref/prompt', name: 'completable-prompt' },
      argument: { name: 'name', value: 'E' },
      context: { arguments: { department: 'Sales' } },
    });
    expect(completion.values).toEqual(['Eve']);
    await client.sdk.setLoggingLevel('error');
    expect(client.sdk.getInstructions()).toContain('Everything');
  });

  it('S2C-12: a client that offers nothing is shown no tool that would need it', async () => {
    const names = (await client.sdk.listTools()).tools.map((tool) => tool.name);
    expect(names).toContain('echo');
    expect(names.filter((name) => /sampling|elicitation|roots/.test(name))).toEqual([]);
  });

  it('NC-05: text of the world passes unchanged', async () => {
    const texts = [
      'Žluťoučký kůň',
      'שלום עולם',
      '你好，世界',
      '👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿',
      'a\u2028b\u0000c\u001b[31m',
      '𝒳'.repeat(1000),
    ];
    for (const message of texts) expect(await client.text('echo', { message })).toBe(`Echo: ${message}`);
  });

  it('NC-07: progress comes in order and before the result', async () => {
    const launcher = startLauncher('everything', {
      home: home.home,
      cwd: home.workspace,
      command: home.server('everything').command,
    });
    await launcher.request('initialize', INITIALIZE);
    launcher.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const params = { arguments: { duration: 0.2, steps: 4 }, _meta: { progressToken: 'p' } };
    await launcher.request('tools/call', { name: 'trigger-long-running-operation', ...params }, 'long');
    const about = launcher.received.filter(
      ({ method, id }) => String(method).endsWith('/progress') || id === 'long',
    );
    expect(about.slice(0, 4).map(({ params }) => params)).toEqual(
      [1, 2, 3, 4].map((progress) => ({ progress, total: 4, progressToken: 'p' })),
    );
    expect(about.slice(4)).toMatchObject([{ id: 'long', result: {} }]);
    launcher.child.stdin?.end();
    expect(ORDERLY).toContain((await launcher.exited).code);
  });

  it('NC-07, JR-35: a cancelled call is over for the client; its late answer disturbs nothing', async () => {
    const cancel = new AbortController();
    const slow = client.call(
      'trigger-long-running-operation',
      { duration: 0.3, steps: 3 },
      { signal: cancel.signal, onprogress: () => cancel.abort() },
    );
    await expect(slow).rejects.toThrow();
    expect(await client.text('echo', { message: 'still here' })).toBe('Echo: still here');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await client.text('echo', { message: 'and now' })).toBe('Echo: and now');
  });

  it('NC-08: a hundred calls at once, answered out of order, each get their own answer', async () => {
    let slowIsDone = false;
    const slow = client
      .text('trigger-long-running-operation', { duration: 1, steps: 1 })
      .then(() => (slowIsDone = true));
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    const answers = await Promise.all(
      numbers.map((number) => client.text('echo', { message: `call ${number}` })),
    );
    expect(answers).toEqual(numbers.map((number) => `Echo: call ${number}`));
    expect(slowIsDone).toBe(false);
    await slow;
  });
});

describe('the Inspector', () => {
  it.concurrent.each(['legacy', 'auto'])('NC-01, NC-02: lists and calls in the %s way', async (era) => {
    const home = firstHome();
    const generation = ['--protocol-era', era];
    const everything = home.server('everything');
    const filesystem = home.server('filesystem');
    home.write(path.join(home.workspace, `inspected-${era}.txt`), 'read by the Inspector\n');
    const file = path.join(home.workspace, `inspected-${era}.txt`);
    const [listed, echoed, read] = await Promise.all([
      inspect(everything, 'tools/list', ...generation),
      inspect(everything, 'tools/call', ...generation, '--tool-name', 'echo', '--tool-arg', 'message=hi'),
      inspect(
        filesystem,
        'tools/call',
        ...generation,
        '--tool-name',
        'read_text_file',
        '--tool-arg',
        `path=${file}`,
      ),
    ]);
    expect(listed.result?.tools?.map(({ name }) => name)).toContain('echo');
    expect(echoed.result?.content).toEqual([{ type: 'text', text: 'Echo: hi' }]);
    expect(read.result?.content).toEqual([{ type: 'text', text: 'read by the Inspector\n' }]);
  });
});

describe('files and parallel sessions', () => {
  let home: Home;
  const place = (name: string): string => path.join(home.workspace, name);
  const connect = (profile: string, options?: ClientOptions) => connectLegacy(home.server(profile), options);
  beforeAll(() => {
    home = firstHome();
  });

  it('NC-05: file names of the world', async () => {
    const client = await connect('filesystem');
    for (const name of ['Ünïcödé 文件 🗂️.txt', 'with "quotes" & spaces, (1).txt', '-rf', 'שלום.txt']) {
      await client.call('write_file', { path: place(name), content: name });
      expect(fs.readFileSync(place(name), 'utf8')).toBe(name);
      expect(await client.text('read_text_file', { path: place(name) })).toBe(name);
      fs.rmSync(place(name));
    }
    await client.close();
  });

  it('NC-06: a result of 9 MiB passes unchanged where the profile allows it', async () => {
    const shipped = path.join(home.profiles, 'filesystem');
    for (const name of ['package-lock.json', 'pins.json'])
      home.write(home.ownProfile('large', name), fs.readFileSync(path.join(shipped, name)));
    const profile = JSON.parse(fs.readFileSync(path.join(shipped, 'profile.json'), 'utf8')) as object;
    home.write(
      home.ownProfile('large', 'profile.json'),
      JSON.stringify({ ...profile, definitions: 'unpinned', limits: { messageBytes: '16MiB' } }),
    );
    // The server sends the text twice, as content and as structured content.
    const text = '0123456789abcdeé'.repeat((4.5 * 1024 * 1024) / 16);
    home.write(place('large.txt'), text);
    const large = await connect('large');
    expect((await large.text('read_text_file', { path: place('large.txt') })) === text).toBe(true);
    await large.close();

    const client = await connect('filesystem');
    await expect(client.call('read_text_file', { path: place('large.txt') })).rejects.toThrow(
      'larger than allowed',
    );
    expect(await client.text('get_file_info', { path: place('large.txt') })).toContain('size');
    await client.close();
  });

  it('NC-15: two at once in two projects see each their own', async () => {
    const other = path.join(home.home, 'other-project');
    home.write(path.join(other, 'b.txt'), 'b');
    home.write(place('a.txt'), 'a');
    const [one, two] = await Promise.all([
      connect('filesystem'),
      connectLegacy(home.server('filesystem', other)),
    ]);
    expect(await one.text('list_allowed_directories')).not.toContain(other);
    expect(await two.text('list_allowed_directories')).toContain(other);
    expect(await one.call('read_text_file', { path: path.join(other, 'b.txt') })).toMatchObject({
      isError: true,
    });
    expect(await two.text('read_text_file', { path: path.join(other, 'b.txt') })).toBe('b');
    await one.close();
    expect(await two.text('read_text_file', { path: path.join(other, 'b.txt') })).toBe('b');
    await two.close();
  });

  it('NC-15: two at once share the file and lose nothing they wrote one after the other', async () => {
    const [one, two] = await Promise.all([connect('memory'), connect('memory')]);
    const entity = (name: string) => ({ entities: [{ name, entityType: 'thing', observations: [] }] });
    await one.call('create_entities', entity('from one'));
    await two.call('create_entities', entity('from two'));
    expect(await one.text('open_nodes', { names: ['from one', 'from two'] })).toMatch(/from one[^]*from two/);
    await Promise.all([one.close(), two.close()]);
  });
});
