// The few parts of Bun that libc.ts and libc-net.ts use; the rest of the source knows only node: modules.
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
  /** Drops compiled code and caches of the engine; what is used again is compiled again. */
  shrink(): void;
};
