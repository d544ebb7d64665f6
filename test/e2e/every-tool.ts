// For each shipped profile: every tool of its server called with arguments that make sense, and its answer looked at.
// What was called is recorded, so that a tool nobody thought of shows as missing.
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Home, Shipped } from './installed-home.ts';
import type { SdkClient } from './sdk-clients.ts';

/** Resolves with the names of the tools that were called. */
type Scenario = (client: SdkClient, home: Home) => Promise<ReadonlySet<string>>;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

function recorded(client: SdkClient): { readonly client: SdkClient; readonly called: Set<string> } {
  const called = new Set<string>();
  return {
    called,
    client: {
      ...client,
      call: (name, ...rest) => (called.add(name), client.call(name, ...rest)),
      text: (name, ...rest) => (called.add(name), client.text(name, ...rest)),
      callAsTask: (name, ...rest) => (called.add(name), client.callAsTask(name, ...rest)),
    },
  };
}

const filesystem: Scenario = async (plain, { workspace, write }) => {
  const { client, called } = recorded(plain);
  const here = (name: string): string => path.join(workspace, name);
  fs.rmSync(here('box'), { recursive: true, force: true });
  fs.rmSync(here('moved.txt'), { force: true });
  write(here('box/photo.png'), PNG);

  expect(await client.text('list_allowed_directories')).toContain(workspace);
  await client.call('create_directory', { path: here('box/a/b') });
  expect(fs.statSync(here('box/a/b')).isDirectory()).toBe(true);
  await client.call('write_file', { path: here('box/a/one.txt'), content: 'first\nsecond\nthird\n' });
  expect(fs.readFileSync(here('box/a/one.txt'), 'utf8')).toBe('first\nsecond\nthird\n');
  const edit = {
    path: here('box/a/one.txt'),
    edits: [{ oldText: 'second', newText: 'zweite' }],
  };
  expect(await client.text('edit_file', { ...edit, dryRun: true })).toContain('+zweite');
  expect(fs.readFileSync(here('box/a/one.txt'), 'utf8')).toContain('second');
  await client.call('edit_file', edit);
  expect(fs.readFileSync(here('box/a/one.txt'), 'utf8')).toBe('first\nzweite\nthird\n');
  expect(await client.text('read_text_file', { path: here('box/a/one.txt') })).toBe('first\nzweite\nthird\n');
  expect(await client.text('read_file', { path: here('box/a/one.txt'), head: 1 })).toBe('first');
  const media = await client.call('read_media_file', { path: here('box/photo.png') });
  expect(media.content[0]).toMatchObject({
    type: 'image',
    mimeType: 'image/png',
    data: PNG.toString('base64'),
  });
  const several = await client.text('read_multiple_files', {
    paths: [here('box/a/one.txt'), here('box/none.txt')],
  });
  expect(several).toContain('zweite');
  expect(several).toContain('ENOENT');
  await client.call('move_file', { source: here('box/a/one.txt'), destination: here('moved.txt') });
  expect(fs.existsSync(here('box/a/one.txt'))).toBe(false);
  expect(fs.readFileSync(here('moved.txt'), 'utf8')).toContain('zweite');
  expect(await client.text('list_directory', { path: here('box') })).toBe('[DIR] a\n[FILE] photo.png');
  expect(await client.text('list_directory_with_sizes', { path: here('box') })).toContain(`${PNG.length} B`);
  expect(JSON.parse(await client.text('directory_tree', { path: here('box') }))).toEqual([
    { name: 'a', type: 'directory', children: [{ name: 'b', type: 'directory', children: [] }] },
    { name: 'photo.png', type: 'file' },
  ]);
  expect(await client.text('search_files', { path: workspace, pattern: '**/*.png' })).toBe(
    here('box/photo.png'),
  );
  expect(await client.text('get_file_info', { path: here('moved.txt') })).toContain(
    `size: ${'first\nzweite\nthird\n'.length}`,
  );
  return called;
};

const memory: Scenario = async (plain) => {
  const { client, called } = recorded(plain);
  const graph = async (): Promise<unknown> => JSON.parse(await client.text('read_graph'));
  // Whatever an earlier run left.
  const { entities } = (await graph()) as { entities: ReadonlyArray<{ name: string }> };
  await client.call('delete_entities', { entityNames: entities.map(({ name }) => name) });
  await client.call('create_entities', {
    entities: [
      { name: 'Ada', entityType: 'person', observations: ['wrote notes'] },
      { name: 'Engine', entityType: 'machine', observations: [] },
      { name: 'Nobody', entityType: 'person', observations: [] },
    ],
  });
  const relation = { from: 'Ada', to: 'Engine', relationType: 'programs' };
  await client.call('create_relations', { relations: [relation, { ...relation, relationType: 'owns' }] });
  await client.call('add_observations', {
    observations: [{ entityName: 'Engine', contents: ['has gears', 'is loud'] }],
  });
  await client.call('delete_observations', {
    deletions: [{ entityName: 'Engine', observations: ['is loud'] }],
  });
  await client.call('delete_relations', { relations: [{ ...relation, relationType: 'owns' }] });
  await client.call('delete_entities', { entityNames: ['Nobody'] });
  const expected = {
    entities: [
      { name: 'Ada', entityType: 'person', observations: ['wrote notes'] },
      { name: 'Engine', entityType: 'machine', observations: ['has gears'] },
    ],
    relations: [relation],
  };
  expect(await graph()).toEqual(expected);
  expect(await client.text('search_nodes', { query: 'gears' })).toContain('Engine');
  expect(JSON.parse(await client.text('open_nodes', { names: ['Ada'] }))).toMatchObject({
    entities: [{ name: 'Ada' }],
  });
  const resource = await client.sdk.readResource({ uri: 'memory://knowledge-graph' });
  const [content] = resource.contents;
  expect(JSON.parse(content !== undefined && 'text' in content ? content.text : '')).toMatchObject(expected);
  return called;
};

