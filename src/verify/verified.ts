import type { Digest } from '../digest.ts';

declare const verified: unique symbol;

/**
 * A package tree whose every file was hashed and found equal to the pin. Only verify-package.ts makes one, and the
 * plan accepts nothing else: code that would run unverified files does not compile.
 */
export interface VerifiedPackage {
  readonly [verified]: true;
  readonly digest: Digest;
  /** O_PATH descriptor of the tree's top folder, the very one that was hashed; this is what gets mounted. */
  readonly treeFd: number;
  /** Absolute path of the tree, for messages only. */
  readonly path: string;
  /** Path of the server's entry file relative to the tree, forward slashes. */
  readonly entry: string;
  readonly files: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

/** The interpreter that runs the package, checked by stat against its record. */
export interface VerifiedRuntime {
  readonly [verified]: true;
  readonly name: 'node';
  /** Real path outside. */
  readonly path: string;
  /** O_PATH descriptor of that file. */
  readonly fd: number;
  readonly version: string;
  /** Whether the user who runs Cordon could change the file (said by `doctor`, refused when managed). */
  readonly userWritable: boolean;
}
