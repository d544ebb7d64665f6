// How a profile's secrets and its arguments fit together.
import { quote } from '../escape.ts';
import { closest } from '../json/closest.ts';
import { environmentNameFault } from './environment-names.ts';
import type { ProfilePieces, Report } from './pieces.ts';
import { isSecretArgument, readSecretArgument } from './secret-arguments.ts';

/** What of an argument is left for the other rules. */
export function withoutSecret(argument: string): string {
  return readSecretArgument(argument)?.before ?? (isSecretArgument(argument) ? '' : argument);
}

export function secretFaults({ args, secrets }: ProfilePieces, report: Report): void {
  for (const [name, { deliver, required }] of secrets) {
    const fault = environmentNameFault(name);
    if (fault !== undefined) report(['secrets', name], fault);
    if (deliver !== 'argument') continue;
    if (required === false)
      report(['secrets', name, 'required'], 'must be true: an argument cannot be left out');
    if (!args.some((text) => text !== undefined && readSecretArgument(text)?.secret === name))
      report(['secrets', name, 'deliver'], `no argument ends with \${secret:${name}}`);
  }
  for (const [index, text = ''] of args.entries()) {
    if (!isSecretArgument(text)) continue;
    const place = ['args', index];
    const secret = readSecretArgument(text)?.secret;
    if (secret === undefined) report(place, 'a secret must end its argument, as "${secret:NAME}", once');
    else if (!secrets.has(secret)) {
      const meant = closest(secret, [...secrets.keys()]);
      report(
        place,
        `${quote(secret)} is none of the secrets${meant === undefined ? '' : `, did you mean ${quote(meant)}?`}`,
      );
    } else if (secrets.get(secret)?.deliver !== 'argument')
      report(place, `secrets.${secret}.deliver must be "argument"`);
  }
}
