// What can be wrong with one line. Words for people are in messages/relay.ts (`lineFaults`).

export type LineFault =
  | 'not-json'
  | 'not-utf8'
  | 'carriage-return'
  | 'byte-order-mark'
  | 'batch'
  | 'not-an-object'
  | 'not-a-message'
  | 'too-deep'
  | 'too-many-values'
  | 'duplicate-key'
  | 'escaped-key'
  | 'key-too-long'
  | 'lone-surrogate'
  | 'number-out-of-range'
  | 'version-wrong'
  | 'id-invalid'
  | 'shape-ambiguous'
  | 'member-unknown'
  | 'member-look-alike'
  | 'member-type'
  | 'method-invalid'
  | 'result-type-unknown'
  | 'line-endless'
  | 'output-closed';

/**
 * What a fault in the server's output means. `noise`: programs print such lines by mistake and every client skips them.
 * `invalid`: a message that no strict reader takes; whoever waits for it gets an error. `violation`: readers disagree
 * about its meaning, so it is an attack or as good as one, and the session ends.
 */
export type Severity = 'noise' | 'invalid' | 'violation';

export const SEVERITIES: Readonly<Record<LineFault, Severity>> = {
  'not-json': 'noise',
  'byte-order-mark': 'noise',
  'not-an-object': 'noise',
  'not-a-message': 'noise',
  'too-deep': 'invalid',
  'too-many-values': 'invalid',
  'key-too-long': 'invalid',
  'lone-surrogate': 'invalid',
  'number-out-of-range': 'invalid',
  'version-wrong': 'invalid',
  'id-invalid': 'invalid',
  'member-unknown': 'invalid',
  'member-type': 'invalid',
  'method-invalid': 'invalid',
  'result-type-unknown': 'invalid',
  'not-utf8': 'violation',
  'carriage-return': 'violation',
  batch: 'violation',
  'duplicate-key': 'violation',
  'escaped-key': 'violation',
  'shape-ambiguous': 'violation',
  'member-look-alike': 'violation',
  'line-endless': 'violation',
  'output-closed': 'violation',
};
