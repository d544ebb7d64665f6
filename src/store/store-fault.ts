// Failures of the disk and not of a package: full, read-only, or not ours to write.
import { storeUnwritable } from '../messages/store.ts';

const CODES = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EFBIG', 'EIO', 'ENOTDIR', 'EEXIST']);
const FILE_CALLS = /^(?:open|write|mkdir|rename|chmod|unlink|rmdir|fsync|mkdtemp|rm|copyfile|scandir)$/;

/** Whether a file operation failed (a refused connection has EACCES too, but another call). */
export function isStoreFault(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && CODES.has(code) && syscall !== undefined && FILE_CALLS.test(syscall);
}

/** Runs `action`; failures of the disk become STORE_UNWRITABLE. */
export async function onStore<T>(store: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw isStoreFault(error) ? storeUnwritable(store, error) : error;
  }
}
