// What the broker says of each attempt of the server to reach something. Never a byte of what was carried.

export type EgressReason =
  | 'name-not-granted'
  | 'address-unknown'
  | 'port-not-granted'
  | 'request-invalid'
  | 'not-authorized'
  | 'not-tls'
  | 'tls-malformed'
  | 'tls-ech'
  | 'tls-too-large'
  | 'tls-no-name'
  | 'tls-other-name'
  | 'handshake-timeout'
  | 'address-special'
  | 'address-own'
  | 'address-not-listed'
  | 'resolve-failed'
  | 'connect-failed'
  | 'proxy-refused'
  | 'proxy-unauthorized'
  | 'proxy-broken'
  | 'too-many-connections'
  | 'reset';

export interface EgressEvent {
  /** As granted, or as the server asked for it: then text of the server, escape before showing. */
  readonly host: string;
  /** Absent for a question about a name. */
  readonly port?: number;
  /** `denied`: policy said no. `failed`: the far end, or the way to it, did. */
  readonly verdict: 'allowed' | 'denied' | 'failed';
  readonly reason?: EgressReason;
  /** The address that was dialled; absent when the company's proxy dials. */
  readonly address?: string;
  readonly bytesToHost: number;
  readonly bytesToServer: number;
  readonly durationMs: number;
}
