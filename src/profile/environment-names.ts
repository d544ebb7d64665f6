// Variables that no profile may set, because they make an interpreter or the dynamic linker run other code than the
// reviewed tree (integrity.md 2.6), or because Cordon sets them itself.

/** The proxy variables: a profile that named a proxy of its own would grant with one host all that the proxy reaches. */
const SET_BY_CORDON = [
  'PATH',
  'HOME',
  'TMPDIR',
  'NODE_DISABLE_COMPILE_CACHE',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'NODE_USE_ENV_PROXY',
];

/** Grouped: Node, certificate checks, shells, libc and OpenSSL, other interpreters, programs that git starts. */
const STEERING = `
  NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_COMPILE_CACHE NODE_V8_COVERAGE NODE_CHANNEL_FD
  NODE_TLS_REJECT_UNAUTHORIZED
  BASH_ENV ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND IFS ZDOTDIR CDPATH GLOBIGNORE
  GCONV_PATH GETCONF_DIR GLIBC_TUNABLES HOSTALIASES LOCALDOMAIN LOCPATH NLSPATH RES_OPTIONS
  OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES
  PERLLIB RUBYLIB RUBYOPT GEM_PATH GEM_HOME CLASSPATH JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
  PHPRC PHP_INI_SCAN_DIR LUA_PATH LUA_CPATH LUA_INIT
  GIT_SSH GIT_SSH_COMMAND GIT_ASKPASS SSH_ASKPASS GIT_EXEC_PATH GIT_EXTERNAL_DIFF GIT_TEMPLATE_DIR
  GIT_PROXY_COMMAND GIT_EDITOR GIT_PAGER
`
  .trim()
  .split(/\s+/);

const STEERING_PREFIXES = [
  'LD_',
  'DYLD_',
  'BASH_FUNC_',
  'BUN_',
  'DENO_',
  'NPM_CONFIG_',
  'GIT_CONFIG',
  'PYTHON',
  'PERL5',
  'CORDON_',
];

/** Python's own switches that change only how text is written. */
const HARMLESS = [
  'PYTHONUNBUFFERED',
  'PYTHONUTF8',
  'PYTHONIOENCODING',
  'PYTHONDONTWRITEBYTECODE',
  'PYTHONHASHSEED',
];

/** Why a profile may not set this variable, neither as `env` nor as a secret; undefined when it may. */
export function environmentNameFault(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (SET_BY_CORDON.includes(upper)) return 'is set by cordon';
  if (HARMLESS.includes(upper)) return undefined;
  if (STEERING.includes(upper) || STEERING_PREFIXES.some((prefix) => upper.startsWith(prefix)))
    return 'could make the server run other code than the reviewed package';
  return undefined;
}