const sequentialThinking: Scenario = async (plain) => {
  const { client, called } = recorded(plain);
  for (const thoughtNumber of [1, 2, 3]) {
    const result = await client.call('sequentialthinking', {
      thought: `step ${thoughtNumber}`,
      nextThoughtNeeded: thoughtNumber < 3,
      thoughtNumber,
      totalThoughts: 3,
    });
    expect(result.structuredContent).toMatchObject({ thoughtHistoryLength: thoughtNumber });
  }
  return called;
};

const everything: Scenario = async (plain, { workspace }) => {
  const { client, called } = recorded(plain);
  const names = new Set((await client.sdk.listTools()).tools.map((tool) => tool.name));
  // These wait for seconds inside the server: begun first, looked at last.
  const research = client.callAsTask('simulate-research-query', { topic: 'sandboxes' });
  const asynchronous = ['trigger-sampling-request-async', 'trigger-elicitation-request-async']
    .filter((name) => names.has(name))
    .map(async (name) => ({ name, text: await client.text(name, { prompt: 'think' }) }));

  expect(await client.text('echo', { message: 'hello' })).toBe('Echo: hello');
  expect(await client.text('get-sum', { a: 2, b: 40 })).toContain('42');
  const annotated = await client.call('get-annotated-message', { messageType: 'error', includeImage: true });
  expect(annotated.content.map((part) => part.type)).toEqual(['text', 'image']);
  expect(JSON.parse(await client.text('get-env'))).toHaveProperty('PATH');
  const links = await client.call('get-resource-links', { count: 3 });
  expect(links.content.filter((part) => part.type === 'resource_link')).toHaveLength(3);
  const reference = await client.call('get-resource-reference', { resourceType: 'Blob', resourceId: 2 });
  expect(reference.content.map((part) => part.resource?.uri)).toContain('demo://resource/dynamic/blob/2');
  const weather = await client.call('get-structured-content', { location: 'Chicago' });
  expect(weather.structuredContent).toEqual({
    temperature: 36,
    conditions: 'Light rain / drizzle',
    humidity: 82,
  });
  const image = await client.call('get-tiny-image');
  expect(image.content.find((part) => part.type === 'image')).toMatchObject({ mimeType: 'image/png' });
  const zipped = await client.call('gzip-file-as-resource', {
    name: 'text.gz',
    data: 'data:text/plain;base64,Z3ppcCBtZQ==',
    outputType: 'resource',
  });
  const blob = zipped.content[0]?.resource?.blob ?? '';
  expect(gunzipSync(Buffer.from(blob, 'base64')).toString()).toBe('gzip me');
  for (const toggle of ['toggle-simulated-logging', 'toggle-subscriber-updates']) {
    expect(await client.text(toggle)).toContain('Started');
    expect(await client.text(toggle)).toContain('Stopped');
  }
  const steps: number[] = [];
  const long = await client.text(
    'trigger-long-running-operation',
    { duration: 1.6, steps: 4 },
    { onprogress: ({ progress }) => steps.push(progress) },
  );
  expect(long).toContain('completed');
  // The SDK may miss the last one when it comes together with the result, and on a busy machine the one before: so they come
  // slowly. profiles.test.ts looks at the wire.
  expect([1, 2, 3, 4].slice(0, steps.length)).toEqual(steps);
  expect(steps.length).toBeGreaterThanOrEqual(3);
  expect(await client.text('get-roots-list')).toContain(`file://${workspace}`);
  expect(await client.text('trigger-elicitation-request')).toContain('Ada Lovelace');
  // Granted are forms; an address of the server's choice is opened for nobody, so the server does not offer it.
  expect(names.has('trigger-url-elicitation')).toBe(false);
  expect(await client.text('trigger-sampling-request', { prompt: 'think' })).toContain('sampled ✓');

  for (const { name, text } of await Promise.all(asynchronous))
    expect(text).toContain(name.includes('sampling') ? 'sampled ✓' : 'Ada Lovelace');
  expect((await research).content[0]?.text).toContain('sandboxes');
  return called;
};

export const EVERY_TOOL: Readonly<Record<Shipped, Scenario>> = {
  everything,
  filesystem,
  memory,
  'sequential-thinking': sequentialThinking,
};
