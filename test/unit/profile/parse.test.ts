import { describe, expect, test } from 'vitest';
import { parseProfile } from '../../../src/profile/parse.ts';

type Json = Record<string, unknown>;

const SOURCE = { type: 'npm', package: '@acme/server', version: '1.2.3', bin: 'server' };

function profile(more: Json = {}): string {
  return JSON.stringify({ schema: 1, description: 'A server.', source: SOURCE, ...more });
}
const permissions = (more: Json) => profile({ permissions: more });
const grants = (...list: unknown[]) => permissions({ filesystem: list });
const grant = (path: string, access = 'read') => grants({ path, access });
const network = (host: string, port: unknown = 443) => permissions({ network: [{ host, port }] });

function faultsOf(text: string): readonly string[] {
  const parsed = parseProfile(text);
  return parsed.ok ? [] : parsed.faults;
}

test('fills in defaults: nothing is granted', () => {
  expect(parseProfile(profile())).toEqual({
    ok: true,
    document: {
      schema: 1,
      description: 'A server.',
      source: SOURCE,
      args: [],
      env: {},
      secrets: {},
      permissions: {
        filesystem: [],
        network: [],
        mcp: {
          tools: true,
          prompts: false,
          resources: false,
          sampling: false,
          elicitation: false,
          roots: false,
          logging: false,
          tasks: false,
          extensions: [],
        },
      },
      limits: {
        memory: '1GiB',
        processes: 64,
        files: 1024,
        fileSize: '256MiB',
        tmp: '128MiB',
        messageBytes: '8MiB',
      },
      definitions: 'pinned',
      expects: { deny: [], allow: [] },
    },
  });
});

describe('takes', () => {
  test.each<[string, string]>([
    ['a version with a prerelease', profile({ source: { ...SOURCE, version: '1.0.0-rc.1+build.5' } })],
    ['templates in arguments', profile({ args: ['--root=${workspace}', '${home}/x', '$5', '{a}'] })],
    [
      'environment values with templates',
      profile({ env: { FILE: '${state}/a', PYTHONUNBUFFERED: '1', NO_COLOR: '' } }),
    ],
    ['names that objects have of their own', profile({ env: { constructor: 'a', toString: 'b' } })],
    ['a secret', profile({ secrets: { TOKEN: { why: 'calls the API' } } })],
    ['the workspace', grant('${workspace}', 'write')],
    [
      'a place below each template',
      grants(
        { path: '${workspace}/a/b', access: 'write' },
        { path: '${home}/.cache/x', access: 'read' },
        { path: '${state}', access: 'write' },
      ),
    ],
    ['an absolute path', grant('/usr/share/dict')],
    ['spaces and letters of the world', grant('/srv/data/Élan vital/日本')],
    ['names that begin with dots', grant('${workspace}/...a/.b')],
    [
      'a protection inside a writable grant',
      grants({ path: '${workspace}', access: 'write' }, { path: '${workspace}/.git', access: 'read' }),
    ],
    [
      'an opening inside a readable grant',
      grants({ path: '${workspace}', access: 'read' }, { path: '${workspace}/out', access: 'write' }),
    ],
    ['a host', network('api.github.com')],
    ['several ports', network('api.github.com', [443, 8443])],
    ['a wildcard', network('*.example.com')],
    ['punycode', network('xn--bcher-kva.example')],
    [
      'one host on two ports',
      permissions({
        network: [
          { host: 'a.example', port: 80 },
          { host: 'a.example', port: 443 },
        ],
      }),
    ],
    ['a port of this machine', network('localhost', 5432)],
    ['some tools only', permissions({ mcp: { tools: ['read_file'] } })],
    ['an extension', permissions({ mcp: { extensions: ['io.modelcontextprotocol/ui'] } })],
    ['definitions that nobody reviewed', profile({ definitions: 'unpinned' })],
    ['limits', profile({ limits: { memory: '512MiB', tmp: '64KiB', processes: 1 } })],
  ])('%s', (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });
});

