// Times of allowed_signers: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS; in UTC with "Z" or "UTC" behind it, else as the clocks of
// this machine show them.

/** Seconds since 1970; undefined when it is no such time. */
export function readSignerTime(text: string): number | undefined {
  const found = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(Z|UTC)?$/i.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  // A 31st of February would be a day of March.
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds =
    found[7] === undefined
      ? new Date(year, month - 1, day, hour, minute, second).getTime()
      : Date.UTC(year, month - 1, day, hour, minute, second);
  return milliseconds / 1000;
}
