// Copies stdin to stdout through the streams under test and says on stderr how it went.
import fs from 'node:fs';
import { readableFromFd, writableToFd } from '../../../src/relay/pipe-streams.ts';

const input = readableFromFd(0);
const output = writableToFd(1);
const say = (text) => fs.writeSync(2, `${text}\n`);
input.on('data', (chunk) => {
  if (output.write(chunk)) return;
  input.pause();
  output.once('drain', () => input.resume());
});
input.on('end', () => {
  if (process.argv[2] === 'flags') {
    const flags = /flags:\s+(\d+)/.exec(fs.readFileSync('/proc/self/fdinfo/1', 'utf8'))[1];
    say((Number.parseInt(flags, 8) & fs.constants.O_NONBLOCK) === 0 ? 'blocking' : 'non-blocking');
  }
  output.end();
});
output.on('finish', () => {
  say('finished');
  process.exit(0);
});
output.on('error', (error) => {
  say(error.code);
  process.exit(1);
});