describe('refuses the shape of', () => {
  test.each<[string, string, string]>([
    ['no JSON', '{', 'line 1, column 2: expected a key in double quotes or "}", found the end'],
    ['comments', '{ // why\n}', 'line 1, column 3: comments are not allowed'],
    [
      'a duplicate key',
      profile().replace('"schema":1', '"schema":1,"schema":1'),
      'schema: this key is there twice',
    ],
    ['a list', '[]', '(top level): must be an object'],
    ['another schema version', profile({ schema: 2 }), 'schema: must be 1'],
    ['a missing key', '{"schema":1,"description":"x"}', 'source: is missing'],
    ['an unknown key', profile({ permisions: {} }), 'permisions: unknown key, did you mean "permissions"?'],
    ['an unknown key far from all others', profile({ xyzzy: 1 }), 'xyzzy: unknown key'],
    [
      'an unknown key inside',
      permissions({ netwrok: [] }),
      'permissions.netwrok: unknown key, did you mean "network"?',
    ],
    [
      'an unknown key in a grant',
      grants({ path: '/srv/a', acces: 'read', access: 'read' }),
      'permissions.filesystem[0].acces: unknown key, did you mean "access"?',
    ],
    [
      'an unknown key in limits',
      profile({ limits: { memroy: '1GiB' } }),
      'limits.memroy: unknown key, did you mean "memory"?',
    ],
    ['a forged terminal line in a key', profile({ 'a\u001b[2K': 1 }), '["a\\x1b[2K"]: unknown key'],
    ['an empty description', profile({ description: '' }), 'description: must have at least 1 character'],
    [
      'a control character',
      profile({ description: 'a\u001bb' }),
      'description: must not contain control characters',
    ],
    ['another kind of source', profile({ source: { ...SOURCE, type: 'git' } }), 'source.type: must be "npm"'],
    [
      'a range',
      profile({ source: { ...SOURCE, version: '^1.2.3' } }),
      'source.version: must be one exact version, not a range or a tag',
    ],
    [
      'a tag',
      profile({ source: { ...SOURCE, version: 'latest' } }),
      'source.version: must be one exact version, not a range or a tag',
    ],
    [
      'a version with zeros in front',
      profile({ source: { ...SOURCE, version: '01.2.3' } }),
      'source.version: must be one exact version, not a range or a tag',
    ],
    [
      'capitals in a package name',
      profile({ source: { ...SOURCE, package: '@Acme/server' } }),
      'source.package: must be the exact ASCII name of an npm package',
    ],
    [
      'a package name that only looks right',
      profile({ source: { ...SOURCE, package: '@аcme/server' } }),
      'source.package: must be the exact ASCII name of an npm package',
    ],
    [
      'a package by URL',
      profile({ source: { ...SOURCE, package: 'git+https://example.com/a' } }),
      'source.package: must be the exact ASCII name of an npm package',
    ],
    ['a number as argument', profile({ args: [1] }), 'args[0]: must be text'],
    ['a variable name', profile({ env: { 'A B': 'x' } }), 'env["A B"]: must be a variable name'],
    ['a variable without text', profile({ env: { A: 1 } }), 'env.A: must be text'],
    ['a secret without a reason', profile({ secrets: { TOKEN: {} } }), 'secrets.TOKEN.why: is missing'],
    ['an access', grant('/srv/a', 'execute'), 'permissions.filesystem[0].access: must be "read" or "write"'],
    [
      'a port as text',
      network('a.example', '443'),
      'permissions.network[0].port: must be a number or a list',
    ],
    [
      'a port out of range',
      network('a.example', 65536),
      'permissions.network[0].port: must be at most 65535',
    ],
    [
      'a port in a list out of range',
      network('a.example', [443, 0]),
      'permissions.network[0].port[1]: must be at least 1',
    ],
    ['no ports', network('a.example', []), 'permissions.network[0].port: must have at least 1 entry'],
    [
      'half a port',
      network('a.example', 1.5),
      'permissions.network[0].port: must be a whole number or a list',
    ],
    [
      'tools',
      permissions({ mcp: { tools: 'all' } }),
      'permissions.mcp.tools: must be true or false or a list',
    ],
    [
      'an extension without a prefix',
      permissions({ mcp: { extensions: ['ui'] } }),
      'permissions.mcp.extensions[0]: must be an identifier such as "io.modelcontextprotocol/ui"',
    ],
    [
      'how definitions are held',
      profile({ definitions: false }),
      'definitions: must be "pinned" or "unpinned"',
    ],
    ['a size without unit', profile({ limits: { tmp: 5 } }), 'limits.tmp: must be text'],
    [
      'a size in MB',
      profile({ limits: { tmp: '5MB' } }),
      'limits.tmp: must be a size such as "64KiB", "128MiB" or "1GiB"',
    ],
    ['processes', profile({ limits: { processes: 0 } }), 'limits.processes: must be at least 1'],
    [
      'an expectation',
      profile({ expects: { deny: [{ reed: '/srv/a' }] } }),
      'expects.deny[0].reed: unknown key, did you mean "read"?',
    ],
    [
      'an empty expectation',
      profile({ expects: { deny: [{}] } }),
      'expects.deny[0]: must have exactly one of the keys "read", "write", "connect"',
    ],
    [
      'two expectations in one',
      profile({ expects: { deny: [{ read: '/srv/a', write: '/srv/a' }] } }),
      'expects.deny[0]: must have exactly one of the keys "read", "write", "connect"',
    ],
    [
      'an expectation without a path',
      profile({ expects: { deny: [{ read: 1 }] } }),
      'expects.deny[0].read: must be text',
    ],
    [
      'an expectation as text',
      profile({ expects: { deny: ['/srv/a'] } }),
      'expects.deny[0]: must be an object',
    ],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });
});

