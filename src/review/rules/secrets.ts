// Names of places where secrets lie. A tool that needs one of them needs a reason and a grant.
import { splitName } from '../fold.ts';
import { type Match, type Rule, inTexts, occurrences } from './rule.ts';

const PATHS = [
  /(?:^|[\s"'`(<=/~\\])\.ssh\b(?:\/[\w.*-]+)?/g,
  /\bid_(?:rsa|dsa|ecdsa|ed25519)(?:\.pub)?\b|\bauthorized_keys\b|\bknown_hosts\b/g,
  /\.aws\/(?:credentials|config)\b|\.azure\/|\.config\/gcloud\b|\bapplication_default_credentials\.json\b/g,
  /\.kube\/config\b|\.docker\/config\.json\b|(?:^|[\s"'`(/~])\.(?:netrc|npmrc|pypirc|git-credentials|pgpass|my\.cnf|vault-token)\b/g,
  /\.gnupg\b|\.password-store\b|\blogin\.keychain\b|\bkeychain-db\b|\.local\/share\/keyrings\b/g,
  /\/etc\/(?:shadow|passwd|sudoers|ssl\/private)\b/g,
  /\/proc\/(?:self|\d+|\*|1)\/(?:environ|cmdline|mem|maps)\b/g,
  /\.(?:bash|zsh|python|psql|mysql|node_repl)_history\b/g,
  /\.cursor\/mcp\.json\b|\bclaude_desktop_config\.json\b|\.claude(?:\/|\.json)|\.codeium\/|\.gemini\/|\.codex\/(?:auth|config)|\bmcp\.json\b/g,
  /\bLogin Data\b|\bcookies\.sqlite\b|\bkey4\.db\b|\bwallet\.dat\b|\.ethereum\/keystore\b|\.config\/solana\b/g,
];
/** Ordinary in tools for developers, and worth a look. */
const COMMON = [
  /(?:^|[\s"'`(/])\.env(?:\.(?:local|production|development))?(?=$|[\s"'`),.;:])(?!\.\w)/g,
  /\b(?:terraform\.tfstate|service[-_]account\.json|credentials\.json|secrets\.ya?ml)\b/g,
];
/** The same in names of parameters, where no path can stand. */
const IN_NAMES =
  /\b(?:ssh (?:key|dir|config|id)|id rsa|id ed25519|etc (?:passwd|shadow)|aws credentials|kube ?config|git credentials|bash history|mcp json|gnupg|keychain|private key|npmrc|netrc)\b/;

export const secretRules: readonly Rule[] = [
  {
    id: 'secret-path',
    title: 'names a place where secrets lie',
    severity: 'high',
    labels: ['SAFE-T1502', 'OWASP MCP01 secret exposure'],
    why: 'the sandbox keeps the server away from it, but another tool of the same client may read it for the model',
    find: inTexts(function* find(text) {
      if (text.role === 'stderr') return;
      yield* occurrences(text, PATHS);
      yield* occurrences(text, COMMON, { severity: 'low' });
      if (text.role === 'parameter' || text.role === 'name' || text.role === 'member') yield* inName(text);
    }),
  },
];

function* inName(text: { readonly pointer: string; readonly text: string }): Iterable<Match> {
  if (!IN_NAMES.test(splitName(text.text))) return;
  yield {
    pointer: text.pointer,
    text: text.text,
    start: 0,
    end: text.text.length,
    note: ['read as: ', { theirs: splitName(text.text) }],
  };
}
