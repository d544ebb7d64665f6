// How much of anything passes (protocol.md 5.3). Honest servers and clients stay far below each of these.

const MIB = 1024 * 1024;

export const LIMITS = {
  /** Longest line of a client. */
  clientLineBytes: 4 * MIB,
  /** A line this many times over its limit without an end: the peer is given up (JR-17). */
  endlessFactor: 4,
  notificationBytes: 64 * 1024,
  /** Results of list requests, which clients put into the model's context as a whole. */
  listResultBytes: 1 * MIB,
  /** Of one list with all its pages. */
  list: { pages: 64, items: 2000, bytes: 8 * MIB },
  /** Of an error of the server, which clients show and put before the model. */
  errorMessageCharacters: 8 * 1024,
  errorDataCharacters: 64 * 1024,
  /** How often one call may ask for something in between, and for how much at once. */
  rounds: 10,
  inputRequests: 16,
  /** Questions of that kind that the client may still answer. */
  openRounds: 256,
  /** Resources of which a client wants to hear. */
  subscriptions: 1024,
  /** Requests of the client that wait for the server. */
  clientRequestsInFlight: 1024,
  /** Requests of the server that wait for the client, that is for a person, mostly. */
  serverRequestsInFlight: 64,
  /** Of the server, each kind by itself: a flood of logs takes nothing from progress. A progress bar needs ten in a second. */
  rates: {
    progress: { perSecond: 500, burst: 1000 },
    logs: { perSecond: 500, burst: 1000 },
    updates: { perSecond: 50, burst: 200 },
    /** A person or a model answers most of them. */
    requests: { perSecond: 20, burst: 64 },
    others: { perSecond: 50, burst: 200 },
    /** For each kind of list: the client asks for all of it again each time (NC-04: servers say it up to four times at start). */
    listChanges: { perSecond: 1, burst: 4 },
  },
  /** What the client said before the server ran, and answers of our own that a peer has not read yet. */
  heldBytes: 8 * MIB,
} as const;