test('refuses at once what is as full as a file may be, without comparing all of it with all', () => {
  const many = (entry: (index: number) => object) =>
    Array.from({ length: 30_000 }, (_, index) => entry(index));
  const text = profile({
    permissions: {
      filesystem: many((index) => ({ path: `/srv/${index}`, access: 'read' })),
      network: many((index) => ({ host: `n${index}.example.com`, port: 443 })),
    },
    expects: { deny: many((index) => ({ read: `/srv/x/${index}` })) },
  });
  expect(faultsOf(text)).toEqual(
    ['permissions.filesystem', 'permissions.network', 'expects.deny'].map(
      (place) => `${place}: must have at most 256 entries`,
    ),
  );
});

describe('refuses templates and texts:', () => {
  test.each<[string, string]>([
    [
      profile({ args: ['${worksapce}'] }),
      'args[0]: unknown template "${worksapce}", did you mean ${workspace}?',
    ],
    [
      profile({ args: ['ok', '${PATH}'] }),
      'args[1]: unknown template "${PATH}", known are ${workspace}, ${home}, ${state}',
    ],
    [profile({ args: ['${workspace'] }), 'args[0]: "${workspace" has no closing brace'],
    [profile({ args: ['a\u0000b'] }), 'args[0]: must not have a NUL character'],
    [profile({ args: ['a\ud800b'] }), 'args[0]: must be well-formed Unicode'],
    [
      profile({ env: { A: '${tmp}' } }),
      'env.A: unknown template "${tmp}", known are ${workspace}, ${home}, ${state}',
    ],
    [profile({ env: { A: '\u0000' } }), 'env.A: must not have a NUL character'],
    [
      profile({ env: { TOKEN: 'x' }, secrets: { TOKEN: { why: 'y' } } }),
      'env.TOKEN: is also one of the secrets',
    ],
    [secret({ args: ['--t=${secret:TOKEN}'] }), 'args[0]: secrets.TOKEN.deliver must be "argument"'],
    [
      secret({ args: ['${secret:TOKN}', '${secret:TOKEN}'] }, 'argument'),
      'args[0]: "TOKN" is none of the secrets, did you mean "TOKEN"?',
    ],
    ...['${secret:TOKEN}@host', '${secret:TOKEN}${secret:TOKEN}', '${secret:}', '${secret:A-B}'].map(
      (text): [string, string] => [
        secret({ args: ['${secret:TOKEN}', text] }, 'argument'),
        'args[1]: a secret must end its argument, as "${secret:NAME}", once',
      ],
    ),
    [secret({}, 'argument'), 'secrets.TOKEN.deliver: no argument ends with ${secret:TOKEN}'],
    [
      profile({
        args: ['${secret:TOKEN}'],
        secrets: { TOKEN: { deliver: 'argument', required: false, why: 'x' } },
      }),
      'secrets.TOKEN.required: must be true: an argument cannot be left out',
    ],
    [
      secret({ env: { URL: 'https://x/${secret:TOKEN}' } }),
      'env.URL: unknown template "${secret:TOKEN}", known are ${workspace}, ${home}, ${state}',
    ],
    [
      secret({ args: ['${tmp}${secret:TOKEN}'] }, 'argument'),
      'args[0]: unknown template "${tmp}", known are ${workspace}, ${home}, ${state}',
    ],
  ])('%s', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });
});

