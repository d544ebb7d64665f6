// Words about what a server says: to its client in its place, and why a session ended.
import type { LineFault } from '../relay/fault.ts';
import type { Drift } from '../relay/reviewed.ts';
import { count, fault } from './wording.ts';

/** What is wrong with one line. Never a word of the line itself: it may be written to steer whoever reads this. */
export const lineFaults: Readonly<Record<LineFault, string>> = {
  'not-json': 'the line is not JSON',
  'not-utf8': 'the line is not UTF-8',
  'carriage-return': 'a carriage return stands inside the line',
  'byte-order-mark': 'the line begins with a byte order mark',
  batch: 'the line is a list of messages',
  'not-an-object': 'the line is JSON but no object',
  'not-a-message': 'the line is JSON but no JSON-RPC message',
  'too-deep': 'the message is nested deeper than 64 levels',
  'too-many-values': 'the message holds more than 250 000 lists and objects',
  'duplicate-key': 'a key is there twice',
  'escaped-key': 'a key is written with needless escapes',
  'key-too-long': 'a key is longer than 16 KiB',
  'lone-surrogate': 'a string holds half a surrogate pair',
  'number-out-of-range': 'a number is out of range',
  'version-wrong': 'the member jsonrpc is not "2.0"',
  'id-invalid': 'the id is neither an integer literal nor a short printable string',
  'shape-ambiguous': 'not exactly one of method, result and error is there',
  'member-unknown': 'the message has a member that JSON-RPC does not know',
  'member-look-alike': 'a member has a name that only looks like one of the protocol',
  'member-type': 'a member has the wrong type',
  'method-invalid': 'the method is no printable name of at most 128 characters',
  'result-type-unknown': 'the result has a type that its request does not allow',
  'line-endless': 'a line has no end',
  'output-closed': 'the server closed its output and went on running',
};

/** What the relay itself answers or notes. */
export const relayAnswers = {
  tooLarge: 'the message is larger than allowed',
  resultTooLarge: (bytes: number) => `the server's answer of ${bytes} bytes is larger than allowed`,
  resultInvalid: (words: string) => `the server's answer was not passed on: ${words}`,
  idInUse: 'a request with this id is still waiting',
  idUnknown: 'nobody waits under this id',
  tokenUnknown: 'nobody waits under this progress token',
  tooManyRequests: 'too many requests are waiting',
  tooManyNotifications: 'too many notifications in a short time',
  methodNotFound: 'Method not found',
  notGranted: "the server's profile does not grant this part of the protocol",
  toolUnknown: 'Unknown tool',
  resourceUnknown: 'a resource that is neither listed nor described by a template, as they were approved',
  resourceHidden: 'the server lists a resource that nobody reviewed: it is not shown',
  notSubscribed: 'the client does not want to hear of this resource',
  tooManySubscriptions: 'too many subscriptions',
  nameUnknown: 'no such name',
  listUnavailable: 'the server did not give its list',
  asksForUngranted: "the server's answer asks for what its profile does not grant",
  blockUngranted: "a part of the server's answer is of an extension that its profile does not grant",
  asksTooOften: "the server's answer asks for more in between than is allowed",
  asksMalformed: "the server's answer asks for something in between in a way that nobody can answer",
  nothingAsked: 'nothing of this session asked for what the request brings',
  taskUngranted: "the server's answer is a task, which its profile does not grant",
  versionOfServer: 'the server speaks a version of the protocol that cordon does not know',
  versionUnknown: 'Unsupported protocol version',
  requestsUnavailable: 'the server asked without a session that allows it',
  answersPaused: 'the server does not read its answers',
  errorForged: 'an error of the server says that it is one of cordon',
} as const;

export const definitionsUnapproved = (why: 'never' | 'changed', profile: string) =>
  fault(
    'DEFINITIONS_UNAPPROVED',
    why === 'never'
      ? 'nobody has approved what this server shows to the client'
      : 'the profile was changed after it was approved',
    [`cordon review ${profile}`],
  );

/** `drift` tells kinds and numbers; never a word of the server: it may be written to steer whoever reads this. */
export const definitionDrift = (drift: Drift) =>
  fault('DEFINITION_DRIFT', `the server is not the one that was reviewed: ${driftWords(drift)}`, [
    'cordon review <profile>',
  ]);

export function driftWords(drift: Drift): string {
  switch (drift.what) {
    case 'context':
      return 'it was not reviewed with this generation of the protocol';
    case 'instructions':
      return 'its instructions changed';
    case 'serverInfo':
      return 'it introduces itself in another way';
    case 'capabilities':
      return 'it says that it can do other things';
    case 'malformed':
      return `its list of ${drift.list} is none that can be compared`;
    case 'list': {
      const { added, removed, changed, fields } = drift;
      const parts = Object.entries({ added, removed, changed }).flatMap(([how, number]) =>
        number === 0 ? [] : [`${number} ${how}${how === 'changed' ? ` (${fields.join(', ')})` : ''}`],
      );
      return `in its list of ${drift.list}: ${parts.join(', ')}`;
    }
  }
}

export const protocolViolation = (what: LineFault) =>
  fault('PROTOCOL_VIOLATION', `the server broke the protocol: ${lineFaults[what]}`, [
    'report it to the maintainers of the server',
  ]);

/** In place of what a server wrote to stderr faster than it is passed on. */
export const stderrDropped = (lines: number) => `${count(lines, 'line')} dropped`;
