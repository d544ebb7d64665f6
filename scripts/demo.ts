// `npm run demo`: the real filesystem server through bin/cordon, with the official MCP SDK as client; then four things
// that must fail, each next to the same thing outside, where it works.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const root = path.dirname(path.dirname(new URL(import.meta.url).pathname));
const cordon = path.join(root, 'bin', 'cordon');
const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'cordon-demo-')));
const workspace = path.join(scratch, 'workspace');
let surprises = 0;

function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function expectFailure(what: string, failed: boolean, words: string): void {
  if (!failed) surprises += 1;
  say(`  ${failed ? '✔ refused' : '✘ NOT REFUSED'}  ${what}`);
  say(`             ${words.replaceAll('\n', ' ').slice(0, 200)}`);
}

async function connect(profile: string, environment: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'cordon-demo', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: cordon,
    args: ['run', profile],
    cwd: workspace,
    stderr: 'ignore',
    env: { HOME: homedir(), ...environment },
  });
  await client.connect(transport);
  return client;
}

async function textOf(
  client: Client,
  name: string,
  args: Record<string, unknown>,
): Promise<{ readonly failed: boolean; readonly text: string }> {
  try {
    const result = await client.callTool({ name, arguments: args });
    const content = result.content as ReadonlyArray<{ type: string; text?: string }>;
    return {
      failed: result.isError === true,
      text: content.map((part) => part.text ?? `(${part.type})`).join(' '),
    };
  } catch (error) {
    return { failed: true, text: error instanceof Error ? error.message : String(error) };
  }
}

async function main(): Promise<void> {
  mkdirSync(workspace);
  const secret = path.join(scratch, 'secret.txt');
  writeFileSync(secret, 'a private key\n');
  symlinkSync(secret, path.join(workspace, 'innocent.txt'));

  say('$ cordon install filesystem everything');
  const install = spawnSync(cordon, ['install', 'filesystem', 'everything'], {
    stdio: 'inherit',
    env: { ...process.env, HOME: homedir() },
  });
  if (install.status !== 0) throw new Error('install failed');

  say();
  say(`$ cordon run filesystem      (client: the MCP SDK; workspace: ${workspace})`);
  const files = await connect('filesystem');
  const { tools } = await files.listTools();
  say(`  ${tools.length} tools: ${tools.map((tool) => tool.name).join(', ')}`);
  const file = path.join(workspace, 'hello.txt');
  say(
    `  write_file       ${(await textOf(files, 'write_file', { path: file, content: 'hello from the sandbox\n' })).text}`,
  );
  say(`  read_text_file   ${(await textOf(files, 'read_text_file', { path: file })).text.trim()}`);
  say(`  outside, the file holds: ${readFileSync(file, 'utf8').trim()}`);

  say();
  say('Four things that must fail:');
  const read = await textOf(files, 'read_text_file', { path: path.join(workspace, 'innocent.txt') });
  expectFailure(
    `reading a file outside the workspace (${secret}) through a link inside it`,
    read.failed && !read.text.includes('private key'),
    read.text,
  );
  await files.close();

  const listener = createServer((_, response) => response.end('reached'));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  const control = await (await fetch(url)).text();
  const everything = await connect('everything');
  const connection = await textOf(everything, 'gzip-file-as-resource', {
    name: 'x.gz',
    data: url,
    outputType: 'resource',
  });
  expectFailure(
    `a connection to ${url} (outside it answers "${control}")`,
    control === 'reached' && connection.failed,
    connection.text,
  );
  await everything.close();
  listener.close();

  const home = path.join(scratch, 'home');
  const store = path.join('.local', 'share', 'cordon');
  cpSync(path.join(homedir(), store), path.join(home, store), { recursive: true });
  const pins = JSON.parse(readFileSync(path.join(root, 'profiles', 'filesystem', 'pins.json'), 'utf8')) as {
    entry: string;
    trees: Record<string, string>;
  };
  const platform = process.platform === 'darwin' ? `darwin-${process.arch}` : `linux-${process.arch}-glibc`;
  const victim = path.join(
    home,
    store,
    'store',
    (pins.trees[platform] ?? '').replace('sha256:', ''),
    'tree',
    pins.entry,
  );
  const bytes = readFileSync(victim);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  spawnSync('chmod', ['u+w', victim]);
  writeFileSync(victim, bytes);
  await refusal('starting the server after one byte of its package changed', 'filesystem', { HOME: home });

  await refusal('starting a profile that nobody wrote', 'no-such-server');
  say();
  say(surprises === 0 ? 'All as promised.' : `${surprises} of four were not refused.`);
}

async function refusal(
  what: string,
  profile: string,
  environment: Record<string, string> = {},
): Promise<void> {
  try {
    const client = await connect(profile, environment);
    await client.close();
    expectFailure(what, false, 'it started');
  } catch (error) {
    expectFailure(what, true, error instanceof Error ? error.message : String(error));
  }
}

try {
  await main();
} finally {
  spawnSync('chmod', ['-R', 'u+w', scratch]);
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(surprises === 0 ? 0 : 1);
