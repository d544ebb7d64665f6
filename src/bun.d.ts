// The few parts of Bun that launch/libc*.ts and start-program.ts use; the rest of the source knows only node: modules.
declare module 'bun:ffi' {
  export const FFIType: {
    readonly i32: 5;
    readonly u32: 6;
    readonly i64: 7;
    readonly u64: 8;
    readonly ptr: 12;
  };
  type Pointer = number & { readonly __pointer__: null };
  export function ptr(view: ArrayBufferView): Pointer;
  export function dlopen<Names extends string>(
    library: string,
    symbols: Record<Names, { readonly args: readonly number[]; readonly returns: number }>,
  ): {
    readonly symbols: Record<Names, (...args: ReadonlyArray<number | bigint | Pointer | null>) => number>;
  };
}

declare const Bun: {
  /** Collects garbage, now when `force`. */
  gc(force: boolean): void;
  /** Throws what posix_spawn(3) refuses. */
  spawn(options: {
    readonly cmd: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    /** setsid(2). */
    readonly detached: boolean;
    /** By number in the new process. */
    readonly stdio: ReadonlyArray<'ignore' | 'pipe' | number>;
  }): {
    readonly pid: number;
    /** Of the stream that was asked for as `pipe`. */
    readonly stdout: ReadableStream<Uint8Array>;
    /** Settles when `exitCode` and `signalCode` say how. */
    readonly exited: Promise<number>;
    readonly exitCode: number | null;
    readonly signalCode: NodeJS.Signals | null;
    kill(signal: NodeJS.Signals): void;
  };
  readableStreamToText(stream: ReadableStream<Uint8Array>): Promise<string>;
  /** Drops compiled code and caches of the engine; what is used again is compiled again. */
  shrink(): void;
};
