// A server that uses the network: `connect` makes so many connections, one after another, and hears from each; `receive`
// reads so many bytes over one. Whoever calls takes the time.
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';

const PORT = Number(process.argv[2]);

async function connect({ times }) {
  for (let time = 0; time < times; time += 1) {
    const socket = net.connect({ host: 'localhost', port: PORT, family: 4 });
    await once(socket, 'data');
    socket.destroy();
  }
}

async function receive({ bytes }) {
  const socket = net.connect({ host: 'localhost', port: PORT, family: 4 });
  socket.write(`${bytes}\n`);
  let received = 0;
  socket.on('data', (chunk) => (received += chunk.length));
  await once(socket, 'close');
  if (received !== bytes + 1) throw new Error(`${received} bytes came`);
}

const TOOLS = { connect, receive };

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  if (method === 'initialize')
    return answer({
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'network', version: '1' },
    });
  // The launcher asks for it before the first call passes.
  if (method === 'tools/list')
    return answer({ tools: Object.keys(TOOLS).map((name) => ({ name, inputSchema: { type: 'object' } })) });
  await TOOLS[params.name](params.arguments);
  answer({ content: [] });
});
