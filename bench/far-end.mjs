// What the network server reaches, in a process of its own: says one byte, then as many as the first line asks for. Prints
// its port; ends with its input.
import net from 'node:net';

const BLOCK = Buffer.alloc(256 * 1024);

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {}).on('end', () => socket.end());
  socket.write('!');
  socket.once('data', (line) => {
    let left = Number(line);
    const more = () => {
      while (left > 0) {
        const block = BLOCK.subarray(0, Math.min(left, BLOCK.length));
        left -= block.length;
        if (!socket.write(block)) return void socket.once('drain', more);
      }
      socket.end();
    };
    more();
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit()).resume();