test('the variable that says where the file of a secret is may have its name', () => {
  const text = secret({ env: { TOKEN: '/run/secrets/TOKEN' } }, 'file');
  expect(parseProfile(text)).toMatchObject({ ok: true });
});

function secret(members: Readonly<Record<string, unknown>>, deliver?: string): string {
  const why = 'calls the API';
  return profile({ ...members, secrets: { TOKEN: deliver === undefined ? { why } : { deliver, why } } });
}

describe('refuses variables that steer an interpreter (EV rows)', () => {
  test.each([
    'NODE_OPTIONS',
    'NODE_PATH',
    'NODE_COMPILE_CACHE',
    'NODE_REPL_EXTERNAL_MODULE',
    'NODE_TLS_REJECT_UNAUTHORIZED',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'DYLD_INSERT_LIBRARIES',
    'BASH_ENV',
    'ENV',
    'IFS',
    'BASH_FUNC_ls',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'PYTHONHOME',
    'PERL5OPT',
    'RUBYOPT',
    'JAVA_TOOL_OPTIONS',
    'GIT_SSH_COMMAND',
    'GIT_CONFIG_GLOBAL',
    'BUN_OPTIONS',
    'npm_config_registry',
    'CORDON_DEBUG',
    'node_options',
  ])('%s', (name) => {
    const fault = 'could make the server run other code than the reviewed package';
    expect(faultsOf(profile({ env: { [name]: 'x' } }))).toEqual([`env.${name}: ${fault}`]);
    expect(faultsOf(profile({ secrets: { [name]: { why: 'x' } } }))).toEqual([`secrets.${name}: ${fault}`]);
  });

  test.each([
    'PATH',
    'HOME',
    'TMPDIR',
    'NODE_DISABLE_COMPILE_CACHE',
    'HTTPS_PROXY',
    'https_proxy',
    'NODE_USE_ENV_PROXY',
  ])('%s, which cordon sets', (name) => {
    expect(faultsOf(profile({ env: { [name]: 'x' } }))).toEqual([`env.${name}: is set by cordon`]);
  });
});

