// Reads stdin through the stream under test, is busy with each piece, and prints the longest that a timer had to wait.
import { readableFromFd } from '../../../src/relay/pipe-streams.ts';

const BUSY_MS = 2;
const RUN_MS = 1500;

let last = performance.now();
let longestMs = 0;
const look = () => {
  const now = performance.now();
  longestMs = Math.max(longestMs, now - last);
  last = now;
};
setInterval(look, 10);
readableFromFd(0).on('data', () => {
  const until = performance.now() + BUSY_MS;
  while (performance.now() < until);
});
setTimeout(() => {
  look();
  console.log(Math.round(longestMs));
  process.exit(0);
}, RUN_MS);
