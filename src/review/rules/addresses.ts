// Addresses that a definition makes a client, a model or a user go to (TP-13, PR-07).
import { SHARED_HOSTS } from '../../explain/shared-hosts.ts';
import { coversHost } from '../../profile/host.ts';
import { type Match, type Rule, inTexts } from './rule.ts';

const LINK = /\b(?:https?|wss?|ftp):\/\/[^\s"'<>`)\]}]+/gi;
const ODD_SCHEME =
  /\b(?:javascript|vbscript|data|blob|about|chrome|view-source|file|smb|ldap|gopher|jar|vscode|ms-[a-z-]+):[^\s"'`<>]{4,}/gi;
const SENSITIVE_FILE = /^file:\/\/\/?(?:etc|root|home|Users|proc|sys|var|private|[A-Za-z]:|~)/i;
const KEEP = /^file:\/\/(?:\/?$|\/?\{)/i;

export const addressRules: readonly Rule[] = [
  {
    id: 'address-suspicious',
    title: 'an address of a kind that definitions do not need',
    severity: 'medium',
    labels: ['SAFE-T1402'],
    why: 'it runs as code, embeds content, reads a file of the machine, or hides where it leads',
    find: inTexts(function* find(text) {
      if (text.role === 'stderr') return;
      const ofResource = text.role === 'uri' && /^\/(?:resources|templates)\//.test(text.pointer);
      for (const { 0: address, index } of text.text.matchAll(ODD_SCHEME)) {
        const scheme = address.slice(0, address.indexOf(':')).toLowerCase();
        // `data: the payload`, `file: the path`: a label.
        if (
          text.role !== 'uri' &&
          !address.includes('://') &&
          !/^(?:data:[\w.+-]+\/[\w.+-]+[;,]|javascript:)/i.test(address)
        )
          continue;
        const reason = scheme === 'file' ? fileReason(address, ofResource) : [`scheme ${scheme}`];
        if (reason !== undefined)
          yield {
            ...at(text, index, address),
            note: reason,
            severity:
              /^(?:javascript|vbscript)$/.test(scheme) || SENSITIVE_FILE.test(address) ? 'high' : 'medium',
          };
      }
      for (const { 0: address, index } of text.text.matchAll(LINK)) {
        const reason = linkReason(address);
        if (reason !== undefined) yield { ...at(text, index, address), note: [reason] };
      }
    }),
  },
  {
    id: 'address-shared-host',
    title: 'an address where anybody can receive',
    severity: 'low',
    labels: ['SAFE-T1911'],
    why: 'what is sent there, in the path of a link too, can be read by whoever has an account',
    find: inTexts(function* find(text) {
      if (text.role === 'stderr') return;
      for (const { 0: address, index } of text.text.matchAll(LINK)) {
        const host = hostOf(address);
        const shared = SHARED_HOSTS.find((group) =>
          group.hosts.some((pattern) => pattern === host || coversHost(pattern, host)),
        );
        if (shared !== undefined) yield { ...at(text, index, address), note: [shared.reason] };
      }
    }),
  },
  {
    id: 'icon-address',
    title: 'an icon that the client fetches',
    severity: 'low',
    labels: ['SAFE-T1910'],
    why: 'the fetch is done by the client, outside the sandbox: whoever serves it learns who lists the tools, and when',
    find: inTexts(function* find(text) {
      if (!/\/icons\/\d+\/src$/.test(text.pointer)) return;
      if (/^data:image\/(?:png|jpe?g|gif|webp);base64,/i.test(text.text)) return;
      yield {
        ...at(text, 0, text.text.slice(0, 300)),
        severity: /^https:/i.test(text.text) ? 'low' : 'medium',
      };
    }),
  },
];

function at(text: { readonly pointer: string; readonly text: string }, index: number, found: string): Match {
  return { pointer: text.pointer, text: text.text, start: index, end: index + found.length };
}

/** Servers of files list `file:///…`: only what points at the system or at a home is worth a word. */
function fileReason(address: string, ofResource: boolean): string[] | undefined {
  if (SENSITIVE_FILE.test(address)) return ['points into the system or a home folder'];
  return ofResource || KEEP.test(address) ? undefined : ['scheme file'];
}

function linkReason(address: string): string | undefined {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(address)?.[1] ?? '';
  if (authority.includes('@')) return 'a name before the host, which looks like the host';
  const host = hostOf(address);
  if (/(?:^|\.)xn--/.test(host) || /[^\u0021-\u007e]/.test(host)) return 'the host is not ASCII';
  if (
    /^(?:localhost|127\.|0\.0\.0\.0|\[::1?\]|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(
      host,
    )
  )
    return undefined;
  if (/^(?:\d{1,3}\.){3}\d{1,3}$|^\[|^0x[0-9a-f]+$|^\d{8,10}$/i.test(host)) return 'the host is a number';
  return undefined;
}

function hostOf(address: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(address)?.[1] ?? '';
  return authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d+$/, '')
    .toLowerCase();
}