describe('refuses grant paths (EV-17)', () => {
  const relative = 'must be absolute or start with ${workspace}, ${home} or ${state}';
  const shared = 'is a folder of the whole system';
  test.each<[string, string]>([
    ['a/b', relative],
    ['./a', `${relative}|must not have a "." or ".." segment`],
    ['~', 'must start with ${home}, not with ~'],
    ['~/.ssh', 'must start with ${home}, not with ~'],
    ['${workspace}x', 'needs a slash after ${workspace}'],
    ['/srv/${home}', 'may have a template only at the start'],
    ['${workspace}/${home}', 'may have a template only at the start'],
    ['${unknown}/a', 'unknown template "${unknown}", known are ${workspace}, ${home}, ${state}'],
    ['/srv/a/', 'must not end with a slash'],
    ['${workspace}/', 'must not end with a slash'],
    ['/srv//a', 'must not have an empty segment'],
    ['//srv/a', 'must not have an empty segment'],
    ['/srv/../etc', 'must not have a "." or ".." segment'],
    ['${workspace}/..', 'must not have a "." or ".." segment'],
    ['${workspace}/a/./b', 'must not have a "." or ".." segment'],
    ...['/srv/*', '/srv/a?', '/srv/[ab]', '/srv/{a,b}', '${workspace}/**'].map((path): [string, string] => [
      path,
      `must not have * ? [ ] { }: patterns are not understood, name one folder${path.includes(',') ? '|must not have any of : , " ( ) \\' : ''}`,
    ]),
    ...['/srv/a:b', '/srv/a,b', '/srv/a"b', '/srv/a)b', '/srv/(a', '/srv/a\\b'].map(
      (path): [string, string] => [path, 'must not have any of : , " ( ) \\'],
    ),
    ['/srv/a\u2028b', 'must not have control characters'],
    ['/srv/a\ud800b', 'must not have control characters'],
    ['/', 'is the whole file system'],
    ['${home}', 'is the whole home folder; grant what lies inside it'],
    ['/home/someone', 'is a home folder'],
    ['/Users/someone', 'is a home folder'],
    ...[
      '/home',
      '/root',
      '/etc',
      '/usr',
      '/var',
      '/tmp',
      '/boot',
      '/mnt',
      '/media',
      '/opt',
      '/srv',
      '/Users',
      '/private/var',
      '/bin',
      '/lib64',
      '/var/lib',
      '/ETC',
    ].map((path): [string, string] => [path, shared]),
    ...[
      '/proc',
      '/proc/self/environ',
      '/sys',
      '/sys/fs/cgroup',
      '/dev',
      '/dev/shm',
      '/run',
      '/run/user/1000',
      '/var/run/docker.sock',
    ].map((path): [string, string] => [
      path,
      `is at or below ${path.startsWith('/var') ? '/var/run' : `/${path.split('/')[1]}`}, which belongs to the kernel and to running services`,
    ]),
  ])('%j', (path, faults) => {
    expect(faultsOf(grant(path))).toEqual(
      faults.split('|').map((fault) => `permissions.filesystem[0].path: ${fault}`),
    );
  });

  test('a path with a newline or NUL', () => {
    for (const path of ['/srv/a\nb', '/srv/a\u0000b'])
      expect(faultsOf(grant(path))).toContain(
        'permissions.filesystem[0].path: must not contain control characters',
      );
  });

  test.each(['/etc/cron.d', '/usr/local/bin', '/boot/grub', '/lib/x'])('%s for writing', (path) => {
    expect(faultsOf(grant(path))).toEqual([]);
    expect(faultsOf(grant(path, 'write'))).toEqual([
      `permissions.filesystem[0].path: is below /${path.split('/')[1]}, which belongs to the system and can only be granted for reading`,
    ]);
  });

  test('one path twice', () => {
    const twice = (one: string, other: string) =>
      grants({ path: '${workspace}/a', access: one }, { path: '${workspace}/a', access: other });
    expect(faultsOf(twice('read', 'read'))).toEqual([
      'permissions.filesystem[1].path: is granted already by permissions.filesystem[0]',
    ]);
    expect(faultsOf(twice('read', 'write'))).toEqual([
      'permissions.filesystem[1].path: is granted for write here and for read by permissions.filesystem[0]',
    ]);
  });
});

describe('refuses hosts', () => {
  test.each<[string, string]>([
    ['https://a.example', 'must be a host name only, without scheme and path'],
    ['a.example/x', 'must be a host name only, without scheme and path'],
    ['a.example:443', 'must be a host name only, the port goes into "port"'],
    ['A.example', 'must be lower case'],
    ['bücher.example', 'must be ASCII: write an international name as punycode, "xn--…"'],
    ['a.example.', 'must not end with a dot'],
    ['*', 'may have one "*." at the start and no other wildcard'],
    ['*.*.example', 'may have one "*." at the start and no other wildcard'],
    ['a*.example.com', 'may have one "*." at the start and no other wildcard'],
    ['a.*.example.com', 'may have one "*." at the start and no other wildcard'],
    ['*.com', 'is too broad: "*." needs at least two labels after it'],
    ['a..example', 'must be labels of a-z, 0-9 and "-", joined by dots'],
    ['-a.example', 'must be labels of a-z, 0-9 and "-", joined by dots'],
    ['a_b.example', 'must be labels of a-z, 0-9 and "-", joined by dots'],
    [`${'a'.repeat(64)}.example`, 'must be labels of a-z, 0-9 and "-", joined by dots'],
    ['intranet', 'must be a full name with a dot in it'],
    ['a.localhost', 'must be "localhost" itself when this machine is meant'],
  ])('%s', (host, fault) => {
    expect(faultsOf(network(host))).toEqual([`permissions.network[0].host: ${fault}`]);
  });
});

