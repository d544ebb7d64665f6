/**
 * From here on no core dump is written of this process and no other program of the user may look into its memory, nor are core
 * dumps written of what it starts. Linux alone: on other systems we do not know it to hold.
 */
export async function keepMemoryPrivate(): Promise<void> {
  if (process.platform !== 'linux') return;
  const libc = await import('../launch/libc.ts');
  libc.keepMemoryPrivate();
}
