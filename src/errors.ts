/** Every reason for which Cordon refuses or fails. The codes are the contract; the texts (messages/) are free. */
export type ErrorCode =
  // usage
  | 'USAGE_INVALID'
  | 'OUTPUT_UNWRITABLE'
  // installation
  | 'INSTALLATION_UNSAFE'
  | 'CONFIG_INVALID'
  | 'POLICY_REFUSED'
  // profile
  | 'PROFILE_NOT_FOUND'
  | 'PROFILE_UNREADABLE'
  | 'PROFILE_INVALID'
  | 'WORKSPACE_TOO_BROAD'
  | 'GRANT_PATH_MISSING'
  | 'GRANT_PATH_UNSAFE'
  // resolve
  | 'LOCKFILE_MISSING'
  | 'LOCKFILE_INVALID'
  | 'PINS_MISSING'
  | 'PINS_INVALID'
  | 'PIN_STALE'
  | 'ENTRY_NOT_FOUND'
  | 'PLATFORM_UNSUPPORTED'
  | 'SECRET_UNAVAILABLE'
  | 'PERMISSION_UNSUPPORTED'
  // store, verify
  | 'PACKAGE_NOT_INSTALLED'
  | 'PACKAGE_UNAVAILABLE'
  | 'INTEGRITY_MISMATCH'
  | 'TREE_CHANGED'
  | 'TREE_UNSAFE'
  | 'STORE_UNWRITABLE'
  | 'RUNTIME_MISSING'
  | 'RUNTIME_CHANGED'
  // sandbox, launch
  | 'SANDBOX_UNAVAILABLE'
  | 'SANDBOX_SETUP_FAILED'
  | 'USERNS_UNAVAILABLE'
  | 'LIMIT_UNENFORCEABLE'
  | 'EGRESS_UNAVAILABLE'
  | 'EGRESS_FAILED'
  // relay
  | 'SERVER_ENDED'
  | 'SERVER_SILENT'
  | 'PROTOCOL_VIOLATION'
  // review, approval
  | 'SERVER_UNREVIEWABLE'
  | 'APPROVAL_MISMATCH'
  | 'DEFINITION_DRIFT'
  | 'DEFINITIONS_UNAPPROVED'
  // bundle
  | 'BUNDLE_INVALID'
  | 'BUNDLE_UNTRUSTED'
  | 'BUNDLE_OUTDATED'
  // audit
  | 'AUDIT_UNWRITABLE'
  | 'INTERNAL';

export interface CordonErrorOptions {
  /** Commands to paste, or the one thing to do. Shown as `hint:` lines. */
  hints?: readonly string[];
  /** One line per single fault (JSON path, file name). Shown indented below the error line. */
  details?: readonly string[];
  cause?: unknown;
}

/** A refusal or failure with a stable code. Made only by the functions of messages/. */
export class CordonError extends Error {
  override readonly name = 'CordonError';
  readonly code: ErrorCode;
  readonly hints: readonly string[];
  readonly details: readonly string[];

  constructor(code: ErrorCode, message: string, options: CordonErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hints = options.hints ?? [];
    this.details = options.details ?? [];
  }
}

/** Exit status when Cordon refused before the server ran (as `env`, `timeout` and `docker run` use it). */
export const EXIT_REFUSED = 125;