describe('judges expectations', () => {
  const filesystem = [
    { path: '${workspace}', access: 'write' },
    { path: '${workspace}/.git', access: 'read' },
    { path: '${workspace}/.git/lfs', access: 'write' },
    { path: '/usr/share/dict', access: 'read' },
  ];
  const judged = (side: 'deny' | 'allow', expectation: Json) =>
    faultsOf(
      profile({
        permissions: { filesystem, network: [{ host: '*.example.com', port: 443 }] },
        expects: { [side]: [expectation] },
      }),
    );

  // expectation, and what grants it: undefined when it is denied
  const table: Array<[Json, string | undefined, string?]> = [
    [{ read: '${workspace}' }, 'permissions.filesystem[0]'],
    [{ write: '${workspace}/a/b' }, 'permissions.filesystem[0]'],
    [{ read: '${workspace}/.git/config' }, 'permissions.filesystem[1]'],
    [{ write: '${workspace}/.git/config' }, undefined, 'permissions.filesystem[1] denies it'],
    [{ write: '${workspace}/.git/lfs/x' }, 'permissions.filesystem[2]'],
    [{ write: '${workspace}/.gitignore' }, 'permissions.filesystem[0]'],
    [{ read: '/usr/share/dict/words' }, 'permissions.filesystem[3]'],
    [{ write: '/usr/share/dict/words' }, undefined, 'permissions.filesystem[3] denies it'],
    [{ read: '/usr/share/dictionary' }, undefined, 'nothing grants it'],
    [{ read: '/' }, undefined, 'nothing grants it'],
    [{ read: '~/.ssh/id_ed25519' }, undefined, 'nothing grants it'],
    [{ read: '${state}/a' }, undefined, 'nothing grants it'],
    [{ connect: 'api.example.com:443' }, 'permissions.network[0]'],
    [{ connect: 'example.com:443' }, undefined, 'nothing grants it'],
    [{ connect: 'badexample.com:443' }, undefined, 'nothing grants it'],
    [{ connect: 'api.example.com:80' }, undefined, 'nothing grants it'],
    [{ connect: '[::1]:80' }, undefined, 'nothing grants it'],
  ];
  test.each(table)('%j', (expectation, grantedBy, whyNot) => {
    const [[action, target] = ['', '']] = Object.entries(expectation);
    const what = `${action} "${String(target)}"`;
    expect(judged('deny', expectation)).toEqual(
      grantedBy === undefined
        ? []
        : [`expects.deny[0].${action}: expects ${what} to be denied, but ${grantedBy} grants it`],
    );
    expect(judged('allow', expectation)).toEqual(
      grantedBy === undefined
        ? [`expects.allow[0].${action}: expects ${what} to be possible, but ${whyNot}`]
        : [],
    );
  });

  test.each<[Json, string]>([
    [{ read: 'a' }, 'expects.deny[0].read: must be absolute or start with ${workspace}, ${home} or ${state}'],
    [{ read: '~root/a' }, 'expects.deny[0].read: must start with ${home}, not with ~'],
    [{ connect: 'example.com' }, 'expects.deny[0].connect: must be "host:port", lower case'],
    [{ connect: 'example.com:70000' }, 'expects.deny[0].connect: must be "host:port", lower case'],
  ])('refuses %j', (expectation, fault) => {
    expect(judged('deny', expectation)).toEqual([fault]);
  });
});

test('says all faults at once, of the shape and of the rules', () => {
  const text = profile({
    netwrok: [],
    args: ['${nope}', 7],
    env: { LD_PRELOAD: 'x', OK: 3 },
    permissions: {
      filesystem: [{ path: '/etc', access: 'read' }, { path: 5 }, { path: 'a/../b', access: 'read' }],
      network: [{ host: '*.com', port: 443 }],
    },
    limits: { tmp: '1MB' },
    expects: { deny: [{ read: 'x' }, { reed: 'y' }] },
  });
  expect([...faultsOf(text)].toSorted()).toEqual(
    [
      'netwrok: unknown key',
      'args[0]: unknown template "${nope}", known are ${workspace}, ${home}, ${state}',
      'args[1]: must be text',
      'env.LD_PRELOAD: could make the server run other code than the reviewed package',
      'env.OK: must be text',
      'permissions.filesystem[0].path: is a folder of the whole system',
      'permissions.filesystem[1].path: must be text',
      'permissions.filesystem[1].access: must be "read" or "write"',
      'permissions.filesystem[2].path: must be absolute or start with ${workspace}, ${home} or ${state}',
      'permissions.filesystem[2].path: must not have a "." or ".." segment',
      'permissions.network[0].host: is too broad: "*." needs at least two labels after it',
      'limits.tmp: must be a size such as "64KiB", "128MiB" or "1GiB"',
      'expects.deny[0].read: must be absolute or start with ${workspace}, ${home} or ${state}',
      'expects.deny[1].reed: unknown key, did you mean "read"?',
    ].toSorted(),
  );
});
