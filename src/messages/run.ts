// Words about a start, its workspace, its network and its end, and about the audit log.
import { quote } from '../escape.ts';
import { fault, reasonOf, shellQuote } from './wording.ts';

export const auditUnwritable = (file: string, cause: unknown) =>
  fault(
    'AUDIT_UNWRITABLE',
    `the audit log ${quote(file)} cannot be written: ${reasonOf(cause)}`,
    [`ls -ld ${shellQuote(file)}`],
    [],
    cause,
  );

export const stdinIsTerminal = () =>
  fault(
    'USAGE_INVALID',
    'cordon run speaks JSON-RPC with an MCP client on stdin and stdout, and stdin is a terminal',
    [
      'point an MCP client at it: {"command": "…/bin/cordon", "args": ["run", "<profile>"]}',
      'cordon explain <profile>',
    ],
  );

/** The server ended while requests were open, or before it said anything. `status` as a shell would show it. */
export const serverEnded = (status: number) =>
  fault('SERVER_ENDED', `the server ended with status ${status}`, [
    "see what it wrote on stderr in the client's log",
  ]);

export const serverSilent = (seconds: number) =>
  fault('SERVER_SILENT', `the server was asked and said nothing for ${seconds} seconds`, [
    "see what it wrote on stderr in the client's log",
  ]);

/** The session goes on: a disk that is full must not end the work of whoever fills it, or of others. */
export const auditLost = (file: string, cause: unknown) =>
  `warning: the audit log ${quote(file)} cannot be written any more: ${reasonOf(cause)}`;

/** A path that the profile protects did not exist at the start and is there now: somebody should look at it. */
export const pathAppeared = (path: string) =>
  `warning: ${quote(path)} appeared while the server ran; its profile asks to protect that path`;

/** The configuration asks for one way and this machine forbids it. */
export const egressUnavailable = (why: string) =>
  fault(
    'EGRESS_UNAVAILABLE',
    `this machine does not allow the network that the configuration asks for: ${quote(why, 300)}`,
    ['set "mode": "auto" under "egress" in config.json', 'cordon doctor'],
  );

/** A listening socket of the broker broke: connections would go unjudged or nowhere. */
export const egressFailed = (why: string) =>
  fault('EGRESS_FAILED', `the network of the server broke: ${quote(why)}`, ['start the server again']);

export const workspaceGone = (cause?: unknown) =>
  fault(
    'WORKSPACE_TOO_BROAD',
    `the current directory cannot be used as workspace: ${cause === undefined ? 'it was deleted, or may not be entered' : reasonOf(cause)}`,
    ['start the client in a folder that exists'],
    [],
    cause,
  );

export const workspaceNameNotText = () =>
  fault('WORKSPACE_TOO_BROAD', 'the current directory cannot be used as workspace: its path is not UTF-8', [
    'start the client in a folder whose path is UTF-8',
  ]);
